//! URLs as Go's `net/url.Parse` reads them: the parts that configuration checks look at, and the refusals.

use core::net::{Ipv4Addr, Ipv6Addr};

/// A URL split as Go splits it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct GoUrl<'a> {
    /// The scheme in lower case, `""` if there is none.
    pub scheme: String,
    /// What stands after the scheme of a URL without a leading slash.
    pub opaque: &'a str,
    /// Whether a user is named before the host.
    pub has_user: bool,
    /// Host and port, as written.
    pub host: &'a str,
    /// The path, as written.
    pub path: &'a str,
    /// The query after `?`.
    pub query: &'a str,
    /// The fragment after `#`.
    pub fragment: &'a str,
}

/// Where a text stands: the rules of escaping differ.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Part {
    Host,
    Zone,
    Other,
}

impl<'a> GoUrl<'a> {
    /// Splits the text.
    ///
    /// # Errors
    /// Where Go's parser gives an error; the text names the reason.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("invalid control character in URL");
        }
        let mut url = Self::default();
        if text == "*" {
            url.path = "*";
            return url.with_fragment(fragment);
        }
        let (scheme, rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = match rest.strip_suffix('?') {
            Some(before) if !before.contains('?') => (before, ""),
            _ => rest.split_once('?').unwrap_or((rest, "")),
        };
        url.query = query;
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                url.opaque = rest;
                return url.with_fragment(fragment);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("first path segment in URL cannot contain colon");
            }
        }
        url.path = rest;
        if let Some(authority) = rest.strip_prefix("//")
            && (!url.scheme.is_empty() || !rest.starts_with("///"))
        {
            let slash = authority.find('/').unwrap_or(authority.len());
            url.path = authority.get(slash..).unwrap_or("");
            url.authority(authority.get(..slash).unwrap_or(""))?;
        }
        check_escapes(url.path, Part::Other)?;
        url.with_fragment(fragment)
    }

    fn with_fragment(mut self, fragment: &'a str) -> Result<Self, &'static str> {
        check_escapes(fragment, Part::Other)?;
        self.fragment = fragment;
        Ok(self)
    }

    fn authority(&mut self, authority: &'a str) -> Result<(), &'static str> {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        check_host(&self.scheme, host)?;
        self.host = host;
        if let Some(user) = user {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
            if !user.bytes().all(allowed) {
                return Err("invalid userinfo");
            }
            check_escapes(user, Part::Other)?;
            self.has_user = true;
        }
        Ok(())
    }
}

fn scheme(text: &str) -> Result<(&str, &str), &'static str> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme"),
            b':' => return text.split_once(':').ok_or("missing protocol scheme"),
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn check_host(scheme: &str, host: &str) -> Result<(), &'static str> {
    let port_ok = |port: &str| {
        port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()))
    };
    match host.rfind('[') {
        Some(0) => {
            let close = host.rfind(']').ok_or("missing ']' in host")?;
            let port = host.get(close + 1..).unwrap_or("");
            if !port_ok(port) {
                return Err("invalid port after host");
            }
            return check_literal(host.get(1..close).unwrap_or(""));
        }
        Some(_) => return Err("invalid IP-literal"),
        None => {}
    }
    if let Some(first) = host.find(':') {
        let last = host.rfind(':').unwrap_or(first);
        // Only http and https insist on a single colon (go.dev/issue/75223).
        let from = if scheme == "http" || scheme == "https" { first } else { last };
        if !port_ok(host.get(from..).unwrap_or("")) {
            return Err("invalid port after host");
        }
    }
    check_escapes(host, Part::Host)
}

/// The address between brackets: IPv6, with an optional zone after `%25`.
fn check_literal(literal: &str) -> Result<(), &'static str> {
    let (address, zone) = match literal.split_once("%25") {
        Some((address, zone)) => (address, Some(zone)),
        None => (literal, None),
    };
    check_escapes(address, Part::Host)?;
    if let Some(zone) = zone {
        check_escapes(zone, Part::Zone)?;
        if zone.is_empty() {
            return Err("invalid host");
        }
    }
    if address.parse::<Ipv4Addr>().is_ok() {
        return Err("invalid IP-literal");
    }
    address.parse::<Ipv6Addr>().map(|_| ()).map_err(|_| "invalid host")
}

/// Upstream's `unescape`, of which only the errors matter here.
fn check_escapes(text: &str, part: Part) -> Result<(), &'static str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte == b'%' {
            let hex = bytes.get(at + 1..at + 3).filter(|hex| hex.iter().all(u8::is_ascii_hexdigit));
            let Some(hex) = hex else { return Err("invalid URL escape") };
            let value =
                hex.iter().fold(0, |sum, &digit| sum * 16 + char::from(digit).to_digit(16).unwrap_or(0))
                    as u8;
            let refused = match part {
                Part::Host => value < 0x80 && hex != b"25",
                Part::Zone => hex != b"25" && value != b' ' && !host_byte(value),
                Part::Other => false,
            };
            if refused {
                return Err("invalid URL escape");
            }
            at += 3;
            continue;
        }
        if part != Part::Other && byte < 0x80 && !host_byte(byte) {
            return Err("invalid character in host name");
        }
        at += 1;
    }
    Ok(())
}

/// Bytes that Go leaves unescaped in hosts.
fn host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::GoUrl;

    #[test]
    fn splits() {
        let url = GoUrl::parse("HTTPS://me@example.org:8443/a?b=c#d").unwrap();
        assert_eq!((url.scheme.as_str(), url.has_user, url.host), ("https", true, "example.org:8443"));
        assert_eq!((url.path, url.query, url.fragment), ("/a", "b=c", "d"));
        assert_eq!(GoUrl::parse("unix:///run/kms.sock").unwrap().path, "/run/kms.sock");
        assert_eq!(GoUrl::parse("unix:@socket").unwrap().opaque, "@socket");
        assert_eq!(GoUrl::parse("https://example.org?").unwrap().query, "");
        for text in ["", "*", "a/b:c", "https://[::1]:80", "https://[fe80::1%25eth0]", "///x", "mailto:a@b"] {
            assert!(GoUrl::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses() {
        for text in [
            ":x",
            "https://a b",
            "https://a:b",
            "https://a:1:2",
            "https://[::1",
            "https://[1.2.3.4]",
            "https://x[::1]",
            "https://%41",
            "https://a/%zz",
            "https://a/\u{7f}",
            "1:2",
            "https://u%zz@a",
            "https://u\"@a",
            "https://a#%",
            "https://a\\b",
        ] {
            assert!(GoUrl::parse(text).is_err(), "{text}");
        }
    }
}
