//! The addresses of a family, cut at every border of a range that some policy names: all addresses of one part are
//! treated alike.

use super::Block;
use crate::Family;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One part: from its first address to the one before the next part.
#[derive(Clone, Debug)]
pub(crate) struct Atom {
    /// The first address.
    pub(crate) first: u128,
    /// The column of outside addresses in it.
    pub(crate) column: u32,
    /// Columns of pods with an address in it.
    pub(crate) pods: Vec<u32>,
}

/// The parts of one family, ascending, from the address 0 on.
#[derive(Clone, Debug)]
pub(crate) struct Atoms {
    family: Family,
    list: Vec<Atom>,
}

impl Atoms {
    /// The parts between these cuts. Columns are set later.
    pub(crate) fn new(family: Family, mut cuts: Vec<u128>) -> Self {
        cuts.push(0);
        cuts.sort_unstable();
        cuts.dedup();
        cuts.retain(|&cut| cut <= family.last());
        Self {
            family,
            list: cuts.into_iter().map(|first| Atom { first, column: 0, pods: Vec::new() }).collect(),
        }
    }

    /// The parts.
    pub(crate) fn list(&self) -> &[Atom] {
        &self.list
    }

    /// The parts, to be changed.
    pub(crate) fn list_mut(&mut self) -> &mut [Atom] {
        &mut self.list
    }

    /// The number of the part that holds an address.
    pub(crate) fn find(&self, address: u128) -> usize {
        self.list.partition_point(|atom| atom.first <= address).saturating_sub(1)
    }

    /// The last address of a part.
    pub(crate) fn last(&self, number: usize) -> u128 {
        self.list.get(number + 1).map_or(self.family.last(), |next| next.first.wrapping_sub(1))
    }

    /// Cuts before an address, unless there is a cut; the new part has the old one's column and no pods. Answers with
    /// the number of the new part.
    pub(crate) fn cut(&mut self, address: u128) -> Option<usize> {
        let at = self.find(address);
        let atom = self.list.get(at)?;
        if atom.first == address || address > self.family.last() {
            return None;
        }
        let new = Atom { first: address, column: atom.column, pods: Vec::new() };
        self.list.insert(at + 1, new);
        Some(at + 1)
    }

    /// The numbers of the parts that a block holds; its borders are cuts.
    pub(crate) fn of_block<'a>(&'a self, block: &'a Block) -> impl Iterator<Item = usize> + 'a {
        let inside = block.cidr.family == self.family;
        let from = self.find(block.cidr.first);
        let to = self.list.partition_point(|atom| atom.first <= block.cidr.last);
        let mut holes = block.holes.iter().peekable();
        (from..to).take_while(move |_| inside).filter(move |&number| {
            let first = self.list.get(number).map_or(0, |atom| atom.first);
            while holes.next_if(|hole| hole.1 < first).is_some() {}
            holes.peek().is_none_or(|hole| first < hole.0)
        })
    }
}

/// The borders of a range, where parts begin.
pub(crate) fn cuts_of(family: Family, first: u128, last: u128) -> impl Iterator<Item = u128> {
    [Some(first), (last < family.last()).then(|| last + 1)].into_iter().flatten()
}

/// The address of a number.
pub(crate) fn address_of(family: Family, number: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from(number as u32)),
        Family::V6 => IpAddr::V6(Ipv6Addr::from(number)),
    }
}
