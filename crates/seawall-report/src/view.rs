//! What every format asks about a result: what is shown, what belongs together, and what is worst.

use crate::{Copies, Options, ScanResult};
use foldhash::{HashMap, HashSet};
use seawall_model::{Finding, Object, Outcome, Severity};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Counts of findings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    /// Failures by severity, worst first as in [`Severity::ALL`].
    pub(crate) severity: [usize; 5],
    pub(crate) failed: usize,
    pub(crate) unknown: usize,
    pub(crate) suppressed: usize,
}

impl Counts {
    pub(crate) fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            counts.add(finding);
        }
        counts
    }

    fn add(&mut self, finding: &Finding) {
        if finding.suppressed.is_some() {
            self.suppressed += 1;
        } else if finding.outcome == Outcome::Unknown {
            self.unknown += 1;
        } else {
            self.failed += 1;
            if let Some(count) = self.severity.get_mut(rank(finding.severity)) {
                *count += 1;
            }
        }
    }

    /// The severities that occur, worst first, with their counts.
    pub(crate) fn present(&self) -> impl Iterator<Item = (Severity, usize)> + '_ {
        Severity::ALL.into_iter().zip(self.severity).filter(|&(_, count)| count > 0)
    }
}

/// Place in [`Severity::ALL`]: 0 is the worst.
pub(crate) fn rank(severity: Severity) -> usize {
    Severity::ALL.iter().position(|&other| other == severity).unwrap_or(Severity::ALL.len() - 1)
}

/// Findings that one edit fixes, or a single one.
#[derive(Debug)]
pub(crate) struct Block {
    /// Number in the result of the worst one.
    first: u32,
    /// Those of the others, worst first; most have none.
    others: Vec<u32>,
    /// The worst severity of them.
    pub(crate) severity: Severity,
    /// Whether none of them is a failure.
    pub(crate) unknown: bool,
}

impl Block {
    /// Their numbers in the result, worst first.
    fn members(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.first).chain(self.others.iter().copied()).map(|index| index as usize)
    }
}

/// An object with findings.
#[derive(Debug)]
pub(crate) struct Ranked<'r> {
    pub(crate) object: &'r Arc<Object>,
    /// Blocks of failures by severity, worst first.
    pub(crate) score: [usize; 5],
    /// Numbers of its blocks in [`View::blocks`], worst first.
    pub(crate) blocks: Vec<usize>,
}

/// One of the worst objects.
pub(crate) struct Worst<'v, 'r> {
    /// Its number in [`View::objects`].
    pub(crate) number: usize,
    pub(crate) ranked: &'v Ranked<'r>,
    /// Objects of equal identity and other content that have findings, too.
    pub(crate) variants: Vec<&'v Ranked<'r>>,
}

impl Ranked<'_> {
    /// `4 low, 2 info`: the blocks that are not among the first `shown`.
    pub(crate) fn more(&self, shown: usize) -> Option<String> {
        let mut left = shown;
        let mut words = Vec::new();
        for (severity, &count) in Severity::ALL.into_iter().zip(&self.score) {
            let named = left.min(count);
            left -= named;
            if count > named {
                words.push(format!("{} {}", count - named, severity.as_str()));
            }
        }
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// A result as it is shown.
pub(crate) struct View<'r> {
    pub(crate) result: &'r ScanResult,
    pub(crate) options: &'r Options,
    /// Counts of the whole result, the severity filter left aside.
    pub(crate) counts: Counts,
    /// Failures and unknowns that the severity filter hides.
    pub(crate) hidden: usize,
    /// What is shown, worst first; suppressed findings are in none.
    pub(crate) blocks: Vec<Block>,
    /// Objects with shown findings, worst first.
    pub(crate) objects: Vec<Ranked<'r>>,
    copies: HashMap<*const Object, &'r Copies>,
}

impl<'r> View<'r> {
    pub(crate) fn new(result: &'r ScanResult, options: &'r Options) -> Self {
        let counts = Counts::of(&result.findings);
        let (blocks, hidden) = blocks(result, options);
        let copies = result.copies.iter().map(|copies| (Arc::as_ptr(&copies.object), copies)).collect();
        let mut view = Self { result, options, counts, hidden, blocks, objects: Vec::new(), copies };
        view.objects = view.rank_objects();
        view.sort_blocks();
        view
    }

    /// The first (worst) finding of a block.
    pub(crate) fn first(&self, block: &Block) -> Option<&'r Finding> {
        self.result.findings.get(block.first as usize)
    }

    /// The findings of a block, worst first.
    pub(crate) fn members<'v>(&'v self, block: &'v Block) -> impl Iterator<Item = &'r Finding> + 'v {
        block.members().filter_map(|index| self.result.findings.get(index))
    }

    /// The worst `most` objects that failed, with their numbers in [`View::objects`] and their variants (objects of
    /// equal identity and other content).
    pub(crate) fn worst(&self, most: usize) -> Vec<Worst<'_, 'r>> {
        let mut worst: Vec<Worst<'_, 'r>> = Vec::new();
        for (number, ranked) in self.objects.iter().enumerate().filter(|(_, ranked)| ranked.score != [0; 5]) {
            let identity = ranked.object.identity();
            if let Some(known) = worst.iter_mut().find(|known| known.ranked.object.identity() == identity) {
                known.variants.push(ranked);
            } else if worst.len() < most {
                worst.push(Worst { number, ranked, variants: Vec::new() });
            }
        }
        worst
    }

    /// The blocks of an object, worst first.
    pub(crate) fn blocks_of<'v>(&'v self, ranked: &'v Ranked<'r>) -> impl Iterator<Item = &'v Block> + 'v {
        ranked.blocks.iter().filter_map(|&index| self.blocks.get(index))
    }

    /// The other places of an object.
    pub(crate) fn copies(&self, object: &Arc<Object>) -> Option<&'r Copies> {
        self.copies.get(&Arc::as_ptr(object)).copied()
    }

    /// Whether a finding with this severity is shown at all.
    pub(crate) fn shows(&self, finding: &Finding) -> bool {
        self.options.severity.is_none_or(|bar| finding.severity >= bar)
    }

    fn rank_objects(&self) -> Vec<Ranked<'r>> {
        let mut order: Vec<Ranked<'r>> = Vec::new();
        let mut places: HashMap<*const Object, usize> = HashMap::default();
        for (index, block) in self.blocks.iter().enumerate() {
            let Some(finding) = self.first(block) else { continue };
            let object = &finding.at.object;
            let at = *places.entry(Arc::as_ptr(object)).or_insert_with(|| {
                order.push(Ranked { object, score: [0; 5], blocks: Vec::new() });
                order.len() - 1
            });
            let Some(ranked) = order.get_mut(at) else { continue };
            ranked.blocks.push(index);
            if !block.unknown
                && let Some(count) = ranked.score.get_mut(rank(block.severity))
            {
                *count += 1;
            }
        }
        // Stable: objects of equal score stay in the order of their files.
        order.sort_by_key(|ranked| std::cmp::Reverse(ranked.score));
        order
    }

    /// Worst first: failures before what is unknown, then by severity, then by object, then by place.
    fn sort_blocks(&mut self) {
        let mut place_of_object = vec![0; self.blocks.len()];
        for (place, ranked) in self.objects.iter().enumerate() {
            for &index in &ranked.blocks {
                if let Some(slot) = place_of_object.get_mut(index) {
                    *slot = place;
                }
            }
        }
        let key = |index: usize| {
            let block = &self.blocks[index];
            (block.unknown, rank(block.severity), place_of_object[index], index)
        };
        let mut order: Vec<usize> = (0..self.blocks.len()).collect();
        order.sort_unstable_by_key(|&index| key(index));
        let mut unsorted: Vec<Option<Block>> =
            std::mem::take(&mut self.blocks).into_iter().map(Some).collect();
        for ranked in &mut self.objects {
            ranked.blocks.clear();
        }
        for (index, old) in order.into_iter().enumerate() {
            self.blocks.extend(unsorted[old].take());
            if let Some(ranked) = self.objects.get_mut(place_of_object[old]) {
                ranked.blocks.push(index);
            }
        }
    }

    /// Failures per rule among `blocks`, worst rule first, then the most frequent.
    pub(crate) fn rules<'v>(&'v self, blocks: impl IntoIterator<Item = &'v Block>) -> Vec<RuleCount> {
        let mut rules: BTreeMap<&'static str, RuleCount> = BTreeMap::new();
        for finding in blocks.into_iter().flat_map(|block| self.members(block)) {
            let count = rules.entry(finding.rule).or_insert_with(|| RuleCount::new(finding));
            count.findings += 1;
            count.severity = count.severity.max(finding.severity);
            count.unknown &= finding.outcome == Outcome::Unknown;
            count.files.insert(finding.at.object.file().as_ptr());
        }
        let mut rules: Vec<_> = rules.into_values().collect();
        rules.sort_by_key(|count| (count.unknown, rank(count.severity), std::cmp::Reverse(count.findings)));
        rules
    }
}

/// How often a rule fired.
#[derive(Debug)]
pub(crate) struct RuleCount {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    /// Whether none of its findings is a failure.
    pub(crate) unknown: bool,
    pub(crate) findings: usize,
    /// The files, by the address of their names.
    pub(crate) files: HashSet<*const u8>,
}

impl RuleCount {
    fn new(finding: &Finding) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity,
            unknown: true,
            findings: 0,
            files: HashSet::default(),
        }
    }
}

fn blocks(result: &ScanResult, options: &Options) -> (Vec<Block>, usize) {
    let mut blocks: Vec<Block> = Vec::with_capacity(result.findings.len());
    // Of one file: findings stand in the order of files.
    let mut groups: HashMap<(*const Object, Option<&str>, &str), usize> = HashMap::default();
    let mut file = std::ptr::null();
    let mut hidden = 0;
    for (index, finding) in result.findings.iter().enumerate() {
        if finding.suppressed.is_some() {
            continue;
        }
        if options.severity.is_some_and(|bar| finding.severity < bar) {
            hidden += 1;
            continue;
        }
        let name = finding.at.object.file().as_ptr();
        if std::mem::replace(&mut file, name) != name {
            groups.clear();
        }
        let unknown = finding.outcome == Outcome::Unknown;
        if let Some(group) = finding.group {
            let key = (Arc::as_ptr(&finding.at.object), finding.container.as_deref(), group);
            let at = *groups.entry(key).or_insert(blocks.len());
            if let Some(block) = blocks.get_mut(at) {
                block.others.push(index as u32);
                block.unknown &= unknown;
                continue;
            }
        }
        let severity = finding.severity;
        blocks.push(Block { first: index as u32, others: Vec::new(), severity, unknown });
    }
    for block in blocks.iter_mut().filter(|block| !block.others.is_empty()) {
        let mut members: Vec<usize> = block.members().collect();
        let found = |&index: &usize| result.findings.get(index);
        let counted = members.iter().filter_map(found);
        let counted = counted.filter(|finding| block.unknown || finding.outcome == Outcome::Fail);
        block.severity = counted.map(|finding| finding.severity).max().unwrap_or(block.severity);
        // The order of findings is the order of places.
        members.sort_by_key(|index| found(index).map(|one| (one.outcome, rank(one.severity), *index)));
        let mut members = members.into_iter().map(|index| index as u32);
        block.first = members.next().unwrap_or(block.first);
        block.others = members.collect();
    }
    (blocks, hidden)
}
