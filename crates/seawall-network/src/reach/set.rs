//! Sets of columns: few as a list, many as bits, equal ones kept once.

use crate::Bits;
use foldhash::HashSet;
use std::sync::Arc;

/// A set of columns.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Set {
    /// Ascending.
    Few(Vec<u32>),
    /// One bit each.
    Many(Bits),
}

impl Set {
    /// The smaller form of a set.
    pub(crate) fn of(bits: Bits) -> Self {
        if bits.count() * 32 < bits.length() {
            Self::Few(bits.iter().map(|number| number as u32).collect())
        } else {
            Self::Many(bits)
        }
    }

    /// Whether a column is in it.
    pub(crate) fn contains(&self, column: u32) -> bool {
        match self {
            Self::Few(list) => list.binary_search(&column).is_ok(),
            Self::Many(bits) => bits.contains(column as usize),
        }
    }

    /// Visits each column, ascending.
    pub(crate) fn each(&self, mut visit: impl FnMut(u32)) {
        match self {
            Self::Few(list) => list.iter().for_each(|&column| visit(column)),
            Self::Many(bits) => bits.iter().for_each(|column| visit(column as u32)),
        }
    }

    /// Adds its columns to others.
    pub(crate) fn unite_into(&self, bits: &mut Bits) {
        match self {
            Self::Few(list) => list.iter().for_each(|&column| bits.insert(column as usize)),
            Self::Many(own) => bits.unite(own),
        }
    }

    /// Adds a column behind all others.
    pub(crate) fn push(&mut self, column: u32) {
        match self {
            Self::Few(list) => list.push(column),
            Self::Many(bits) => {
                bits.grow(column as usize + 1);
                bits.insert(column as usize);
            }
        }
    }

    /// Bytes that it takes, roughly.
    fn size(&self) -> usize {
        match self {
            Self::Few(list) => list.len() * 4 + 32,
            Self::Many(bits) => bits.length() / 8 + 32,
        }
    }
}

/// Bytes that the sets of all rules may take.
const BYTES: usize = 160 << 20;

/// Equal sets are kept once.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    known: HashSet<Arc<Set>>,
    bytes: usize,
}

impl Sets {
    /// The one copy of a set; `None` when there are too many of them.
    pub(crate) fn share(&mut self, set: Set) -> Option<Arc<Set>> {
        if let Some(known) = self.known.get(&set) {
            return Some(known.clone());
        }
        self.bytes += set.size();
        let set = Arc::new(set);
        (self.bytes <= BYTES).then(|| {
            self.known.insert(set.clone());
            set
        })
    }
}
