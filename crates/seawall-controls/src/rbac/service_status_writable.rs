use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # service-status-writable
///
/// ## What it finds
/// A rule that lets its holder change the status of Services (`services/status`).
///
/// ## Why it matters
/// An address written into `status.loadBalancer.ingress` is taken over by kube-proxy on every node:
/// connections of pods to that address, wherever it is, then go to the service's pods. This is
/// CVE-2020-8554, which is not fixed.
///
/// ## Fix
/// Only the cloud or load balancer controller needs it. Remove it elsewhere.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/issues/97076
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "exposure"],
    aliases = ["CKV2_K8S_4"]
)]
pub fn service_status_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[right(&["update", "patch"], "", "services/status")],
    cluster: Severity::Medium,
    namespace: Severity::Medium,
    named: Named::Lower,
    effect: "it draws traffic of the cluster to addresses of its choice (CVE-2020-8554)",
};
