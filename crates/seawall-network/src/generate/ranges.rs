//! Ranges of addresses with ports: what is asked of each part of the address space, and the fewest blocks that hold
//! exactly what many hold.

use crate::{Cidr, PortSet};
use std::collections::BTreeMap;

/// Ranges that may overlap, each with ports; after [`Ranges::finish`] none overlap.
#[derive(Clone, Debug, Default)]
pub(super) struct Ranges(Vec<(u128, u128, PortSet)>);

impl Ranges {
    /// Adds one, both ends included.
    pub(super) fn add(&mut self, first: u128, last: u128, ports: &PortSet) {
        self.0.push((first, last, ports.clone()));
    }

    /// Cuts them where one begins or ends, so that every part has all of its ports.
    pub(super) fn finish(&mut self) {
        // What begins and what ends where, with how often ports are asked at this place.
        let mut starts: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
        let mut ends: BTreeMap<u128, Vec<usize>> = BTreeMap::new();
        for (number, (first, last, _)) in self.0.iter().enumerate() {
            starts.entry(*first).or_default().push(number);
            // After the highest address nothing ends.
            if let Some(end) = last.checked_add(1) {
                ends.entry(end).or_default().push(number);
            }
        }
        let mut cuts: Vec<u128> = starts.keys().chain(ends.keys()).copied().collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut open: BTreeMap<usize, ()> = BTreeMap::new();
        let mut out: Vec<(u128, u128, PortSet)> = Vec::new();
        for (at, &first) in cuts.iter().enumerate() {
            for number in ends.get(&first).into_iter().flatten() {
                open.remove(number);
            }
            open.extend(starts.get(&first).into_iter().flatten().map(|&number| (number, ())));
            if open.is_empty() {
                continue;
            }
            let mut ports = PortSet::default();
            for (_, _, more) in open.keys().filter_map(|&number| self.0.get(number)) {
                ports.unite(more);
            }
            let last = cuts.get(at + 1).map_or(u128::MAX, |next| next - 1);
            match out.last_mut() {
                Some(known) if known.1.checked_add(1) == Some(first) && known.2 == ports => known.1 = last,
                _ => out.push((first, last, ports)),
            }
        }
        self.0 = out;
    }

    /// The parts that are asked for between two addresses.
    fn between(&self, first: u128, last: u128) -> &[(u128, u128, PortSet)] {
        let start = self.0.partition_point(|range| range.1 < first);
        let end = self.0.partition_point(|range| range.0 <= last);
        self.0.get(start..end).unwrap_or_default()
    }
}

/// The parts of a range, each with what two lists ask of it.
pub(super) fn parts(lists: [Option<&Ranges>; 2], first: u128, last: u128) -> Vec<(u128, u128, PortSet)> {
    let mut found = Ranges::default();
    found.add(first, last, &PortSet::default());
    for (start, end, ports) in lists.into_iter().flatten().flat_map(|list| list.between(first, last)) {
        found.add((*start).max(first), (*end).min(last), ports);
    }
    found.finish();
    found.0
}

/// The fewest blocks that hold exactly the addresses of these, in order.
pub(super) fn fewest(mut blocks: Vec<Cidr>) -> Vec<Cidr> {
    // A block stands before those inside of it.
    blocks.sort_unstable_by_key(|block| (block.family, block.first, block.prefix));
    let mut out: Vec<Cidr> = Vec::new();
    for mut block in blocks {
        if out.last().is_some_and(|last| last.family == block.family && block.last <= last.last) {
            continue;
        }
        // Two halves are one.
        while let Some(last) = out.last().copied()
            && last.family == block.family
            && last.prefix == block.prefix
            && last.last.checked_add(1) == Some(block.first)
            && let Some(whole) = whole(last, block)
        {
            out.pop();
            block = whole;
        }
        out.push(block);
    }
    out
}

/// The block of which two are the halves.
fn whole(low: Cidr, high: Cidr) -> Option<Cidr> {
    let prefix = low.prefix.checked_sub(1)?;
    let size = high.last - low.first;
    (low.first & size == 0).then_some(Cidr { prefix, last: high.last, ..low })
}

#[cfg(test)]
mod tests {
    use super::{Ranges, fewest, parts};
    use crate::{Cidr, PortSet, Protocol::Tcp};

    fn blocks(texts: &[&str]) -> Vec<Cidr> {
        texts.iter().map(|text| Cidr::parse(text).unwrap()).collect()
    }

    fn shown(blocks: Vec<Cidr>) -> Vec<String> {
        blocks.iter().map(Cidr::to_string).collect()
    }

    #[test]
    fn halves_become_one_and_nothing_else_does() {
        assert_eq!(shown(fewest(blocks(&["10.0.0.1/32", "10.0.0.0/32"]))), ["10.0.0.0/31"]);
        assert_eq!(shown(fewest(blocks(&["10.0.0.1/32", "10.0.0.2/32"]))), ["10.0.0.1/32", "10.0.0.2/32"]);
        assert_eq!(shown(fewest(blocks(&["0.0.0.0/1", "128.0.0.0/1", "::1/128"]))), ["0.0.0.0/0", "::1/128"]);
        assert_eq!(shown(fewest(blocks(&["10.0.0.0/24", "10.0.0.7/32", "10.0.1.0/24"]))), ["10.0.0.0/23"]);
        let all: Vec<Cidr> =
            (0..=255).rev().map(|last| Cidr::parse(&format!("192.0.2.{last}/32")).unwrap()).collect();
        assert_eq!(shown(fewest(all)), ["192.0.2.0/24"]);
        assert_eq!(fewest(Vec::new()), []);
        assert_eq!(
            shown(fewest(blocks(&["255.255.255.255/32", "255.255.255.254/32"]))),
            ["255.255.255.254/31"]
        );
    }

    #[test]
    fn parts_have_the_ports_of_all_that_hold_them() {
        let (web, sql) = (PortSet::one(Tcp, 80), PortSet::one(Tcp, 5432));
        let mut ranges = Ranges::default();
        ranges.add(10, 19, &web);
        ranges.add(15, 30, &sql);
        ranges.finish();
        let found: Vec<(u128, u128, String)> = parts([Some(&ranges), None], 5, 25)
            .into_iter()
            .map(|(a, b, ports)| (a, b, ports.to_string()))
            .collect();
        let text = |ports: &str| ports.to_owned();
        assert_eq!(
            found,
            [
                (5, 9, text("none")),
                (10, 14, text("TCP 80")),
                (15, 19, text("TCP 80,5432")),
                (20, 25, text("TCP 5432"))
            ]
        );
        let mut top = Ranges::default();
        top.add(u128::MAX - 1, u128::MAX, &web);
        top.finish();
        assert_eq!(parts([None, Some(&top)], u128::MAX, u128::MAX).len(), 1);
    }
}
