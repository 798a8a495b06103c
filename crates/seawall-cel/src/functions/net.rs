//! Addresses and networks: apiserver's `pkg/cel/library/{ip,cidr}.go` over Go's `net/netip`.

use crate::value::text::quote;
use crate::value::{Extension, Value};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

fn ip_value<'v>(address: IpAddr) -> Value<'v> {
    Value::Extension(Arc::new(Extension::Ip(address)))
}

fn cidr_value<'v>(address: IpAddr, bits: u8) -> Value<'v> {
    Value::Extension(Arc::new(Extension::Cidr(address, bits)))
}

/// What Go's parser says: a message and, for some, where.
struct Broken(&'static str, Option<String>);

fn broken<T>(message: &'static str, at: Option<&str>) -> Result<T, Broken> {
    Err(Broken(message, at.map(str::to_owned)))
}

/// `netip.ParseAddr`: the address and its zone.
pub(crate) fn parse_address(text: &str) -> Result<(IpAddr, String), String> {
    let parsed = match text.bytes().find(|byte| matches!(byte, b'.' | b':' | b'%')) {
        Some(b'.') => ipv4(text).map(|address| (IpAddr::V4(address), String::new())),
        Some(b':') => ipv6(text).map(|(address, zone)| (IpAddr::V6(address), zone)),
        Some(_) => broken("missing IPv6 address", None),
        None => broken("unable to parse IP", None),
    };
    parsed.map_err(|Broken(message, at)| {
        let at = at.map_or_else(String::new, |at| format!(" (at {})", quote(&at)));
        format!("ParseAddr({}): {message}{at}", quote(text))
    })
}

fn ipv4(text: &str) -> Result<Ipv4Addr, Broken> {
    let (mut fields, mut place, mut value, mut digits) = ([0_u8; 4], 0_usize, 0_u32, 0);
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return broken("IPv4 field has octet with leading zero", None);
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return broken("IPv4 field has value >255", None);
                }
            }
            b'.' => {
                if digits == 0 || index + 1 == bytes.len() {
                    return broken("IPv4 field must have at least one digit", text.get(index..));
                }
                if place == 3 {
                    return broken("IPv4 address too long", None);
                }
                if let Some(field) = fields.get_mut(place) {
                    *field = u8::try_from(value).unwrap_or(0);
                }
                (place, value, digits) = (place + 1, 0, 0);
            }
            _ => return broken("unexpected character", text.get(index..)),
        }
    }
    if place < 3 {
        return broken("IPv4 address too short", None);
    }
    fields[3] = u8::try_from(value).unwrap_or(0);
    Ok(Ipv4Addr::from(fields))
}

fn ipv6(text: &str) -> Result<(Ipv6Addr, String), Broken> {
    let (mut rest, zone) = match text.split_once('%') {
        Some((_, "")) => return broken("zone must be a non-empty string", None),
        Some((address, zone)) => (address, zone),
        None => (text, ""),
    };
    let mut bytes: Vec<u8> = Vec::with_capacity(16);
    let mut gap = None;
    if let Some(after) = rest.strip_prefix("::") {
        gap = Some(0);
        rest = after;
        if rest.is_empty() {
            return Ok((Ipv6Addr::UNSPECIFIED, zone.to_owned()));
        }
    }
    while bytes.len() < 16 {
        let length = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if length > 4 {
            return broken("each group must have 4 or less digits", Some(rest));
        }
        if length == 0 {
            return broken("each colon-separated field must have at least one digit", Some(rest));
        }
        let after = rest.get(length..).unwrap_or_default();
        if after.starts_with('.') {
            if gap.is_none() && bytes.len() != 12 {
                let message = "embedded IPv4 address must replace the final 2 fields of the address";
                return broken(message, Some(rest));
            }
            if bytes.len() + 4 > 16 {
                let message = "too many hex fields to fit an embedded IPv4 at the end of the address";
                return broken(message, Some(rest));
            }
            bytes.extend(ipv4(rest)?.octets());
            rest = "";
            break;
        }
        let field = rest.get(..length).and_then(|digits| u16::from_str_radix(digits, 16).ok()).unwrap_or(0);
        bytes.extend(field.to_be_bytes());
        rest = after;
        if rest.is_empty() {
            break;
        }
        let Some(after) = rest.strip_prefix(':') else {
            return broken("unexpected character, want colon", Some(rest));
        };
        if after.is_empty() {
            return broken("colon must be followed by more characters", Some(rest));
        }
        rest = after;
        if let Some(after) = rest.strip_prefix(':') {
            if gap.is_some() {
                return broken("multiple :: in address", Some(rest));
            }
            gap = Some(bytes.len());
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return broken("trailing garbage after address", Some(rest));
    }
    match gap {
        None if bytes.len() < 16 => return broken("address string too short", None),
        Some(_) if bytes.len() >= 16 => {
            return broken("the :: must expand to at least one field of zeros", None);
        }
        Some(gap) => {
            let missing = 16 - bytes.len();
            bytes.splice(gap..gap, std::iter::repeat_n(0, missing));
        }
        None => {}
    }
    let octets: [u8; 16] = bytes.try_into().unwrap_or_default();
    Ok((Ipv6Addr::from(octets), zone.to_owned()))
}

fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some())
}

fn parse_ip(text: &str) -> Result<IpAddr, String> {
    let (address, zone) = parse_address(text).map_err(|error| {
        format!("IP Address {} parse error during conversion from string: {error}", quote(text))
    })?;
    if !zone.is_empty() {
        return Err(format!("IP address {} with zone value is not allowed", quote(text)));
    }
    if is_mapped(address) {
        return Err(format!("IPv4-mapped IPv6 address {} is not allowed", quote(text)));
    }
    Ok(address)
}

/// `netip.ParsePrefix`.
fn parse_prefix(text: &str) -> Result<(IpAddr, u8), String> {
    let fail = |message: String| Err(format!("netip.ParsePrefix({}): {message}", quote(text)));
    let Some((address, bits_text)) = text.rsplit_once('/') else { return fail("no '/'".into()) };
    let (address, zone) = match parse_address(address) {
        Ok(parsed) => parsed,
        Err(message) => return fail(message),
    };
    if !zone.is_empty() {
        return fail("IPv6 zones cannot be present in a prefix".into());
    }
    let bad = || fail(format!("bad bits after slash: {}", quote(bits_text)));
    if bits_text.len() > 1 && !bits_text.starts_with(|first: char| ('1'..='9').contains(&first)) {
        return bad();
    }
    let Ok(bits) = bits_text.parse::<i64>() else { return bad() };
    match u8::try_from(bits) {
        Ok(bits) if bits <= width(address) => Ok((address, bits)),
        _ => fail("prefix length out of range".into()),
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn parse_cidr(text: &str) -> Result<(IpAddr, u8), String> {
    let (address, bits) = parse_prefix(text)
        .map_err(|error| format!("network address parse error during conversion from string: {error}"))?;
    if is_mapped(address) {
        return Err(format!("IPv4-mapped IPv6 address {} is not allowed", quote(text)));
    }
    Ok((address, bits))
}

/// An address with all bits after the prefix cleared.
fn masked_address(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from(u32::from(address) & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & mask))
        }
    }
}

fn contains(network: (IpAddr, u8), address: IpAddr) -> bool {
    network.0.is_ipv4() == address.is_ipv4()
        && masked_address(network.0, network.1) == masked_address(address, network.1)
}

fn address_of(value: &Value<'_>) -> Option<IpAddr> {
    match value {
        Value::Extension(of) => match **of {
            Extension::Ip(address) => Some(address),
            _ => None,
        },
        _ => None,
    }
}

fn network_of(value: &Value<'_>) -> Option<(IpAddr, u8)> {
    match value {
        Value::Extension(of) => match **of {
            Extension::Cidr(address, bits) => Some((address, bits)),
            _ => None,
        },
        _ => None,
    }
}

fn text_argument<'v>(values: &[Value<'v>], of: impl Fn(&str) -> Value<'v>) -> Value<'v> {
    match values {
        [Value::String(text)] => of(text),
        _ => no(),
    }
}

pub(crate) fn ip<'v>(values: &[Value<'v>]) -> Value<'v> {
    text_argument(values, |text| parse_ip(text).map_or_else(Value::error, ip_value))
}

pub(crate) fn is_ip<'v>(values: &[Value<'v>]) -> Value<'v> {
    text_argument(values, |text| Value::Bool(parse_ip(text).is_ok()))
}

pub(crate) fn is_canonical<'v>(values: &[Value<'v>]) -> Value<'v> {
    text_argument(values, |text| match parse_ip(text) {
        Ok(address) => Value::Bool(address.to_string() == text),
        Err(message) => Value::error(message),
    })
}

fn address<'v>(values: &[Value<'v>], of: impl Fn(IpAddr) -> Value<'v>) -> Value<'v> {
    values.first().and_then(address_of).map_or_else(no, of)
}

pub(crate) fn family<'v>(values: &[Value<'v>]) -> Value<'v> {
    address(values, |address| Value::Int(if address.is_ipv4() { 4 } else { 6 }))
}

pub(crate) fn is_unspecified<'v>(values: &[Value<'v>]) -> Value<'v> {
    address(values, |address| Value::Bool(address.is_unspecified()))
}

pub(crate) fn is_loopback<'v>(values: &[Value<'v>]) -> Value<'v> {
    address(values, |address| Value::Bool(address.is_loopback()))
}

fn link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

pub(crate) fn is_link_local_unicast<'v>(values: &[Value<'v>]) -> Value<'v> {
    address(values, |address| Value::Bool(link_local(address)))
}

pub(crate) fn is_link_local_multicast<'v>(values: &[Value<'v>]) -> Value<'v> {
    address(values, |address| {
        Value::Bool(match address {
            IpAddr::V4(address) => address.octets().starts_with(&[224, 0, 0]),
            IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
        })
    })
}

pub(crate) fn is_global_unicast<'v>(values: &[Value<'v>]) -> Value<'v> {
    address(values, |address| {
        let other = address.is_unspecified()
            || matches!(address, IpAddr::V4(address) if address.is_broadcast())
            || address.is_loopback()
            || address.is_multicast()
            || link_local(address);
        Value::Bool(!other)
    })
}

pub(crate) fn text<'v>(values: &[Value<'v>]) -> Value<'v> {
    match values {
        [Value::Extension(of)] => of.text().map_or_else(no, Value::shared),
        _ => no(),
    }
}

pub(crate) fn cidr<'v>(values: &[Value<'v>]) -> Value<'v> {
    text_argument(values, cidr_of)
}

fn cidr_of<'v>(text: &str) -> Value<'v> {
    match parse_cidr(text) {
        Ok((address, bits)) => cidr_value(address, bits),
        Err(message) => {
            Value::error(format!("network address parse error during conversion from string: {message}"))
        }
    }
}

pub(crate) fn is_cidr<'v>(values: &[Value<'v>]) -> Value<'v> {
    text_argument(values, |text| Value::Bool(parse_cidr(text).is_ok()))
}

pub(crate) fn contains_ip<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [network, address] = values else { return no() };
    let Some(network) = network_of(network) else { return no() };
    let address = match address {
        Value::String(text) => match parse_ip(text) {
            Ok(address) => address,
            // Upstream hands the failed value on, and the check of its type gives this.
            Err(_) => return no(),
        },
        other => match address_of(other) {
            Some(address) => address,
            None => return no(),
        },
    };
    Value::Bool(contains(network, address))
}

pub(crate) fn contains_cidr<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [network, inner] = values else { return no() };
    let Some((address, bits)) = network_of(network) else { return no() };
    let parsed;
    let inner = match inner {
        Value::String(text) => {
            parsed = cidr_of(text);
            &parsed
        }
        other => other,
    };
    let Some((inner_address, inner_bits)) = network_of(inner) else { return inner.no_such_overload() };
    let overlaps = contains((address, bits.min(inner_bits)), inner_address);
    Value::Bool(overlaps && bits <= inner_bits)
}

fn network<'v>(values: &[Value<'v>], of: impl Fn(IpAddr, u8) -> Value<'v>) -> Value<'v> {
    values.first().and_then(network_of).map_or_else(no, |(address, bits)| of(address, bits))
}

pub(crate) fn cidr_ip<'v>(values: &[Value<'v>]) -> Value<'v> {
    network(values, |address, _| ip_value(address))
}

pub(crate) fn prefix_length<'v>(values: &[Value<'v>]) -> Value<'v> {
    network(values, |_, bits| Value::Int(i64::from(bits)))
}

pub(crate) fn masked<'v>(values: &[Value<'v>]) -> Value<'v> {
    network(values, |address, bits| cidr_value(masked_address(address, bits), bits))
}
