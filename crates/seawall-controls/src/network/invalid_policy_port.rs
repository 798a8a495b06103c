use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Policy, PortSpec};

/// # invalid-policy-port
///
/// ## What it finds
/// A port of a NetworkPolicy that the API server refuses: `endPort` without a number in `port` or below it, a port out
/// of range, a number written as text, an unknown protocol.
///
/// ## Why it matters
/// The API server refuses the whole policy. Where the error is overlooked (a batch of files, a job that goes on),
/// the pods stay as open as before.
///
/// ## Fix
/// Write `port` as a number between 1 and 65535 or as a port name, `endPort` as a number not below `port`, and the
/// protocol as TCP, UDP or SCTP.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#targeting-a-range-of-ports
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy", "application-ports"])]
pub fn invalid_policy_port(policy: NetworkPolicyAt<'_>, _: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    for rule in Direction::ALL.into_iter().flat_map(|direction| policy.written_rules(direction)) {
        for port in rule.ports() {
            if let PortSpec::Refused(at, reason) = port.spec() {
                out.finding(at, format!("the API server refuses the policy: {reason}"));
            }
        }
    }
}
