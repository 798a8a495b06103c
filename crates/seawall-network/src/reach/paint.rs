//! A class' row is painted from the last tier to the first, and in a tier from the last rule to the first: what is
//! painted later would have been decided earlier.

use super::Bound;
use super::classes::{Class, Member};
use super::row::Row;
use super::rule::{Action, Compiled, CompiledPolicy, Tier};
use super::set::Set;
use super::space::Space;
use super::table::{ALL, NONE, Operation, SetId, Table};
use crate::{Bits, Direction, PortSet};
use foldhash::HashMap;

/// Policies of one priority whose every order is tried; with more of them nothing that they say is sure.
const ORDERS: usize = 8;

/// What rows are made of.
#[derive(Clone, Copy)]
pub(crate) struct Paints<'e> {
    pub(crate) space: &'e Space,
    pub(crate) policies: &'e [Option<CompiledPolicy>],
    pub(crate) direction: Direction,
    pub(crate) bound: Bound,
}

struct Painter<'e> {
    from: Paints<'e>,
    class: &'e Class,
    table: &'e mut Table,
    cells: Vec<SetId>,
    memo: Vec<SetId>,
    touched: Vec<SetId>,
}

/// What NetworkPolicies allow: ports that are open everywhere, and columns of others.
struct Sum<'e> {
    everywhere: SetId,
    some: HashMap<SetId, Vec<Where<'e>>>,
}

/// The peers of a rule (`None`: everybody), and the columns that they are limited to.
type Where<'e> = (Option<&'e Set>, Option<&'e [u32]>);

/// The ports that a rule names, and the columns beside its peers that they are limited to.
type Part<'e> = (SetId, Option<&'e [u32]>);

impl<'e> Paints<'e> {
    /// The row of a class.
    pub(crate) fn row(self, class: &'e Class, table: &'e mut Table) -> Row {
        if class.members.is_empty() {
            return Row::Flat(ALL);
        }
        let cells = vec![ALL; self.space.len()];
        let mut painter = Painter { from: self, class, table, cells, memo: Vec::new(), touched: Vec::new() };
        painter.tier(Tier::Baseline, None);
        painter.namespace();
        if painter.members(Tier::Admin).next().is_some() {
            let pass = painter.cells.clone();
            painter.tier(Tier::Admin, Some(&pass));
        }
        Row::of(&painter.cells)
    }
}

impl<'e> Painter<'e> {
    fn members(&self, tier: Tier) -> impl Iterator<Item = (&'e CompiledPolicy, Member)> + use<'e> {
        let policies = self.from.policies;
        self.class.members.iter().filter_map(move |&member| {
            let policy = policies.get(member.policy() as usize)?.as_ref()?;
            (policy.tier == tier).then_some((policy, member))
        })
    }

    fn rules(&self, policy: &'e CompiledPolicy) -> &'e [Compiled] {
        policy.rules[self.from.direction as usize].as_deref().unwrap_or(&[])
    }

    /// NetworkPolicies: all together, and final for the pods that they select.
    fn namespace(&mut self) {
        let Some(()) = self.members(Tier::Namespace).next().map(drop) else { return };
        let isolates = self.members(Tier::Namespace).any(|(_, member)| member.is_sure());
        // What is only possible leaves what comes behind possible too.
        if isolates || self.from.bound == Bound::Sure {
            self.cells.fill(NONE);
        }
        if !isolates && self.from.bound == Bound::Sure {
            return;
        }
        let mut sum = Sum { everywhere: NONE, some: HashMap::default() };
        for (policy, member) in self.members(Tier::Namespace) {
            for rule in self.rules(policy) {
                self.sum(rule, member.is_sure(), &mut sum);
            }
        }
        self.spread(sum);
    }

    /// Adds what a rule of a NetworkPolicy allows.
    fn sum(&mut self, rule: &'e Compiled, selects: bool, sum: &mut Sum<'e>) {
        let (peers, ports) = match self.from.bound {
            Bound::Possible => (rule.peers.possible(), rule.possible_ports),
            Bound::Sure if selects => (rule.peers.sure.as_ref(), rule.ports),
            Bound::Sure => return,
        };
        let peers = peers.map(|set| &**set);
        for (ports, limit) in self.parts(rule, ports) {
            if ports == NONE {
                continue;
            }
            if peers.is_none() && limit.is_none() {
                sum.everywhere = self.table.combine(Operation::Unite, sum.everywhere, ports, self.from.bound);
                continue;
            }
            sum.some.entry(ports).or_default().push((peers, limit));
        }
    }

    /// Paints what all rules together allow, one time for each port set.
    fn spread(&mut self, sum: Sum<'e>) {
        let Sum { everywhere, mut some } = sum;
        if everywhere == ALL {
            self.cells.fill(ALL);
            return;
        }
        self.paint(Action::Accept, None, &(everywhere, None), None, true);
        let all = some.remove(&ALL).map(|parts| self.united(&parts));
        let mut some: Vec<_> = some.into_iter().collect();
        some.sort_unstable_by_key(|(ports, _)| *ports);
        for (ports, parts) in some {
            if let [(peers, limit)] = parts.as_slice() {
                self.paint(Action::Accept, *peers, &(ports, *limit), None, true);
                continue;
            }
            let columns = match self.few(&parts) {
                Some(mut few) => {
                    few.retain(|&column| all.as_ref().is_none_or(|all| !all.contains(column as usize)));
                    Set::Few(few)
                }
                None => {
                    let mut columns = self.united(&parts);
                    all.iter().for_each(|all| columns.subtract(all));
                    Set::Many(columns)
                }
            };
            self.paint(Action::Accept, Some(&columns), &(ports, None), None, true);
        }
        for column in all.iter().flat_map(Bits::iter) {
            if let Some(cell) = self.cells.get_mut(column) {
                *cell = ALL;
            }
        }
    }

    /// The columns of some parts where they are few, without a bit for every other one.
    fn few(&self, parts: &[Where<'e>]) -> Option<Vec<u32>> {
        let mut columns: Vec<u32> = Vec::new();
        for part in parts {
            let (Some(Set::Few(list)), None) = *part else { return None };
            columns.extend(list);
            if columns.len() * 32 > self.cells.len() {
                return None;
            }
        }
        columns.sort_unstable();
        columns.dedup();
        Some(columns)
    }

    fn united(&self, parts: &[Where<'e>]) -> Bits {
        let mut columns = Bits::none(self.cells.len());
        for &(peers, limit) in parts {
            match (peers, limit) {
                (Some(peers), None) => peers.unite_into(&mut columns),
                _ => each(peers, limit, self.cells.len(), |column| columns.insert(column as usize)),
            }
        }
        columns
    }

    /// A tier of ordered policies. `pass`: what is behind the tier; `None` is behind everything.
    fn tier(&mut self, tier: Tier, pass: Option<&[SetId]>) {
        let mut policies: Vec<_> = self.members(tier).collect();
        if policies.is_empty() {
            return;
        }
        let behind;
        let pass = match pass {
            Some(pass) => pass,
            None => {
                behind = self.cells.clone();
                &behind
            }
        };
        policies.sort_by_key(|(policy, _)| (policy.priority, policy.object.name()));
        let mut ends: Vec<&[(&CompiledPolicy, Member)]> =
            policies.chunk_by(|one, next| one.0.priority == next.0.priority).collect();
        while let Some(alike) = ends.pop() {
            self.alike(alike, pass);
        }
    }

    /// Policies of one priority: which of them is asked first is for the implementation to choose.
    fn alike(&mut self, policies: &[(&'e CompiledPolicy, Member)], pass: &[SetId]) {
        if policies.len() == 1 || policies.len() > ORDERS {
            for (policy, member) in policies.iter().rev() {
                let sure = member.is_sure() && policies.len() == 1;
                self.rules(policy).iter().rev().for_each(|rule| self.rule(rule, sure, Some(pass)));
            }
            return;
        }
        let before = self.cells.clone();
        let mut all: Option<Vec<SetId>> = None;
        for first in 0..policies.len() {
            self.cells.clone_from(&before);
            let (end, start) = policies.split_at(first);
            for (policy, member) in start.iter().chain(end).rev() {
                let rules = self.rules(policy).iter().rev();
                rules.for_each(|rule| self.rule(rule, member.is_sure(), Some(pass)));
            }
            let bound = self.from.bound;
            let operation = match bound {
                Bound::Sure => Operation::Intersect,
                Bound::Possible => Operation::Unite,
            };
            all = Some(match all {
                None => self.cells.clone(),
                Some(all) => {
                    let table = &mut *self.table;
                    let pairs = all.into_iter().zip(&self.cells);
                    pairs.map(|(one, &other)| table.combine(operation, one, other, bound)).collect()
                }
            });
        }
        self.cells = all.unwrap_or(before);
    }

    /// Paints what a rule possibly matches as far as the bound asks for it, then what it surely matches.
    fn rule(&mut self, rule: &'e Compiled, selects: bool, pass: Option<&[SetId]>) {
        let bound = self.from.bound;
        let all_sure = selects && rule.peers.possible.is_none() && rule.ports == rule.possible_ports;
        if !all_sure {
            let counts = match rule.action {
                Action::Accept => bound == Bound::Possible,
                Action::Deny => bound == Bound::Sure,
                Action::Pass => true,
            };
            if counts {
                let peers = rule.peers.possible().map(|set| &**set);
                for part in self.parts(rule, rule.possible_ports) {
                    self.paint(rule.action, peers, &part, pass, false);
                }
            }
        }
        if selects {
            let peers = rule.peers.sure.as_deref();
            for part in self.parts(rule, rule.ports) {
                self.paint(rule.action, peers, &part, pass, true);
            }
        }
    }

    /// The ports of a rule for this class; a named port is one of the pods themselves for ingress, else of each peer.
    fn parts(&mut self, rule: &'e Compiled, ports: SetId) -> Vec<Part<'e>> {
        let mut parts = Vec::with_capacity(1);
        if self.from.direction == Direction::Ingress {
            let mut ports = ports;
            let own = self.class.ports.and_then(|number| self.from.space.ports.get(number as usize));
            let own: Vec<_> = own
                .into_iter()
                .flatten()
                .filter(|(protocol, name, _)| {
                    rule.named
                        .iter()
                        .any(|(asked, wanted)| wanted == name && asked.is_none_or(|asked| asked == *protocol))
                })
                .map(|(protocol, _, port)| (*protocol, *port, *port))
                .collect();
            if !own.is_empty() {
                let set = self.table.insert(PortSet::of(own));
                ports = self.table.combine(Operation::Unite, ports, set, self.from.bound);
            }
            parts.push((ports, None));
            return parts;
        }
        parts.push((ports, None));
        for (asked, name) in &rule.named {
            for ((protocol, port), columns) in self.from.space.names.get(name).into_iter().flatten() {
                if asked.is_none_or(|asked| asked == *protocol) {
                    let set = self.table.insert(PortSet::one(*protocol, *port));
                    parts.push((set, Some(columns.as_slice())));
                }
            }
        }
        parts
    }

    fn paint(
        &mut self,
        action: Action,
        peers: Option<&Set>,
        &(ports, limit): &Part<'_>,
        pass: Option<&[SetId]>,
        sure: bool,
    ) {
        if ports == NONE {
            return;
        }
        let bound = self.from.bound;
        if action == Action::Pass {
            self.pass(peers, (ports, limit), pass, sure);
            return;
        }
        let operation = if action == Action::Accept { Operation::Unite } else { Operation::Subtract };
        let Self { cells, memo, touched, table, .. } = self;
        each(peers, limit, cells.len(), |column| {
            let Some(cell) = cells.get_mut(column as usize) else { return };
            let old = *cell as usize;
            if memo.len() <= old {
                memo.resize(old + 1, SetId::MAX);
            }
            let Some(new) = memo.get_mut(old) else { return };
            if *new == SetId::MAX {
                *new = table.combine(operation, *cell, ports, bound);
                touched.push(*cell);
            }
            *cell = *new;
        });
        for old in touched.drain(..) {
            if let Some(new) = memo.get_mut(old as usize) {
                *new = SetId::MAX;
            }
        }
    }

    /// On these ports, what is behind the tier; where that is only possible, the worse or the better of the two.
    fn pass(&mut self, peers: Option<&Set>, (ports, limit): Part<'_>, pass: Option<&[SetId]>, sure: bool) {
        let bound = self.from.bound;
        let Self { cells, table, .. } = self;
        let mut known: HashMap<(SetId, SetId), SetId> = HashMap::default();
        each(peers, limit, cells.len(), |column| {
            let behind = pass.and_then(|pass| pass.get(column as usize)).copied().unwrap_or(ALL);
            let Some(cell) = cells.get_mut(column as usize) else { return };
            *cell = *known.entry((*cell, behind)).or_insert_with(|| {
                let mut combine = |operation, a, b| table.combine(operation, a, b, bound);
                let behind = match (sure, bound) {
                    (true, _) => behind,
                    (false, Bound::Sure) => combine(Operation::Intersect, behind, *cell),
                    (false, Bound::Possible) => combine(Operation::Unite, behind, *cell),
                };
                let (kept, passed) = (
                    combine(Operation::Subtract, *cell, ports),
                    combine(Operation::Intersect, behind, ports),
                );
                combine(Operation::Unite, kept, passed)
            });
        });
    }
}

/// Visits the columns of the peers (`None`: all), of the limited ones where there is a limit.
fn each(peers: Option<&Set>, limit: Option<&[u32]>, length: usize, mut visit: impl FnMut(u32)) {
    match (peers, limit) {
        (None, None) => (0..length as u32).for_each(visit),
        (None, Some(limit)) => limit.iter().for_each(|&column| visit(column)),
        (Some(peers), None) => peers.each(visit),
        (Some(peers), Some(limit)) => {
            limit.iter().filter(|&&column| peers.contains(column)).for_each(|&column| visit(column));
        }
    }
}
