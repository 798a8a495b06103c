//! The chain of authenticators (`k8s.io/kubernetes/pkg/kubeapiserver/authenticator/config.go`).

use super::audiences::agnostic;
use super::certificate::{self, Authorities, Certificate};
use super::front_proxy::FrontProxy;
use super::issuer::IssuerAuthenticator;
use super::objects::Objects;
use super::request::{self, CredentialRequest, Headers};
use super::service_account::{ServiceAccountTokens, TokenRequest};
use super::token_file::TokenFile;
use super::{Evidence, Features, Identity, Verdict, bootstrap};
use crate::user::User;

const INVALID_TOKEN: &str = "invalid bearer token";

/// A part of the configuration.
#[derive(Clone, Debug, Default)]
pub enum Part<T> {
    /// It is not configured.
    #[default]
    Absent,
    /// It is this.
    Known(T),
    /// It may be configured, or is by something that is not at hand; says what.
    Unknown(String),
}

impl<T> Part<T> {
    fn ask(&self, authenticate: impl FnOnce(&T) -> Verdict) -> Verdict {
        match self {
            Self::Absent => Verdict::Abstained,
            Self::Known(part) => authenticate(part),
            Self::Unknown(reason) => Verdict::unknown(reason.as_str()),
        }
    }
}

/// What becomes of requests without credentials.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AnonymousRequests {
    /// They are refused.
    Refused,
    /// They become `system:anonymous`.
    Allowed,
    /// They become `system:anonymous` for exactly these paths.
    AllowedFor(Vec<String>),
    /// It cannot be known; says what would decide.
    Unknown(String),
}

/// The authenticators of an API server, in upstream's order.
#[derive(Clone, Debug)]
pub struct Authenticators {
    /// What the version and its gates change.
    pub features: Features,
    /// `--api-audiences`, by default the service account issuers.
    pub api_audiences: Vec<String>,
    /// `--requestheader-*`.
    pub front_proxy: Part<FrontProxy>,
    /// `--client-ca-file`.
    pub client_authorities: Part<Authorities>,
    /// `--token-auth-file`.
    pub token_file: Part<TokenFile>,
    /// `--service-account-key-file` and its like.
    pub service_accounts: Part<ServiceAccountTokens>,
    /// `--enable-bootstrap-token-auth`.
    pub bootstrap_tokens: Part<()>,
    /// `--authentication-config` or `--oidc-*`, in order.
    pub issuers: Part<Vec<IssuerAuthenticator>>,
    /// `--authentication-token-webhook-config-file`: somebody else answers.
    pub token_webhook: bool,
    /// `--anonymous-auth`, or what the configuration file says.
    pub anonymous: AnonymousRequests,
}

impl Authenticators {
    /// No authenticator at all and anonymous requests refused, with a version's defaults.
    pub fn none(features: Features) -> Self {
        Self {
            features,
            api_audiences: Vec::new(),
            front_proxy: Part::Absent,
            client_authorities: Part::Absent,
            token_file: Part::Absent,
            service_accounts: Part::Absent,
            bootstrap_tokens: Part::Absent,
            issuers: Part::Absent,
            token_webhook: false,
            anonymous: AnonymousRequests::Refused,
        }
    }

    /// Who sends a request at `now` (seconds since 1970-01-01T00:00:00Z), implied groups included.
    pub fn request(&self, request: &CredentialRequest<'_>, objects: &dyn Objects, now: i64) -> Verdict {
        let audiences = Some(self.api_audiences.as_slice()).filter(|audiences| !audiences.is_empty());
        self.request_for(request, audiences, objects, now)
    }

    /// What a client certificate alone gives; `chain` is the leaf and what the client sends with it.
    pub fn certificate(&self, chain: &[Certificate], objects: &dyn Objects, now: i64) -> Verdict {
        let request = CredentialRequest { certificates: chain, headers: Headers::new(&[]), path: Some("/") };
        let audiences = Some(self.api_audiences.as_slice()).filter(|audiences| !audiences.is_empty());
        with_group(self.chain(&request, audiences, objects, now))
    }

    /// What a bearer token alone gives in a request; `audiences` other than those of the API server are asked for
    /// by TokenReviews. Implied groups are included.
    pub fn token(&self, token: &str, audiences: &[String], objects: &dyn Objects, now: i64) -> Verdict {
        let header = format!("Bearer {token}");
        let headers = [("Authorization", header.as_str())];
        let request = CredentialRequest { certificates: &[], headers: Headers::new(&headers), path: None };
        let audiences = if audiences.is_empty() { self.api_audiences.as_slice() } else { audiences };
        let audiences = Some(audiences).filter(|audiences| !audiences.is_empty());
        self.request_for(&request, audiences, objects, now)
    }

    fn request_for(
        &self,
        request: &CredentialRequest<'_>,
        audiences: Option<&[String]>,
        objects: &dyn Objects,
        now: i64,
    ) -> Verdict {
        // In front of everything stands the token that the server made for itself; it refuses all others.
        let own = match request::bearer_token(request.headers.first("Authorization")) {
            Some(_) => Verdict::failed(INVALID_TOKEN),
            None => Verdict::Abstained,
        };
        let configured = with_group(self.chain(request, audiences, objects, now));
        let configured = match configured {
            Verdict::Abstained => self.anonymous(request, audiences),
            other => other,
        };
        match (own, configured) {
            (Verdict::Failed(mut own), Verdict::Failed(more)) => {
                own.extend(more);
                Verdict::Failed(own)
            }
            (own @ Verdict::Failed(_), Verdict::Abstained) => own,
            (_, configured) => configured,
        }
    }

    fn chain(
        &self,
        request: &CredentialRequest<'_>,
        audiences: Option<&[String]>,
        objects: &dyn Objects,
        now: i64,
    ) -> Verdict {
        let (implicit, features) = (self.api_audiences.as_slice(), &self.features);
        let (chain, headers) = (request.certificates, request.headers);
        let front_proxy = || {
            agnostic(implicit, audiences, || {
                self.front_proxy.ask(|proxy| proxy.authenticate(chain, &headers, features, now))
            })
        };
        let x509 =
            || self.client_authorities.ask(|bundle| certificate::authenticate(chain, bundle, features, now));
        // Without a certificate the two have nothing to look at, whatever their configuration is.
        let by_certificate =
            if chain.is_empty() { Verdict::Abstained } else { Verdict::union([front_proxy(), x509()]) };
        let question = TokenRequest { api_audiences: implicit, audiences, objects, features, now };
        let bearer = request::bearer_token(headers.first("Authorization"));
        let bearer = bearer.map_or(Verdict::Abstained, |token| self.bearer(token, &question));
        let protocol = match request::websocket_token(headers) {
            Ok(token) => token.map_or(Verdict::Abstained, |token| self.bearer(&token, &question)),
            Err(error) => Verdict::failed(error),
        };
        Verdict::union([by_certificate, bearer, protocol])
    }

    /// A token that nobody knows is an error, not another user.
    fn bearer(&self, token: &str, question: &TokenRequest<'_>) -> Verdict {
        if !self.has_token_authenticators() {
            return Verdict::Abstained;
        }
        match self.tokens(token, question) {
            Verdict::Abstained => Verdict::failed(INVALID_TOKEN),
            other => other,
        }
    }

    fn has_token_authenticators(&self) -> bool {
        self.token_webhook
            || !matches!(self.token_file, Part::Absent)
            || !matches!(self.service_accounts, Part::Absent)
            || !matches!(self.bootstrap_tokens, Part::Absent)
            || !matches!(self.issuers, Part::Absent)
    }

    fn tokens(&self, token: &str, question: &TokenRequest<'_>) -> Verdict {
        let TokenRequest { api_audiences, audiences, objects, now, .. } = *question;
        let agnostic = |authenticate: &dyn Fn() -> Verdict| agnostic(api_audiences, audiences, authenticate);
        let parts: [&dyn Fn() -> Verdict; 6] = [
            &|| agnostic(&|| self.token_file.ask(|file| file.authenticate(token))),
            &|| self.service_accounts.ask(|accounts| accounts.legacy(token, question)),
            &|| self.service_accounts.ask(|accounts| accounts.bound(token, question)),
            &|| agnostic(&|| self.bootstrap_tokens.ask(|()| bootstrap::authenticate(token, objects, now))),
            &|| {
                agnostic(&|| {
                    self.issuers.ask(|issuers| {
                        let verdicts = issuers.iter().map(|issuer| issuer.authenticate(token, question));
                        Verdict::union_fail_on_error(verdicts)
                    })
                })
            },
            &|| {
                if self.token_webhook {
                    Verdict::unknown("a webhook authenticates tokens")
                } else {
                    Verdict::Abstained
                }
            },
        ];
        Verdict::union(parts.iter().map(|part| part()))
    }

    fn anonymous(&self, request: &CredentialRequest<'_>, audiences: Option<&[String]>) -> Verdict {
        let allowed = match &self.anonymous {
            AnonymousRequests::Refused => false,
            AnonymousRequests::Allowed => true,
            AnonymousRequests::AllowedFor(paths) => match request.path {
                Some(path) => paths.iter().any(|known| known == path),
                None => {
                    return Verdict::unknown("a review without a path, where paths decide: the server fails");
                }
            },
            AnonymousRequests::Unknown(reason) => return Verdict::unknown(reason.as_str()),
        };
        if !allowed {
            return Verdict::Abstained;
        }
        Verdict::authenticated(Identity {
            user: User::anonymous(),
            audiences: audiences.unwrap_or_default().to_vec(),
            expires: None,
            evidence: vec![Evidence::new("anonymous", "the request carries no credential")],
        })
    }
}

/// `AuthenticatedGroupAdder` around the chain.
fn with_group(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Authenticated(mut identity) => {
            identity.user.add_authenticated_group();
            Verdict::Authenticated(identity)
        }
        other => other,
    }
}
