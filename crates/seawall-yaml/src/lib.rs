//! How does Kubernetes read this text?
//!
//! Text becomes a spanned tree: every key and value knows its bytes, plain scalars resolve as
//! `sigs.k8s.io/yaml` (goyaml.v2) resolves them, JSON is accepted too, and streams hold several documents.
//! Pure: no file system, no clock.

mod edit;
mod error;
mod json;
mod node;
mod number;
mod parse;
mod source;

pub use edit::{Edit, EditError, apply_edits};
pub use error::Error;
pub use node::{Document, Entries, Items, Kind, NodeId, NodeRef, Span, Style};
pub use parse::{parse_documents, parse_embedded, parse_one};
pub use source::{Place, Source};
