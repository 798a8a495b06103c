//! Tokens of JWT issuers: `--authentication-config` and `--oidc-*`.
//!
//! Upstream: `k8s.io/apiserver/plugin/pkg/authenticator/token/oidc/oidc.go` over `github.com/coreos/go-oidc`. The
//! issuer's keys come from its discovery document; the caller gives them if it has them, otherwise a token that
//! passes everything else is unknown.

mod build;
mod claims;
mod key_set;
mod mapping;

#[cfg(test)]
mod tests;

pub use build::{IssuerOptions, OidcFlags};
pub use key_set::KeySet;

use super::jwt::{self, CompactError};
use super::keys::SignatureCheck;
use super::service_account::TokenRequest;
use super::{Evidence, Expiry, Identity, Verdict, time};
use crate::go_quote::quoted;
use claims::{IdToken, TokenClaims};
use mapping::{ClaimMapping, Rule, Stop};
use seawall_cel::Program;
use seawall_model::decode::shown;
use std::sync::Arc;

const GOOGLE: &str = "https://accounts.google.com";
const GOOGLE_WITHOUT_SCHEME: &str = "accounts.google.com";

/// One issuer.
#[derive(Clone)]
pub struct IssuerAuthenticator {
    url: String,
    audiences: Vec<String>,
    algorithms: Vec<String>,
    keys: Option<KeySet>,
    username: ClaimMapping,
    groups: ClaimMapping,
    uid: ClaimMapping,
    extra: Vec<(String, Arc<Program>)>,
    required: Vec<(String, String)>,
    claim_rules: Vec<Rule>,
    user_rules: Vec<Rule>,
}

impl core::fmt::Debug for IssuerAuthenticator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let keys = self.keys.is_some();
        f.debug_struct("IssuerAuthenticator")
            .field("url", &self.url)
            .field("keys", &keys)
            .finish_non_exhaustive()
    }
}

impl IssuerAuthenticator {
    /// The issuer's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Gives it the keys that it publishes.
    #[must_use]
    pub fn with_keys(mut self, keys: KeySet) -> Self {
        self.keys = Some(keys);
        self
    }

    pub(super) fn authenticate(&self, token: &str, request: &TokenRequest<'_>) -> Verdict {
        let issuer = match jwt::unverified_issuer(token) {
            Ok(Some(issuer)) => issuer,
            Ok(None) | Err(CompactError::Malformed) => return Verdict::Abstained,
            Err(CompactError::NotRead(reason)) => return Verdict::unknown(reason),
        };
        let issuer = if issuer == GOOGLE_WITHOUT_SCHEME { GOOGLE } else { &issuer };
        if issuer != self.url {
            return Verdict::Abstained;
        }
        self.verified(token, request).unwrap_or_else(|stop| match stop {
            Stop::Failed(text) => Verdict::failed(request.features.jose_text(&text)),
            Stop::Unknown(reason) => Verdict::unknown(reason),
        })
    }

    fn verified(&self, token: &str, request: &TokenRequest<'_>) -> Result<Verdict, Stop> {
        let refused = |text: String| Stop::Failed(format!("oidc: verify token: {text}"));
        let compact = match jwt::parse(token) {
            Ok(compact) => compact,
            Err(CompactError::Malformed) => return Err(refused("oidc: malformed jwt".into())),
            Err(CompactError::NotRead(reason)) => return Err(Stop::Unknown(reason.into())),
        };
        if !self.algorithms.contains(&compact.algorithm) {
            return Err(refused(format!(
                "oidc: id token signed with unsupported algorithm, expected {} got {}",
                quoted_list(&self.algorithms),
                quoted(&compact.algorithm)
            )));
        }
        let signed = self.signature(&compact).map_err(refused)?;
        let claims = TokenClaims::read(&compact.payload).map_err(refused)?;
        let id_token = IdToken::read(&claims).map_err(refused)?;
        self.check(&id_token, request.now).map_err(refused)?;
        let user = self.user(&claims, request)?;
        let Some(evidence) = signed? else {
            let name = shown(&user.name);
            return Err(Stop::Unknown(format!(
                "the keys of the issuer `{}` are not at hand; if the signature is good, the user is `{name}`",
                shown(&self.url)
            )));
        };
        let expires = id_token.expiry.map(|stated| Expiry { stated, last_accepted: stated });
        let evidence = vec![
            Evidence::new("jwt", evidence),
            Evidence::new("jwt", format!("issued by `{}` for an audience of this server", shown(&self.url))),
        ];
        Ok(Verdict::authenticated(Identity { user, expires, evidence, audiences: Vec::new() }))
    }

    /// Bad signatures are the outer error; what cannot be told yet is told after everything else has passed: a
    /// token that fails anyway is bad whatever its signature is.
    fn signature(&self, compact: &jwt::Compact) -> Result<Result<Option<String>, Stop>, String> {
        let Some(keys) = &self.keys else { return Ok(Ok(None)) };
        let mut unknown = None;
        for key in keys.candidates(&compact.key_id) {
            if compact.critical.is_some() {
                continue;
            }
            match key.verify_jose(&compact.algorithm, &compact.signed, &compact.signature) {
                SignatureCheck::Good => return Ok(Ok(Some("signed by a key of the issuer".into()))),
                SignatureCheck::Bad => {}
                SignatureCheck::Unknown(reason) => unknown = Some(reason),
            }
        }
        match unknown {
            Some(reason) => Ok(Err(Stop::Unknown(format!("a key of the issuer: {reason}")))),
            None => Err("failed to verify signature: failed to verify id token signature".into()),
        }
    }

    fn check(&self, token: &IdToken, now: i64) -> Result<(), String> {
        let google = self.url == GOOGLE && token.issuer == GOOGLE_WITHOUT_SCHEME;
        if token.issuer != self.url && !google {
            return Err(format!(
                "oidc: id token issued by a different provider, expected {} got {}",
                quoted(&self.url),
                quoted(&token.issuer)
            ));
        }
        let is_for_us = self.audiences.iter().any(|audience| token.audience.contains(audience));
        let got = quoted_list(&token.audience);
        if let ([one], false) = (self.audiences.as_slice(), is_for_us) {
            return Err(format!("oidc: expected audience {} got {got}", quoted(one)));
        }
        // A token without an expiry counts as expired in the year 1.
        let shown_time = |seconds: Option<i64>| {
            let text = seconds.map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), time::format);
            text.replace('T', " ").replace('Z', " +0000 UTC")
        };
        if token.expiry.is_none_or(|expiry| expiry < now) {
            return Err(format!("oidc: token is expired (Token Expiry: {})", shown_time(token.expiry)));
        }
        if token.not_before.is_some_and(|start| now.saturating_add(60) < start) {
            return Err(format!(
                "oidc: current time {} before the nbf (not before) time: {}",
                shown_time(Some(now)),
                shown_time(token.not_before)
            ));
        }
        if !is_for_us {
            let mut wanted = self.audiences.clone();
            wanted.sort_unstable();
            return Err(format!("oidc: expected audience in {} got {got}", quoted_list(&wanted)));
        }
        Ok(())
    }
}

fn quoted_list(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(" "))
}
