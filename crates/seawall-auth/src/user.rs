//! Who asks: the user that authentication yields and authorization judges.
//!
//! Upstream: `k8s.io/apiserver/pkg/authentication/user`, `serviceaccount/util.go`, `group`.

#[cfg(test)]
mod tests;

use crate::rbac::Subject;
use seawall_model::decode::{dns1123_label, dns1123_subdomain};
use std::collections::BTreeMap;

/// Requests without credentials.
pub const ANONYMOUS: &str = "system:anonymous";
/// The group of requests without credentials.
pub const ALL_UNAUTHENTICATED: &str = "system:unauthenticated";
/// The group of everybody else.
pub const ALL_AUTHENTICATED: &str = "system:authenticated";
/// The group that every authorizer chain lets do everything.
pub const SYSTEM_MASTERS: &str = "system:masters";
/// The group of the node authorizer.
pub const NODES_GROUP: &str = "system:nodes";
/// What a node's user name begins with.
pub const NODE_USER_PREFIX: &str = "system:node:";
/// The group of all service accounts.
pub const ALL_SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
/// What a service account's user name begins with.
pub const SERVICE_ACCOUNT_USER_PREFIX: &str = "system:serviceaccount:";
/// The extra key of the credential's identifier.
pub const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";
/// The extra key of the pod that a token is bound to.
pub const POD_NAME: &str = "authentication.kubernetes.io/pod-name";
/// The extra key of its UID.
pub const POD_UID: &str = "authentication.kubernetes.io/pod-uid";
/// The extra key of the node that a token, or the pod that it is bound to, runs on.
pub const NODE_NAME: &str = "authentication.kubernetes.io/node-name";
/// The extra key of its UID.
pub const NODE_UID: &str = "authentication.kubernetes.io/node-uid";

/// An authenticated user (upstream: `user.DefaultInfo`).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct User {
    /// The user name.
    pub name: String,
    /// A text that tells users of the same name apart; `""` if unknown.
    pub uid: String,
    /// The groups, in upstream's order.
    pub groups: Vec<String>,
    /// Further attributes.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl User {
    /// A user without groups.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The user of requests without credentials.
    pub fn anonymous() -> Self {
        Self { groups: vec![ALL_UNAUTHENTICATED.to_owned()], ..Self::named(ANONYMOUS) }
    }

    /// A service account with the groups that its tokens give it, `system:authenticated` not among them.
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self {
            groups: service_account_groups(namespace).into(),
            ..Self::named(service_account_user_name(namespace, name))
        }
    }

    /// Adds `system:authenticated`, unless this is the anonymous user or one of the two groups is there
    /// (upstream: `AuthenticatedGroupAdder`).
    pub fn add_authenticated_group(&mut self) {
        let has = |group: &String| group == ALL_AUTHENTICATED || group == ALL_UNAUTHENTICATED;
        if self.name != ANONYMOUS && !self.groups.iter().any(has) {
            self.groups.push(ALL_AUTHENTICATED.to_owned());
        }
    }

    /// The groups that this user name always comes with when the API server authenticates it: those of service
    /// accounts and nodes, and `system:authenticated` or `system:unauthenticated`. For questions about a name
    /// without a credential.
    pub fn with_implied_groups(mut self) -> Self {
        let mut add = |group: &str| {
            if !self.groups.iter().any(|known| known == group) {
                self.groups.push(group.to_owned());
            }
        };
        if self.name == ANONYMOUS {
            add(ALL_UNAUTHENTICATED);
        } else if let Some((namespace, _)) = split_service_account(&self.name) {
            service_account_groups(namespace).iter().for_each(|group| add(group));
        }
        self.add_authenticated_group();
        self
    }

    /// The names of the groups, borrowed; see [`User::subject`].
    pub fn group_names(&self) -> Vec<&str> {
        self.groups.iter().map(String::as_str).collect()
    }

    /// The user as RBAC sees it; `groups` is [`User::group_names`].
    pub fn subject<'a>(&'a self, groups: &'a [&'a str]) -> Subject<'a> {
        Subject { user: &self.name, groups }
    }
}

/// `system:serviceaccount:<namespace>:<name>`.
pub fn service_account_user_name(namespace: &str, name: &str) -> String {
    format!("{SERVICE_ACCOUNT_USER_PREFIX}{namespace}:{name}")
}

/// The groups of every service account of a namespace.
pub fn service_account_groups(namespace: &str) -> [String; 2] {
    [ALL_SERVICE_ACCOUNTS.to_owned(), format!("{ALL_SERVICE_ACCOUNTS}:{namespace}")]
}

/// Namespace and name in a service account's user name; both must be names that the API allows (upstream:
/// `SplitUsername`).
pub fn split_service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(SERVICE_ACCOUNT_USER_PREFIX)?.split_once(':')?;
    (dns1123_label(namespace) && dns1123_subdomain(name)).then_some((namespace, name))
}
