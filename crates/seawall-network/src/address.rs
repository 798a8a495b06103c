//! Addresses and CIDRs as the API server reads them (`k8s.io/utils/net` `ParseCIDRSloppy`): zeros in front of IPv4
//! numbers and host bits are accepted.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The highest address, as a number.
    pub fn last(self) -> u128 {
        match self {
            Self::V4 => u32::MAX as u128,
            Self::V6 => u128::MAX,
        }
    }

    /// Bits of an address.
    pub fn bits(self) -> u8 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }
}

/// A text that is no CIDR; the words are upstream's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")]
pub struct CidrError;

/// A range of addresses with a common prefix.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Cidr {
    /// IPv4 or IPv6.
    pub family: Family,
    /// The first address, as a number.
    pub first: u128,
    /// The last address, as a number.
    pub last: u128,
    /// Length of the prefix.
    pub prefix: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/8` or `fd00::/8`.
    pub fn parse(text: &str) -> Result<Self, CidrError> {
        let (address, prefix) = text.split_once('/').ok_or(CidrError)?;
        let address = parse_v4(address).map(IpAddr::V4).or_else(|| parse_v6(address).map(IpAddr::V6));
        let (family, number) = number_of(address.ok_or(CidrError)?);
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CidrError);
        }
        let prefix: u8 = prefix.parse().ok().filter(|&prefix| prefix <= family.bits()).ok_or(CidrError)?;
        let host = family.bits() - prefix;
        let mask = 1_u128.checked_shl(u32::from(host)).map_or(u128::MAX, |bit| bit - 1);
        Ok(Self { family, first: number & !mask, last: number | (mask & family.last()), prefix })
    }

    /// One address.
    pub fn of(address: IpAddr) -> Self {
        let (family, number) = number_of(address);
        Self { family, first: number, last: number, prefix: family.bits() }
    }

    /// Whether the address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (family, number) = number_of(address);
        family == self.family && self.first <= number && number <= self.last
    }

    /// Whether `other` is a part of this one, and smaller.
    pub fn strictly_contains(&self, other: &Self) -> bool {
        self.family == other.family
            && self.first <= other.first
            && other.last <= self.last
            && self.prefix < other.prefix
    }

    /// Whether it holds every address of its family.
    pub fn is_everything(&self) -> bool {
        self.prefix == 0
    }
}

impl core::fmt::Display for Cidr {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let first = match self.family {
            Family::V4 => IpAddr::V4(Ipv4Addr::from(self.first as u32)),
            Family::V6 => IpAddr::V6(Ipv6Addr::from(self.first)),
        };
        write!(f, "{first}/{}", self.prefix)
    }
}

/// Family and number of an address.
pub(crate) fn number_of(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(address) => (Family::V4, u128::from(u32::from(address))),
        IpAddr::V6(address) => (Family::V6, u128::from(address)),
    }
}

/// Reads an address as the API server does (`ParseIPSloppy`); one of IPv4 written as IPv6 is IPv4.
pub fn parse_address(text: &str) -> Option<IpAddr> {
    match text.bytes().find(|b| matches!(b, b'.' | b':'))? {
        b'.' => parse_v4(text).map(IpAddr::V4),
        _ => parse_v6(text).map(|address| IpAddr::V6(address).to_canonical()),
    }
}

fn parse_v4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = text.split('.').map(|part| {
        let digits = part.trim_start_matches('0');
        let short = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && digits.len() <= 3;
        if !short {
            None
        } else if digits.is_empty() {
            Some(0)
        } else {
            digits.parse::<u8>().ok()
        }
    });
    let mut next = || parts.next().flatten();
    let address = Ipv4Addr::new(next()?, next()?, next()?, next()?);
    parts.next().is_none().then_some(address)
}

fn parse_v6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Cidr, Family, parse_address};

    #[test]
    fn cidrs() {
        let range = |text: &str| Cidr::parse(text).map(|cidr| (cidr.family, cidr.first, cidr.last)).ok();
        assert_eq!(range("10.0.0.0/8"), Some((Family::V4, 10 << 24, (11 << 24) - 1)));
        assert_eq!(range("010.001.000.000/8"), range("10.1.0.0/8"));
        assert_eq!(range("10.1.2.3/32"), Some((Family::V4, 0x0A01_0203, 0x0A01_0203)));
        assert_eq!(range("0.0.0.0/0"), Some((Family::V4, 0, u128::from(u32::MAX))));
        assert_eq!(range("::/0"), Some((Family::V6, 0, u128::MAX)));
        assert_eq!(range("fd00::1/128"), Some((Family::V6, (0xfd00 << 112) + 1, (0xfd00 << 112) + 1)));
        assert_eq!(range("0.0.0.0/08"), range("0.0.0.0/8"));
        for bad in [
            "",
            "10.0.0.0",
            "10.0.0.0/33",
            "10.0.0/8",
            "10.0.0.0.0/8",
            "256.0.0.0/8",
            "::/129",
            "::/",
            "a/1",
            "10.0.0.0/+8",
            "10.0.0.0/8 ",
            " 10.0.0.0/8",
            "10.0.0.0/-1",
            "/8",
            "1..2.3/8",
            ":::/1",
        ] {
            assert_eq!(range(bad), None, "{bad}");
        }
    }

    #[test]
    fn subsets_are_strict() {
        let cidr = |text: &str| Cidr::parse(text).unwrap();
        assert!(cidr("0.0.0.0/0").strictly_contains(&cidr("169.254.169.254/32")));
        assert!(!cidr("10.0.0.0/8").strictly_contains(&cidr("10.0.0.0/8")));
        assert!(!cidr("10.0.0.0/8").strictly_contains(&cidr("11.0.0.0/16")));
        assert!(!cidr("::/0").strictly_contains(&cidr("10.0.0.0/16")));
        assert!(cidr("::/0").contains(parse_address("fd00:ec2::254").unwrap()));
        assert!(cidr("0.0.0.0/0").contains(parse_address("::ffff:1.2.3.4").unwrap()));
        assert!(!cidr("::/0").contains(parse_address("1.2.3.4").unwrap()));
    }
}
