//! A certificate or token: whose it is, until when, and who says so.

use crate::question::asked::is_standard_input;
use crate::question::trust::{Trust, distinct};
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use seawall_auth::authentication::{Certificate, Verdict, certificates_of_pem, format_time};
use seawall_auth::user::{User, split_service_account};
use serde::Serialize;
use std::io::Read;
use std::path::Path;

/// Larger credentials are not read.
const LONGEST: u64 = 1 << 20;

/// What is known of a credential; nothing secret.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CredentialEntry {
    /// `certificate` or `token`.
    kind: &'static str,
    /// Whether the API server takes it at that time; null where that cannot be known. Then the identity is the one
    /// that the credential claims.
    pub(super) accepted: Option<bool>,
    /// Which authenticator takes it: `x509`, `service-account`, `bootstrap-token`, `jwt`, `token-file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authenticator: Option<&'static str>,
    /// Why it is taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) because: Vec<String>,
    /// Until when; absent: without end, or not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
    /// Why it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    /// What would have to be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unknown: Vec<String>,
}

/// A credential, and the user that it stands for or claims to.
pub(super) struct Judged {
    pub(super) entry: CredentialEntry,
    pub(super) user: Option<User>,
}

/// Judges the certificates of a PEM file.
pub(super) fn certificate_file(path: &Path, trust: &Trust<'_>, now: i64) -> Result<Judged> {
    let text = read(path)?;
    let name = path.display();
    let chain = certificates_of_pem(&text).map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
    if chain.is_empty() {
        bail!("{name}: no certificate in it; PEM is read (-----BEGIN CERTIFICATE-----)");
    }
    certificate(&chain, trust, now).with_context(|| format!("{name}: no certificate in it"))
}

/// Judges the token in a file.
pub(super) fn token_file(path: &Path, trust: &Trust<'_>, now: i64) -> Result<Judged> {
    let text = read(path)?;
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        bail!("{}: no token in it: one word is read", path.display());
    }
    Ok(token(text, trust, now))
}

fn read(path: &Path) -> Result<String> {
    let name = path.display();
    let mut bytes = Vec::new();
    let mut input: Box<dyn Read> = if is_standard_input(path) {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).with_context(|| format!("failed to read {name}"))?)
    };
    let read = input.by_ref().take(LONGEST + 1).read_to_end(&mut bytes);
    read.with_context(|| format!("failed to read {name}"))?;
    if bytes.len() as u64 > LONGEST {
        bail!("{name}: is larger than 1 MiB");
    }
    // The error of the decoder would show nothing, but it would keep the bytes.
    String::from_utf8(bytes).map_err(|_| anyhow::anyhow!("{name}: is not text"))
}

/// Judges a chain of certificates; `None` for an empty one.
pub(super) fn certificate(chain: &[Certificate], trust: &Trust<'_>, now: i64) -> Option<Judged> {
    let leaf = chain.first()?;
    let (from, until) = leaf.validity();
    let mut judged = judge("certificate", trust.authenticators.certificate(chain, &trust.objects, now));
    judged.entry.expires.get_or_insert_with(|| format_time(until));
    // Outside of its time no authority makes it good.
    if judged.entry.accepted.is_none() && !(from..=until).contains(&now) {
        let error = "x509: certificate has expired or is not yet valid";
        judged.entry = CredentialEntry {
            accepted: Some(false),
            error: Some(error.into()),
            unknown: Vec::new(),
            ..judged.entry
        };
    }
    if judged.entry.accepted == Some(false) && leaf.common_name().is_empty() {
        judged.entry.error.get_or_insert_with(|| "the certificate has no common name, so no user".into());
    }
    if judged.user.is_none() && !leaf.common_name().is_empty() {
        judged.user =
            Some(claimed(User { groups: leaf.organizations().to_vec(), ..User::named(leaf.common_name()) }));
    }
    Some(judged)
}

/// Judges a token.
pub(super) fn token(token: &str, trust: &Trust<'_>, now: i64) -> Judged {
    let mut judged = judge("token", trust.authenticators.token(token, &[], &trust.objects, now));
    let claims = claims(token);
    let expires = || claims.as_ref()?.get("exp")?.as_i64().map(format_time);
    judged.entry.expires = judged.entry.expires.or_else(expires);
    if judged.user.is_none() {
        let subject = claims.as_ref().and_then(|claims| claims.get("sub")?.as_str());
        let account = subject.and_then(split_service_account);
        judged.user = account.map(|(namespace, name)| claimed(User::service_account(namespace, name)));
    }
    judged
}

fn judge(kind: &'static str, verdict: Verdict) -> Judged {
    let error = Some(verdict.error()).filter(|error| !error.is_empty());
    let mut entry = CredentialEntry {
        kind,
        accepted: Some(false),
        authenticator: None,
        because: Vec::new(),
        expires: None,
        error,
        unknown: Vec::new(),
    };
    let mut user = None;
    match verdict {
        Verdict::Authenticated(identity) => {
            entry.accepted = Some(true);
            entry.authenticator = identity.evidence.first().map(|evidence| evidence.authenticator);
            entry.because = identity.evidence.into_iter().map(|evidence| evidence.text).collect();
            entry.expires = identity.expires.map(|expiry| format_time(expiry.stated));
            user = Some(identity.user);
        }
        Verdict::Unknown(unknown) => {
            entry.accepted = None;
            entry.unknown = distinct(unknown);
        }
        Verdict::Abstained | Verdict::Failed(_) => {}
    }
    Judged { entry, user }
}

/// A credential whose text is not known.
pub(super) fn not_at_hand(kind: &'static str, why: &str) -> Judged {
    judge(kind, Verdict::unknown(why))
}

fn claimed(mut user: User) -> User {
    user.add_authenticated_group();
    user
}

/// The claims of a JWT, which nobody has checked.
fn claims(token: &str) -> Option<serde_json::Value> {
    let mut parts = token.split('.');
    let (_, payload, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
