//! Tokens of service accounts (`k8s.io/kubernetes/pkg/serviceaccount` `jwt.go`, `claims.go`, `legacy.go`).

mod bound;
mod legacy;

#[cfg(test)]
mod tests;

use super::json::Json;
use super::jwt::{self, Claims, CompactError};
use super::keys::{PublicKey, SignatureCheck};
use super::objects::Objects;
use super::{Features, Identity, Verdict, audiences};
use crate::go_quote::quoted;

const CRYPTO_FAILURE: &str = "go-jose/go-jose: error in cryptographic primitive";

/// The configuration of both kinds of tokens.
#[derive(Clone, Debug)]
pub struct ServiceAccountTokens {
    /// The keys of `--service-account-key-file`, in order.
    pub keys: Vec<PublicKey>,
    /// `--service-account-issuer`; the first one signs, all are accepted.
    pub issuers: Vec<String>,
    /// `--service-account-lookup`: whether legacy tokens are looked up; bound ones always are.
    pub lookup: bool,
}

/// What both validators are given.
struct Context<'a> {
    token: &'a str,
    objects: &'a dyn Objects,
    features: &'a Features,
    now: i64,
}

/// Claims that upstream decodes beside the public ones, and what it makes of them.
trait Private: Sized {
    /// Decodes the payload; the error is the text that upstream shows.
    fn decode(payload: &Json) -> Result<Self, String>;
    /// Judges claims whose signature and issuer are good.
    fn validate(self, public: &Claims, context: &Context<'_>) -> Result<Identity, Verdict>;
}

impl ServiceAccountTokens {
    /// The answer to a token of a Secret.
    pub(super) fn legacy(&self, token: &str, request: &TokenRequest<'_>) -> Verdict {
        let issuers = [legacy::ISSUER.to_owned()];
        if self.lookup {
            self.authenticate::<legacy::Claims>(&issuers, token, request)
        } else {
            self.authenticate::<legacy::NotLookedUp>(&issuers, token, request)
        }
    }

    /// The answer to a token of the TokenRequest API.
    pub(super) fn bound(&self, token: &str, request: &TokenRequest<'_>) -> Verdict {
        self.authenticate::<bound::Claims>(&self.issuers, token, request)
    }

    fn authenticate<P: Private>(
        &self,
        issuers: &[String],
        token: &str,
        request: &TokenRequest<'_>,
    ) -> Verdict {
        match jwt::unverified_issuer(token) {
            Ok(Some(issuer)) if issuers.contains(&issuer) => {}
            Ok(_) => return Verdict::Abstained,
            Err(CompactError::NotRead(reason)) => return Verdict::unknown(reason),
            Err(CompactError::Malformed) => return Verdict::Abstained,
        }
        let compact = match jwt::parse(token) {
            Ok(compact) => compact,
            Err(CompactError::Malformed) => return Verdict::Abstained,
            Err(CompactError::NotRead(reason)) => return Verdict::unknown(reason),
        };
        let (public, private) = match self.verified::<P>(&compact, request.features) {
            Ok(claims) => claims,
            Err(verdict) => return verdict,
        };
        if !issuers.contains(&public.issuer) {
            return Verdict::failed(format!("token issuer {} is invalid", quoted(&public.issuer)));
        }
        let implicit = request.api_audiences;
        let held = if public.audience.is_empty() { implicit } else { &public.audience };
        let wanted = request.audiences.unwrap_or(implicit);
        let audiences = audiences::intersect(held, wanted);
        if audiences.is_empty() && !implicit.is_empty() {
            return Verdict::failed(format!(
                "token audiences {} is invalid for the target audiences {}",
                quoted_list(held),
                quoted_list(wanted)
            ));
        }
        let TokenRequest { objects, features, now, .. } = *request;
        match private.validate(&public, &Context { token, objects, features, now }) {
            Ok(identity) => Verdict::authenticated(Identity { audiences, ..identity }),
            Err(verdict) => verdict,
        }
    }

    /// The claims, once a key fits.
    fn verified<P: Private>(
        &self,
        compact: &jwt::Compact,
        features: &Features,
    ) -> Result<(Claims, P), Verdict> {
        let by_id = features.key_id_selects_key && !compact.key_id.is_empty();
        // A key whose id is not known may be the one.
        let is_candidate = |key: &&PublicKey| !by_id || key.id().is_none_or(|id| id == compact.key_id);
        let mut candidates = self.keys.iter().filter(is_candidate).peekable();
        if candidates.peek().is_none() {
            return Err(Verdict::failed("invalid signature, no keys found"));
        }
        let (mut errors, mut unknown) = (Vec::new(), Vec::new());
        for key in candidates {
            if let Some(error) = &compact.critical {
                errors.push(features.jose_text(error));
                continue;
            }
            match key.verify_jose(&compact.algorithm, &compact.signed, &compact.signature) {
                SignatureCheck::Good => match decode::<P>(&compact.payload) {
                    Ok(claims) => return Ok(claims),
                    Err(error) => errors.push(features.jose_text(&error)),
                },
                SignatureCheck::Bad => errors.push(features.jose_text(CRYPTO_FAILURE)),
                SignatureCheck::Unknown(reason) => unknown.push(reason.to_owned()),
            }
        }
        Err(if unknown.is_empty() { Verdict::Failed(errors) } else { Verdict::Unknown(unknown) })
    }
}

fn decode<P: Private>(payload: &[u8]) -> Result<(Claims, P), String> {
    let payload = Json::parse(payload).map_err(|_| "json: the payload cannot be read".to_owned())?;
    Ok((Claims::decode(&payload)?, P::decode(&payload)?))
}

/// Go's `%q` of a list of texts.
fn quoted_list(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(" "))
}

/// The API's text for an object that is not there; `resource` is its plural.
fn not_found(resource: &str, name: &str) -> String {
    format!("{resource} {} not found", quoted(name))
}

/// What is asked about a token, beside the token.
#[derive(Clone, Copy)]
pub(super) struct TokenRequest<'a> {
    pub(super) api_audiences: &'a [String],
    /// The audiences that somebody asks for; those of the API server in requests, nothing where it has none.
    pub(super) audiences: Option<&'a [String]>,
    pub(super) objects: &'a dyn Objects,
    pub(super) features: &'a Features,
    pub(super) now: i64,
}
