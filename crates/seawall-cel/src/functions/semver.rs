//! Semantic versions: apiserver's `pkg/cel/library/semverlib.go` over `github.com/blang/semver/v4`.

use crate::value::text::quote;
use crate::value::{Extension, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// A version by its numbers and the identifiers of a pre-release.
#[derive(Clone, Debug)]
pub struct Semver {
    numbers: [u64; 3],
    pre: Vec<Identifier>,
}

/// One part of a pre-release: a number or text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Identifier {
    Number(u64),
    Text(String),
}

fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| {
        let why = if text.is_empty() { "invalid syntax" } else { "value out of range" };
        format!("strconv.ParseUint: parsing {}: {why}", quote(text))
    })
}

fn part(text: &str, small: &str, large: &str) -> Result<u64, String> {
    if !digits(text) {
        return Err(format!("Invalid character(s) found in {small} number {}", quote(text)));
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(format!("{large} number must not contain leading zeroes {}", quote(text)));
    }
    number(text)
}

fn identifier(text: &str) -> Result<Identifier, String> {
    if text.is_empty() {
        return Err("Prerelease is empty".into());
    }
    if digits(text) {
        if text.len() > 1 && text.starts_with('0') {
            return Err(format!(
                "Numeric PreRelease version must not contain leading zeroes {}",
                quote(text)
            ));
        }
        return number(text).map(Identifier::Number);
    }
    if plain(text) {
        return Ok(Identifier::Text(text.into()));
    }
    Err(format!("Invalid character(s) found in prerelease {}", quote(text)))
}

impl Semver {
    /// Major, minor, patch.
    #[must_use]
    pub fn numbers(&self) -> [u64; 3] {
        self.numbers
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("Version string empty".into());
        }
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        let [major, minor, rest] = parts.as_slice() else {
            return Err("No Major.Minor.Patch elements found".into());
        };
        let major = part(major, "major", "Major")?;
        let minor = part(minor, "minor", "Minor")?;
        let (rest, build) = rest.split_once('+').map_or((*rest, None), |(rest, build)| (rest, Some(build)));
        let (patch, pre) = rest.split_once('-').map_or((rest, None), |(rest, pre)| (rest, Some(pre)));
        let patch = part(patch, "patch", "Patch")?;
        let mut identifiers = Vec::new();
        for text in pre.into_iter().flat_map(|pre| pre.split('.')) {
            identifiers.push(identifier(text)?);
        }
        for text in build.into_iter().flat_map(|build| build.split('.')) {
            if text.is_empty() {
                return Err("Build meta data is empty".into());
            }
            if !plain(text) {
                return Err(format!("Invalid character(s) found in build meta data {}", quote(text)));
            }
        }
        Ok(Self { numbers: [major, minor, patch], pre: identifiers })
    }

    /// `v1`, `01.2`, `1.2` are accepted too.
    fn normalized(text: &str) -> Result<Self, String> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts: Vec<String> = text.splitn(3, '.').map(str::to_owned).collect();
        for part in &mut parts {
            if part.len() > 1 {
                let trimmed = part.trim_start_matches('0');
                let digit = trimmed.starts_with(|first: char| first.is_ascii_digit());
                *part = if digit { trimmed.to_owned() } else { format!("0{trimmed}") };
            }
        }
        if parts.len() < 3 {
            if parts.last().is_some_and(|last| last.contains(['+', '-'])) {
                return Err("short version cannot contain PreRelease/Build meta data".into());
            }
            parts.resize(3, "0".into());
        }
        Self::parse(&parts.join("."))
    }

    /// The order of versions; build data does not count.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => {
                for (a, b) in self.pre.iter().zip(&other.pre) {
                    let order = match (a, b) {
                        (Identifier::Number(a), Identifier::Number(b)) => a.cmp(b),
                        (Identifier::Number(_), Identifier::Text(_)) => Ordering::Less,
                        (Identifier::Text(_), Identifier::Number(_)) => Ordering::Greater,
                        (Identifier::Text(a), Identifier::Text(b)) => a.cmp(b),
                    };
                    if order.is_ne() {
                        return order;
                    }
                }
                self.pre.len().cmp(&other.pre.len())
            }
        })
    }
}

fn read(values: &[Value<'_>]) -> Option<Result<Semver, String>> {
    match values {
        [Value::String(text)] | [Value::String(text), Value::Bool(false)] => Some(Semver::parse(text)),
        [Value::String(text), Value::Bool(true)] => Some(Semver::normalized(text)),
        _ => None,
    }
}

fn no<'v>() -> Value<'v> {
    Value::error("no such overload")
}

pub(crate) fn semver<'v>(values: &[Value<'v>]) -> Value<'v> {
    match read(values) {
        None => no(),
        Some(Ok(version)) => Value::Extension(Arc::new(Extension::Semver(version))),
        Some(Err(message)) => Value::error(message),
    }
}

pub(crate) fn is_semver<'v>(values: &[Value<'v>]) -> Value<'v> {
    read(values).map_or_else(no, |version| Value::Bool(version.is_ok()))
}

fn order(values: &[Value<'_>]) -> Option<Ordering> {
    let [Value::Extension(a), Value::Extension(b)] = values else { return None };
    let (Extension::Semver(a), Extension::Semver(b)) = (&**a, &**b) else { return None };
    Some(a.compare(b))
}

pub(crate) fn is_greater<'v>(values: &[Value<'v>]) -> Value<'v> {
    order(values).map_or_else(no, |order| Value::Bool(order.is_gt()))
}

pub(crate) fn is_less<'v>(values: &[Value<'v>]) -> Value<'v> {
    order(values).map_or_else(no, |order| Value::Bool(order.is_lt()))
}

pub(crate) fn compare_to<'v>(values: &[Value<'v>]) -> Value<'v> {
    order(values).map_or_else(no, |order| Value::Int(order as i64))
}

fn numbers(values: &[Value<'_>]) -> Option<[u64; 3]> {
    let [Value::Extension(version)] = values else { return None };
    let Extension::Semver(version) = &**version else { return None };
    Some(version.numbers)
}

/// Go's conversion wraps numbers above the range of `int`.
fn wrapped<'v>(number: u64) -> Value<'v> {
    Value::Int(number.cast_signed())
}

pub(crate) fn major<'v>(values: &[Value<'v>]) -> Value<'v> {
    numbers(values).map_or_else(no, |[major, _, _]| wrapped(major))
}

pub(crate) fn minor<'v>(values: &[Value<'v>]) -> Value<'v> {
    numbers(values).map_or_else(no, |[_, minor, _]| wrapped(minor))
}

pub(crate) fn patch<'v>(values: &[Value<'v>]) -> Value<'v> {
    numbers(values).map_or_else(no, |[_, _, patch]| wrapped(patch))
}
