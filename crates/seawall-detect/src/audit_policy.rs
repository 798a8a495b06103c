//! Audit policies as kube-apiserver reads and applies them.
//!
//! Upstream: `k8s.io/apiserver/pkg/audit/policy/{reader,checker}.go` and `pkg/apis/audit/validation`. The first
//! matching rule decides; without one nothing is logged. Rules see the user before impersonation.

mod analysis;
mod coverage;
mod load;
mod matching;
mod sensitive;

#[cfg(test)]
mod tests;

pub use analysis::{Leak, Reached};
pub use coverage::Shadow;
pub use load::{Loaded, load};
pub use matching::{Attributes, Target, Verdict};
pub use sensitive::{Concern, SENSITIVE, Sensitive};

use seawall_model::At;

/// A policy that the API server accepts.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// The object.
    pub at: At<'a>,
    /// The rules, in order.
    pub rules: Vec<Rule<'a>>,
    /// Stages that no request is logged at.
    pub omit_stages: Stages,
    /// Whether `metadata.managedFields` are left out of bodies.
    pub omit_managed_fields: bool,
}

/// One rule. Empty lists match everything.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    /// Its place.
    pub at: At<'a>,
    /// How much is logged.
    pub level: Level,
    /// User names.
    pub users: Vec<&'a str>,
    /// Groups, one of which the user must have.
    pub user_groups: Vec<&'a str>,
    /// Verbs.
    pub verbs: Vec<&'a str>,
    /// Resources: with any of these or `namespaces`, only resource requests match.
    pub resources: Vec<GroupResources<'a>>,
    /// Namespaces; `""` is requests without one: cluster-scoped objects and lists over all namespaces.
    pub namespaces: Vec<&'a str>,
    /// Paths of requests that are not for resources.
    pub non_resource_urls: Vec<&'a str>,
    /// Stages that are left out for this rule, beside the policy's.
    pub omit_stages: Stages,
    /// Overrides the policy's.
    pub omit_managed_fields: Option<bool>,
}

/// Resources of one API group.
#[derive(Clone, Debug)]
pub struct GroupResources<'a> {
    /// Its place.
    pub at: At<'a>,
    /// The group, `""` for core; `*` for all, since 1.36.
    pub group: &'a str,
    /// `pods`, `pods/log`, `pods/*` (pods and their subresources), `*/scale`, `*`. Empty: all.
    pub resources: Vec<&'a str>,
    /// Names of objects; a request for a list or a creation has none.
    pub resource_names: Vec<&'a str>,
}

/// How much of a request is logged.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nothing.
    None,
    /// Who did what when.
    Metadata,
    /// And the body of the request.
    Request,
    /// And the body of the answer.
    RequestResponse,
}

impl Level {
    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "None" => Self::None,
            "Metadata" => Self::Metadata,
            "Request" => Self::Request,
            "RequestResponse" => Self::RequestResponse,
            _ => return None,
        })
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Metadata => "Metadata",
            Self::Request => "Request",
            Self::RequestResponse => "RequestResponse",
        }
    }
}

/// The names of the stages, in the order of time.
pub const STAGES: [&str; 4] = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

/// A set of stages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stages(u8);

impl Stages {
    /// The set with the stage of this name added; unknown names change nothing.
    pub fn with(self, name: &str) -> Self {
        STAGES.iter().position(|stage| *stage == name).map_or(self, |bit| Self(self.0 | 1 << bit))
    }

    /// Both sets together.
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the stage is in it.
    pub fn contains(self, name: &str) -> bool {
        STAGES.iter().position(|stage| *stage == name).is_some_and(|bit| self.0 & 1 << bit != 0)
    }

    /// The names in it, in the order of time.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        STAGES.into_iter().filter(move |stage| self.contains(stage))
    }
}
