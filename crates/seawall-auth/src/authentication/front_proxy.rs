//! Identities that a front proxy vouches for in headers (`pkg/authentication/request/headerrequest`).

use super::certificate::{Authorities, Certificate, Verified, verify};
use super::{Evidence, Features, Headers, Identity, Verdict};
use crate::user::User;

/// The configuration (`--requestheader-*`).
#[derive(Clone, Debug, Default)]
pub struct FrontProxy {
    /// The authorities of the proxy's certificate, another bundle than that of clients.
    pub authorities: Authorities,
    /// The common names that it may have; empty: any.
    pub allowed_names: Vec<String>,
    /// Headers of the user name; the first one with a value counts.
    pub user_headers: Vec<String>,
    /// Headers of the UID; the first one with a value counts.
    pub uid_headers: Vec<String>,
    /// Headers of groups; all values of all.
    pub group_headers: Vec<String>,
    /// What names of headers of further attributes begin with.
    pub extra_prefixes: Vec<String>,
}

impl FrontProxy {
    pub(super) fn authenticate(
        &self,
        chain: &[Certificate],
        headers: &Headers<'_>,
        features: &Features,
        now: i64,
    ) -> Verdict {
        let Some((leaf, intermediates)) = chain.split_first() else { return Verdict::Abstained };
        match verify(leaf, intermediates, &self.authorities, now) {
            Verified::Good(_) => {}
            Verified::Bad(reason) => return Verdict::failed(reason),
            Verified::Unknown(reason) => return Verdict::unknown(reason),
        }
        if !self.allowed_names.is_empty() && !self.allowed_names.contains(&leaf.common_name().to_owned()) {
            let text = format!("x509: subject with cn={} is not in the allowed list", leaf.shown_subject());
            return Verdict::failed(text);
        }
        self.identity(headers, features).map_or(Verdict::Abstained, |mut identity| {
            let text = format!("vouched for by the front proxy `{}`", leaf.shown_subject());
            identity.evidence.push(Evidence::new("front-proxy", text));
            Verdict::authenticated(identity)
        })
    }

    /// The identity in the headers; `None` without a user name.
    fn identity(&self, headers: &Headers<'_>, features: &Features) -> Option<Identity> {
        let first = |names: &[String]| {
            names.iter().filter_map(|name| headers.first(name)).find(|value| !value.is_empty())
        };
        let mut user = User::named(first(&self.user_headers)?);
        if features.front_proxy_uid {
            user.uid = first(&self.uid_headers).unwrap_or("").to_owned();
        }
        for name in &self.group_headers {
            let values = headers.all(name).filter(|value| !value.is_empty());
            user.groups.extend(values.map(str::to_owned));
        }
        for prefix in &self.extra_prefixes {
            for (name, value) in headers.iter() {
                let Some(key) = strip_prefix_ignoring_case(name, prefix) else { continue };
                user.extra.entry(extra_key(key)).or_default().push(value.to_owned());
            }
        }
        Some(Identity { user, ..Identity::default() })
    }
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

/// The key in lower case with percent escapes resolved; as it is where they are broken.
pub(crate) fn extra_key(encoded: &str) -> String {
    let lower = encoded.to_lowercase();
    let mut out = Vec::with_capacity(lower.len());
    let mut bytes = lower.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else { return lower };
        out.push((high << 4 | low) as u8);
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
