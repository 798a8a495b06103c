//! One exact cluster: what objects are there, where do they come from, and how do they belong together?
//!
//! Objects keep the tree they were read from ([`seawall_yaml::Document`]); views such as [`PodAt`] and
//! [`ContainerAt`] look into it without copying. Everything is owned, `Send + Sync`, and pure.

mod at;
mod change;
mod cluster;
mod component;
mod coverage;
mod custom;
pub mod decode;
mod embedded;
mod finding;
pub mod host_path;
mod json;
mod live;
mod object;
mod plain_file;
mod pod;
mod quantity;
pub mod redact;
mod report;
pub mod schema;
mod secret_name;
mod selector;
pub mod tables;
mod version;
mod well_known;

pub use at::{At, FieldRef, Location, Missing};
pub use change::{Change, plan_edits};
pub use cluster::{Cluster, Identity};
pub use component::{
    Anonymous, Authorizer, Authorizers, Component, ComponentAt, ComponentKind, Components, Fate, Gate,
    GivenFlag, NamedFile, Plugin, Setting, State,
};
pub use coverage::{Coverage, Extent};
pub use custom::{CustomProblem, CustomSchemas, CustomWrong};
pub use embedded::{Host, Unread, unread_configurations};
pub use finding::{Decision, Finding, FindingBody, Fix, Outcome, Related, Safety, Severity, Suppression};
pub use json::JsonCursor;
pub use live::{Live, SEALED};
pub use object::{Object, Origin, objects_of};
pub use pod::{ContainerAt, ContainerSort, PodAt, capability_name};
pub use quantity::{Quantity, QuantityError, QuantityFormat};
pub use report::{FindingBuilder, Omitted, Report};
pub use secret_name::is_secret_name;
pub use selector::{
    LabelSelector, Labels, NAMESPACE_NAME_LABEL, Operator, Requirement, UNSET_NAMESPACE, matches_map,
};
pub use version::*;
pub use well_known::WellKnown;
