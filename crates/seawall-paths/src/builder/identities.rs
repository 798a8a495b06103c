//! Groups that come with a name.

use super::Builder;
use crate::fact::{Fact, Name};
use seawall_auth::user::{
    ALL_AUTHENTICATED, ALL_SERVICE_ACCOUNTS, ALL_UNAUTHENTICATED, ANONYMOUS, NODE_USER_PREFIX, NODES_GROUP,
    SYSTEM_MASTERS, service_account_groups,
};

impl Builder<'_> {
    /// The vertices of the groups that an identity always has, as far as something speaks of them.
    pub(crate) fn implied(&self, identity: u32) -> Vec<u32> {
        let names = &self.graph.names;
        let own: Vec<String> = match self.graph.fact(identity) {
            Fact::Account(namespace, _) => service_account_groups(names.text(namespace)).into(),
            Fact::NodeIdentity(_) => vec![NODES_GROUP.to_owned()],
            Fact::User(name) if names.text(name) == ANONYMOUS => vec![ALL_UNAUTHENTICATED.to_owned()],
            Fact::Group(name) => {
                let of_namespace = names.text(name).strip_prefix(ALL_SERVICE_ACCOUNTS);
                let is_one = of_namespace.is_some_and(|rest| rest.starts_with(':'));
                is_one.then(|| ALL_SERVICE_ACCOUNTS.to_owned()).into_iter().collect()
            }
            Fact::User(_) => Vec::new(),
            _ => return Vec::new(),
        };
        let is = |text: &str| own.iter().any(|group| group == text);
        let named = match self.graph.fact(identity) {
            Fact::Group(name) => names.text(name),
            _ => "",
        };
        let authenticated =
            !is(ALL_UNAUTHENTICATED) && !matches!(named, ALL_UNAUTHENTICATED | ALL_AUTHENTICATED);
        let all = own.iter().map(String::as_str).chain(authenticated.then_some(ALL_AUTHENTICATED));
        all.filter_map(|group| self.graph.find(Fact::Group(names.find(group)?))).collect()
    }

    /// Says for every identity which groups it has, and what whoever may be anybody can be.
    pub(crate) fn link_identities(&mut self) {
        self.vertex_of_group(ALL_AUTHENTICATED);
        self.vertex_of_group(ALL_UNAUTHENTICATED);
        let any = self.vertex(Fact::AnyIdentity);
        let (any_user, any_group) = (self.vertex(Fact::AnyUser), self.vertex(Fact::AnyGroup));
        let any_node = self.vertex(Fact::AnyNodeIdentity);
        self.follows(any, any_node, [], []);
        let nodes: Vec<Name> = self.nodes.keys().copied().collect();
        for node in nodes {
            self.vertex(Fact::NodeIdentity(node));
        }
        let namespaces = self.namespaces.clone();
        for namespace in namespaces {
            let names = self.vertex(Fact::AccountNames(namespace));
            self.follows(any, names, [], []);
        }
        let mut at = 0;
        // Groups that are met on the way are identities too.
        while at < self.graph.facts.len() {
            let vertex = at as u32;
            at += 1;
            match self.graph.fact(vertex) {
                Fact::Account(namespace, _) => {
                    let groups = service_account_groups(self.text(namespace));
                    groups.iter().for_each(|group| {
                        self.vertex_of_group(group);
                    });
                    let names = self.vertex(Fact::AccountNames(namespace));
                    self.follows(names, vertex, [], []);
                }
                Fact::User(name) if self.text(name) != ANONYMOUS => {
                    self.follows(any, vertex, [], []);
                    self.follows(any_user, vertex, [], []);
                }
                Fact::Group(name) => {
                    self.follows(any_group, vertex, [], []);
                    if self.text(name) != SYSTEM_MASTERS {
                        self.follows(any, vertex, [], []);
                    }
                }
                Fact::NodeIdentity(node) => {
                    self.vertex_of_group(NODES_GROUP);
                    self.follows(any_node, vertex, [], []);
                    let user = format!("{NODE_USER_PREFIX}{}", self.text(node));
                    let user =
                        self.graph.names.find(&user).and_then(|user| self.graph.find(Fact::User(user)));
                    user.into_iter().for_each(|user| self.follows(vertex, user, [], []));
                }
                Fact::NodeRoot(node) => {
                    let identity = self.vertex(Fact::NodeIdentity(node));
                    let keys = self.vertex(Fact::NodeKeys(node));
                    self.follows(vertex, identity, [], []);
                    self.follows(vertex, keys, [], []);
                }
                _ => {}
            }
        }
        for vertex in 0..self.graph.facts.len() as u32 {
            for group in self.implied(vertex) {
                self.follows(vertex, group, [], []);
            }
        }
    }

    fn vertex_of_group(&mut self, name: &str) -> u32 {
        let fact = Fact::Group(self.name(name));
        self.vertex(fact)
    }
}
