//! Whom a binding names.

use seawall_model::{At, Object};
use std::sync::Arc;

/// The API group of roles, bindings, users and groups.
pub const RBAC_GROUP: &str = "rbac.authorization.k8s.io";

/// The kinds of subjects.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum SubjectKind {
    /// A user by name.
    User,
    /// A group by name.
    Group,
    /// A service account by namespace and name.
    ServiceAccount,
    /// Anything else: matches nobody, and the API server refuses it.
    Other,
}

/// Somebody who asks: the user name and every group, implied ones included.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The user name; service accounts are `system:serviceaccount:<namespace>:<name>`.
    pub user: &'a str,
    /// The groups.
    pub groups: &'a [&'a str],
}

/// An element of `subjects` in a binding.
#[derive(Clone, Copy, Debug)]
pub struct SubjectAt<'a> {
    at: At<'a>,
}

/// The subjects of a RoleBinding or ClusterRoleBinding, in order.
pub fn subjects_of(binding: &Arc<Object>) -> impl Iterator<Item = SubjectAt<'_>> {
    binding.at().key("subjects").items().map(|at| SubjectAt { at })
}

impl<'a> SubjectAt<'a> {
    /// The subject's mapping.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Its kind.
    pub fn kind(self) -> SubjectKind {
        match self.at.key("kind").str() {
            Some("User") => SubjectKind::User,
            Some("Group") => SubjectKind::Group,
            Some("ServiceAccount") => SubjectKind::ServiceAccount,
            _ => SubjectKind::Other,
        }
    }

    /// Its name; `""` if it has none.
    pub fn name(self) -> &'a str {
        self.at.key("name").str().unwrap_or("")
    }

    /// The namespace as written.
    pub fn own_namespace(self) -> Option<&'a str> {
        self.at.key("namespace").str().filter(|name| !name.is_empty())
    }

    /// The namespace of a service account: as written, else that of a RoleBinding. `None` in a ClusterRoleBinding
    /// (it matches nobody) and in the unnamed namespace.
    pub fn namespace(self) -> Option<&'a str> {
        self.own_namespace().or_else(|| self.at.object().namespace())
    }

    /// The API group: as written, else by kind, as the API defaults it (`""` for service accounts).
    pub fn api_group(self) -> &'a str {
        let default = match self.kind() {
            SubjectKind::User | SubjectKind::Group => RBAC_GROUP,
            SubjectKind::ServiceAccount | SubjectKind::Other => "",
        };
        self.at.key("apiGroup").str().filter(|group| !group.is_empty()).unwrap_or(default)
    }

    /// The service account it means, as namespace and name: a ServiceAccount, or the user of that name.
    pub fn service_account(self) -> Option<(&'a str, &'a str)> {
        match self.kind() {
            SubjectKind::ServiceAccount => Some((self.namespace()?, self.name())),
            SubjectKind::User => service_account_of(self.name()),
            _ => None,
        }
    }

    /// Whether the subject means `who` (upstream: `rule.go` `appliesToUser`). Kind and name alone decide; `*` is
    /// a name like any other; the API group is not looked at.
    pub fn applies_to(self, who: Subject<'_>) -> bool {
        match self.kind() {
            SubjectKind::User => self.name() == who.user,
            SubjectKind::Group => who.groups.contains(&self.name()),
            SubjectKind::ServiceAccount => {
                // The name is compared as it is, colons included (`serviceaccount.MatchesUsername`).
                let namespace = self.namespace().filter(|namespace| !namespace.is_empty());
                let rest = who.user.strip_prefix("system:serviceaccount:");
                let rest = namespace.and_then(|namespace| rest?.strip_prefix(namespace));
                rest.and_then(|rest| rest.strip_prefix(':')) == Some(self.name())
            }
            SubjectKind::Other => false,
        }
    }
}

/// Namespace and name of `system:serviceaccount:<namespace>:<name>`
/// (upstream: `k8s.io/apiserver/pkg/authentication/serviceaccount/util.go`).
pub fn service_account_of(user: &str) -> Option<(&str, &str)> {
    let rest = user.strip_prefix("system:serviceaccount:")?;
    rest.split_once(':')
        .filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty() && !name.contains(':'))
}
