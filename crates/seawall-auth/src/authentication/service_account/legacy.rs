//! Tokens in Secrets of type `kubernetes.io/service-account-token` (`legacy.go`).

use super::super::json::Json;
use super::super::jwt::{self, Decoder};
use super::super::objects::{Lookup, deleted_at, described, is_left_out, secret_value, uid};
use super::super::{Evidence, Identity, Verdict};
use super::{Context, Private};
use crate::user::{User, split_service_account};
use seawall_model::WellKnown;

pub(super) const ISSUER: &str = "kubernetes/serviceaccount";
const INVALID_SINCE: &str = "kubernetes.io/legacy-token-invalid-since";

/// The private claims of a token that is looked up.
#[derive(Default)]
pub(super) struct Claims {
    namespace: String,
    secret: String,
    name: String,
    uid: String,
}

/// The same with `--service-account-lookup=false`.
pub(super) struct NotLookedUp(Claims);

impl Private for Claims {
    fn decode(payload: &Json) -> Result<Self, String> {
        let mut claims = Self::default();
        let mut decoder = Decoder::default();
        decoder.object(payload, "serviceaccount.legacyPrivateClaims", |decoder, key, value| {
            match key.strip_prefix("kubernetes.io/serviceaccount/").unwrap_or("") {
                "service-account.name" => decoder.string(value, &mut claims.name),
                "service-account.uid" => decoder.string(value, &mut claims.uid),
                "secret.name" => decoder.string(value, &mut claims.secret),
                "namespace" => decoder.string(value, &mut claims.namespace),
                _ => {}
            }
            Ok(())
        })?;
        decoder.finish(claims)
    }

    fn validate(self, public: &jwt::Claims, context: &Context<'_>) -> Result<Identity, Verdict> {
        self.check_claims(public).map_err(Verdict::failed)?;
        self.look_up(context)?;
        let text = format!(
            "signed by a service account key; {} holds the token",
            described(WellKnown::Secret, &self.namespace, &self.secret)
        );
        Ok(self.identity(text))
    }
}

impl Private for NotLookedUp {
    fn decode(payload: &Json) -> Result<Self, String> {
        Claims::decode(payload).map(Self)
    }

    fn validate(self, public: &jwt::Claims, _: &Context<'_>) -> Result<Identity, Verdict> {
        self.0.check_claims(public).map_err(Verdict::failed)?;
        Ok(self.0.identity("signed by a service account key; nothing is looked up".to_owned()))
    }
}

impl Claims {
    fn check_claims(&self, public: &jwt::Claims) -> Result<(), &'static str> {
        for (claim, error) in [
            (&public.subject, "sub claim is missing"),
            (&self.namespace, "namespace claim is missing"),
            (&self.secret, "secretName claim is missing"),
            (&self.name, "serviceAccountName claim is missing"),
            (&self.uid, "serviceAccountUID claim is missing"),
        ] {
            if claim.is_empty() {
                return Err(error);
            }
        }
        let subject = split_service_account(&public.subject);
        if subject == Some((&self.namespace, &self.name)) { Ok(()) } else { Err("sub claim is invalid") }
    }

    fn look_up(&self, context: &Context<'_>) -> Result<(), Verdict> {
        const INVALIDATED: &str = "Token has been invalidated";
        let Self { namespace, name, .. } = self;
        let secret = match context.objects.find(WellKnown::Secret, namespace, &self.secret) {
            Lookup::Found(secret) => secret,
            Lookup::Absent => return Err(Verdict::failed(INVALIDATED)),
            Lookup::Unknown(reason) => return Err(Verdict::unknown(reason)),
        };
        if deleted_at(secret).is_some() {
            return Err(Verdict::failed(INVALIDATED));
        }
        if is_left_out(secret, "token") {
            let what = described(WellKnown::Secret, namespace, &self.secret);
            let reason = format!("the values of {what} were not kept when the cluster was read");
            return Err(Verdict::unknown(reason));
        }
        // A manifest without the token is filled by a controller, with a token that is not known.
        let Some(stored) = secret_value(secret, "token") else {
            let what = described(WellKnown::Secret, namespace, &self.secret);
            return Err(if uid(secret).is_some() {
                Verdict::failed("Token does not match server's copy")
            } else {
                Verdict::unknown(format!("{what} does not say its token"))
            });
        };
        if stored != context.token.as_bytes() {
            return Err(Verdict::failed("Token does not match server's copy"));
        }
        let account = match context.objects.find(WellKnown::ServiceAccount, namespace, name) {
            Lookup::Found(account) => account,
            Lookup::Absent => return Err(Verdict::failed(super::not_found("serviceaccounts", name))),
            Lookup::Unknown(reason) => return Err(Verdict::unknown(reason)),
        };
        if deleted_at(account).is_some() {
            return Err(Verdict::failed(format!("ServiceAccount {namespace}/{name} has been deleted")));
        }
        let Some(uid) = uid(account) else {
            let what = described(WellKnown::ServiceAccount, namespace, name);
            return Err(Verdict::unknown(format!("{what} does not say its UID")));
        };
        if uid != self.uid {
            let text = format!("ServiceAccount UID ({uid}) does not match claim ({})", self.uid);
            return Err(Verdict::failed(text));
        }
        if secret.label(INVALID_SINCE).is_some_and(|since| !since.is_empty()) {
            return Err(Verdict::failed(format!(
                "the token in secret {namespace}/{} for service account {namespace}/{name} has been marked \
                 invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove \
                 the '{INVALID_SINCE}' label from the secret to temporarily allow use of this token",
                self.secret
            )));
        }
        Ok(())
    }

    fn identity(self, evidence: String) -> Identity {
        Identity {
            user: User { uid: self.uid, ..User::service_account(&self.namespace, &self.name) },
            evidence: vec![Evidence::new("service-account", evidence)],
            ..Identity::default()
        }
    }
}
