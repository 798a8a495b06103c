//! NetworkPolicies to columns and port sets, with the API server's defaults. What it would refuse surely matches
//! nothing and possibly everything: nobody knows what will be written instead.

use super::block::Block;
use super::rule::{Action, Compiled, CompiledPolicy, Matched, Tier};
use super::select::{Compiler, Pick};
use super::table::{ALL, SetId};
use super::{Bound, rule::PortName};
use crate::{Direction, Peer, Policy, PortSet, PortSpec, Rule};
use seawall_model::{LabelSelector, Object};
use seawall_yaml::NodeId;
use std::sync::Arc;

/// The ports of a rule.
pub(crate) struct Ports {
    pub(crate) sure: SetId,
    pub(crate) possible: SetId,
    pub(crate) named: Vec<PortName>,
}

/// The places that the API server would refuse.
pub(crate) type Problems = Vec<(NodeId, &'static str)>;

/// Problems of one policy that are kept; one is enough to refuse it.
pub(crate) const PROBLEMS: usize = 16;

impl Compiler<'_> {
    /// A NetworkPolicy.
    pub(crate) fn network_policy(&mut self, object: &Arc<Object>) -> CompiledPolicy {
        let policy = Policy::new(object);
        let mut problems = Problems::new();
        let mut subject = self.namespace(self.network.number_of(policy.namespace()));
        let selector = policy.pod_selector();
        note(&mut problems, selector);
        self.narrow(&mut subject, selector);
        let rules = Direction::ALL.map(|direction| {
            policy.isolates(direction).then(|| {
                let rules = policy.rules(direction).map(|rule| self.rule(policy, rule, &mut problems));
                rules.collect()
            })
        });
        let subject = self.matched(subject);
        CompiledPolicy {
            object: object.clone(),
            tier: Tier::Namespace,
            priority: 0,
            subject,
            rules,
            problems,
        }
    }

    fn rule(&mut self, policy: Policy<'_>, rule: Rule<'_>, problems: &mut Problems) -> Compiled {
        let peers = if rule.is_for_everyone() {
            Matched::EVERYTHING
        } else if let Some(few) = blocks(rule).and_then(|blocks| self.few_of_blocks(&blocks)) {
            few
        } else {
            let mut peers = self.nothing();
            for peer in rule.peers() {
                let pick = self.peer(policy, peer, problems);
                peers.unite(&pick);
            }
            self.matched(peers)
        };
        let Ports { sure, possible, named } = self.ports(rule, problems);
        Compiled {
            action: Action::Accept,
            peers,
            ports: sure,
            possible_ports: possible,
            named,
            at: rule.at().nearest().id(),
        }
    }

    fn peer(&mut self, policy: Policy<'_>, peer: Peer<'_>, problems: &mut Problems) -> Pick {
        if let Some(problem) = peer.problem() {
            add(problems, peer.at().nearest().id(), problem);
            return self.perhaps_all();
        }
        if let Some(block) = peer.ip_block() {
            let mut pick = self.nothing();
            match Block::new(block) {
                Some(block) => self.add_block(&mut pick, &block),
                None => {
                    add(problems, block.at().nearest().id(), "`cidr` or `except` is not valid");
                    return self.perhaps_all();
                }
            }
            return pick;
        }
        let mut pick = match peer.namespace_selector() {
            Some(selector) => {
                note(problems, selector);
                self.namespaces(selector)
            }
            None => self.namespace(self.network.number_of(policy.namespace())),
        };
        if let Some(selector) = peer.pod_selector() {
            note(problems, selector);
            self.narrow(&mut pick, selector);
        }
        pick
    }

    fn ports(&mut self, rule: Rule<'_>, problems: &mut Problems) -> Ports {
        if rule.is_for_all_ports() {
            return Ports { sure: ALL, possible: ALL, named: Vec::new() };
        }
        let mut named = Vec::new();
        let mut refused = false;
        let set = PortSet::of(rule.ports().filter_map(|port| match port.spec() {
            PortSpec::Range(protocol, first, last) => Some((protocol, first, last)),
            PortSpec::Named(protocol, name) => {
                named.push((Some(protocol), name.into()));
                None
            }
            PortSpec::Refused(at, problem) => {
                refused = true;
                add(problems, at.nearest().id(), problem);
                None
            }
        }));
        named.sort_unstable();
        named.dedup();
        let sure = self.table.intern(set, Bound::Sure);
        Ports { sure, possible: if refused || self.table.is_full() { ALL } else { sure }, named }
    }
}

/// The blocks of a rule whose peers are nothing else, each as the API server takes it.
fn blocks(rule: Rule<'_>) -> Option<Vec<Block>> {
    rule.peers()
        .map(|peer| if peer.problem().is_some() { None } else { Block::new(peer.ip_block()?) })
        .collect()
}

/// Notes what is wrong with a selector.
pub(crate) fn note(problems: &mut Problems, selector: LabelSelector<'_>) {
    if let Some((at, problem)) = selector.problem() {
        add(problems, at.nearest().id(), problem);
    }
}

/// Notes a problem.
pub(crate) fn add(problems: &mut Problems, at: NodeId, problem: &'static str) {
    if problems.len() < PROBLEMS {
        problems.push((at, problem));
    }
}
