//! model

mod version;
pub use version::{Minor, Version, VersionError, VersionReading};
