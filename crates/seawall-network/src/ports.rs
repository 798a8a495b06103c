//! Sets of ports of the three protocols.

use std::fmt;

/// A transport protocol that policies and Services know.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Protocol {
    /// TCP, the default.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// The protocol of this exact name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.as_str() == text)
    }

    /// `TCP`, `UDP` or `SCTP`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

/// A set of ports, per protocol as ranges without overlap, ascending.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct PortSet {
    ranges: [Vec<(u16, u16)>; 3],
}

impl PortSet {
    /// Every port of every protocol, from 1 on.
    pub fn all() -> Self {
        Self { ranges: [const { (1, u16::MAX) }; 3].map(|range| vec![range]) }
    }

    /// One port.
    pub fn one(protocol: Protocol, port: u16) -> Self {
        let mut set = Self::default();
        set.insert(protocol, port, port);
        set
    }

    /// The set of these ranges, in one pass after sorting.
    pub fn of(ranges: impl IntoIterator<Item = (Protocol, u16, u16)>) -> Self {
        let mut set = Self::default();
        for (protocol, first, last) in ranges {
            set.ranges[protocol as usize].push((first, last));
        }
        set.ranges.iter_mut().for_each(merge);
        set
    }

    /// Adds the ports from `first` to `last`, both included.
    pub fn insert(&mut self, protocol: Protocol, first: u16, last: u16) {
        let ranges = &mut self.ranges[protocol as usize];
        ranges.push((first, last));
        merge(ranges);
    }

    /// Adds the ports of `other`.
    pub fn unite(&mut self, other: &Self) {
        for (ranges, more) in self.ranges.iter_mut().zip(&other.ranges) {
            if !more.is_empty() {
                ranges.extend_from_slice(more);
                merge(ranges);
            }
        }
    }

    /// The ports that both sets hold.
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::default();
        for ((ranges, one), other) in both.ranges.iter_mut().zip(&self.ranges).zip(&other.ranges) {
            let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
            while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
                let (first, last) = (a.0.max(b.0), a.1.min(b.1));
                if first <= last {
                    ranges.push((first, last));
                }
                if a.1 < b.1 {
                    left.next()
                } else {
                    right.next()
                };
            }
        }
        both
    }

    /// The ports of this set that `other` does not hold.
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        for ((ranges, one), other) in rest.ranges.iter_mut().zip(&self.ranges).zip(&other.ranges) {
            let mut holes = other.iter().peekable();
            for &(first, last) in one {
                let mut next = u32::from(first);
                while let Some(&&(from, to)) = holes.peek() {
                    if u32::from(from) > u32::from(last) {
                        break;
                    }
                    if u32::from(from) > next {
                        ranges.push((next as u16, from - 1));
                    }
                    next = next.max(u32::from(to) + 1);
                    if to > last {
                        break;
                    }
                    holes.next();
                }
                if next <= u32::from(last) {
                    ranges.push((next as u16, last));
                }
            }
        }
        rest
    }

    /// How many ranges describe it.
    pub fn range_count(&self) -> usize {
        self.ranges.iter().map(Vec::len).sum()
    }

    /// The ranges of a protocol, ascending.
    pub fn ranges(&self, protocol: Protocol) -> &[(u16, u16)] {
        &self.ranges[protocol as usize]
    }

    /// Whether the port is in it.
    pub fn contains(&self, protocol: Protocol, port: u16) -> bool {
        let ranges = self.ranges(protocol);
        let after = ranges.partition_point(|&(first, _)| first <= port);
        after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|&(_, last)| port <= last)
    }

    /// Whether no port is in it.
    pub fn is_empty(&self) -> bool {
        self.ranges.iter().all(Vec::is_empty)
    }

    /// Whether every port of every protocol is in it. Port 0 does not count: nothing listens there.
    pub fn is_all(&self) -> bool {
        self.ranges.iter().all(|ranges| matches!(ranges.as_slice(), [(0 | 1, u16::MAX)]))
    }
}

fn merge(ranges: &mut Vec<(u16, u16)>) {
    ranges.retain(|(first, last)| first <= last);
    ranges.sort_unstable();
    ranges.dedup_by(|next, kept| {
        let touches = u32::from(next.0) <= u32::from(kept.1) + 1;
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
}

/// `TCP 80,443; UDP 53`, `TCP 1000-2000`, `TCP` (all its ports), `all`, `none`.
impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_all() {
            return f.write_str("all");
        }
        if self.is_empty() {
            return f.write_str("none");
        }
        let mut separator = "";
        for protocol in Protocol::ALL {
            let ranges = self.ranges(protocol);
            if ranges.is_empty() {
                continue;
            }
            write!(f, "{separator}{}", protocol.as_str())?;
            separator = "; ";
            if matches!(ranges, [(0 | 1, u16::MAX)]) {
                continue;
            }
            let mut comma = " ";
            for &(first, last) in ranges {
                write!(f, "{comma}{first}")?;
                if last > first {
                    write!(f, "-{last}")?;
                }
                comma = ",";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{PortSet, Protocol::*};

    #[test]
    fn sets_intersect_and_subtract_as_port_by_port() {
        let sets = [
            PortSet::default(),
            PortSet::all(),
            PortSet::of([(Tcp, 10, 20), (Tcp, 22, 30), (Udp, 0, 5), (Sctp, 65_535, 65_535)]),
            PortSet::of([(Tcp, 0, 9), (Tcp, 15, 25), (Tcp, 28, 28), (Udp, 5, 65_535)]),
            PortSet::of([(Tcp, 12, 13), (Tcp, 15, 16), (Tcp, 30, 40), (Sctp, 0, 65_534)]),
        ];
        for one in &sets {
            for other in &sets {
                let (both, rest) = (one.intersection(other), one.difference(other));
                for protocol in super::Protocol::ALL {
                    for port in (0..50).chain(65_530..=65_535) {
                        let (a, b) = (one.contains(protocol, port), other.contains(protocol, port));
                        assert_eq!(both.contains(protocol, port), a && b, "{one} and {other} at {port}");
                        assert_eq!(rest.contains(protocol, port), a && !b, "{one} without {other} at {port}");
                    }
                }
            }
        }
        assert_eq!(sets[2].range_count(), 4);
    }

    #[test]
    fn ranges_merge() {
        let mut set =
            PortSet::of([(Tcp, 80, 80), (Tcp, 81, 90), (Udp, 53, 53), (Tcp, 443, 443), (Tcp, 85, 100)]);
        assert_eq!(set.to_string(), "TCP 80-100,443; UDP 53");
        assert!(
            set.contains(Tcp, 80)
                && set.contains(Tcp, 100)
                && !set.contains(Tcp, 101)
                && !set.contains(Sctp, 80)
        );
        set.unite(&PortSet::of([(Tcp, 0, u16::MAX)]));
        assert_eq!(set.to_string(), "TCP; UDP 53");
        assert!(!set.is_all());
        set.unite(&PortSet::of([(Udp, 1, u16::MAX), (Sctp, 1, 500), (Sctp, 501, u16::MAX)]));
        assert!(set.is_all());
        assert_eq!(PortSet::all().to_string(), "all");
        assert_eq!(PortSet::of([(Tcp, 9, 8)]).to_string(), "none");
    }
}
