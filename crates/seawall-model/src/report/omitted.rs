//! A bound for the findings of hostile input: what is beyond it is counted, never forgotten.

use crate::{Finding, Object, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Findings of one control over a few objects, at most: a single object can be made of a million wrong parts.
const PER_ENTRY: usize = 20_000;

/// Findings of one rule that were counted and not kept.
#[derive(Clone, Debug)]
pub struct Omitted {
    /// The rule.
    pub rule: &'static str,
    /// The worst severity among them.
    pub severity: Severity,
    /// How many.
    pub count: usize,
    /// The object of the first one.
    pub object: Arc<Object>,
}

/// How many findings may be kept, and which were not.
#[derive(Debug)]
pub(super) struct Kept {
    limit: usize,
    /// How many findings there were when the control was entered.
    entered: usize,
    omitted: BTreeMap<&'static str, Omitted>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { limit: usize::MAX, entered: 0, omitted: BTreeMap::new() }
    }
}

impl Kept {
    pub(super) fn bounded(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// A control is entered.
    pub(super) fn enter(&mut self, findings: &mut Vec<Finding>) {
        // A quarter more than is kept in the end, so that cutting costs little each time.
        if findings.len() > self.limit.saturating_add(self.limit / 4) {
            self.cut(findings);
        }
        self.entered = findings.len();
    }

    /// Whether the control that was entered has written enough.
    pub(super) fn is_full(&self, length: usize) -> bool {
        self.limit < usize::MAX && length.saturating_sub(self.entered) >= PER_ENTRY
    }

    pub(super) fn omit(
        &mut self,
        rule: &'static str,
        severity: Severity,
        object: &Arc<Object>,
        count: usize,
    ) {
        let omitted = self.omitted.entry(rule).or_insert_with(|| Omitted {
            rule,
            severity,
            count: 0,
            object: object.clone(),
        });
        omitted.count += count;
        omitted.severity = omitted.severity.max(severity);
    }

    pub(super) fn finish(mut self, findings: &mut Vec<Finding>) -> Vec<Omitted> {
        if findings.len() > self.limit {
            self.cut(findings);
        }
        self.omitted.into_values().collect()
    }

    /// Keeps the first findings of each rule, as many of every rule as there is room for. Counts only grow, so that
    /// the room of a rule only shrinks: however often this is done, the same findings are left.
    fn cut(&mut self, findings: &mut Vec<Finding>) {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for finding in findings.iter() {
            *counts.entry(finding.rule).or_default() += 1;
        }
        for (rule, omitted) in &self.omitted {
            *counts.entry(rule).or_default() += omitted.count;
        }
        let room = room(counts.into_values().collect(), self.limit);
        let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
        findings.retain(|finding| {
            let seen = seen.entry(finding.rule).or_default();
            *seen += 1;
            let kept = *seen <= room;
            if !kept {
                self.omit(finding.rule, finding.severity, &finding.at.object, 1);
            }
            kept
        });
    }
}

/// The largest number for which the sum of the counts, none taken above that number, is within `limit`.
fn room(mut counts: Vec<usize>, limit: usize) -> usize {
    counts.sort_unstable();
    let mut left = limit;
    let mut rules = counts.len();
    for count in counts {
        if count.saturating_mul(rules) > left {
            return (left / rules).max(1);
        }
        left -= count;
        rules -= 1;
    }
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    fn frequent_rules_lose_first() {
        assert_eq!(room(vec![5, 5], 10), usize::MAX);
        assert_eq!(room(vec![1, 100, 3], 10), 6);
        assert_eq!(room(vec![100, 100], 10), 5);
        assert_eq!(room(vec![100; 50], 10), 1);
        assert_eq!(room(Vec::new(), 0), usize::MAX);
    }
}
