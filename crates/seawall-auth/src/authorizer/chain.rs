//! The chain of authorizers (upstream: `union/union.go`, `authorizerfactory/builtin.go`,
//! `k8s.io/kubernetes/pkg/kubeapiserver/authorizer`).

use super::{Answer, Decision};
use crate::Attributes;
use crate::abac::Policies;
use crate::node::NodeAuthorizer;
use crate::rbac::authorizer::RbacAuthorizer;
use crate::user::{SYSTEM_MASTERS, User};

/// What the match conditions of a webhook say about a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Conditions {
    /// All hold, or there are none: the webhook is asked.
    Match,
    /// One does not hold: the webhook is passed over.
    Skip,
    /// One fails and none is false: the failure policy decides.
    Fail(String),
    /// They cannot be evaluated here.
    Unknown(String),
}

/// Evaluates the match conditions of one webhook.
pub type Evaluate<'a> = Box<dyn Fn(&User, &Attributes<'_>) -> Conditions + Send + Sync + 'a>;

/// A webhook in the chain. What it would answer cannot be known; whether it is asked at all often can.
pub struct Webhook<'a> {
    /// Its match conditions; `None`: it has none.
    pub conditions: Option<Evaluate<'a>>,
    /// Whether a failure denies the request instead of leaving it to the next authorizer.
    pub failure_denies: bool,
}

impl std::fmt::Debug for Webhook<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("failure_denies", &self.failure_denies).finish_non_exhaustive()
    }
}

/// What decides in one place of the chain.
#[derive(Debug)]
pub enum Engine<'a> {
    /// Allows everything.
    AlwaysAllow,
    /// Has no opinion on anything, in spite of its name.
    AlwaysDeny,
    /// The policy file.
    Abac(&'a Policies),
    /// RBAC.
    Rbac(&'a RbacAuthorizer),
    /// The node authorizer.
    Node(&'a NodeAuthorizer),
    /// A webhook.
    Webhook(Webhook<'a>),
    /// An authorizer of which nothing is known; the text says why.
    Unknown(String),
}

/// One authorizer of the chain.
#[derive(Debug)]
pub struct Link<'a> {
    /// Its name in upstream's configuration: the mode in lower case, or a webhook's own.
    pub name: String,
    /// What decides.
    pub engine: Engine<'a>,
}

/// The chain. `system:masters` stands before it and is not part of it.
#[derive(Debug, Default)]
pub struct Chain<'a> {
    /// The authorizers in the order in which they are asked.
    pub links: Vec<Link<'a>>,
    /// Whether the order is an assumption because nothing in the input says it.
    pub assumed: bool,
}

/// The answer of a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChainAnswer {
    /// What comes out: the first Allow or Deny, unless something unknown stands before it that could change it.
    pub answer: Answer,
    /// Who decided; `None`: `system:masters`, or nobody.
    pub decided_by: Option<usize>,
    /// Whether the group `system:masters` decided.
    pub masters: bool,
    /// The answers of those that were asked, in order.
    pub answers: Vec<Answer>,
}

impl<'a> Chain<'a> {
    /// The usual chain of Node and RBAC, as an assumption.
    pub fn usual(node: &'a NodeAuthorizer, rbac: &'a RbacAuthorizer) -> Self {
        let links = vec![
            Link { name: "node".into(), engine: Engine::Node(node) },
            Link { name: "rbac".into(), engine: Engine::Rbac(rbac) },
        ];
        Self { links, assumed: true }
    }

    /// Asks the chain.
    pub fn authorize(&self, user: &User, attributes: &Attributes<'_>) -> ChainAnswer {
        let mut out =
            ChainAnswer { answer: Answer::allow(), decided_by: None, masters: false, answers: Vec::new() };
        if user.groups.iter().any(|group| group == SYSTEM_MASTERS) {
            out.masters = true;
            return out;
        }
        let groups = user.group_names();
        let (mut reasons, mut errors): (Vec<String>, Vec<String>) = Default::default();
        // What the unknown ones could have said, and why they are unknown.
        let (mut may_deny, mut unknown) = (false, Vec::new());
        for (number, link) in self.links.iter().enumerate() {
            let answer = link.engine.authorize(user, &groups, attributes);
            out.answers.push(answer.clone());
            match answer.decision {
                Decision::Allow | Decision::Deny => {
                    // An authorizer before it could only have come to the same.
                    let certain = unknown.is_empty() || answer.decision == Decision::Allow && !may_deny;
                    out.decided_by = Some(number);
                    out.answer = if certain { answer } else { Answer::unknown(unknown.join("; ")) };
                    return out;
                }
                Decision::NoOpinion => {}
                Decision::Unknown => {
                    may_deny |= link.engine.may_deny();
                    unknown.extend(answer.unknown.map(|what| format!("{}: {what}", link.name)));
                }
            }
            reasons.extend(Some(answer.reason).filter(|reason| !reason.is_empty()));
            errors.extend(answer.error);
        }
        out.answer = if unknown.is_empty() {
            Answer::no_opinion(reasons.join("\n"))
        } else {
            Answer { reason: reasons.join("\n"), ..Answer::unknown(unknown.join("; ")) }
        };
        out.answer.error = match errors.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            several => Some(format!("[{}]", several.join(", "))),
        };
        out
    }

    /// Whether the chain comes to a request with certainty at RBAC's own answer: no other engine stands in it.
    pub fn rbac_only(&self) -> bool {
        self.links.iter().all(|link| matches!(link.engine, Engine::Rbac(_) | Engine::AlwaysDeny))
    }
}

impl Engine<'_> {
    fn authorize(&self, user: &User, groups: &[&str], attributes: &Attributes<'_>) -> Answer {
        match self {
            Self::AlwaysAllow => Answer::allow(),
            Self::AlwaysDeny => Answer::no_opinion("Everything is forbidden."),
            Self::Abac(policies) => policies.authorize(user.subject(groups), attributes),
            Self::Rbac(rbac) => rbac.authorize(user.subject(groups), attributes),
            Self::Node(node) => node.authorize(user.subject(groups), attributes),
            Self::Webhook(webhook) => webhook.authorize(user, attributes),
            Self::Unknown(why) => Answer::unknown(why.clone()),
        }
    }

    /// Whether it ever denies. RBAC, Node and ABAC only allow or have no opinion.
    fn may_deny(&self) -> bool {
        matches!(self, Self::Webhook(_) | Self::Unknown(_))
    }
}

impl Webhook<'_> {
    fn authorize(&self, user: &User, attributes: &Attributes<'_>) -> Answer {
        let conditions =
            self.conditions.as_ref().map_or(Conditions::Match, |conditions| conditions(user, attributes));
        match conditions {
            Conditions::Skip => Answer::no_opinion(""),
            Conditions::Fail(error) => {
                let decision = if self.failure_denies { Decision::Deny } else { Decision::NoOpinion };
                Answer { decision, error: Some(error), ..Answer::allow() }
            }
            Conditions::Match => Answer::unknown("what the webhook answers"),
            Conditions::Unknown(what) => Answer::unknown(what),
        }
    }
}
