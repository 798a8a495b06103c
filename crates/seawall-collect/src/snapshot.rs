//! A cluster in one file: compressed, versioned, and it says of itself what it holds and what it lacks.
//!
//! A snapshot is a series of gzip members. The first holds one line, the [`Header`]; the others hold a line for each
//! object: its JSON, reduced and sealed. A line `{"seawallFile": NAME}` says that the lines after it stood in that file,
//! until the next such line; null ends it.

mod header;
mod objects;
mod read;
mod write;

pub(crate) use header::FORMAT;
pub use header::{ClusterAbout, Counted, Extent, Header, KindRead};
pub(crate) use objects::MemorySink;
pub(crate) use read::{EXTENSION, read};
pub use write::{SnapshotError, Written, snapshot};

/// What the lines after it stood in.
const FILE_KEY: &str = "seawallFile";
