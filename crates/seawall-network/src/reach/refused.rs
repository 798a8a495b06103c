//! Rules that let nobody through, because the other side's policies refuse everybody whom they name.

use super::rule::{Compiled, CompiledPolicy, Tier};
use super::set::Set;
use super::space::Column;
use super::{Bound, Direction, Family, Reach};
use crate::PortSet;
use seawall_model::{At, Object};
use std::sync::Arc;

/// A rule of a NetworkPolicy that has no effect on pods of the input.
#[derive(Debug)]
pub struct RefusedRule<'a> {
    /// The policy.
    pub policy: &'a Arc<Object>,
    /// The rule.
    pub at: At<'a>,
    /// A pod that the policy selects.
    pub own: usize,
    /// A pod that the rule names, whose policies refuse.
    pub other: usize,
    /// The ports that the rule opens between the two.
    pub ports: PortSet,
}

/// Pairs of groups of pods that are looked at for one rule, and for all rules.
const PAIRS: usize = 4096;
const ALL_PAIRS: usize = 2_000_000;

impl Reach {
    /// The rules of a direction that name pods of the input, none of which may open (`Ingress`) or take (`Egress`) what
    /// the rule allows, whatever is not known.
    pub fn refused_rules(&self, direction: Direction) -> Vec<RefusedRule<'_>> {
        let mut found = Vec::new();
        let mut budget = ALL_PAIRS;
        for policy in self.policies.iter().flatten().filter(|policy| policy.tier == Tier::Namespace) {
            let own = policy.subject.sure.as_ref().map(|set| self.groups_in(set)).unwrap_or_default();
            for rule in policy.rules[direction as usize].iter().flatten() {
                found.extend(self.refused(policy, rule, (&own, direction), &mut budget));
                if budget == 0 {
                    return found;
                }
            }
        }
        found
    }

    /// The groups of pods with a network of their own in a set, each with a family.
    fn groups_in(&self, set: &Set) -> Vec<(u32, Family)> {
        let mut groups = Vec::new();
        set.each(|column| {
            if let Some(Column::Pod(group, family)) = self.space.columns.get(column as usize)
                && !self.space.is_host(column)
            {
                groups.push((*group, *family));
            }
        });
        groups
    }

    fn refused<'a>(
        &'a self,
        policy: &'a CompiledPolicy,
        rule: &'a Compiled,
        (own, direction): (&[(u32, Family)], Direction),
        budget: &mut usize,
    ) -> Option<RefusedRule<'a>> {
        // What the API server would refuse, and who may be meant besides, is not decided here.
        let peers = rule.peers.sure.as_ref().filter(|_| rule.peers.possible.is_none())?;
        let others = self.groups_in(peers);
        let mut count = 0;
        peers.each(|_| count += 1);
        if others.len() != count || own.is_empty() {
            return None;
        }
        let mut sample = None;
        let mut left = PAIRS;
        for &(group, family) in own {
            for &(other, _) in others.iter().filter(|(_, of)| *of == family) {
                let pods = self.space.groups.get(group as usize)?.pods.as_slice();
                if group == other && pods.len() < 2 {
                    continue;
                }
                (left, *budget) = (left.checked_sub(1)?, budget.saturating_sub(1));
                let listening = if direction == Direction::Ingress { group } else { other };
                let ports = self.ports_at(rule, listening);
                let (own_face, other_face) =
                    (self.face_of_group(group, family)?, self.face_of_group(other, family)?);
                let (away, own_column) = match direction {
                    Direction::Ingress => (Direction::Egress, own_face),
                    Direction::Egress => (Direction::Ingress, own_face),
                };
                let answer = self.side_set(away, other_face, own_column, Bound::Possible);
                if !self.table().get(answer).intersection(&ports).is_empty() || ports.is_empty() {
                    return None;
                }
                // A pod always reaches itself: of one group another pod shows it.
                let away = self.space.groups.get(other as usize)?.pods.get(usize::from(group == other));
                sample = sample.or(Some((*pods.first()? as usize, *away? as usize, ports)));
            }
        }
        let (own, other, ports) = sample?;
        Some(RefusedRule { policy: &policy.object, at: policy.place(rule), own, other, ports })
    }

    /// The ports of a rule where pods of a group listen.
    fn ports_at(&self, rule: &Compiled, group: u32) -> PortSet {
        self.ports_of_rule(rule, group, Direction::Ingress)
    }
}
