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

/// Addresses that no pod has: unspecified, loopback, link-local, multicast and reserved ones, and those of cloud
/// metadata services.
const NEVER_V4: [(u32, u32); 5] = [
    (0, 0x00FF_FFFF),
    (0x7F00_0000, 0x7FFF_FFFF),
    (0xA9FE_0000, 0xA9FE_FFFF),
    (0xA83F_8110, 0xA83F_8110),
    (0xE000_0000, u32::MAX),
];
const NEVER_V6: [(u128, u128); 4] = [
    (0, 1),
    (0xfd00_0ec2 << 96 | 0x254, 0xfd00_0ec2 << 96 | 0x254),
    (0xfe80 << 112, (0xfec0 << 112) - 1),
    (0xff00 << 112, u128::MAX),
];

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
            let overlaps = next.0 <= kept.1;
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

    /// Whether it holds every address that a pod of the family can have.
    pub(crate) fn holds_every_pod(&self, family: Family) -> bool {
        self.cidr.family == family
            && self.cidr.is_everything()
            && self.holes.iter().all(|&hole| is_inside_never(family, hole))
    }

    /// Whether it may hold an address of a pod of the family.
    pub(crate) fn may_hold_a_pod(&self, family: Family) -> bool {
        self.cidr.family == family && !is_inside_never(family, (self.cidr.first, self.cidr.last))
    }
}

fn is_inside_never(family: Family, (first, last): (u128, u128)) -> bool {
    match family {
        Family::V4 => NEVER_V4.iter().any(|&(from, to)| u128::from(from) <= first && last <= u128::from(to)),
        Family::V6 => NEVER_V6.iter().any(|&(from, to)| from <= first && last <= to),
    }
}

#[cfg(test)]
mod tests {
    use super::Block;
    use crate::{Cidr, Family};

    #[test]
    fn what_pods_can_have() {
        let block = |cidr: &str, holes: &[&str]| {
            let range = |text: &str| Cidr::parse(text).map(|cidr| (cidr.first, cidr.last)).unwrap();
            Block { cidr: Cidr::parse(cidr).unwrap(), holes: holes.iter().map(|hole| range(hole)).collect() }
        };
        assert!(block("0.0.0.0/0", &["169.254.169.254/32"]).holds_every_pod(Family::V4));
        assert!(block("::/0", &["fd00:ec2::254/128", "fe80::/10"]).holds_every_pod(Family::V6));
        assert!(!block("0.0.0.0/0", &["10.0.0.0/8"]).holds_every_pod(Family::V4));
        assert!(!block("0.0.0.0/0", &[]).holds_every_pod(Family::V6));
        assert!(!block("169.254.169.254/32", &[]).may_hold_a_pod(Family::V4));
        assert!(!block("168.63.129.16/32", &[]).may_hold_a_pod(Family::V4));
        assert!(block("10.0.0.0/8", &[]).may_hold_a_pod(Family::V4));
        assert!(!block("10.0.0.0/8", &[]).may_hold_a_pod(Family::V6));
    }
}
