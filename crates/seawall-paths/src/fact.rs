//! What can hold: places that people name, and facts between them that only the graph needs.

use crate::right::Right;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// An interned text.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Name(pub(crate) u32);

impl Name {
    /// The empty text; as a scope it is the whole cluster.
    pub(crate) const EMPTY: Self = Self(0);
}

/// All texts.
#[derive(Debug)]
pub(crate) struct Names {
    numbers: HashMap<Box<str>, Name, RandomState>,
    texts: Vec<Box<str>>,
}

impl Default for Names {
    fn default() -> Self {
        let mut all = Self { numbers: HashMap::default(), texts: Vec::new() };
        all.add("");
        all
    }
}

impl Names {
    pub(crate) fn add(&mut self, text: &str) -> Name {
        if let Some(&name) = self.numbers.get(text) {
            return name;
        }
        let name = Name(self.texts.len() as u32);
        self.texts.push(text.into());
        self.numbers.insert(text.into(), name);
        name
    }

    pub(crate) fn find(&self, text: &str) -> Option<Name> {
        self.numbers.get(text).copied()
    }

    pub(crate) fn text(&self, name: Name) -> &str {
        self.texts.get(name.0 as usize).map_or("", |text| text)
    }
}

/// A vertex of the graph: it holds or it does not.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Fact {
    /// Whoever it is can send requests without credentials.
    Start,
    /// Places.
    Internet,
    ClusterAdmin,
    NamespaceAdmin(Name),
    Secrets(Name),
    User(Name),
    Group(Name),
    Account(Name, Name),
    /// Root on a node.
    NodeRoot(Name),
    /// The kubelet's credentials.
    NodeIdentity(Name),
    /// Files of `/etc/kubernetes` on a node.
    NodeKeys(Name),
    /// Root on a node that the input does not name.
    SomeNode,
    /// A pod, or equal pods on one node: its number in the list of pods.
    Pod(u32),
    /// All rights of a role: its namespace (empty for a ClusterRole), its name, the scope it is held in.
    RoleHeld(Name, Name, Name),
    /// A role in a cloud.
    Cloud(Name),
    // What only the graph needs.
    /// A right for every name in a scope.
    Can(Right, Name),
    /// A right for one name.
    CanNamed(Right, Name, Name),
    /// A right of one identity (its vertex), for one name or (empty) every name.
    CanOf(u32, Right, Name, Name),
    /// Somebody whom a role is bound to in a scope: the role's namespace, name, the scope.
    BoundTo(Name, Name, Name),
    /// Some aggregated ClusterRole is bound in a scope.
    BoundToAggregated(Name),
    /// Every service account of a namespace; those of controllers; those that need not exist.
    Accounts(Name),
    Controllers,
    AccountNames(Name),
    /// Every pod of a namespace; every pod.
    PodsOf(Name),
    AllPods,
    /// Every user and group but `system:masters`; every node.
    AnyIdentity,
    AnyUser,
    AnyGroup,
    /// Some role may be rewritten: any ClusterRole, one ClusterRole, any Role of a namespace, one of them.
    RewriteAny,
    Rewrite(Name),
    RewriteAnyRole(Name),
    RewriteRole(Name, Name),
    /// Some ClusterRole is bound in a scope; some Role is bound in a namespace.
    BoundToAny(Name),
    BoundToAnyRole(Name),
    /// May approve requests of a signer.
    Approves(Name),
    AnyNode,
    AnyNodeIdentity,
    /// Pods that are not on a known node, by where they may be placed.
    Places(u32),
    PlacedOn(u32),
    PlacedIdentity(u32),
    /// Pods on a node through its kubelet.
    Kubelet(Name),
    /// Tokens mounted into pods of a node, of a class.
    TokensOn(Name),
    PlacedTokens(u32),
    /// Several facts together: a number of its own.
    Both(u32),
}

impl Fact {
    /// Whether people name it.
    pub(crate) fn is_place(self) -> bool {
        use Fact::{
            Account, Cloud, ClusterAdmin, Group, Internet, NamespaceAdmin, NodeIdentity, NodeKeys, NodeRoot,
            Pod, RoleHeld, Secrets, SomeNode, User,
        };
        matches!(
            self,
            Internet
                | ClusterAdmin
                | NamespaceAdmin(_)
                | Secrets(_)
                | User(_)
                | Group(_)
                | Account(..)
                | NodeRoot(_)
                | NodeIdentity(_)
                | NodeKeys(_)
                | SomeNode
                | Pod(_)
                | RoleHeld(..)
                | Cloud(_)
        )
    }
}
