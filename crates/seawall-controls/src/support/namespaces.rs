//! Namespaces: which are Kubernetes' own, and what applies in them.

use crate::World;
use seawall_admission::pod_security::Level;
use seawall_model::{At, WellKnown};

/// Objects of one sort that are looked at for each of another sort: hostile input may hold any number of both.
pub(crate) const MOST: usize = 50;

/// Whether Kubernetes itself makes the namespace and runs in it.
pub(crate) fn is_system(name: Option<&str>) -> bool {
    matches!(name, Some("kube-system" | "kube-public" | "kube-node-lease"))
}

/// Whether the cluster's own admission configuration, if it is in the input, enforces a level where a namespace
/// chooses none.
pub(crate) fn has_default_level(world: &World) -> bool {
    let strict = |at: At<'_>| {
        let level = at.get("defaults.enforce").str().and_then(Level::parse);
        level.is_some_and(|level| level > Level::Privileged)
    };
    let cluster = world.cluster();
    cluster.of(WellKnown::PodSecurityConfiguration).take(MOST).any(|object| strict(object.at()))
        || cluster.of(WellKnown::AdmissionConfiguration).take(MOST).any(|object| {
            let plugins = object.at().key("plugins");
            plugins
                .items()
                .any(|at| at.key("name").str() == Some("PodSecurity") && strict(at.key("configuration")))
        })
}
