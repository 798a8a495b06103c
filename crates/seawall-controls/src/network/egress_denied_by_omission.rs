use crate::support::network::some_names;
use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Policy, Union};

/// # egress-denied-by-omission
///
/// ## What it finds
/// A NetworkPolicy with ingress rules that lists `Egress` in `policyTypes` and says nothing about egress, while no
/// other policy allows any egress of the pods.
///
/// ## Why it matters
/// The pods can connect to nothing, name lookups included. Where that is not meant, the outage is often ended by
/// removing the policy altogether.
///
/// ## Fix
/// Add the egress that is needed, or write `egress: []` to show that none is; if only ingress was meant, remove
/// `Egress` from `policyTypes`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic
#[control(since = "0.1.0", severity = Low, practices = ["network-policy"])]
pub fn egress_denied_by_omission(policy: NetworkPolicyAt<'_>, world: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    let omitted = policy.isolates(Direction::Egress)
        && !policy.get("egress").exists()
        && policy.rules(Direction::Ingress).next().is_some();
    if !omitted {
        return;
    }
    let silent = world.network().pods_of_policy(policy).take(MOST_PODS).filter(|pod| {
        let union = Union::new(world.network().policies_of(*pod), Direction::Egress);
        union.rules().next().is_none()
    });
    let names = some_names(silent.map(|pod| pod.object().name()));
    if !names.is_empty() {
        let egress = policy.get("policyTypes").items().find(|item| item.str() == Some("Egress"));
        out.finding(
            egress.unwrap_or(policy.get("policyTypes")),
            format!("denies all egress of {names}, name lookups included, without a word about it"),
        );
    }
}

/// Pods looked at: mostly all replicas and workloads of one policy are in the same position.
const MOST_PODS: usize = 10;
