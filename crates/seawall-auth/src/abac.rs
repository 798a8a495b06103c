//! The ABAC policy file (upstream: `k8s.io/kubernetes/pkg/auth/authorizer/abac`, `pkg/apis/abac`).

mod load;

#[cfg(test)]
mod tests;

pub use load::{PolicyError, load};

use crate::authorizer::Answer;
use crate::rbac::{Subject, url_matches};
use crate::{Attributes, Request};

/// A policy of the file, in the form of `v1beta1`.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Policy {
    /// The line in the file, from 1.
    pub line: usize,
    /// The user; `*` is everybody, `""` says nothing.
    pub user: String,
    /// The group; `*` is everybody, `""` says nothing.
    pub group: String,
    /// Whether it allows reading only.
    pub readonly: bool,
    /// API group, or `*`.
    pub api_group: String,
    /// Resource without subresource, or `*`.
    pub resource: String,
    /// Namespace, or `*`; `""` is cluster-scoped requests and requests over all namespaces.
    pub namespace: String,
    /// A path, a path with `*` at its end, or `*`.
    pub non_resource_path: String,
}

/// All policies in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Policies(pub Vec<Policy>);

impl Policies {
    /// The first policy that allows the request.
    pub fn find(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> Option<&Policy> {
        self.0.iter().find(|policy| policy.matches(who, attributes))
    }

    /// The answer: Allow without a reason, or no opinion.
    pub fn authorize(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> Answer {
        match self.find(who, attributes) {
            Some(_) => Answer::allow(),
            None => Answer::no_opinion("No policy matched."),
        }
    }
}

impl Policy {
    fn matches(&self, who: Subject<'_>, attributes: &Attributes<'_>) -> bool {
        let reads = matches!(attributes.verb, "get" | "list" | "watch");
        self.means(who)
            && (reads || !self.readonly)
            && match attributes.request {
                Request::Resource { group, resource, namespace, .. } => {
                    let is = |own: &str, asked: &str| own == "*" || own == asked;
                    is(&self.namespace, namespace)
                        && is(&self.resource, resource)
                        && is(&self.api_group, group)
                }
                Request::Path(path) => url_matches(&self.non_resource_path, path),
            }
    }

    /// Both must match where both are said, and one must be said.
    fn means(&self, who: Subject<'_>) -> bool {
        let user = self.user.is_empty() || self.user == "*" || self.user == who.user;
        let group = self.group.is_empty() || self.group == "*" || who.groups.contains(&self.group.as_str());
        user && group && !(self.user.is_empty() && self.group.is_empty())
    }
}
