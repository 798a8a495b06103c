use crate::support::rights::{CHANGE, Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # network-policy-writable
///
/// ## What it finds
/// A rule that lets its holder change or delete NetworkPolicies.
///
/// ## Why it matters
/// Policies only add up: one more policy that allows everything opens the namespace, and a deleted default
/// deny does the same.
///
/// ## Fix
/// Keep NetworkPolicies with those who deploy the namespace; workloads do not need to write them.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "network-policy", "team-isolation"],
    aliases = ["KSV-0056"]
)]
pub fn network_policy_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[right(CHANGE, "networking.k8s.io", "networkpolicies")],
    cluster: Severity::Medium,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "it opens the network that policies had closed",
};
