//! What an authenticator says, and how several together say it
//! (`pkg/authentication/request/union`, `token/union`, `k8s.io/apimachinery/pkg/util/errors` `NewAggregate`).

use crate::user::User;
use std::collections::HashSet;

/// The answer of one authenticator or of a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The credential is good.
    Authenticated(Box<Identity>),
    /// There is no credential that this authenticator looks at, or it is somebody else's.
    Abstained,
    /// The credential is bad; upstream's texts, one for each authenticator that found it bad.
    Failed(Vec<String>),
    /// It cannot be decided from what is at hand; one text for each thing that is missing.
    Unknown(Vec<String>),
}

/// Who a good credential stands for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Identity {
    /// The user.
    pub user: User,
    /// The audiences for which the credential was taken; empty where there are none.
    pub audiences: Vec<String>,
    /// When it ends; `None`: never by itself.
    pub expires: Option<Expiry>,
    /// Why it was taken: what was checked against what.
    pub evidence: Vec<Evidence>,
}

/// The end of a credential, in seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Expiry {
    /// The time that is written in it.
    pub stated: i64,
    /// The last second in which the API server takes it: tokens have a minute of grace.
    pub last_accepted: i64,
}

/// One thing that was checked, in plain words, with the place in upstream's vocabulary.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Evidence {
    /// Which authenticator: `x509`, `front-proxy`, `token-file`, `service-account`, `bootstrap-token`, `jwt`,
    /// `anonymous`.
    pub authenticator: &'static str,
    /// What was found.
    pub text: String,
}

impl Evidence {
    /// A piece of evidence.
    pub fn new(authenticator: &'static str, text: impl Into<String>) -> Self {
        Self { authenticator, text: text.into() }
    }
}

impl Verdict {
    /// A refusal with one text.
    pub fn failed(text: impl Into<String>) -> Self {
        Self::Failed(vec![text.into()])
    }

    /// Undecided for one reason.
    pub fn unknown(text: impl Into<String>) -> Self {
        Self::Unknown(vec![text.into()])
    }

    /// A good credential.
    pub fn authenticated(identity: Identity) -> Self {
        Self::Authenticated(Box::new(identity))
    }

    /// The identity, if there is one.
    pub fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Authenticated(identity) => Some(identity),
            _ => None,
        }
    }

    /// The error as upstream writes it; `""` when there is none.
    pub fn error(&self) -> String {
        match self {
            Self::Failed(errors) => aggregate(errors),
            _ => String::new(),
        }
    }

    /// The answer of a chain that goes on after an error. Once an authenticator is undecided, no later one can make
    /// the answer certain: the undecided one might have taken the credential for somebody else.
    pub(crate) fn union(verdicts: impl IntoIterator<Item = Self>) -> Self {
        Self::combine(verdicts, false)
    }

    /// The answer of a chain that stops at the first error.
    pub(crate) fn union_fail_on_error(verdicts: impl IntoIterator<Item = Self>) -> Self {
        Self::combine(verdicts, true)
    }

    fn combine(verdicts: impl IntoIterator<Item = Self>, stop: bool) -> Self {
        let (mut errors, mut unknown) = (Vec::new(), Vec::new());
        for verdict in verdicts {
            match verdict {
                Self::Authenticated(identity) if unknown.is_empty() => return Self::Authenticated(identity),
                Self::Authenticated(identity) => {
                    unknown.push(format!("if the others pass, it is `{}`", shown_user(&identity.user)));
                    return Self::Unknown(unknown);
                }
                Self::Abstained => {}
                Self::Failed(more) => {
                    errors.extend(more);
                    if stop {
                        break;
                    }
                }
                Self::Unknown(more) => {
                    unknown.extend(more);
                    if stop {
                        break;
                    }
                }
            }
        }
        if !unknown.is_empty() {
            Self::Unknown(unknown)
        } else if errors.is_empty() {
            Self::Abstained
        } else {
            Self::Failed(errors)
        }
    }
}

fn shown_user(user: &User) -> String {
    seawall_model::decode::shown(&user.name)
}

/// Upstream's `aggregate.Error`: one text as it is, several different ones in brackets.
pub(crate) fn aggregate(errors: &[String]) -> String {
    let mut seen = HashSet::new();
    let different: Vec<&str> =
        errors.iter().map(String::as_str).filter(|&error| seen.insert(error)).collect();
    match different.as_slice() {
        [one] => (*one).to_owned(),
        several => format!("[{}]", several.join(", ")),
    }
}
