//! Why is it so: every policy that selects either end, and what each of its rules says to this connection.

use super::answer::Face;
use super::rule::{Action, Compiled, CompiledPolicy, Tier};
use super::space::Column;
use super::{Answer, Bound, End, Reach};
use crate::{Direction, Family, Protocol};
use seawall_model::{At, Object};
use std::sync::Arc;

/// The answer to a question and both sides' reasons.
#[derive(Debug)]
pub struct Explained<'a> {
    /// Which ports are open.
    pub answer: Answer,
    /// Whether what was asked is: the port, or any port where none was named.
    pub allowed: Option<bool>,
    /// What the sender's policies say.
    pub egress: SideExplained<'a>,
    /// What the receiver's policies say.
    pub ingress: SideExplained<'a>,
}

/// What the policies of one end say.
#[derive(Debug, Default)]
pub struct SideExplained<'a> {
    /// Whether this side lets it through; `None` depends on what the input leaves open. True where no policy is asked.
    pub allowed: Option<bool>,
    /// The policies that select the end in this direction, in the order in which they are asked.
    pub policies: Vec<PolicyVerdict<'a>>,
}

/// What one policy says.
#[derive(Debug)]
pub struct PolicyVerdict<'a> {
    /// The policy.
    pub object: &'a Arc<Object>,
    /// When it is asked.
    pub tier: Tier,
    /// Whether it surely selects the end.
    pub selects: bool,
    /// Whether it is one of those that decide.
    pub decides: bool,
    /// Its rules, in order.
    pub rules: Vec<RuleVerdict<'a>>,
}

/// What one rule says.
#[derive(Debug)]
pub struct RuleVerdict<'a> {
    /// Where it stands.
    pub at: At<'a>,
    /// What it does with what it matches.
    pub action: Action,
    /// Whether it means the other end; `None` depends on what the input leaves open.
    pub peers: Option<bool>,
    /// Whether it means the port.
    pub ports: Option<bool>,
}

impl RuleVerdict<'_> {
    /// Whether it matches.
    pub fn matches(&self) -> Option<bool> {
        match (self.peers, self.ports) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    }
}

impl SideExplained<'_> {
    /// The policies that decide.
    pub fn deciding(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.policies.iter().filter(|policy| policy.decides).map(|policy| policy.object)
    }
}

impl Reach {
    /// Whether a port of `to` (any, if none is named) is open to `from`, and why.
    pub fn explain(&self, from: End, to: End, port: Option<(Protocol, u16)>) -> Explained<'_> {
        let answer = self.between(from, to);
        let allowed = match port {
            Some((protocol, port)) => answer.allows(protocol, port),
            None => answer.allows_any(),
        };
        let open = || SideExplained { allowed: Some(true), policies: Vec::new() };
        if answer.exempt.is_some() {
            return Explained { answer, allowed, egress: open(), ingress: open() };
        }
        let Some((source, target)) = self.telling_faces(from, to, port) else {
            return Explained { answer, allowed, egress: open(), ingress: open() };
        };
        let egress = self.side_explained(Direction::Egress, source, target, port);
        let ingress = self.side_explained(Direction::Ingress, target, source, port);
        Explained { answer, allowed, egress, ingress }
    }

    /// The faces that show why: those between which it is allowed, else possible, else the first.
    fn telling_faces(&self, from: End, to: End, port: Option<(Protocol, u16)>) -> Option<(Face, Face)> {
        let mut best: Option<(u8, (Face, Face))> = None;
        for family in Family::ALL {
            let targets = self.faces(to, family);
            for source in self.faces(from, family) {
                for &target in &targets {
                    let is_open = |bound| {
                        let set = self.between_faces(source, target, bound);
                        let set = self.table().get(set);
                        port.map_or(!set.is_empty(), |(protocol, port)| set.contains(protocol, port))
                    };
                    let rank = if is_open(Bound::Sure) { 2 } else { u8::from(is_open(Bound::Possible)) };
                    if best.is_none_or(|(known, _)| rank > known) {
                        best = Some((rank, (source, target)));
                    }
                    if rank == 2 {
                        return Some((source, target));
                    }
                }
            }
        }
        best.map(|(_, faces)| faces)
    }

    fn side_explained(
        &self,
        direction: Direction,
        own: Face,
        other: Face,
        port: Option<(Protocol, u16)>,
    ) -> SideExplained<'_> {
        let is_open = |bound| {
            let set = self.side_set(direction, own, other, bound);
            let set = self.table().get(set);
            port.map_or(!set.is_empty(), |(protocol, port)| set.contains(protocol, port))
        };
        let allowed = match (is_open(Bound::Sure), is_open(Bound::Possible)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        };
        let class = own.classes.map(|classes| classes[direction as usize]);
        let class = class.and_then(|class| self.side(direction).classes.list.get(class as usize));
        let named = match direction {
            Direction::Ingress => own.column,
            Direction::Egress => other.column,
        };
        let mut policies: Vec<_> = class
            .into_iter()
            .flat_map(|class| &class.members)
            .filter_map(|member| {
                let policy = self.policies.get(member.policy() as usize)?.as_ref()?;
                let rules = policy.rules[direction as usize].iter().flatten();
                let rules = rules.map(|rule| RuleVerdict {
                    at: policy.place(rule),
                    action: rule.action,
                    peers: rule.peers.holds(other.column),
                    ports: self.rule_has(rule, named, port),
                });
                Some((policy, member.is_sure(), rules.collect::<Vec<_>>()))
            })
            .collect();
        policies.sort_by_key(|(policy, _, _)| (policy.tier, policy.priority, policy.object.name()));
        SideExplained { allowed, policies: decide(policies, allowed) }
    }

    /// Whether a rule means a port; its names are those of the pods in a column.
    fn rule_has(&self, rule: &Compiled, column: u32, port: Option<(Protocol, u16)>) -> Option<bool> {
        let group = match self.space.columns.get(column as usize) {
            Some(Column::Pod(group, _)) => self.space.groups.get(*group as usize),
            _ => None,
        };
        let group = group.filter(|group| !group.host_network);
        let list = group.and_then(|group| self.space.ports.get(group.ports as usize));
        let by_name = list.into_iter().flatten().any(|(protocol, name, number)| {
            port.is_none_or(|port| port == (*protocol, *number))
                && (rule.named.iter())
                    .any(|(asked, wanted)| wanted == name && asked.is_none_or(|asked| asked == *protocol))
        });
        let table = self.table();
        let holds = |id| {
            let set = table.get(id);
            port.map_or(!set.is_empty(), |(protocol, port)| set.contains(protocol, port))
        };
        match (by_name || holds(rule.ports), holds(rule.possible_ports)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }
}

/// Marks the policies that decide. In the ordered tiers these are the first with a sure match and those with a possible
/// one before it; among NetworkPolicies those that allow, and all of them where none does.
fn decide<'a>(
    policies: Vec<(&'a CompiledPolicy, bool, Vec<RuleVerdict<'a>>)>,
    allowed: Option<bool>,
) -> Vec<PolicyVerdict<'a>> {
    let has_namespace = policies.iter().any(|(policy, sure, _)| policy.tier == Tier::Namespace && *sure);
    let mut done: Option<Tier> = None;
    let mut is_final = false;
    let verdicts = policies.into_iter().map(|(policy, selects, rules)| {
        let mut decides = false;
        if policy.tier == Tier::Namespace {
            let allows = rules.iter().any(|rule| rule.matches() != Some(false));
            decides = !is_final && (allows || allowed == Some(false) || !selects);
        } else if !is_final && done != Some(policy.tier) && !(policy.tier == Tier::Baseline && has_namespace)
        {
            for rule in &rules {
                match rule.matches() {
                    Some(false) => continue,
                    None => decides = true,
                    Some(true) => {
                        decides = true;
                        if selects {
                            done = Some(policy.tier);
                            is_final |= rule.action != Action::Pass;
                        }
                        break;
                    }
                }
            }
        }
        PolicyVerdict { object: &policy.object, tier: policy.tier, selects, decides, rules }
    });
    verdicts.collect()
}
