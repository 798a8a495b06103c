//! Authorizers and their chain (upstream: `k8s.io/apiserver/pkg/authorization`).

mod chain;
mod conditions;
mod configured;
mod forbidden;
pub mod review;

#[cfg(test)]
mod tests;

pub use chain::{Chain, ChainAnswer, Conditions, Engine, Evaluate, Link, Webhook};
pub use conditions::MatchConditions;
pub use configured::Engines;
pub use forbidden::forbidden;
pub(crate) use forbidden::resource_and_name;

/// What an authorizer says about a request.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Decision {
    /// The request may go on.
    Allow,
    /// The request is refused, whatever others say.
    Deny,
    /// Others may decide; if nobody does, the request is refused.
    NoOpinion,
    /// It depends on something that is not known here. Never a pass.
    Unknown,
}

/// An authorizer's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// What it decides.
    pub decision: Decision,
    /// The reason in upstream's words; `""` if there is none.
    pub reason: String,
    /// What could not be decided, for [`Decision::Unknown`].
    pub unknown: Option<String>,
    /// An error beside the decision. Unless the request is allowed the API server answers 500 then, not 403.
    pub error: Option<String>,
}

impl Answer {
    /// Allowed, without a reason.
    pub fn allow() -> Self {
        Self { decision: Decision::Allow, reason: String::new(), unknown: None, error: None }
    }

    /// No opinion, for this reason.
    pub fn no_opinion(reason: impl Into<String>) -> Self {
        Self { decision: Decision::NoOpinion, reason: reason.into(), ..Self::allow() }
    }

    /// Unknown: what decides it.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self { decision: Decision::Unknown, unknown: Some(what.into()), ..Self::allow() }
    }
}
