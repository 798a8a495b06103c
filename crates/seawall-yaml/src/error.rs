//! Why a text could not be read.

use crate::Place;

/// A refusal, with the place of the offending text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// Byte offset in the source at which the problem was noticed.
    pub offset: u32,
    /// The same as line and column of the whole file.
    pub place: Place,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
}
