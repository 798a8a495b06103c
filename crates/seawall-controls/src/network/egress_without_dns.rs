use crate::World;
use crate::support::network::namespace_words;
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Namespace, Rule, Union};

/// # egress-without-dns
///
/// ## What it finds
/// A workload whose egress is isolated, with rules that let it reach other pods, while no rule opens port 53.
///
/// ## Why it matters
/// The workload cannot look up a single name, so the peers it may reach are out of reach by their Service names. The
/// outage is often ended by allowing everything.
///
/// ## Fix
/// Allow UDP and TCP port 53 to the cluster's DNS: pods with `k8s-app: kube-dns` in namespace `kube-system`, and the
/// address of the node's DNS cache where one is used.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
#[control(since = "0.1.0", severity = Low, practices = ["network-policy"])]
pub fn egress_without_dns(world: &World, _: &World, out: &mut Report) {
    for namespace in world.network().namespaces() {
        in_namespace(namespace, out);
    }
}

/// Rules looked at per namespace, at most: many classes of pods may share many policies.
const MOST_RULES: usize = 50_000;

fn in_namespace(namespace: &Namespace, out: &mut Report) {
    let mut rules = 0;
    let mut reported = Vec::new();
    for (policies, pod) in namespace.classes(Direction::Egress) {
        let union = Union::new(policies, Direction::Egress);
        rules += union.rules().count();
        if rules > MOST_RULES {
            return;
        }
        // Addresses need no lookup, nor does the API server; pods are reached by the names of their Services.
        let needs_names = |rule: Rule<'_>| rule.peers().any(|peer| peer.is_pods());
        let Some(rule) = union.rules().find(|rule| needs_names(*rule)) else { continue };
        let own_dns = pod.get("dnsPolicy").str() == Some("None");
        if own_dns || union.may_allow_dns() || reported.contains(&rule.at().nearest().id()) {
            continue;
        }
        reported.push(rule.at().nearest().id());
        let words = namespace_words(namespace.name());
        let message = format!(
            "`{}` in {words} may reach peers, but no policy lets it look up names",
            pod.object().name()
        );
        out.finding(rule.at(), message).related(pod.labels(), "the labels that the policies select");
    }
}
