use crate::support::rights::{Named, Rights, WRITE, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # service-writable
///
/// ## What it finds
/// A rule that lets its holder change Services, Endpoints or EndpointSlices.
///
/// ## Why it matters
/// Endpoints decide where connections to a Service end: they can be sent to a pod of the attacker, or past
/// NetworkPolicies to addresses the writer could not reach (CVE-2021-25740). A Service may also open a
/// NodePort, a load balancer, or claim external addresses (CVE-2020-8554).
///
/// ## Fix
/// Grant it in Roles of the namespaces where it is needed. Leave Endpoints and EndpointSlices to the
/// controllers.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/103675
/// - https://github.com/kubernetes/kubernetes/issues/97076
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "exposure", "network-policy"],
    aliases = ["KSV-0056"]
)]
pub fn service_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[
        right(WRITE, "", "services"),
        right(WRITE, "", "endpoints"),
        right(WRITE, "discovery.k8s.io", "endpointslices"),
    ],
    cluster: Severity::Medium,
    namespace: Severity::Low,
    named: Named::Fine,
    effect: "it redirects traffic between workloads and opens ports to the outside",
};
