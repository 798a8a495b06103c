//! The roles that grant one request, all wildcards taken together. Made when first asked for and kept until a role
//! changes: the same few requests are asked of many subjects.

use super::role_set::RoleSet;
use super::symbols::Map;
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
    /// By a rule for certain names: role and number of the rule, sorted.
    pub(super) named: Vec<(u32, u32)>,
    /// The roles in `named`.
    pub(super) named_roles: RoleSet,
}

impl Row {
    pub(super) fn new<'a>(postings: impl Iterator<Item = &'a Posting>) -> Self {
        let mut row = Self::default();
        for posting in postings {
            posting.any.iter().for_each(|role| row.any.insert(role));
            row.named.extend(&posting.named);
        }
        row.named.sort_unstable();
        row.named.dedup();
        row.named.iter().for_each(|(role, _)| row.named_roles.insert(*role));
        row
    }

    /// The rules of a role in `named`.
    pub(super) fn named_of(&self, role: u32) -> impl Iterator<Item = &(u32, u32)> {
        let start = self.named.partition_point(|entry| entry.0 < role);
        self.named.iter().skip(start).take_while(move |entry| entry.0 == role)
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
