use crate::World;
use crate::support::network::{namespace_words, some_names};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_network::{Direction, Family, Namespace, Union};

/// # policies-open-together
///
/// ## What it finds
/// NetworkPolicies none of which allows everything, while together they do for the pods that they all select.
///
/// ## Why it matters
/// Policies only add to each other. Each of them reads like a limit, but the pods are as open as without any.
///
/// ## Fix
/// Look at the policies together and narrow the peers or ports of those named.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"], cis = ["5.3.2"])]
pub fn policies_open_together(world: &World, _: &World, out: &mut Report) {
    let mut rules = 0;
    for namespace in world.network().namespaces() {
        for direction in Direction::ALL {
            in_namespace(world, namespace, direction, &mut rules, out);
        }
    }
}

/// Rules looked at, at most: many classes of pods may share many policies.
const MOST_RULES: usize = 20_000;

fn in_namespace(
    world: &World,
    namespace: &Namespace,
    direction: Direction,
    rules: &mut usize,
    out: &mut Report,
) {
    // Only rules for addresses or for everyone can open all; most namespaces have at most one such policy.
    let wide = |policy: &seawall_network::Policy<'_>| {
        policy
            .rules(direction)
            .any(|rule| rule.is_for_everyone() || rule.peers().any(|peer| peer.ip_block().is_some()))
    };
    if namespace.policies().filter(wide).nth(1).is_none() {
        return;
    }
    for (policies, pod) in namespace.classes(direction) {
        let policies: Vec<_> = policies.into_iter().filter(wide).collect();
        *rules += policies.iter().map(|policy| policy.rules(direction).count()).sum::<usize>();
        let (2.., ..=MOST_RULES) = (policies.len(), *rules) else { continue };
        let is_open = |policies: &[seawall_network::Policy<'_>]| {
            let union = Union::new(policies.iter().copied(), direction);
            Family::ALL.into_iter().any(|family| union.ports_for_everyone(family).is_all())
        };
        let all_open = || {
            let pod = world.reach().number_of(pod);
            pod.map_or_else(|| is_open(&policies), |pod| world.reach().is_all_open(pod, direction))
        };
        if policies.iter().any(|policy| is_open(std::slice::from_ref(policy))) || !all_open() {
            continue;
        }
        let Some((first, others)) = policies.split_first() else { continue };
        let message = format!(
            "together with {} it allows all {} of `{}` in {}",
            some_names(others.iter().map(|policy| policy.object().name())),
            direction.field(),
            pod.object().name(),
            namespace_words(namespace.name()),
        );
        let mut finding = out.finding(first.get(direction.field()), message).severity(Severity::Medium);
        for other in others.iter().take(3) {
            finding = finding.related(other.get(direction.field()), "adds to it");
        }
    }
}
