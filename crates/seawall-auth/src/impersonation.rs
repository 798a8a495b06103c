//! Acting as somebody else: `Impersonate-*` headers.
//!
//! Upstream: `k8s.io/apiserver/pkg/endpoints/filters/impersonation` (before 1.35 one file of that name). With the
//! gate `ConstrainedImpersonation` (KEP-5284) four narrower modes are tried before the old one.

mod constrained;
mod headers;
mod legacy;

#[cfg(test)]
mod tests;

pub use headers::Wanted;

use crate::authentication::{Features, Headers};
use crate::authorizer::{Answer, Decision, forbidden};
use crate::user::{ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS, User};
use crate::{Attributes, Request};
use seawall_model::Version;

/// Asks the authorizers whether a user may.
pub type Authorize<'a> = dyn FnMut(&User, &Attributes<'_>) -> Answer + 'a;

/// What becomes of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Impersonation {
    /// It has no such headers.
    NotAsked,
    /// It goes on as this user.
    As {
        /// The user.
        user: User,
        /// The verb that allowed it in a constrained mode, such as `impersonate:user-info`; `""` for the old one.
        constraint: String,
    },
    /// 403 with this text.
    Forbidden(String),
    /// The headers make no sense: 400, up to 1.34 500.
    BadRequest(String),
    /// It depends on something that is not known here.
    Unknown(String),
}

/// Judges the headers of a request by `requestor` for what `attributes` say.
pub fn impersonate(
    requestor: &User,
    attributes: &Attributes<'_>,
    headers: Headers<'_>,
    features: &Features,
    authorize: &mut Authorize<'_>,
) -> Impersonation {
    let wanted = Wanted::read(headers);
    if wanted.user.name.is_empty() {
        return match (wanted.is_empty(), features.constrained_impersonation) {
            (true, _) => Impersonation::NotAsked,
            (false, true) => Impersonation::BadRequest(wanted.refusal()),
            (false, false) => Impersonation::BadRequest(legacy::refusal(&wanted)),
        };
    }
    let result = if features.constrained_impersonation {
        constrained::impersonate(requestor, attributes, &wanted, authorize)
    } else {
        legacy::impersonate(features.version, requestor, &wanted, authorize)
    };
    match result {
        Ok((user, constraint)) => Impersonation::As { user, constraint },
        Err(Refusal::Forbidden(text)) => Impersonation::Forbidden(text),
        Err(Refusal::Unknown(what)) => Impersonation::Unknown(what),
    }
}

/// Why somebody may not.
enum Refusal {
    Forbidden(String),
    Unknown(String),
}

impl Refusal {
    /// From an answer that is no clean permission.
    fn of(version: Version, user: &User, attributes: &Attributes<'_>, answer: Answer) -> Self {
        if answer.decision == Decision::Unknown {
            return Self::Unknown(answer.unknown.unwrap_or_default());
        }
        Self::because(version, user, attributes, &answer.reason)
    }

    fn because(version: Version, user: &User, attributes: &Attributes<'_>, reason: &str) -> Self {
        Self::Forbidden(forbidden(version, &user.name, attributes, reason))
    }
}

/// What is asked about one thing to impersonate.
fn question<'a>(verb: &'a str, group: &'a str, resource: &'a str, name: &'a str) -> Attributes<'a> {
    let request = Request::Resource { group, version: "v1", resource, subresource: "", namespace: "", name };
    Attributes { verb, request, selectors: None }
}

/// Adds `system:authenticated`, or `system:unauthenticated` for the anonymous user.
fn add_group(user: &mut User) {
    if user.name != ANONYMOUS {
        let named = |group: &String| group == ALL_AUTHENTICATED || group == ALL_UNAUTHENTICATED;
        if !user.groups.iter().any(named) {
            user.groups.push(ALL_AUTHENTICATED.to_owned());
        }
    } else if !user.groups.iter().any(|group| group == ALL_UNAUTHENTICATED) {
        user.groups.push(ALL_UNAUTHENTICATED.to_owned());
    }
}
