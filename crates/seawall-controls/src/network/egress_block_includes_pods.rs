use crate::World;
use crate::support::reach::{MOST, has_policies, named, place};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_network::{Direction, End, Policy, Reach, Tier, plugins};
use std::collections::HashSet;

/// # egress-block-includes-pods
///
/// ## What it finds
/// An `ipBlock` for egress, mostly `0.0.0.0/0` for the internet, that surely holds the addresses of pods too, so that the
/// workload reaches pods of another namespace which no other rule names. Not reported where Cilium runs: there a block
/// never means a pod.
///
/// ## Why it matters
/// What was written for the internet opens the inside: other teams' pods, databases, and control plane.
///
/// ## Fix
/// Leave the private ranges out by `except`: at least those of pods, Services and nodes.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
#[control(since = "0.1.0", severity = Low, practices = ["team-isolation", "network-policy"])]
pub fn egress_block_includes_pods(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) || plugins(world.cluster()).iter().any(|plugin| !plugin.blocks_mean_pods) {
        return;
    }
    let reach = world.reach();
    let mut seen = HashSet::new();
    let targets: Vec<usize> = reach.samples().filter(|(_, host)| !host).map(|(pod, _)| pod).collect();
    let mut budget = PAIRS;
    for &pod in targets.iter().filter(|&&pod| reach.isolates(pod, Direction::Egress)) {
        let rules = reach.rules_of(pod, Direction::Egress);
        let wide = rules.iter().filter(|rule| rule.tier == Tier::Namespace && !rule.is_for_everyone);
        let blocks: Vec<At<'_>> = wide.filter_map(|rule| wide_block(rule.object, rule.at)).collect();
        let new = blocks.iter().any(|at| !seen.contains(&place(*at)));
        if !new || seen.len() >= MOST {
            continue;
        }
        let namespace = reach.pods().get(pod).and_then(|pod| pod.namespace());
        for &other in &targets {
            if reach.pods().get(other).and_then(|pod| pod.namespace()) == namespace {
                continue;
            }
            budget = match budget.checked_sub(1) {
                Some(left) => left,
                None => return,
            };
            if let Some((at, ports)) = only_by_block(reach, pod, other, &blocks) {
                if seen.insert(place(at)) {
                    let text = at.str().unwrap_or("");
                    let (from, to) = (named(reach, pod), named(reach, other));
                    out.finding(at, format!("`{text}` holds pods too: {from} reaches {to} on {ports}"));
                }
                break;
            }
        }
    }
}

/// Pairs of pods looked at.
const PAIRS: usize = 100_000;

/// The `cidr` of a rule's block that holds every address of its family but some.
fn wide_block<'a>(object: &'a std::sync::Arc<seawall_model::Object>, at: At<'a>) -> Option<At<'a>> {
    let rules = Policy::new(object).rules(Direction::Egress);
    let rule = { rules }.find(|rule| rule.at().nearest().id() == at.nearest().id())?;
    let mut blocks = rule.peers().filter_map(|peer| peer.ip_block());
    blocks.find(|block| block.cidr().is_ok_and(|cidr| cidr.prefix < 8)).map(|block| block.cidr_at())
}

/// What is open between two pods because of one of these blocks alone.
fn only_by_block<'a>(reach: &Reach, from: usize, to: usize, blocks: &[At<'a>]) -> Option<(At<'a>, String)> {
    let answer = reach.between(End::Pod(from), End::Pod(to));
    if answer.sure.is_empty() {
        return None;
    }
    let explained = reach.explain(End::Pod(from), End::Pod(to), None);
    let rules = explained.egress.policies.iter().flat_map(|policy| &policy.rules);
    let matching: Vec<At<'_>> = rules.filter(|rule| rule.peers != Some(false)).map(|rule| rule.at).collect();
    let block = |at: &At<'_>| {
        let inside = at.key("to").items().map(|peer| peer.get("ipBlock.cidr"));
        inside.into_iter().find_map(|cidr| blocks.iter().copied().find(|known| place(*known) == place(cidr)))
    };
    let found: Vec<Option<At<'a>>> = matching.iter().map(block).collect();
    let named = |at: &At<'_>| at.key("to").items().any(|peer| !peer.key("ipBlock").exists());
    let first = found.first().copied().flatten()?;
    (found.iter().all(Option::is_some) && !matching.iter().any(named))
        .then(|| (first, answer.sure.to_string()))
}
