//! The edges, one file for each family of the catalogue.

mod admission;
mod certificates;
mod cloud;
mod container_escape;
mod identity;
mod network;
mod node;
mod policed;
mod rbac;
mod workload;

use crate::builder::Builder;

/// Adds every edge.
pub(crate) fn build(builder: &mut Builder<'_>) {
    identity::masters(builder);
    // Roles that one may bind give rights that the others ask for.
    rbac::build(builder);
    identity::build(builder);
    workload::build(builder);
    container_escape::build(builder);
    node::build(builder);
    certificates::build(builder);
    admission::build(builder);
    network::build(builder);
    cloud::build(builder);
    builder.link_nodes();
    builder.link_identities();
}
