//! Port sets as numbers: equal sets are kept once, and what two of them give together is remembered.

use super::Bound;
use crate::PortSet;
use foldhash::HashMap;
use std::sync::Arc;

/// The number of a port set in its [`Table`].
pub(crate) type SetId = u32;

/// No port.
pub(crate) const NONE: SetId = 0;
/// Every port of every protocol.
pub(crate) const ALL: SetId = 1;

/// Ranges that all sets together may have. Beyond it sets are no longer told apart: what is sure stays sure, what
/// is possible becomes more.
const RANGES: usize = 1 << 23;

/// What is done with two sets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Operation {
    /// What either holds.
    Unite,
    /// What the first holds and the second does not.
    Subtract,
    /// What both hold.
    Intersect,
}

/// Interned port sets.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    sets: Vec<Arc<PortSet>>,
    ids: HashMap<Arc<PortSet>, SetId>,
    known: HashMap<(Operation, SetId, SetId), SetId>,
    ranges: usize,
    limit: usize,
}

impl Default for Table {
    fn default() -> Self {
        let mut table = Self {
            sets: Vec::new(),
            ids: HashMap::default(),
            known: HashMap::default(),
            ranges: 0,
            limit: RANGES,
        };
        table.insert(PortSet::default());
        table.insert(PortSet::all());
        table
    }
}

impl Table {
    /// The set of a number.
    pub(crate) fn get(&self, id: SetId) -> Arc<PortSet> {
        self.sets.get(id as usize).cloned().unwrap_or_default()
    }

    /// How many different sets there are.
    pub(crate) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Whether it was too much to tell all sets apart.
    pub(crate) fn is_full(&self) -> bool {
        self.ranges > self.limit
    }

    /// The number of a set that comes from a pod's declared ports: there is always room for these.
    pub(crate) fn insert(&mut self, set: PortSet) -> SetId {
        if let Some(&id) = self.ids.get(&set) {
            return id;
        }
        let id = self.sets.len() as SetId;
        let set = Arc::new(set);
        self.ranges += set.range_count() + 1;
        self.sets.push(set.clone());
        self.ids.insert(set, id);
        id
    }

    /// The number of a set. Where there is no room left: a smaller or larger one, as the bound wants.
    pub(crate) fn intern(&mut self, set: PortSet, bound: Bound) -> SetId {
        if self.is_full() && !self.ids.contains_key(&set) {
            return match bound {
                Bound::Sure => NONE,
                Bound::Possible => ALL,
            };
        }
        self.insert(set)
    }

    /// What two sets give.
    pub(crate) fn combine(&mut self, operation: Operation, a: SetId, b: SetId, bound: Bound) -> SetId {
        match (operation, a, b) {
            (Operation::Unite, NONE, other) | (Operation::Unite, other, NONE) => return other,
            (Operation::Unite, ALL, _) | (Operation::Unite, _, ALL) => return ALL,
            (Operation::Intersect, ALL, other) | (Operation::Intersect, other, ALL) => return other,
            (Operation::Intersect, NONE, _) | (Operation::Intersect, _, NONE) => return NONE,
            (Operation::Subtract, one, NONE) => return one,
            (Operation::Subtract, NONE, _) | (Operation::Subtract, _, ALL) => return NONE,
            _ if a == b => return if operation == Operation::Subtract { NONE } else { a },
            _ => {}
        }
        let (a, b) = if operation != Operation::Subtract && a > b { (b, a) } else { (a, b) };
        if let Some(&id) = self.known.get(&(operation, a, b)) {
            return id;
        }
        let (one, other) = (self.get(a), self.get(b));
        let set = match operation {
            Operation::Unite => {
                let mut set = (*one).clone();
                set.unite(&other);
                set
            }
            Operation::Subtract => one.difference(&other),
            Operation::Intersect => one.intersection(&other),
        };
        let id = self.intern(set, bound);
        if self.known.len() < self.limit {
            self.known.insert((operation, a, b), id);
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, NONE, Operation::*, Table};
    use crate::reach::Bound::*;
    use crate::{PortSet, Protocol::*};

    #[test]
    fn equal_sets_have_equal_numbers() {
        let mut table = Table::default();
        let web = table.intern(PortSet::one(Tcp, 80), Sure);
        let dns = table.intern(PortSet::one(Udp, 53), Sure);
        let both = table.combine(Unite, web, dns, Sure);
        assert_eq!(table.get(both).to_string(), "TCP 80; UDP 53");
        assert_eq!(table.combine(Unite, dns, web, Sure), both);
        assert_eq!(table.combine(Subtract, both, dns, Sure), web);
        assert_eq!(table.combine(Intersect, both, dns, Sure), dns);
        assert_eq!(table.combine(Intersect, web, dns, Sure), NONE);
        assert_eq!(table.combine(Subtract, web, ALL, Sure), NONE);
        let rest = table.combine(Subtract, ALL, web, Sure);
        assert_eq!(table.combine(Unite, rest, web, Sure), ALL);
        assert_eq!(table.len(), 6);
    }

    #[test]
    fn a_full_table_answers_on_the_safe_side() {
        let mut table = Table { limit: 3, ..Table::default() };
        assert!(table.is_full());
        assert_eq!(table.intern(PortSet::one(Tcp, 80), Sure), NONE);
        assert_eq!(table.intern(PortSet::one(Tcp, 80), Possible), ALL);
        assert_eq!(table.intern(PortSet::all(), Sure), ALL);
    }
}
