//! All policies, pods and Services of a cluster, by namespace and label.

use crate::endpoints::Endpoints;
use crate::exposure::Routes;
use crate::kinds::{defines_maker, is_foreign_policy, uses_host_network};
use crate::namespace::Groups;
use crate::{Bits, Direction, LabelIndex, Matches, Namespace, Peer, Policy, Protocol, Service};
use foldhash::HashMap;
use seawall_model::{At, Cluster, LabelSelector, Object, PodAt, WellKnown};
use std::sync::Arc;

/// The network of a cluster.
#[derive(Debug)]
pub struct Network {
    namespaces: Vec<Namespace>,
    by_name: HashMap<Option<Box<str>>, usize>,
    /// The namespaces' labels, in their order.
    labels: LabelIndex,
    pub(crate) routes: Routes,
    pub(crate) endpoints: Endpoints,
    foreign_policy: Option<Arc<Object>>,
}

impl Network {
    /// Indexes a cluster. Of several variants of one policy or Service the last in path order counts; pods count
    /// all, since each of them may be applied.
    pub fn new(cluster: &Cluster) -> Self {
        let mut namespaces: Vec<Namespace> =
            cluster.namespaces().map(|name| Namespace::new(name, cluster)).collect();
        let by_name: HashMap<_, _> =
            namespaces.iter().enumerate().map(|(at, namespace)| (namespace.name.clone(), at)).collect();
        let mut foreign_policy = None;
        for object in cluster.objects() {
            if object.well_known() == WellKnown::Other
                && is_foreign_policy(object)
                && object.namespace().is_none()
            {
                foreign_policy = Some(object.clone());
            }
        }
        let mut adders: Vec<Groups<'_>> = namespaces.iter().map(|_| Groups::default()).collect();
        for object in cluster.objects() {
            let name: Option<Box<str>> = object.namespace().map(Into::into);
            let Some(&at) = by_name.get(&name) else { continue };
            if let (Some(namespace), Some(groups)) = (namespaces.get_mut(at), adders.get_mut(at)) {
                namespace.add(object, groups);
            }
        }
        let definition = cluster.of(WellKnown::CustomResourceDefinition).find(|object| defines_maker(object));
        let mut labels = LabelIndex::default();
        for (namespace, groups) in namespaces.iter_mut().zip(adders) {
            namespace.maker = namespace.maker.take().or_else(|| definition.cloned());
            labels.add(namespace.labels(), &[]);
            namespace.finish(cluster, groups);
        }
        let (routes, endpoints) = (Routes::new(cluster), Endpoints::new(cluster));
        let mut network = Self { by_name, labels, routes, endpoints, foreign_policy, namespaces };
        network.mark_exposed();
        network
    }

    /// Notes which Services lead in from outside, so that a pod with many others is looked at quickly.
    fn mark_exposed(&mut self) {
        let mut namespaces = std::mem::take(&mut self.namespaces);
        for entry in namespaces.iter_mut().flat_map(|namespace| &mut namespace.services) {
            entry.exposed = !self.exposures_of_service(Service::new(&entry.object)).is_empty();
        }
        self.namespaces = namespaces;
    }

    /// The namespaces, in order of their names.
    pub fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    /// The number of a namespace in [`Network::namespaces`].
    pub(crate) fn number_of(&self, name: Option<&str>) -> Option<usize> {
        self.by_name.get(&name.map(Box::from)).copied()
    }

    /// The namespaces, by number, that a selector matches.
    pub(crate) fn select_namespaces(&self, selector: LabelSelector<'_>) -> Matches {
        self.labels.select(selector)
    }

    /// A namespace that holds something or is described.
    pub fn namespace(&self, name: Option<&str>) -> Option<&Namespace> {
        self.namespaces.get(*self.by_name.get(&name.map(Box::from))?)
    }

    /// Whether the labels of a pod, seen from the policies of its namespace, isolate it. A pod on its node's network
    /// is never isolated.
    pub fn is_isolated(&self, pod: PodAt<'_>, direction: Direction) -> bool {
        !uses_host_network(pod) && self.policies_of(pod).any(|policy| policy.isolates(direction))
    }

    /// The policies that select a pod.
    pub fn policies_of<'a>(&'a self, pod: PodAt<'a>) -> impl Iterator<Item = Policy<'a>> {
        let namespace = self.namespace(pod.namespace());
        let group = namespace.and_then(|namespace| Some((namespace, namespace.group_of(pod)?)));
        group.into_iter().flat_map(|(namespace, group)| {
            let selecting = namespace.policies.iter().filter(move |entry| entry.groups.contains(group));
            selecting.map(|entry| Policy::new(&entry.object))
        })
    }

    /// The Services that lead to a pod: they select it, or an endpoint of theirs is the pod.
    pub fn services_of<'a>(&'a self, pod: PodAt<'a>) -> impl Iterator<Item = Service<'a>> {
        let namespace = self.namespace(pod.namespace());
        let group = namespace.and_then(|namespace| Some((namespace, namespace.group_of(pod)?)));
        let selecting = group.into_iter().flat_map(|(namespace, group)| {
            let selecting = namespace.services.iter().filter(move |entry| entry.groups.contains(group));
            selecting.map(|entry| Service::new(&entry.object))
        });
        selecting.chain(self.endpoint_services_of(pod))
    }

    /// The Services that lead to a pod and can be reached from outside the cluster.
    pub(crate) fn exposed_services_of<'a>(&'a self, pod: PodAt<'a>) -> impl Iterator<Item = Service<'a>> {
        let namespace = self.namespace(pod.namespace());
        let group = namespace.and_then(|namespace| Some((namespace, namespace.group_of(pod)?)));
        let selecting = group.into_iter().flat_map(|(namespace, group)| {
            let selecting =
                namespace.services.iter().filter(move |entry| entry.exposed && entry.groups.contains(group));
            selecting.map(|entry| Service::new(&entry.object))
        });
        let endpoints = self.endpoint_services_of(pod).into_iter();
        selecting.chain(endpoints.filter(|service| !self.exposures_of_service(*service).is_empty()))
    }

    /// The pods that a Service leads to, also where that depends on labels that controllers make.
    pub fn pods_of_service<'a>(&'a self, service: Service<'_>) -> impl Iterator<Item = PodAt<'a>> {
        let namespace = self.namespace(service.object().namespace());
        namespace.into_iter().flat_map(move |namespace| {
            let selector = service.selects().then(|| service.get("selector"));
            let groups = selector.map(|selector| namespace.groups.select_map(selector).possible);
            namespace.pods_in(groups.unwrap_or_else(|| Bits::none(0)))
        })
    }

    /// The pods that a policy selects, those on their node's network included, and those of which it depends on
    /// labels that controllers make.
    pub fn pods_of_policy<'a>(&'a self, policy: Policy<'_>) -> impl Iterator<Item = PodAt<'a>> {
        let namespace = self.namespace(policy.namespace());
        namespace.into_iter().flat_map(move |namespace| namespace.select(policy.pod_selector()))
    }

    /// The namespaces that a peer of a policy means: those that its selector surely matches, and those of which
    /// too little is known. Without a namespace selector that is the policy's own.
    pub fn namespaces_of_peer<'a>(
        &'a self,
        policy: Policy<'_>,
        peer: Peer<'_>,
    ) -> (Vec<&'a Namespace>, Vec<&'a Namespace>) {
        if !peer.is_pods() {
            return Default::default();
        }
        let Some(selector) = peer.namespace_selector() else {
            return (self.namespace(policy.namespace()).into_iter().collect(), Vec::new());
        };
        let mut matches = self.labels.select(selector);
        matches.possible.subtract(&matches.sure);
        let of = |bits: &Bits| bits.iter().filter_map(|at| self.namespaces.get(at)).collect();
        (of(&matches.sure), of(&matches.possible))
    }

    /// The pods in `namespace` that a peer means, if it means that namespace.
    pub fn pods_of_peer<'a>(
        &self,
        namespace: &'a Namespace,
        peer: Peer<'_>,
    ) -> impl Iterator<Item = PodAt<'a>> + use<'a> {
        let groups = match peer.pod_selector() {
            Some(selector) => namespace.groups.select(selector).possible,
            None => Bits::all(namespace.groups.len()),
        };
        namespace.pods_in(groups).filter(|pod| !uses_host_network(*pod))
    }

    /// A policy of another API that is for the whole cluster or this namespace; it may isolate or allow more than
    /// NetworkPolicies do.
    pub fn foreign_policy(&self, namespace: Option<&str>) -> Option<At<'_>> {
        let own = self.namespace(namespace).and_then(|namespace| namespace.foreign_policy.as_ref());
        own.or(self.foreign_policy.as_ref()).map(|object| object.at())
    }

    /// The number of a pod's container port of this name and protocol, as Services and policies resolve it.
    pub fn named_port(pod: PodAt<'_>, protocol: Protocol, name: &str) -> Option<u16> {
        crate::service::named_port(pod, protocol, name)
    }
}
