//! Lists that are made while they are written, so that no whole result is held in memory.

use serde::{Serialize, Serializer};
use std::cell::RefCell;

/// An iterator that serializes as a list, once.
pub(crate) struct Stream<I>(RefCell<Option<I>>);

impl<I> Stream<I> {
    pub(crate) fn new(iterator: I) -> Self {
        Self(RefCell::new(Some(iterator)))
    }
}

impl<I: Iterator<Item: Serialize>> Serialize for Stream<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.borrow_mut().take().into_iter().flatten())
    }
}
