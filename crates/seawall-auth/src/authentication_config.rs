//! AuthenticationConfiguration: who may prove an identity with a token, and which names can come out of it.
//!
//! Upstream: `k8s.io/apiserver/pkg/apis/apiserver/{load,validation}`, `plugin/pkg/authenticator/token/oidc` and
//! `k8s.io/kubernetes/pkg/kubeapiserver/options/authentication.go`.

mod certificate;
mod load;
mod names;
mod validate;

#[cfg(test)]
mod tests;

pub use load::{Options, load};
pub use names::SystemNames;

use seawall_model::At;

/// A configuration that the API server accepts.
#[derive(Clone, Debug)]
pub struct Loaded<'a> {
    /// The configuration.
    pub configuration: AuthenticationConfiguration<'a>,
    /// Places that decide about acceptance and are not decided here, with the reason.
    pub undecided: Vec<seawall_model::decode::Refusal<'a>>,
}

/// The configuration.
#[derive(Clone, Debug)]
pub struct AuthenticationConfiguration<'a> {
    /// The object.
    pub at: At<'a>,
    /// The token issuers.
    pub issuers: Vec<Issuer<'a>>,
    /// `anonymous`; `None`: the flag `--anonymous-auth` decides (true unless set).
    pub anonymous: Option<Anonymous<'a>>,
}

/// Whether requests without credentials are let in.
#[derive(Clone, Debug)]
pub struct Anonymous<'a> {
    /// Its place.
    pub at: At<'a>,
    /// Whether they are.
    pub enabled: bool,
    /// The only paths they may ask for; empty: all.
    pub paths: Vec<&'a str>,
}

/// One element of `jwt`.
#[derive(Clone, Debug)]
pub struct Issuer<'a> {
    /// Its place.
    pub at: At<'a>,
    /// `issuer.url`.
    pub url: &'a str,
    /// Where keys are found instead of below `url`.
    pub discovery_url: Option<&'a str>,
    /// Whom tokens must be for; one match is enough.
    pub audiences: Vec<&'a str>,
    /// Conditions on claims.
    pub claim_rules: Vec<ClaimRule<'a>>,
    /// Conditions on the resulting user, in CEL.
    pub user_rules: Vec<&'a str>,
    /// Where the user name comes from.
    pub username: Mapping<'a>,
    /// Where the groups come from.
    pub groups: Mapping<'a>,
    /// Where the UID comes from.
    pub uid: Mapping<'a>,
    /// Keys of extra attributes.
    pub extra: Vec<&'a str>,
}

/// A condition on a claim.
#[derive(Clone, Copy, Debug)]
pub enum ClaimRule<'a> {
    /// The claim must be there and equal the value.
    Equals {
        /// Name of the claim.
        claim: &'a str,
        /// Its value.
        value: &'a str,
    },
    /// A CEL expression must be true.
    Expression(&'a str),
}

/// Where a part of the identity comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mapping<'a> {
    /// It is not set.
    Nothing,
    /// From a claim, with a prefix before it.
    Claim {
        /// Name of the claim.
        claim: &'a str,
        /// Taken literally here: `-` switches prefixes off in flags only.
        prefix: &'a str,
    },
    /// From a CEL expression.
    Expression(&'a str),
}
