//! Authorizers and their chain (upstream: `k8s.io/apiserver/pkg/authorization/authorizer`).

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
