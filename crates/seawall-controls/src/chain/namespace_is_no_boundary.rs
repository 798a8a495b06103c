use crate::World;
use crate::support::chain::{report, report_unread, to_cluster_admin};
use crate::support::effective::has_bindings;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity, WellKnown};
use seawall_paths::Place;

/// # namespace-is-no-boundary
///
/// ## What it finds
/// A namespace, other than Kubernetes' own, whose administrator becomes administrator of the cluster: by a strong
/// account in it, by pods that break out to a node, or by steps from there.
///
/// ## Why it matters
/// Whoever is given a namespace is thought to be confined to it. Here the ClusterRole `admin` or `edit` in one
/// namespace is cluster-admin with more steps.
///
/// ## Fix
/// Break the first step that the finding lists: enforce Pod Security on the namespace, or move the strong account and
/// its workload away.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/multi-tenancy/
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
#[control(since = "0.1.0", severity = Medium, practices = ["team-isolation", "escalation", "pod-security"])]
pub fn namespace_is_no_boundary(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let namespaces =
        || world.cluster().of(WellKnown::Namespace).filter(|namespace| !OWN.contains(&namespace.name()));
    let sources: Vec<Place> =
        namespaces().map(|namespace| Place::NamespaceAdmin(namespace.name().to_owned())).collect();
    for path in to_cluster_admin(world, &sources) {
        let Place::NamespaceAdmin(name) = &path.from else { continue };
        let Some(namespace) = world.cluster().find(WellKnown::Namespace, None, name) else { continue };
        let who = format!("an administrator of namespace `{name}`");
        report(out, namespace.at().get("metadata.name"), &who, &path, (Severity::Medium, Severity::Low));
    }
    report_unread(
        world,
        namespaces().next().map(|namespace| namespace.at()),
        "namespace without a boundary",
        out,
    );
}

/// Kubernetes' own; who has kube-system has the cluster.
const OWN: [&str; 3] = ["kube-system", "kube-public", "kube-node-lease"];
