//! Policies as the engine keeps them: sets of columns and numbers of port sets.

use super::set::Set;
use super::table::SetId;
use crate::Protocol;
use foldhash::HashMap;
use seawall_model::{At, Object};
use seawall_yaml::NodeId;
use std::sync::Arc;

/// When a policy is asked. First all policies of the admin tier, by priority; then NetworkPolicies, all together;
/// then the baseline tier.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Tier {
    /// ClusterNetworkPolicy of tier `Admin`, AdminNetworkPolicy.
    Admin,
    /// NetworkPolicy.
    Namespace,
    /// ClusterNetworkPolicy of tier `Baseline`, BaselineAdminNetworkPolicy.
    Baseline,
}

/// What a rule does with what it matches.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// It is let through; the other side's rules still apply.
    Accept,
    /// It is not.
    Deny,
    /// The rest of the tier is skipped.
    Pass,
}

/// What a rule or policy matches.
#[derive(Clone, Debug)]
pub(crate) struct Matched {
    /// Surely; `None`: everything.
    pub(crate) sure: Option<Arc<Set>>,
    /// Surely or possibly, where that is more; `None` inside: everything.
    pub(crate) possible: Option<Option<Arc<Set>>>,
}

impl Matched {
    /// Everything, surely.
    pub(crate) const EVERYTHING: Self = Self { sure: None, possible: None };

    /// What may match, the sure part included.
    pub(crate) fn possible(&self) -> Option<&Arc<Set>> {
        match &self.possible {
            Some(possible) => possible.as_ref(),
            None => self.sure.as_ref(),
        }
    }

    /// Whether a column matches: surely, or `None`: possibly.
    pub(crate) fn holds(&self, column: u32) -> Option<bool> {
        let is_in = |set: Option<&Arc<Set>>| set.is_none_or(|set| set.contains(column));
        match (is_in(self.sure.as_ref()), is_in(self.possible())) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }

    /// Adds a new column to the sets that hold `parent`. Sets that several rules share stay shared.
    pub(crate) fn push(&mut self, column: u32, parent: u32, copies: &mut Copies) {
        for set in self.sure.iter_mut().chain(self.possible.iter_mut().flatten()) {
            if !set.contains(parent) {
                continue;
            }
            if let Some(own) = Arc::get_mut(set) {
                own.push(column);
                continue;
            }
            let (_, copy) = copies.entry(Arc::as_ptr(set)).or_insert_with(|| {
                let mut copy = (**set).clone();
                copy.push(column);
                (set.clone(), Arc::new(copy))
            });
            *set = copy.clone();
        }
    }
}

/// Sets that were shared, and what they became, by where they were.
pub(crate) type Copies = HashMap<*const Set, (Arc<Set>, Arc<Set>)>;

/// A name of a port; of any protocol in the tiers.
pub(crate) type PortName = (Option<Protocol>, Box<str>);

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    pub(crate) action: Action,
    pub(crate) peers: Matched,
    /// Ports by number.
    pub(crate) ports: SetId,
    /// The same with what the API server would refuse; more than `ports` only then.
    pub(crate) possible_ports: SetId,
    pub(crate) named: Vec<PortName>,
    /// Where it stands.
    pub(crate) at: NodeId,
}

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct CompiledPolicy {
    pub(crate) object: Arc<Object>,
    pub(crate) tier: Tier,
    /// Lower comes first; 0 for NetworkPolicies.
    pub(crate) priority: i64,
    /// The columns that it is for.
    pub(crate) subject: Matched,
    /// The rules of each direction; `None` if it says nothing about the direction.
    pub(crate) rules: [Option<Vec<Compiled>>; 2],
    /// What the API server would refuse, each with its place.
    pub(crate) problems: Vec<(NodeId, &'static str)>,
}

impl CompiledPolicy {
    /// Whether everything about it is sure.
    pub(crate) fn is_sure(&self) -> bool {
        self.subject.possible.is_none()
            && self
                .rules
                .iter()
                .flatten()
                .flatten()
                .all(|rule| rule.peers.possible.is_none() && rule.ports == rule.possible_ports)
    }

    /// The place of a rule.
    pub(crate) fn place(&self, rule: &Compiled) -> At<'_> {
        At::new(&self.object, rule.at)
    }
}
