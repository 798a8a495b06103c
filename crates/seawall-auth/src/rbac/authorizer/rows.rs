//! The roles that grant one request, all wildcards taken together. Made when first asked for and kept until a role
//! changes: the same few requests are asked of many subjects.

use super::role_set::RoleSet;
use super::symbols::{Map, Symbol};
use super::table::{Posting, Question};
use std::sync::{Arc, PoisonError, RwLock};

/// Rows that are kept at most, and the bytes that they may take: whoever asks decides what is kept.
const ROWS: usize = 1 << 14;
const BYTES: usize = 1 << 26;

/// The roles that grant a request.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// Whatever its name.
    pub(super) any: RoleSet,
    /// By a rule for certain names: name and role, sorted.
    named: Vec<(Symbol, u32)>,
    /// The roles in `named`.
    pub(super) named_roles: RoleSet,
}

impl Row {
    /// `names` gives the names of a rule, by role and number of the rule.
    pub(super) fn new<'a, 'r>(
        postings: impl Iterator<Item = &'a Posting>,
        names: impl Fn(u32, u32) -> &'r [Symbol],
    ) -> Self {
        let mut row = Self::default();
        for posting in postings {
            posting.any.iter().for_each(|role| row.any.insert(role));
            for &(role, rule) in &posting.named {
                row.named_roles.insert(role);
                row.named.extend(names(role, rule).iter().map(|name| (*name, role)));
            }
        }
        row.named.sort_unstable();
        row.named.dedup();
        row
    }

    /// The roles of rules for certain names that grant it for this name, ascending.
    pub(super) fn of_name(&self, name: Symbol) -> impl Iterator<Item = u32> {
        let start = self.named.partition_point(|entry| entry.0 < name);
        let rest = self.named.get(start..).unwrap_or(&[]);
        rest.iter().take_while(move |entry| entry.0 == name).map(|entry| entry.1)
    }

    fn bytes(&self) -> usize {
        64 + self.any.bytes() + self.named_roles.bytes() + self.named.len() * 8
    }
}

/// The rows that are kept.
#[derive(Debug, Default)]
pub(super) struct Rows(RwLock<(Map<Question, Arc<Row>>, usize)>);

impl Clone for Rows {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Rows {
    /// The row of a request. Its name plays no part.
    pub(super) fn get(&self, question: Question, make: impl FnOnce() -> Row) -> Arc<Row> {
        let key = question.without_name();
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = kept.0.get(&key) {
            return row.clone();
        }
        drop(kept);
        let row = Arc::new(make());
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.0.len() >= ROWS || kept.1 > BYTES {
            *kept = Default::default();
        }
        kept.1 += row.bytes();
        kept.0.insert(key, row.clone());
        row
    }

    /// Forgets all: a role changed.
    pub(super) fn clear(&mut self) {
        *self.0.get_mut().unwrap_or_else(PoisonError::into_inner) = Default::default();
    }
}
