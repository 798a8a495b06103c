//! `seawall authenticate`: many credentials at once, one a line in, a TokenReviewStatus a line out.

use super::Asked;
use super::authorize::{open, read_lines};
use super::trust::{self, Trust};
use crate::cli::{Authenticate, Common};
use crate::{Exit, output};
use anyhow::{Context, Result};
use schemars::JsonSchema;
use seawall_auth::authentication::{TokenReviewStatus, certificates_of_pem, format_time};
use seawall_auth::user::User;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

/// A line of `--requests`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credential {
    /// A client certificate in PEM, with the intermediates that the client sends behind it.
    certificate: Option<String>,
    /// A bearer token.
    token: Option<String>,
    /// Of a token: the audiences that are asked for, as in a TokenReview.
    audiences: Option<Vec<String>>,
}

/// A TokenReviewStatus, with what the API has no word for.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    /// Null where it cannot be known.
    authenticated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserInfo>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    audiences: Vec<String>,
    /// The API server's error.
    #[serde(skip_serializing_if = "String::is_empty")]
    error: String,
    /// Until when; absent: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// What would have to be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    /// Why the line is no credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// `authentication.k8s.io/v1` UserInfo.
#[derive(Debug, Serialize, JsonSchema)]
struct UserInfo {
    username: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    uid: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extra: BTreeMap<String, Vec<String>>,
}

impl From<User> for UserInfo {
    fn from(user: User) -> Self {
        Self { username: user.name, uid: user.uid, groups: user.groups, extra: user.extra }
    }
}

/// Runs the command.
pub(crate) fn run(question: &Authenticate, common: &Common) -> Result<Exit> {
    let now = trust::time(question.at.as_deref())?;
    let asked = Asked::load(&question.paths, &question.what_if, common)?;
    asked.say_holes();
    let trust = Trust::of(&asked, &question.paths);
    if let Some(note) = trust.note.as_ref().filter(|_| !common.quiet) {
        output::say(format_args!("note: {}", seawall_report::line(note)));
    }
    let mut input = open(&question.requests)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut certain = asked.holes.is_empty();
    loop {
        let lines = read_lines(&mut input)
            .with_context(|| format!("failed to read {}", question.requests.display()))?;
        if lines.is_empty() {
            break;
        }
        for (text, sure) in super::authorize::in_parallel(&lines, |line| answer(line, &trust, now)) {
            certain &= sure;
            out.write_all(text.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(if certain { Exit::Clean } else { Exit::Incomplete })
}

/// The answer to one line, and whether it is certain.
fn answer(line: &[u8], trust: &Trust<'_>, now: i64) -> (String, bool) {
    let status = review(line, trust, now)
        .unwrap_or_else(|refused| Status { refused: Some(refused), ..Status::default() });
    let sure = status.authenticated.is_some();
    (serde_json::to_string(&status).unwrap_or_default(), sure)
}

/// # Errors
/// Why the line is no credential. Nothing of the line stands in it: it may be a token.
fn review(line: &[u8], trust: &Trust<'_>, now: i64) -> Result<Status, String> {
    let credential: Credential = serde_json::from_slice(line).map_err(|error| {
        let place = format!("column {}", error.column());
        format!(r#"no {{"certificate":PEM}} or {{"token":…,"audiences":[…]}}, at {place}"#)
    })?;
    let Credential { certificate, token, audiences } = credential;
    let status: TokenReviewStatus = match (certificate, token) {
        (Some(pem), None) => {
            if audiences.is_some() {
                return Err("a certificate has no audiences".into());
            }
            let chain = match certificates_of_pem(&pem) {
                Ok(chain) if chain.is_empty() => return Err("no certificate in the PEM text".into()),
                Ok(chain) => chain,
                // The TLS handshake ends with such a certificate.
                Err(error) => return Ok(Status { authenticated: Some(false), error, ..Status::default() }),
            };
            trust.authenticators.certificate(&chain, &trust.objects, now).into()
        }
        (None, Some(token)) => {
            let audiences = audiences.unwrap_or_default();
            trust.authenticators.token_review(&token, &audiences, &trust.objects, now)?
        }
        _ => return Err(r#"write either "certificate" or "token""#.into()),
    };
    Ok(Status {
        authenticated: status.authenticated,
        user: status.user.map(UserInfo::from),
        audiences: status.audiences,
        error: status.error,
        expires: status.expires.map(|expiry| format_time(expiry.stated)),
        unknown: trust::distinct(status.unknown),
        refused: None,
    })
}
