//! What every format asks about a result: what is shown, what belongs together, and what is worst.

use crate::{Copies, Options, ScanResult};
use foldhash::{HashMap, HashSet};
use seawall_model::{Finding, Object, Outcome, Severity};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
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

/// Findings that one edit fixes, or a single one. There can be as many as findings: it says where its members stand
/// in the view and holds nothing itself.
#[derive(Debug)]
pub(crate) struct Block {
    /// Where its members start in [`View::members`].
    start: u32,
    /// How many they are, at least one.
    len: u32,
    /// Number of its object in [`View::objects`].
    object: u32,
    /// The worst severity of them.
    pub(crate) severity: Severity,
    /// Whether none of them is a failure.
    pub(crate) unknown: bool,
}

impl Block {
    fn range(&self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }
}

/// An object with findings.
#[derive(Debug)]
pub(crate) struct Ranked<'r> {
    pub(crate) object: &'r Arc<Object>,
    /// Blocks of failures by severity, worst first.
    pub(crate) score: [u32; 5],
    /// Where the numbers of its blocks stand in [`View::of_objects`].
    blocks: Range<u32>,
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
            let count = count as usize;
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
    /// Numbers of findings in the result: those of each block together, worst first.
    members: Vec<u32>,
    /// Numbers of blocks: those of each object together, worst first.
    of_objects: Vec<u32>,
    copies: HashMap<*const Object, &'r Copies>,
}

impl<'r> View<'r> {
    pub(crate) fn new(result: &'r ScanResult, options: &'r Options) -> Self {
        let counts = Counts::of(&result.findings);
        let (blocks, members, hidden) = blocks(result, options);
        let copies = result.copies.iter().map(|copies| (Arc::as_ptr(&copies.object), copies)).collect();
        let (objects, of_objects) = (Vec::new(), Vec::new());
        let mut view = Self { result, options, counts, hidden, blocks, objects, members, of_objects, copies };
        view.rank_objects();
        view.sort_blocks();
        view
    }

    /// The first (worst) finding of a block.
    pub(crate) fn first(&self, block: &Block) -> Option<&'r Finding> {
        self.result.findings.get(*self.members.get(block.start as usize)? as usize)
    }

    /// The findings of a block, worst first.
    pub(crate) fn members<'v>(&'v self, block: &Block) -> impl Iterator<Item = &'r Finding> + 'v {
        let members = self.members.get(block.range()).unwrap_or(&[]);
        members.iter().filter_map(|index| self.result.findings.get(*index as usize))
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
        let (start, end) = (ranked.blocks.start as usize, ranked.blocks.end as usize);
        let numbers = self.of_objects.get(start..end).unwrap_or(&[]);
        numbers.iter().filter_map(|&number| self.blocks.get(number as usize))
    }

    /// The other places of an object.
    pub(crate) fn copies(&self, object: &Arc<Object>) -> Option<&'r Copies> {
        self.copies.get(&Arc::as_ptr(object)).copied()
    }

    /// Whether a finding with this severity is shown at all.
    pub(crate) fn shows(&self, finding: &Finding) -> bool {
        self.options.severity.is_none_or(|bar| finding.severity >= bar)
    }

    /// Finds the objects of the blocks, worst first; those of equal score stay in the order of their files.
    fn rank_objects(&mut self) {
        let mut found: Vec<Ranked<'r>> = Vec::new();
        let mut numbers: HashMap<*const Object, u32> = HashMap::default();
        let mut blocks = std::mem::take(&mut self.blocks);
        for block in &mut blocks {
            let Some(finding) = self.first(block) else { continue };
            let object = &finding.at.object;
            block.object = *numbers.entry(Arc::as_ptr(object)).or_insert_with(|| {
                found.push(Ranked { object, score: [0; 5], blocks: 0..0 });
                found.len() as u32 - 1
            });
            if !block.unknown
                && let Some(ranked) = found.get_mut(block.object as usize)
                && let Some(count) = ranked.score.get_mut(rank(block.severity))
            {
                *count += 1;
            }
        }
        let mut order: Vec<u32> = (0..found.len() as u32).collect();
        order.sort_by_key(|number| found.get(*number as usize).map(|ranked| Reverse(ranked.score)));
        let mut places = vec![0; order.len()];
        for (place, number) in order.into_iter().enumerate() {
            places.get_mut(number as usize).into_iter().for_each(|slot| *slot = place as u32);
        }
        for block in &mut blocks {
            block.object = places.get(block.object as usize).copied().unwrap_or(0);
        }
        found.sort_by_key(|ranked| Reverse(ranked.score));
        (self.blocks, self.objects) = (blocks, found);
    }

    /// Worst first: failures before what is unknown, then by severity, then by object, then by place.
    fn sort_blocks(&mut self) {
        self.blocks
            .sort_unstable_by_key(|block| (block.unknown, rank(block.severity), block.object, block.start));
        for block in &self.blocks {
            if let Some(ranked) = self.objects.get_mut(block.object as usize) {
                ranked.blocks.end += 1;
            }
        }
        let mut sum = 0;
        for ranked in &mut self.objects {
            let count = ranked.blocks.end;
            // The end grows again as the numbers are put in.
            ranked.blocks = sum..sum;
            sum += count;
        }
        self.of_objects = vec![0; sum as usize];
        for (number, block) in self.blocks.iter().enumerate() {
            let Some(ranked) = self.objects.get_mut(block.object as usize) else { continue };
            if let Some(slot) = self.of_objects.get_mut(ranked.blocks.end as usize) {
                *slot = number as u32;
            }
            ranked.blocks.end += 1;
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
        rules.sort_by_key(|count| (count.unknown, rank(count.severity), Reverse(count.findings)));
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

/// The blocks in the order of their first findings, the numbers of their findings, and how many findings the severity
/// filter hides.
fn blocks(result: &ScanResult, options: &Options) -> (Vec<Block>, Vec<u32>, usize) {
    let mut blocks: Vec<Block> = Vec::new();
    // Block and finding.
    let mut shown: Vec<(u32, u32)> = Vec::with_capacity(result.findings.len());
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
                block.len += 1;
                block.unknown &= unknown;
                shown.push((at as u32, index as u32));
                continue;
            }
        }
        shown.push((blocks.len() as u32, index as u32));
        blocks.push(Block { start: 0, len: 1, object: 0, severity: finding.severity, unknown });
    }
    shown.sort_unstable();
    let mut members: Vec<u32> = shown.into_iter().map(|(_, index)| index).collect();
    let mut start = 0;
    for block in &mut blocks {
        block.start = start;
        start += block.len;
        if block.len > 1
            && let Some(members) = members.get_mut(block.range())
        {
            order_members(block, members, result);
        }
    }
    (blocks, members, hidden)
}

/// Puts the worst finding of a block first, and gives the block its severity.
fn order_members(block: &mut Block, members: &mut [u32], result: &ScanResult) {
    let found = |index: &u32| result.findings.get(*index as usize);
    let counted = members.iter().filter_map(found);
    let counted = counted.filter(|finding| block.unknown || finding.outcome == Outcome::Fail);
    block.severity = counted.map(|finding| finding.severity).max().unwrap_or(block.severity);
    // The order of findings is the order of places.
    members.sort_by_key(|index| found(index).map(|one| (one.outcome, rank(one.severity), *index)));
}
