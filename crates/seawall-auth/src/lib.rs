//! What may whom? Authentication and authorization as kube-apiserver decides them.
//!
//! [`rbac`] holds the matching of RBAC rules, the covering of one rule set by another, and an index of the roles
//! and bindings of a cluster.

pub mod abac;
mod attributes;
pub mod authentication;
pub mod authentication_config;
pub mod authorization_config;
pub mod authorizer;
mod go_format;
mod go_quote;
pub mod impersonation;
pub mod node;
pub mod rbac;
pub mod request_info;
pub mod user;

pub use attributes::{Attributes, Request, Selectors};
