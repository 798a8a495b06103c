//! Does one rule or policy say all that another says? Decided by what is written, for pods that may come as well; where
//! it cannot be decided so, the answer is no.

use crate::reach::Block;
use crate::{Direction, Network, Peer, Policy, PortSet, PortSpec, Reach, Rule};
use core::cell::OnceCell;
use foldhash::HashSet;
use seawall_model::{At, LabelSelector, NAMESPACE_NAME_LABEL, Operator, Requirement};

/// A policy or rule that could be left out.
#[derive(Clone, Copy, Debug)]
pub struct Needless<'a> {
    /// The policy, or its rule.
    pub at: At<'a>,
    /// What says the same and more: the other policy, or the rule.
    pub by: At<'a>,
}

/// Pairs of rules that are compared in one cluster, and candidates that the engine is asked about.
const PAIRS: usize = 2_000_000;
const CANDIDATES: usize = 200;

/// A policy, taken apart once.
struct Read<'a> {
    policy: Policy<'a>,
    selector: Vec<Requirement<'a>>,
    isolates: [bool; 2],
    rules: [Vec<Rule<'a>>; 2],
    valid: OnceCell<bool>,
}

impl<'a> Read<'a> {
    fn new(policy: Policy<'a>) -> Self {
        Self {
            policy,
            selector: policy.pod_selector().requirements().collect(),
            isolates: Direction::ALL.map(|direction| policy.isolates(direction)),
            rules: Direction::ALL.map(|direction| policy.rules(direction).collect()),
            valid: OnceCell::new(),
        }
    }

    /// Whether the API server would take it; asked of those few that matter.
    fn is_valid(&self) -> bool {
        *self.valid.get_or_init(|| is_valid(self.policy))
    }

    /// Whether it selects all pods that another policy of its namespace selects.
    fn selects_all_of(&self, other: &Self) -> bool {
        covers(&self.selector, &other.selector)
    }
}

/// The policies without which no connection changes, of today's pods and of those that may come: other policies select
/// at least the same pods and allow at least the same. Of equal ones the last stays out of this list.
pub fn needless_policies<'a>(network: &'a Network, reach: &Reach) -> Vec<Needless<'a>> {
    let mut found = Vec::new();
    let (mut pairs, mut asked) = (PAIRS, CANDIDATES);
    for namespace in network.namespaces() {
        let mut left: Vec<Read<'a>> = namespace.policies().map(Read::new).collect();
        let mut at = 0;
        while let Some(policy) = left.get(at) {
            pairs = pairs.saturating_sub(left.len());
            let by = covered(policy, &left, &mut pairs).filter(|_| asked > 0);
            asked -= usize::from(by.is_some());
            match by.filter(|_| !reach.is_needed(policy.policy.object(), None)) {
                Some(by) => {
                    found.push(Needless { at: policy.policy.object().at(), by: by.object().at() });
                    left.remove(at);
                }
                None => at += 1,
            }
            if pairs == 0 {
                return found;
            }
        }
    }
    found
}

/// The rules of NetworkPolicies without which no connection changes, of today's pods and of those that may come: another
/// rule for at least the same pods says as much. Rules of policies that are needless as a whole are left out.
pub fn needless_rules<'a>(network: &'a Network, reach: &Reach) -> Vec<Needless<'a>> {
    let mut found: Vec<Needless<'a>> = Vec::new();
    let mut out = HashSet::default();
    let (mut pairs, mut asked) = (PAIRS, CANDIDATES);
    for namespace in network.namespaces() {
        let policies: Vec<Read<'a>> = namespace.policies().map(Read::new).collect();
        for policy in &policies {
            let wide: Vec<&Read<'a>> = policies.iter().filter(|other| other.selects_all_of(policy)).collect();
            pairs = pairs.saturating_sub(policies.len());
            let mut is_covered = None;
            for direction in Direction::ALL {
                let rules = &policy.rules[direction as usize];
                for &rule in rules {
                    let own = place(rule.at());
                    let others =
                        wide.iter().flat_map(|other| other.rules[direction as usize].iter().copied());
                    let by = { others }.find(|other| {
                        pairs = pairs.saturating_sub(1);
                        place(other.at()) != own
                            && !out.contains(&place(other.at()))
                            && rule_covers(*other, rule)
                    });
                    // Without policyTypes the last rule for egress is what isolates.
                    let isolates = direction == Direction::Egress
                        && !policy.policy.get("policyTypes").exists()
                        && rules.len() == 1;
                    let Some(by) = by.filter(|_| !isolates && asked > 0) else { continue };
                    asked -= 1;
                    let is_covered =
                        *is_covered.get_or_insert_with(|| covered(policy, &policies, &mut pairs).is_some());
                    if !is_covered
                        && policy.is_valid()
                        && is_valid(Policy::new(by.at().object()))
                        && !reach.is_needed(policy.policy.object(), Some(own.1))
                    {
                        out.insert(own);
                        found.push(Needless { at: rule.at(), by: by.at() });
                    }
                    if pairs == 0 {
                        return found;
                    }
                }
            }
        }
    }
    found
}

/// What tells a place from all others.
fn place(at: At<'_>) -> (usize, seawall_yaml::NodeId) {
    (std::sync::Arc::as_ptr(at.object()) as usize, at.nearest().id())
}

/// Whether the API server would take it, as far as that matters here.
fn is_valid(policy: Policy<'_>) -> bool {
    let isolates = Direction::ALL.into_iter().any(|direction| policy.isolates(direction));
    let mut rules = Direction::ALL.into_iter().flat_map(|direction| policy.rules(direction));
    let valid = |peer: Peer<'_>| {
        let selectors = [peer.namespace_selector(), peer.pod_selector()];
        peer.problem().is_none()
            && selectors.into_iter().flatten().all(|one| one.problem().is_none())
            && peer.ip_block().is_none_or(|block| Block::new(block).is_some())
    };
    isolates
        && policy.pod_selector().problem().is_none()
        && rules.all(|rule| {
            rule.peers().all(valid) && rule.ports().all(|port| !matches!(port.spec(), PortSpec::Refused(..)))
        })
}

/// The first of the policies that together say everything that one says.
fn covered<'a>(policy: &Read<'a>, all: &[Read<'a>], pairs: &mut usize) -> Option<Policy<'a>> {
    let own = policy.policy.object();
    let selects_all = |other: &&Read<'a>| {
        other.selects_all_of(policy) && !std::sync::Arc::ptr_eq(other.policy.object(), own)
    };
    // Many policies of one namespace may be alike: the first that does is enough.
    let wide = || all.iter().filter(selects_all).filter(|other| other.is_valid());
    if wide().next().is_none() || !policy.is_valid() {
        return None;
    }
    let mut first = None;
    for direction in Direction::ALL.into_iter().filter(|&direction| policy.isolates[direction as usize]) {
        let isolating = wide().find(|other| other.isolates[direction as usize])?;
        for &rule in &policy.rules[direction as usize] {
            let by = wide().find(|other| {
                other.rules[direction as usize].iter().any(|&other| {
                    *pairs = pairs.saturating_sub(1);
                    rule_covers(other, rule)
                })
            })?;
            first = first.or(Some(by.policy));
        }
        first = first.or(Some(isolating.policy));
    }
    first
}

fn rule_covers(wide: Rule<'_>, narrow: Rule<'_>) -> bool {
    ports_cover(wide, narrow)
        && (wide.is_for_everyone()
            || !narrow.is_for_everyone()
                && narrow.peers().all(|narrow| wide.peers().any(|wide| peer_covers(wide, narrow))))
}

fn ports_cover(wide: Rule<'_>, narrow: Rule<'_>) -> bool {
    if wide.is_for_all_ports() {
        return true;
    }
    if narrow.is_for_all_ports() {
        return false;
    }
    let numbers = |rule: Rule<'_>| rule.port_set(|_, _| None);
    let open = numbers(wide);
    let named = narrow.ports().all(|port| {
        match port.spec() {
        PortSpec::Named(protocol, name) => {
            PortSet::of([(protocol, 1, u16::MAX)]).difference(&open).is_empty()
                || wide.ports().any(|other| {
                    matches!(other.spec(), PortSpec::Named(own, known) if own == protocol && known == name)
                })
        }
        _ => true,
    }
    });
    named && numbers(narrow).difference(&open).is_empty()
}

/// Whether one peer of a policy means everybody whom another one of the same namespace means.
fn peer_covers(wide: Peer<'_>, narrow: Peer<'_>) -> bool {
    if let (Some(wide), Some(narrow)) = (wide.ip_block(), narrow.ip_block()) {
        let (Some(wide), Some(narrow)) = (Block::new(wide), Block::new(narrow)) else { return false };
        return wide.holds(&narrow);
    }
    if !wide.is_pods() || !narrow.is_pods() {
        return false;
    }
    let namespaces = match (wide.namespace_selector(), narrow.namespace_selector()) {
        (None, None) => true,
        (Some(wide), Some(narrow)) => selector_covers(wide, narrow),
        // Which labels the own namespace has is not written here.
        (Some(wide), None) => wide.is_empty() || names_own(wide, narrow),
        (None, Some(_)) => false,
    };
    let pods = match (wide.pod_selector(), narrow.pod_selector()) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => selector_covers(wide, narrow),
        (Some(wide), None) => wide.is_empty(),
    };
    namespaces && pods
}

/// Whether a selector of namespaces asks for nothing but the name of the policy's own.
fn names_own(selector: LabelSelector<'_>, of: Peer<'_>) -> bool {
    let own = of.at().object().namespace();
    let mut requirements = selector.requirements();
    match (requirements.next(), requirements.next()) {
        (Some(only), None) => {
            only.key == NAMESPACE_NAME_LABEL
                && only.operator == Some(Operator::In)
                && only.values().any(|value| Some(value) == own)
        }
        _ => false,
    }
}

/// Whether everything that one selector matches is matched by another.
fn selector_covers(wide: LabelSelector<'_>, narrow: LabelSelector<'_>) -> bool {
    let narrow: Vec<Requirement<'_>> = narrow.requirements().collect();
    wide.requirements().all(|asked| narrow.iter().any(|given| implies(*given, asked)))
}

fn covers(wide: &[Requirement<'_>], narrow: &[Requirement<'_>]) -> bool {
    wide.iter().all(|asked| narrow.iter().any(|given| implies(*given, *asked)))
}

/// Whether labels that fulfil one condition surely fulfil another.
fn implies(given: Requirement<'_>, asked: Requirement<'_>) -> bool {
    if given.key != asked.key {
        return false;
    }
    let is_one = |of: &Requirement<'_>, value: &str| of.values().any(|known| known == value);
    match (given.operator, asked.operator) {
        (Some(Operator::In), Some(Operator::In)) => given.values().all(|value| is_one(&asked, value)),
        (Some(Operator::In), Some(Operator::NotIn)) => !given.values().any(|value| is_one(&asked, value)),
        (Some(Operator::In | Operator::Exists), Some(Operator::Exists)) => true,
        (Some(Operator::NotIn), Some(Operator::NotIn)) => asked.values().all(|value| is_one(&given, value)),
        (Some(Operator::DoesNotExist), Some(Operator::DoesNotExist | Operator::NotIn)) => true,
        _ => false,
    }
}
