//! URLs: apiserver's `pkg/cel/library/urls.go` over Go's `net/url`.

use super::net::parse_address;
use crate::value::text::quote;
use crate::value::{Entries, Extension, Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

/// A parsed URL. Unescaped parts are bytes, since escapes need not be UTF-8.
#[derive(Clone, Debug, Default)]
pub struct Url {
    scheme: String,
    opaque: String,
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    path: Vec<u8>,
    /// The path as written, where escaping the path gives another text.
    raw_path: String,
    force_query: bool,
    omit_host: bool,
    raw_query: String,
    fragment: Vec<u8>,
    raw_fragment: String,
}

/// Which part of a URL is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

/// `shouldEscape`.
fn escapes(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
        return false;
    }
    match part {
        Part::Host | Part::Zone => !matches!(
            byte,
            b'!' | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'['
                | b']'
                | b'<'
                | b'>'
                | b'"'
        ),
        Part::Path => !matches!(byte, b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'@'),
        Part::User => !matches!(byte, b'$' | b'&' | b'+' | b',' | b';' | b'='),
        Part::Query => true,
        Part::Fragment => !matches!(
            byte,
            b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' | b'!' | b'(' | b')' | b'*'
        ),
    }
}

fn escape(bytes: &[u8], part: Part) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        if escapes(*byte, part) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(*byte));
        }
    }
    out
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let digit = |index: usize| bytes.get(index).and_then(|byte| char::from(*byte).to_digit(16));
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'%' => {
                let shown = || lossy(bytes.get(at..(at + 3).min(bytes.len())).unwrap_or_default());
                let invalid = || Err(format!("invalid URL escape {}", quote(&shown())));
                let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2)) else { return invalid() };
                let value = u8::try_from(high * 16 + low).unwrap_or(0);
                let percent = value == b'%';
                if part == Part::Host && high < 8 && !percent {
                    return invalid();
                }
                if part == Part::Zone && !percent && value != b' ' && escapes(value, Part::Host) {
                    return invalid();
                }
                out.push(value);
                at += 3;
                continue;
            }
            b'+' if part == Part::Query => out.push(b' '),
            other => {
                let host = matches!(part, Part::Host | Part::Zone);
                if host && *other < 0x80 && escapes(*other, part) {
                    let shown = quote(&char::from(*other).to_string());
                    return Err(format!("invalid character {shown} in host name"));
                }
                out.push(*other);
            }
        }
        at += 1;
    }
    Ok(out)
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("missing protocol scheme".into()),
            b':' => return Ok((text.get(..index).unwrap_or(""), text.get(index + 1..).unwrap_or(""))),
            _ => break,
        }
    }
    Ok(("", text))
}

fn valid_port(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

fn host(scheme: &str, text: &str) -> Result<Vec<u8>, String> {
    let bad_port = |port: &str| Err(format!("invalid port {} after host", quote(port)));
    match text.rfind('[') {
        Some(0) => {
            let Some(end) = text.rfind(']') else { return Err("missing ']' in host".into()) };
            let port = text.get(end + 1..).unwrap_or_default();
            if !valid_port(port) {
                return bad_port(port);
            }
            let inner = text.get(1..end).unwrap_or_default();
            let name = match inner.find("%25") {
                Some(zone) => {
                    let mut name = unescape(inner.get(..zone).unwrap_or_default(), Part::Host)?;
                    name.extend(unescape(inner.get(zone..).unwrap_or_default(), Part::Zone)?);
                    name
                }
                None => unescape(inner, Part::Host)?,
            };
            let (address, _) =
                parse_address(&lossy(&name)).map_err(|error| format!("invalid host: {error}"))?;
            if address.is_ipv4() {
                return Err("invalid IP-literal".into());
            }
            Ok([b"[", name.as_slice(), b"]", port.as_bytes()].concat())
        }
        Some(_) => Err("invalid IP-literal".into()),
        None => {
            if let (Some(first), Some(last)) = (text.find(':'), text.rfind(':')) {
                let web = matches!(scheme, "http" | "https");
                let port = text.get(if web { first } else { last }..).unwrap_or_default();
                if !valid_port(port) {
                    return bad_port(port);
                }
            }
            unescape(text, Part::Host)
        }
    }
}

fn valid_user(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c))
}

impl Url {
    fn authority(&mut self, text: &str) -> Result<(), String> {
        let (user, address) = match text.rsplit_once('@') {
            Some((user, address)) => (Some(user), address),
            None => (None, text),
        };
        self.host = host(&self.scheme, address)?;
        let Some(user) = user else { return Ok(()) };
        if !valid_user(user) {
            return Err("net/url: invalid userinfo".into());
        }
        self.user = Some(match user.split_once(':') {
            None => (unescape(user, Part::User)?, None),
            Some((name, password)) => (unescape(name, Part::User)?, Some(unescape(password, Part::User)?)),
        });
        Ok(())
    }

    /// `url.parse`.
    fn parse_inner(text: &str, request: bool) -> Result<Self, String> {
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".into());
        }
        if text.is_empty() && request {
            return Err("empty url".into());
        }
        let mut url = Self::default();
        if text == "*" {
            url.path = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        if rest.ends_with('?') && rest.matches('?').count() == 1 {
            url.force_query = true;
            rest = rest.strip_suffix('?').unwrap_or(rest);
        } else if let Some((before, query)) = rest.split_once('?') {
            url.raw_query = query.to_owned();
            rest = before;
        }
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_owned();
                return Ok(url);
            }
            if request {
                return Err("invalid URI for request".into());
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("first path segment in URL cannot contain colon".into());
            }
        }
        let absolute = !url.scheme.is_empty();
        if (absolute || !request && !rest.starts_with("///"))
            && let Some(after) = rest.strip_prefix("//")
        {
            let slash = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at_checked(slash).unwrap_or((after, ""));
            url.authority(authority)?;
            rest = path;
        } else if absolute && rest.starts_with('/') {
            url.omit_host = true;
        }
        url.path = unescape(rest, Part::Path)?;
        if escape(&url.path, Part::Path) != rest {
            url.raw_path = rest.to_owned();
        }
        Ok(url)
    }

    /// `url.ParseRequestURI`.
    fn parse_request(text: &str) -> Result<Self, String> {
        Self::parse_inner(text, true).map_err(|error| format!("parse {}: {error}", quote(text)))
    }

    /// `url.Parse`.
    fn parse(text: &str) -> Result<Self, String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut url =
            Self::parse_inner(before, false).map_err(|error| format!("parse {}: {error}", quote(before)))?;
        if !fragment.is_empty() {
            url.fragment = unescape(fragment, Part::Fragment)
                .map_err(|error| format!("parse {}: {error}", quote(text)))?;
            if escape(&url.fragment, Part::Fragment) != fragment {
                url.raw_fragment = fragment.to_owned();
            }
        }
        Ok(url)
    }

    /// The path as written, or escaped (`EscapedPath`).
    fn escaped_path(&self) -> String {
        if !self.raw_path.is_empty() && valid_encoded(&self.raw_path, Part::Path) {
            return self.raw_path.clone();
        }
        if self.path == b"*" { "*".into() } else { escape(&self.path, Part::Path) }
    }

    fn escaped_fragment(&self) -> String {
        if !self.raw_fragment.is_empty() && valid_encoded(&self.raw_fragment, Part::Fragment) {
            return self.raw_fragment.clone();
        }
        escape(&self.fragment, Part::Fragment)
    }

    /// `URL.String`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out.push_str(&self.scheme);
            out.push(':');
        }
        if !self.opaque.is_empty() {
            out.push_str(&self.opaque);
        } else {
            let named = !self.host.is_empty() || self.user.is_some();
            if (!self.scheme.is_empty() || named) && !(self.omit_host && !named) {
                if named || !self.path.is_empty() {
                    out.push_str("//");
                }
                if let Some((name, password)) = &self.user {
                    out.push_str(&escape(name, Part::User));
                    if let Some(password) = password {
                        out.push(':');
                        out.push_str(&escape(password, Part::User));
                    }
                    out.push('@');
                }
                out.push_str(&escape(&self.host, Part::Host));
            }
            let path = self.escaped_path();
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push('/');
            }
            if out.is_empty() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                out.push_str("./");
            }
            out.push_str(&path);
        }
        if self.force_query || !self.raw_query.is_empty() {
            out.push('?');
            out.push_str(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            out.push('#');
            out.push_str(&self.escaped_fragment());
        }
        out
    }

    /// The host without brackets, and the port.
    fn host_and_port(&self) -> (String, String) {
        let text = lossy(&self.host);
        let (mut name, mut port) = (text.as_str(), "");
        if let Some(colon) = text.rfind(':')
            && valid_port(text.get(colon..).unwrap_or_default())
        {
            name = text.get(..colon).unwrap_or_default();
            port = text.get(colon + 1..).unwrap_or_default();
        }
        let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        (name.to_owned(), port.to_owned())
    }

    /// `url.Values` of the query: broken pairs are left out.
    fn query(&self) -> BTreeMap<String, Vec<String>> {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        // Go refuses queries of more parameters than this as a whole.
        if self.raw_query.matches('&').count() >= 10_000 {
            return values;
        }
        for pair in self.raw_query.split('&') {
            if pair.is_empty() || pair.contains(';') {
                continue;
            }
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if let (Ok(key), Ok(value)) = (unescape(key, Part::Query), unescape(value, Part::Query)) {
                values.entry(lossy(&key)).or_default().push(lossy(&value));
            }
        }
        values
    }
}

fn valid_encoded(text: &str, part: Part) -> bool {
    text.bytes().all(|byte| b"!$&'()*+,;=:@[]%".contains(&byte) || !escapes(byte, part))
}

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

/// Whether Go's `url.ParseRequestURI` accepts a text, and its words if not.
pub(crate) fn check_request(text: &str) -> Result<(), String> {
    Url::parse_request(text).map(|_| ())
}

pub(crate) fn url<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    match Url::parse_request(text).and_then(|_| Url::parse(text)) {
        Ok(url) => Value::Extension(Arc::new(Extension::Url(url))),
        Err(message) => Value::error(format!("URL parse error during conversion from string: {message}")),
    }
}

pub(crate) fn is_url<'v>(values: &[Value<'v>]) -> Value<'v> {
    let [Value::String(text)] = values else { return no() };
    Value::Bool(Url::parse_request(text).is_ok())
}

fn part<'v>(values: &[Value<'v>], of: impl Fn(&Url) -> Value<'v>) -> Value<'v> {
    let [Value::Extension(url)] = values else { return no() };
    match &**url {
        Extension::Url(url) => of(url),
        _ => no(),
    }
}

pub(crate) fn get_scheme<'v>(values: &[Value<'v>]) -> Value<'v> {
    part(values, |url| Value::shared(url.scheme.as_str()))
}

pub(crate) fn get_host<'v>(values: &[Value<'v>]) -> Value<'v> {
    part(values, |url| Value::shared(lossy(&url.host)))
}

pub(crate) fn get_hostname<'v>(values: &[Value<'v>]) -> Value<'v> {
    part(values, |url| Value::shared(url.host_and_port().0))
}

pub(crate) fn get_port<'v>(values: &[Value<'v>]) -> Value<'v> {
    part(values, |url| Value::shared(url.host_and_port().1))
}

pub(crate) fn get_escaped_path<'v>(values: &[Value<'v>]) -> Value<'v> {
    part(values, |url| Value::shared(url.escaped_path()))
}

pub(crate) fn get_query<'v>(values: &[Value<'v>]) -> Value<'v> {
    part(values, |url| {
        let entries: Entries<'v> = url
            .query()
            .into_iter()
            .map(|(key, values)| (Value::shared(key), Value::strings(values)))
            .collect();
        Value::Map(Map::Shared(Arc::new(entries)))
    })
}
