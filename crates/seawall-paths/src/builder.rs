//! What the families of edges share while they build: the world, its names, who holds which right, pods, nodes.

mod accounts;
mod identities;
mod nodes;
mod pod_security;
mod pods;
mod rights;

pub(crate) use accounts::Known;
pub(crate) use pods::{Placed, PodUnit};

use crate::evidence::{Evidence, List};
use crate::fact::{Fact, Name};
use crate::graph::Graph;
use crate::place::Place;
use crate::right::Right;
use crate::row::Row;
use accounts::Account;
use foldhash::fast::RandomState;
use nodes::Class;
use seawall_admission::pod_security::LevelVersion;
use seawall_auth::rbac::authorizer::{Proof, RbacAuthorizer};
use seawall_model::{At, Cluster, Components, Coverage, Object, Version};
use seawall_network::{Network, Reach};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// What a graph is built from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The objects.
    pub cluster: &'a Cluster,
    /// Whose semantics apply.
    pub version: Version,
    /// What of the cluster is known.
    pub coverage: &'a Coverage,
    /// RBAC's decisions.
    pub rbac: &'a RbacAuthorizer,
    /// What is exposed.
    pub network: &'a Network,
    /// Who reaches whom by the rules of upstream: filled when a step first depends on it.
    pub reach: &'a OnceLock<Reach>,
    /// How the control plane and the kubelets are configured.
    pub components: &'a Components,
}

/// A right that some subject of a binding (or a role that one may bind) holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant {
    /// Empty: the whole cluster.
    pub(crate) scope: Name,
    /// Empty: every name.
    pub(crate) name: Name,
    pub(crate) evidence: List,
}

pub(crate) type Map<K, V> = HashMap<K, V, RandomState>;

/// The graph while it is built.
pub(crate) struct Builder<'a> {
    pub(crate) input: Input<'a>,
    pub(crate) graph: Graph,
    /// Every namespace that something speaks of, by name.
    pub(crate) namespaces: Vec<Name>,
    /// By namespace and name.
    pub(crate) accounts: BTreeMap<(Name, Name), Account>,
    pub(crate) pods: Vec<PodUnit>,
    /// Pods by namespace and the name of the pod or its workload.
    pub(crate) pods_by_name: Map<(Name, Name), Vec<u32>>,
    /// Nodes by name, with the object if it is in the input.
    pub(crate) nodes: BTreeMap<Name, Option<Arc<Object>>>,
    pub(crate) classes: Vec<Class>,
    grants: Map<(Right, u32), Vec<Grant>>,
    holders: Map<Right, Vec<u32>>,
    /// Namespaces and names of rights for certain names.
    named: Map<Right, Vec<(Name, Name, u32)>>,
    /// By namespace (empty: a ClusterRole) and name.
    role_rights: Map<(Name, Name), Option<Rc<rights::RoleRights<'a>>>>,
    roles_held: Map<Name, Vec<u32>>,
    host_pods: Map<Name, pod_security::Admits>,
    /// The enforced level of each namespace.
    policies: Map<Name, Option<LevelVersion>>,
    /// Groups that hold something, of each identity.
    groups: RefCell<Map<u32, Rc<[u32]>>>,
    /// Identities that the input itself speaks of.
    pub(crate) own: BTreeSet<u32>,
}

/// The namespace of objects that name none.
pub(crate) const DEFAULT: &str = "default";

pub(crate) fn namespace_of(object: &Object) -> &str {
    object.namespace().unwrap_or(DEFAULT)
}

impl<'a> Builder<'a> {
    /// Everything that the families need. `places` are spoken of though the input may not know them.
    pub(crate) fn new(input: Input<'a>, places: &[Place]) -> Self {
        let mut builder = Self {
            input,
            graph: Graph::default(),
            namespaces: Vec::new(),
            accounts: BTreeMap::new(),
            pods: Vec::new(),
            pods_by_name: Map::default(),
            nodes: BTreeMap::new(),
            classes: Vec::new(),
            grants: Map::default(),
            holders: Map::default(),
            named: Map::default(),
            role_rights: Map::default(),
            roles_held: Map::default(),
            host_pods: Map::default(),
            policies: Map::default(),
            groups: RefCell::default(),
            own: BTreeSet::new(),
        };
        builder.vertex(Fact::Start);
        builder.vertex(Fact::ClusterAdmin);
        builder.collect_namespaces(places);
        builder.collect_accounts(places);
        builder.collect_nodes();
        builder.collect_pods();
        builder.place_classes();
        builder.collect_rights();
        builder.mention(places);
        builder
    }

    fn collect_namespaces(&mut self, places: &[Place]) {
        let mut all: Vec<&str> =
            self.input.cluster.namespaces().map(|name| name.unwrap_or(DEFAULT)).collect();
        for bound in self.input.rbac.all_bound() {
            all.extend(bound.namespace);
            let accounts =
                bound.subjects.iter().filter_map(|(_, _, name)| seawall_auth::rbac::service_account_of(name));
            all.extend(accounts.map(|(namespace, _)| namespace));
        }
        for place in places {
            match place {
                Place::NamespaceAdmin(namespace)
                | Place::Secrets(namespace)
                | Place::ServiceAccount(namespace, _)
                | Place::Pod(namespace, _) => all.push(namespace),
                _ => {}
            }
        }
        all.sort_unstable();
        all.dedup();
        self.namespaces = all.into_iter().map(|name| self.graph.names.add(name)).collect();
    }

    /// Identities that a question names.
    fn mention(&mut self, places: &[Place]) {
        for place in places {
            match place {
                Place::User(name) => {
                    let fact = Fact::User(self.name(name));
                    self.vertex(fact);
                }
                Place::Group(name) => {
                    let fact = Fact::Group(self.name(name));
                    self.vertex(fact);
                }
                Place::Node(name) if name != "*" => {
                    let fact = Fact::NodeIdentity(self.name(name));
                    self.vertex(fact);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn name(&mut self, text: &str) -> Name {
        self.graph.names.add(text)
    }

    pub(crate) fn text(&self, name: Name) -> &str {
        self.graph.names.text(name)
    }

    pub(crate) fn vertex(&mut self, fact: Fact) -> u32 {
        self.graph.vertex(fact)
    }

    /// A step.
    pub(crate) fn step<'t>(
        &mut self,
        row: Row,
        premises: &[u32],
        conclusion: u32,
        evidence: impl IntoIterator<Item = Evidence>,
        requires: impl IntoIterator<Item = &'t str>,
    ) {
        self.graph.add(Some(row), premises, conclusion, evidence, requires);
    }

    /// What follows without a step.
    pub(crate) fn follows<'t>(
        &mut self,
        premise: u32,
        conclusion: u32,
        evidence: impl IntoIterator<Item = Evidence>,
        requires: impl IntoIterator<Item = &'t str>,
    ) {
        self.graph.add(None, &[premise], conclusion, evidence, requires);
    }

    /// Cluster administrator, or administrator of a namespace.
    pub(crate) fn admin(&mut self, scope: Name) -> u32 {
        let fact = if scope == Name::EMPTY { Fact::ClusterAdmin } else { Fact::NamespaceAdmin(scope) };
        self.vertex(fact)
    }
}

/// The places of a proof, those that every API server makes left out.
pub(crate) fn evidence_of(proof: &Proof<'_>) -> impl Iterator<Item = Evidence> {
    let subject = Evidence::Subject(proof.binding.clone(), proof.subject as u32);
    let rule = Evidence::Rule(proof.source.object.clone(), proof.rule as u32);
    let both = [(proof.binding_built_in, subject), (proof.source.built_in, rule)];
    both.into_iter().filter(|(built_in, _)| !built_in).map(|(_, evidence)| evidence)
}

pub(crate) fn field(at: At<'_>) -> Evidence {
    Evidence::Field(at.field_ref())
}
