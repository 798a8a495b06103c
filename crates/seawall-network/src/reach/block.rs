//! A range of addresses without its holes, read once.

use super::atoms::cuts_of;
use crate::{Cidr, Family, IpBlock};

/// A range without parts of it.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) cidr: Cidr,
    /// What is left out, both ends included: ascending, without overlap.
    pub(crate) holes: Vec<(u128, u128)>,
}

/// Where a pod has its address as long as nothing else is known: the private ranges (RFC 1918, RFC 4193).
const PRIVATE_V4: [(u128, u128); 3] =
    [(0x0A00_0000, 0x0AFF_FFFF), (0xAC10_0000, 0xAC1F_FFFF), (0xC0A8_0000, 0xC0A8_FFFF)];
const PRIVATE_V6: [(u128, u128); 1] = [(0xfc00 << 112, (0xfe00 << 112) - 1)];

/// Where pods have their addresses, per family: ranges with both ends included.
#[derive(Clone, Debug)]
pub(crate) struct PodRanges([Vec<(u128, u128)>; 2]);

impl PodRanges {
    /// The ranges that the input names, else the private ones.
    pub(crate) fn new(known: impl IntoIterator<Item = Cidr>) -> Self {
        let mut ranges = [Vec::new(), Vec::new()];
        for cidr in known {
            ranges[cidr.family as usize].push((cidr.first, cidr.last));
        }
        let [v4, v6] = &mut ranges;
        if v4.is_empty() {
            v4.extend(PRIVATE_V4);
        }
        if v6.is_empty() {
            v6.extend(PRIVATE_V6);
        }
        Self(ranges)
    }
}

impl Block {
    /// The block of an ipBlock; `None` if the API server would refuse it.
    pub(crate) fn new(block: IpBlock<'_>) -> Option<Self> {
        let cidr = block.cidr().ok()?;
        let mut holes = Vec::new();
        for (_, except) in block.except() {
            let except = except.ok().filter(|except| cidr.strictly_contains(except))?;
            holes.push((except.first, except.last));
        }
        holes.sort_unstable();
        holes.dedup_by(|next, kept| {
            let overlaps = kept.1 == u128::MAX || next.0 <= kept.1 + 1;
            if overlaps {
                kept.1 = kept.1.max(next.1);
            }
            overlaps
        });
        Some(Self { cidr, holes })
    }

    /// A whole range.
    pub(crate) fn whole(cidr: Cidr) -> Self {
        Self { cidr, holes: Vec::new() }
    }

    /// Where the addresses are cut for it.
    pub(crate) fn cuts(&self) -> impl Iterator<Item = (Family, u128)> + '_ {
        let family = self.cidr.family;
        let ranges = std::iter::once((self.cidr.first, self.cidr.last)).chain(self.holes.iter().copied());
        ranges.flat_map(move |(first, last)| cuts_of(family, first, last)).map(move |cut| (family, cut))
    }

    /// Whether it holds every address of its family.
    pub(crate) fn is_whole_family(&self) -> bool {
        self.cidr.is_everything() && self.holes.is_empty()
    }

    /// Whether it holds every address of another one.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        let is_out = |&(first, last): &(u128, u128)| {
            let (first, last) = (first.max(other.cidr.first), last.min(other.cidr.last));
            first > last || other.holes.iter().any(|hole| hole.0 <= first && last <= hole.1)
        };
        self.cidr.family == other.cidr.family
            && self.cidr.first <= other.cidr.first
            && other.cidr.last <= self.cidr.last
            && self.holes.iter().all(is_out)
    }

    /// Whether it holds every address that a pod of its family can have.
    pub(crate) fn holds_every_pod(&self, pods: &PodRanges) -> bool {
        pods.0[self.cidr.family as usize].iter().all(|&(first, last)| {
            let inside = self.cidr.first <= first && last <= self.cidr.last;
            inside && self.holes.iter().all(|hole| hole.1 < first || last < hole.0)
        })
    }

    /// Whether it may hold an address of a pod of its family. A template stands for pods whose addresses nobody can
    /// know: a single address is none of theirs.
    pub(crate) fn may_hold_a_pod(&self, pods: &PodRanges, is_template: bool) -> bool {
        if is_template && self.cidr.first == self.cidr.last {
            return false;
        }
        pods.0[self.cidr.family as usize].iter().any(|&(first, last)| {
            let (first, last) = (self.cidr.first.max(first), self.cidr.last.min(last));
            first <= last && !self.holes.iter().any(|hole| hole.0 <= first && last <= hole.1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, PodRanges};
    use crate::Cidr;

    #[test]
    fn what_pods_can_have() {
        let private = PodRanges::new([]);
        let known = PodRanges::new([Cidr::parse("10.244.0.0/16").unwrap()]);
        let block = |cidr: &str, holes: &[&str]| {
            let range = |text: &str| Cidr::parse(text).map(|cidr| (cidr.first, cidr.last)).unwrap();
            Block { cidr: Cidr::parse(cidr).unwrap(), holes: holes.iter().map(|hole| range(hole)).collect() }
        };
        assert!(block("0.0.0.0/0", &["169.254.169.254/32"]).holds_every_pod(&private));
        assert!(block("::/0", &["fe80::/10"]).holds_every_pod(&private));
        assert!(!block("0.0.0.0/0", &["10.0.0.0/8"]).holds_every_pod(&private));
        assert!(block("0.0.0.0/0", &["10.0.0.0/16"]).holds_every_pod(&known));
        assert!(!block("169.254.169.254/32", &[]).may_hold_a_pod(&private, false));
        assert!(!block("192.0.2.0/24", &[]).may_hold_a_pod(&private, true));
        assert!(block("10.1.2.3/32", &[]).may_hold_a_pod(&private, false));
        assert!(!block("10.1.2.3/32", &[]).may_hold_a_pod(&private, true));
        assert!(block("10.0.0.0/8", &[]).may_hold_a_pod(&private, true));
        assert!(!block("10.0.0.0/16", &[]).may_hold_a_pod(&known, true));
        let internet = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
        assert!(!block("0.0.0.0/0", &internet).may_hold_a_pod(&private, true));
        assert!(block("0.0.0.0/0", &internet[..2]).may_hold_a_pod(&private, true));
    }
}
