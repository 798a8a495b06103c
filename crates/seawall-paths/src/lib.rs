//! What can become what? Attack paths over everything that the engines know of a cluster, and the smallest change
//! that ends them.
//!
//! A directed hypergraph (`graph`): identities, pods, nodes, rights; an edge holds when all its premises do. The
//! edges stand in `family`, one file for each family of the catalogue ([`Row`]), and ask the engines: RBAC for every
//! right, Pod Security for the pod that an attacker would send, the ServiceAccount plugin for tokens. What no engine
//! decides is an assumption that the step carries, never silently true. Files are an open world: an account that
//! something names may exist, but no node, secret or pod is made up.

mod alternatives;
mod builder;
mod cut;
mod distances;
mod evidence;
mod fact;
mod family;
mod graph;
mod path;
mod place;
mod query;
mod right;
mod row;
mod search;

#[cfg(test)]
mod tests;

pub use builder::Input;
pub use cut::{Cut, CutChange, CutKind};
pub use evidence::Evidence;
pub use path::{Path, Step};
pub use place::Place;
pub use query::{Found, Paths};
pub use row::{Built, Family, Row, RowInfo};
