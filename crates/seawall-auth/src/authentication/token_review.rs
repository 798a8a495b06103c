//! The answer of the TokenReview API (`pkg/registry/authentication/tokenreview/storage.go`).

use super::{Authenticators, Expiry, Objects, Verdict};
use crate::user::User;

/// The status of a TokenReview, and what seawall knows beside it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TokenReviewStatus {
    /// Whether the token is good; `None` where that cannot be decided.
    pub authenticated: Option<bool>,
    /// Whose it is.
    pub user: Option<User>,
    /// For which audiences.
    pub audiences: Vec<String>,
    /// Upstream's error.
    pub error: String,
    /// When it ends.
    pub expires: Option<Expiry>,
    /// Why it cannot be decided.
    pub unknown: Vec<String>,
}

impl From<Verdict> for TokenReviewStatus {
    fn from(verdict: Verdict) -> Self {
        let error = verdict.error();
        match verdict {
            Verdict::Authenticated(identity) => Self {
                authenticated: Some(true),
                user: Some(identity.user),
                audiences: identity.audiences,
                expires: identity.expires,
                ..Self::default()
            },
            Verdict::Abstained | Verdict::Failed(_) => {
                Self { authenticated: Some(false), error, ..Self::default() }
            }
            Verdict::Unknown(unknown) => Self { unknown, ..Self::default() },
        }
    }
}

impl Authenticators {
    /// Answers a TokenReview. `audiences` is `spec.audiences`; empty: those of the API server.
    ///
    /// # Errors
    /// Where the API server answers 400.
    pub fn token_review(
        &self,
        token: &str,
        audiences: &[String],
        objects: &dyn Objects,
        now: i64,
    ) -> Result<TokenReviewStatus, &'static str> {
        if token.is_empty() {
            return Err("token is required for TokenReview in authentication");
        }
        Ok(self.token(token, audiences, objects, now).into())
    }
}
