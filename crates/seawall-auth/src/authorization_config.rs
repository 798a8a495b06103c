//! AuthorizationConfiguration: which authorizers are asked, in which order, and what happens when one fails.
//!
//! Upstream: `k8s.io/apiserver/pkg/apis/apiserver/{load,validation}` and `LoadAndValidateData` of
//! `k8s.io/kubernetes/pkg/kubeapiserver/authorizer/config.go`. CEL expressions are not compiled here; whether the
//! kubeconfig of a webhook exists is not looked up: [`Loaded::undecided`] lists both.

mod load;

#[cfg(test)]
mod tests;

pub use load::load;

use seawall_model::At;
use seawall_model::decode::{GoDuration, Refusal};

/// A configuration that the API server accepts if its CEL expressions compile and its files exist.
#[derive(Clone, Debug)]
pub struct Loaded<'a> {
    /// The configuration.
    pub configuration: AuthorizationConfiguration<'a>,
    /// Places that decide about acceptance and are not decided here, with the reason.
    pub undecided: Vec<Refusal<'a>>,
}

/// The configuration.
#[derive(Clone, Debug)]
pub struct AuthorizationConfiguration<'a> {
    /// The object.
    pub at: At<'a>,
    /// The authorizers in the order they are asked: the first to allow or deny decides, else the request is denied.
    pub authorizers: Vec<Authorizer<'a>>,
}

/// One element of `authorizers`.
#[derive(Clone, Debug)]
pub struct Authorizer<'a> {
    /// Its place.
    pub at: At<'a>,
    /// What it is.
    pub sort: Sort,
    /// Its name.
    pub name: &'a str,
    /// Set for webhooks.
    pub webhook: Option<Webhook<'a>>,
}

/// The sorts of authorizers (`modes.AuthorizationModeChoices`).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[allow(missing_docs)] // named as upstream
pub enum Sort {
    AlwaysAllow,
    AlwaysDeny,
    ABAC,
    Webhook,
    RBAC,
    Node,
}

impl Sort {
    /// Reads `type`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "AlwaysAllow" => Self::AlwaysAllow,
            "AlwaysDeny" => Self::AlwaysDeny,
            "ABAC" => Self::ABAC,
            "Webhook" => Self::Webhook,
            "RBAC" => Self::RBAC,
            "Node" => Self::Node,
            _ => return None,
        })
    }

    /// `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AlwaysAllow => "AlwaysAllow",
            Self::AlwaysDeny => "AlwaysDeny",
            Self::ABAC => "ABAC",
            Self::Webhook => "Webhook",
            Self::RBAC => "RBAC",
            Self::Node => "Node",
        }
    }

    /// Whether it answers every request, so that nothing behind it is asked. `AlwaysDeny` does not: in spite of its
    /// name it has no opinion on anything (`k8s.io/apiserver/pkg/authorization/authorizerfactory/builtin.go`).
    pub fn answers_all(self) -> bool {
        self == Self::AlwaysAllow
    }
}

/// A webhook that authorizes.
#[derive(Clone, Debug)]
pub struct Webhook<'a> {
    /// Its place.
    pub at: At<'a>,
    /// How long it may take.
    pub timeout: GoDuration,
    /// How long its "allowed" is kept; 5 minutes unless set.
    pub authorized_ttl: GoDuration,
    /// How long its "denied" and "no opinion" are kept; 30 seconds unless set.
    pub unauthorized_ttl: GoDuration,
    /// Whether "allowed" is kept at all.
    pub cache_authorized: bool,
    /// Whether anything else is kept at all.
    pub cache_unauthorized: bool,
    /// Whether a failure denies the request (`Deny`) or leaves it to the next authorizer (`NoOpinion`).
    pub failure_denies: bool,
    /// The kubeconfig; `None`: the cluster's own API.
    pub kubeconfig: Option<&'a str>,
    /// CEL conditions that must all hold for the webhook to be asked.
    pub match_conditions: Vec<At<'a>>,
}

impl<'a> AuthorizationConfiguration<'a> {
    /// Authorizers that are never asked, with the one before them that answers everything.
    pub fn unreachable(&self) -> Option<(&Authorizer<'a>, &[Authorizer<'a>])> {
        let at = self.authorizers.iter().position(|authorizer| authorizer.sort.answers_all())?;
        let behind = self.authorizers.get(at + 1..)?;
        (!behind.is_empty()).then_some((self.authorizers.get(at)?, behind))
    }

    /// The index of the first authorizer of a sort that is ever asked.
    pub fn asked(&self, sort: Sort) -> Option<usize> {
        let end = self.authorizers.iter().position(|authorizer| authorizer.sort.answers_all());
        let found = self.authorizers.iter().position(|authorizer| authorizer.sort == sort)?;
        end.is_none_or(|end| found <= end).then_some(found)
    }
}
