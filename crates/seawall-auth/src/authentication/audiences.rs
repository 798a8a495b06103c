//! Audiences (`pkg/authentication/authenticator/audiences.go`, `audagnostic.go`).

use super::Verdict;

/// Those of `wanted` that `held` has, in the order of `wanted`.
pub(super) fn intersect(held: &[String], wanted: &[String]) -> Vec<String> {
    wanted.iter().filter(|audience| held.contains(audience)).cloned().collect()
}

/// An authenticator whose credentials have no audiences: they are good for those of the API server alone.
pub(super) fn agnostic(
    implicit: &[String],
    wanted: Option<&[String]>,
    authenticate: impl FnOnce() -> Verdict,
) -> Verdict {
    let Some(wanted) = wanted else { return authenticate() };
    let audiences = intersect(implicit, wanted);
    if audiences.is_empty() {
        return Verdict::Abstained;
    }
    match authenticate() {
        Verdict::Authenticated(mut identity) => {
            identity.audiences = audiences;
            Verdict::Authenticated(identity)
        }
        other => other,
    }
}
