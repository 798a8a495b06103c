//! Certificate signing requests: what they ask for, and what became of them.

use seawall_auth::authentication::CertificateRequest;
use seawall_model::decode::base64;
use seawall_model::{At, Object};
use std::sync::Arc;

/// What became of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    /// Nobody has decided.
    Pending,
    /// A certificate was or will be issued.
    Approved,
    /// Nothing will come of it.
    Closed,
}

impl State {
    /// For messages.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Pending => "waits for approval",
            Self::Approved => "was approved",
            Self::Closed => "was denied",
        }
    }
}

/// The state of a CertificateSigningRequest (`pkg/apis/certificates/helpers.go`: a denial wins over an approval).
pub(crate) fn state(request: &Arc<Object>) -> State {
    let is = |kind: &str| {
        let mut conditions = request.at().get("status.conditions").items();
        conditions.any(|one| {
            // Requests of v1beta1 have no status in their conditions.
            one.key("type").str() == Some(kind)
                && one.key("status").str().is_none_or(|status| status == "True")
        })
    };
    match (is("Denied") || is("Failed"), is("Approved")) {
        (true, _) => State::Closed,
        (_, true) => State::Approved,
        _ => State::Pending,
    }
}

/// What it asks for, with the place; `None` if that cannot be read: the API server refuses such requests.
pub(crate) fn asked(request: &Arc<Object>) -> Option<(At<'_>, CertificateRequest)> {
    let at = request.at().get("spec.request");
    let text = String::from_utf8(base64(at.str()?)?).ok()?;
    Some((at, CertificateRequest::of_pem(&text)?))
}
