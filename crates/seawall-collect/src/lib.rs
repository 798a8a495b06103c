//! The outside world in: which files are there, what is in them, and which of it is a Kubernetes object?
//!
//! Everything read here is untrusted. Limits ([`Limits`]) bound what is read and kept; each is named in its error,
//! and the other files are still analysed.

mod archive;
mod atomic;
mod classify;
mod git;
mod input;
mod limits;
mod live;
mod probe;
mod read;
mod render;
mod snapshot;
mod walk;

pub use atomic::{WriteError, replace_file};
pub use git::{GitError, GitTree};
pub use input::{Collected, InputError, Inputs, Skipped, Why, collect, collect_cluster, collect_git};
pub use limits::Limits;
pub use live::{
    ClusterError, ClusterInput, ConnectError, Patience, Plan, Planned, SinkError, Target, WANTED, Wanted,
    contexts, plan, role, server,
};
pub use probe::{ProbeTarget, Role, probe, targets};
pub use snapshot::{ClusterAbout, Counted, Extent, Header, KindRead, SnapshotError, Written, snapshot};
