use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # pod-port-forward
///
/// ## What it finds
/// A rule that lets its holder open connections into pods through the API server (`pods/portforward`,
/// `pods/proxy`, `services/proxy`).
///
/// ## Why it matters
/// The connection comes from the kubelet or the API server, so no NetworkPolicy stops it, and port
/// forwarding reaches ports bound to localhost: administration interfaces, sidecars, debuggers.
///
/// ## Fix
/// Leave it out of roles of workloads; give it to people in single namespaces where they debug.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/access-application-cluster/port-forward-access-application-cluster/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "network-policy"]
)]
pub fn pod_port_forward(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[
        right(&["create", "get"], "", "pods/portforward"),
        right(&["create", "get"], "", "pods/proxy"),
        right(&["create", "get"], "", "services/proxy"),
    ],
    cluster: Severity::Medium,
    namespace: Severity::Low,
    named: Named::Lower,
    effect: "it reaches ports that only the pod itself or its network should reach",
};
