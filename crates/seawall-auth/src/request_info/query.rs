//! Request targets and queries as Go's `net/url` reads them, and the list options in them
//! (`k8s.io/apimachinery/pkg/apis/meta/v1/zz_generated.conversion.go`, `internalversion/conversion.go`).

use super::{parse_field_selector, parse_label_selector};
use std::borrow::Cow;

/// More parameters than this and Go reads none of them (`urlmaxqueryparams`, since Go 1.24.12 and 1.25.6).
const MAX_PARAMETERS: usize = 10_000;

/// A request target, split.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RequestTarget<'a> {
    /// The path, percent-decoded.
    pub path: String,
    /// What follows the `?`, as sent.
    pub query: &'a str,
}

/// Why Go's HTTP server refuses a target.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TargetError {
    /// It holds a control character.
    #[error("invalid control character in URL")]
    Control,
    /// A `%` without two hexadecimal digits in the path.
    #[error("invalid URL escape")]
    Escape,
    /// It does not begin with a slash. Absolute URLs, which only proxies are sent, are not read here.
    #[error("invalid URI for request")]
    NotAPath,
}

impl<'a> RequestTarget<'a> {
    /// Splits a target as `url.ParseRequestURI` does; there is no fragment in a request.
    ///
    /// # Errors
    /// Where the HTTP server answers 400.
    pub fn parse(target: &'a str) -> Result<Self, TargetError> {
        if target.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err(TargetError::Control);
        }
        if target != "*" && !target.starts_with('/') {
            return Err(TargetError::NotAPath);
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = unescape(path, false).ok_or(TargetError::Escape)?;
        Ok(Self { path: path.into_owned(), query })
    }
}

/// Resolves percent escapes, in queries also `+` for a space. `None` where Go gives an error.
fn unescape(text: &str, query: bool) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| byte == b'%' || query && byte == b'+') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
                let (high, low) = (digit()?, digit()?);
                (high << 4 | low) as u8
            }
            b'+' if query => b' ',
            other => other,
        });
    }
    Some(Cow::Owned(
        String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
    ))
}

/// The parameters of a query that are looked at, the first of each name.
pub(super) struct Query<'a> {
    parameters: [(&'static str, Option<Cow<'a, str>>); 5],
}

/// What the list options say about the request.
#[derive(Default)]
pub(super) struct ListOptions {
    pub(super) watch: bool,
    /// The value that the field selector requires of `metadata.name`.
    pub(super) name: Option<String>,
}

impl<'a> Query<'a> {
    /// Malformed parameters are left out, as `URL.Query` does.
    pub(super) fn new(query: &'a str) -> Self {
        let mut out = Self {
            parameters: ["fieldSelector", "labelSelector", "watch", "timeoutSeconds", "limit"]
                .map(|key| (key, None)),
        };
        if query.is_empty() || query.bytes().filter(|&byte| byte == b'&').count() >= MAX_PARAMETERS {
            return out;
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';')) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(key) = unescape(key, true) else { continue };
            if let Some((_, first)) = out.parameters.iter_mut().find(|(wanted, _)| *wanted == key)
                && first.is_none()
                && let Some(value) = unescape(value, true)
            {
                *first = Some(value);
            }
        }
        out
    }

    /// The first value of a parameter.
    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| *known == key)?.1.as_deref()
    }

    /// What upstream decodes from it. Where one parameter cannot be decoded, only `watch` is kept.
    pub(super) fn list_options(&self) -> ListOptions {
        let watch = self.first("watch");
        let integer = |key| self.first(key).is_none_or(|text| text.parse::<i64>().is_ok());
        let fields = parse_field_selector(self.first("fieldSelector").unwrap_or(""));
        let labels = parse_label_selector(self.first("labelSelector").unwrap_or(""));
        match fields {
            Ok(fields) if labels.is_ok() && integer("timeoutSeconds") && integer("limit") => ListOptions {
                watch: watch.is_some_and(|text| text != "0" && !is_false_folded(text)),
                name: fields
                    .into_iter()
                    .find(|field| field.equal && field.field == "metadata.name")
                    .map(|field| field.value),
            },
            _ => {
                let off = |text: &str| matches!(text.to_lowercase().as_str(), "false" | "0");
                ListOptions { watch: watch.is_some_and(|text| !off(text)), name: None }
            }
        }
    }
}

/// Go's `strings.EqualFold(text, "false")`, for which the long s is an s.
fn is_false_folded(text: &str) -> bool {
    text.replace('\u{17f}', "s").eq_ignore_ascii_case("false")
}
