use crate::World;
use crate::support::reach::{named, rules_to};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Goal;

/// # policy-opens-kubelet
///
/// ## What it finds
/// A rule for egress by which pods surely reach the kubelets of nodes (TCP 10250): mostly a block of addresses that holds the
/// nodes. Pods that no policy isolates, and rules for everybody on every port, are left to other rules.
///
/// ## Why it matters
/// The kubelet runs commands in every container of its node for whoever it lets in. A stolen credential, or a kubelet
/// that asks for none, needs only the way there.
///
/// ## Fix
/// Leave the nodes' addresses out by `except`, or list the ports that are needed.
///
/// ## References
/// - https://kubernetes.io/docs/reference/networking/ports-and-protocols/
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Medium, practices = ["kubelet", "network-policy"])]
pub fn policy_opens_kubelet(world: &World, _: &World, out: &mut Report) {
    let reach = || world.reach();
    for (at, pod, landmark) in rules_to(world, Goal::Kubelet) {
        let message = format!("lets {} reach a kubelet ({})", named(reach(), pod), landmark.name);
        out.finding(at, message);
    }
}
