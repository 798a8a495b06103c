//! All policies, pods and Services of a cluster, by namespace and label.

use crate::exposure::Routes;
use crate::index::sorted;
use crate::{Bits, Direction, LabelIndex, Peer, Policy, Protocol, Service};
use seawall_model::{At, Cluster, LabelSelector, Labels, Object, Operator, PodAt, WellKnown};
use seawall_yaml::NodeId;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A pod or pod template, as one of its object's.
#[derive(Debug)]
struct Pod {
    object: Arc<Object>,
    template: usize,
    /// The number of its group in its namespace.
    group: usize,
}

/// A policy or Service, and the groups of pods that it selects: a policy surely, so that its protection can be
/// relied upon; a Service possibly, so that no way in is missed.
#[derive(Debug)]
struct Selecting {
    object: Arc<Object>,
    groups: Bits,
}

/// What a namespace holds. Pods of equal labels form a group.
#[derive(Debug)]
pub struct Namespace {
    name: Option<Box<str>>,
    object: Option<Arc<Object>>,
    pods: Vec<Pod>,
    /// The group of each pod, by object and place.
    pod_groups: HashMap<(usize, NodeId), usize>,
    groups: LabelIndex,
    /// The groups of which each pod uses its node's network, so that policies do nothing.
    host_network: Bits,
    policies: Vec<Selecting>,
    services: Vec<Selecting>,
    /// Per direction, the groups that some policy isolates.
    isolated: [Bits; 2],
    /// A custom resource, or the definition of one, whose controller may run pods that are not in the input.
    maker: Option<Arc<Object>>,
    /// A policy of another API (Cilium, Calico, …) that this engine does not evaluate.
    foreign_policy: Option<Arc<Object>>,
}

/// The network of a cluster.
#[derive(Debug)]
pub struct Network {
    namespaces: Vec<Namespace>,
    by_name: HashMap<Option<Box<str>>, usize>,
    /// The namespaces' labels, in their order.
    labels: LabelIndex,
    pub(crate) routes: Routes,
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
        Self { by_name, labels, routes: Routes::new(cluster), foreign_policy, namespaces }
    }

    /// The namespaces, in order of their names.
    pub fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
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

    /// The Services that lead to a pod.
    pub fn services_of<'a>(&'a self, pod: PodAt<'a>) -> impl Iterator<Item = Service<'a>> {
        let namespace = self.namespace(pod.namespace());
        let group = namespace.and_then(|namespace| Some((namespace, namespace.group_of(pod)?)));
        group.into_iter().flat_map(|(namespace, group)| {
            let selecting = namespace.services.iter().filter(move |entry| entry.groups.contains(group));
            selecting.map(|entry| Service::new(&entry.object))
        })
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

/// What the pods of a group have in common: network, labels made by controllers, labels written.
type GroupKey<'a> = (bool, &'static [&'static str], Vec<(&'a str, &'a str)>);

/// Groups being made: the pods' sorted labels, and whether they use the node's network.
#[derive(Debug, Default)]
struct Groups<'a> {
    numbers: HashMap<GroupKey<'a>, usize>,
    host_network: Vec<usize>,
}

impl Namespace {
    fn new(name: Option<&str>, cluster: &Cluster) -> Self {
        let object = name.and_then(|name| cluster.find(WellKnown::Namespace, None, name)).cloned();
        Self {
            name: name.map(Into::into),
            object,
            pods: Vec::new(),
            pod_groups: HashMap::new(),
            groups: LabelIndex::default(),
            host_network: Bits::none(0),
            policies: Vec::new(),
            services: Vec::new(),
            isolated: [Bits::none(0), Bits::none(0)],
            maker: None,
            foreign_policy: None,
        }
    }

    fn add<'a>(&mut self, object: &'a Arc<Object>, groups: &mut Groups<'a>) {
        for (template, pod) in object.pods().enumerate() {
            let labels = Labels::of(pod.labels());
            let host_network = uses_host_network(pod);
            let made = made_labels(object.well_known());
            let group = *groups.numbers.entry((host_network, made, sorted(labels))).or_insert_with(|| {
                let number = self.groups.add(labels, made);
                groups.host_network.extend(host_network.then_some(number));
                number
            });
            self.pod_groups.insert(place(pod), group);
            self.pods.push(Pod { object: object.clone(), template, group });
        }
        if object.well_known() == WellKnown::Other {
            if is_foreign_policy(object) {
                self.foreign_policy = Some(object.clone());
            } else if may_make_pods(object) {
                self.maker = Some(object.clone());
            }
        }
    }

    fn finish(&mut self, cluster: &Cluster, groups: Groups<'_>) {
        let length = self.groups.len();
        self.host_network = Bits::none(length);
        groups.host_network.iter().for_each(|&group| self.host_network.insert(group));
        self.isolated = [Bits::none(length), Bits::none(length)];
        let name = self.name.as_deref();
        let last = |kind, object: &&Arc<Object>| {
            cluster.find(kind, name, object.name()).is_some_and(|found| Arc::ptr_eq(found, object))
        };
        for object in cluster.in_namespace(WellKnown::NetworkPolicy, name) {
            if last(WellKnown::NetworkPolicy, &object) {
                let policy = Policy::new(object);
                let groups = self.groups.select(policy.pod_selector()).sure;
                for direction in Direction::ALL {
                    if policy.isolates(direction) {
                        self.isolated[direction as usize].unite(&groups);
                    }
                }
                self.policies.push(Selecting { object: object.clone(), groups });
            }
        }
        for object in cluster.in_namespace(WellKnown::Service, name) {
            if last(WellKnown::Service, &object) && Service::new(object).selects() {
                let groups = self.groups.select_map(Service::new(object).get("selector")).possible;
                self.services.push(Selecting { object: object.clone(), groups });
            }
        }
        for isolated in &mut self.isolated {
            isolated.subtract(&self.host_network);
        }
    }

    /// Its name; `None` is the unnamed one that objects without a namespace share.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its object, if it is in the input.
    pub fn object(&self) -> Option<&Arc<Object>> {
        self.object.as_ref()
    }

    /// Its labels, as far as they are known.
    pub fn labels(&self) -> Labels<'_> {
        match (&self.object, &self.name) {
            (Some(object), _) => Labels::of_namespace(object),
            (None, Some(name)) => Labels::of_namespace_name(name),
            (None, None) => Labels::unknown(),
        }
    }

    /// The pods and pod templates in it.
    pub fn pods(&self) -> impl Iterator<Item = PodAt<'_>> {
        self.pods.iter().filter_map(Pod::at)
    }

    /// Whether there is a workload in it.
    pub fn has_pods(&self) -> bool {
        !self.pods.is_empty()
    }

    /// Whether all of these pods use their nodes' network, and there is one.
    pub fn all_use_host_network<'p>(pods: impl Iterator<Item = PodAt<'p>>) -> bool {
        let mut pods = pods.peekable();
        pods.peek().is_some() && pods.all(uses_host_network)
    }

    /// The policies in it that count.
    pub fn policies(&self) -> impl Iterator<Item = Policy<'_>> {
        self.policies.iter().map(|entry| Policy::new(&entry.object))
    }

    /// The Services in it that select pods.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        self.services.iter().map(|entry| Service::new(&entry.object))
    }

    /// The pods that a selector matches, also where that depends on labels that controllers make.
    pub fn select(&self, selector: LabelSelector<'_>) -> impl Iterator<Item = PodAt<'_>> {
        self.pods_in(self.groups.select(selector).possible)
    }

    /// The groups of pods of equal labels that a selector matches; only for comparison with each other.
    pub fn groups_of(&self, selector: LabelSelector<'_>) -> Bits {
        self.groups.select(selector).sure
    }

    /// A custom resource in it whose controller may run pods that are not in the input, so that a selector without
    /// a match may have one nevertheless.
    pub fn may_have_more_pods(&self) -> Option<At<'_>> {
        self.maker.as_ref().map(|object| object.at())
    }

    /// Whether policies isolate each of its pods that they can isolate at all; false if there is none.
    pub fn isolates_every_pod(&self, direction: Direction) -> bool {
        let mut rest = Bits::all(self.groups.len());
        rest.subtract(&self.host_network);
        let any = !rest.is_empty();
        rest.subtract(&self.isolated[direction as usize]);
        any && rest.is_empty()
    }

    /// Whether policies isolate each pod that is or will be in it: one of them selects all, or two of them select
    /// what has a label and what does not. The answer is the same with and without pods in the input.
    pub fn has_default_deny(&self, direction: Direction) -> bool {
        // Selectors of one condition, as what they ask for and its opposite.
        let mut asked = HashSet::new();
        self.policies().filter(|policy| policy.isolates(direction)).any(|policy| {
            let mut requirements = policy.pod_selector().requirements();
            let Some(only) = requirements.next() else { return true };
            if requirements.next().is_some() || only.problem().is_some() {
                return false;
            }
            let mut values: Vec<_> = only.values().collect();
            values.sort_unstable();
            values.dedup();
            let (positive, negated) = match only.operator {
                Some(Operator::In) => (true, false),
                Some(Operator::NotIn) => (true, true),
                Some(Operator::Exists) => (false, false),
                Some(Operator::DoesNotExist) | None => (false, true),
            };
            let opposite = (only.key, positive, !negated, values.clone());
            asked.insert((only.key, positive, negated, values));
            asked.contains(&opposite)
        })
    }

    /// The pods that no policy isolates though one could.
    pub fn open_pods(&self, direction: Direction) -> impl Iterator<Item = PodAt<'_>> {
        let mut open = Bits::all(self.groups.len());
        open.subtract(&self.host_network);
        open.subtract(&self.isolated[direction as usize]);
        self.pods_in(open)
    }

    /// The policies that count, grouped: pods that are selected by the same ones form a class. Each class comes
    /// with its policies of this direction and one of its pods.
    pub fn classes(&self, direction: Direction) -> Vec<(Vec<Policy<'_>>, PodAt<'_>)> {
        let mut hashes = vec![0_u128; self.groups.len()];
        let isolating =
            || self.policies.iter().filter(|entry| Policy::new(&entry.object).isolates(direction));
        for (number, entry) in isolating().enumerate() {
            // Each policy adds a number of its own, scattered, so that sums differ where sets differ.
            let scattered = (number as u128 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            let scattered =
                (scattered ^ (scattered >> 61)).wrapping_mul(0xD6E8_FEB8_6659_FD93_A5A3_5644_2895_52A5);
            for group in entry.groups.iter() {
                if let Some(hash) = hashes.get_mut(group) {
                    *hash = hash.wrapping_add(scattered ^ (scattered >> 67));
                }
            }
        }
        let mut seen = HashMap::new();
        for pod in &self.pods {
            let hash = hashes.get(pod.group).copied().unwrap_or(0);
            if hash != 0 && !self.host_network.contains(pod.group) {
                seen.entry(hash).or_insert(pod);
            }
        }
        let mut classes: Vec<&Pod> = seen.into_values().collect();
        classes.sort_by_key(|pod| pod.group);
        let policies = |pod: &Pod| {
            isolating()
                .filter(|entry| entry.groups.contains(pod.group))
                .map(|entry| Policy::new(&entry.object))
                .collect()
        };
        classes.into_iter().filter_map(|pod| Some((policies(pod), pod.at()?))).collect()
    }

    fn pods_in(&self, groups: Bits) -> impl Iterator<Item = PodAt<'_>> + use<'_> {
        self.pods.iter().filter(move |pod| groups.contains(pod.group)).filter_map(Pod::at)
    }

    /// The group of a pod; `None` for one that is not in the cluster that was indexed.
    fn group_of(&self, pod: PodAt<'_>) -> Option<usize> {
        self.pod_groups.get(&place(pod)).copied()
    }
}

/// What tells a pod from all others: its object in memory and where in it the pod stands.
fn place(pod: PodAt<'_>) -> (usize, NodeId) {
    (Arc::as_ptr(pod.object()) as usize, pod.at().nearest().id())
}

impl Pod {
    fn at(&self) -> Option<PodAt<'_>> {
        self.object.pods().nth(self.template)
    }
}

/// The labels that the controller of a workload writes on its pods, over those of the template
/// (`k8s.io/api/apps/v1`, `k8s.io/api/batch/v1`).
fn made_labels(kind: WellKnown) -> &'static [&'static str] {
    match kind {
        WellKnown::StatefulSet => &[
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "controller-revision-hash",
        ],
        WellKnown::Deployment => &["pod-template-hash"],
        WellKnown::DaemonSet => &["controller-revision-hash", "pod-template-generation"],
        WellKnown::Job | WellKnown::CronJob => &[
            "batch.kubernetes.io/job-name",
            "batch.kubernetes.io/controller-uid",
            "job-name",
            "controller-uid",
        ],
        _ => &[],
    }
}

/// Whether a pod shares its node's network.
pub(crate) fn uses_host_network(pod: PodAt<'_>) -> bool {
    pod.get("hostNetwork").is_true()
}

/// Kinds of other projects that restrict traffic as NetworkPolicies do.
fn is_foreign_policy(object: &Object) -> bool {
    let group = object.group();
    match group {
        "cilium.io"
        | "crd.projectcalico.org"
        | "projectcalico.org"
        | "crd.antrea.io"
        | "policy.networking.k8s.io" => object.kind().ends_with("NetworkPolicy"),
        _ => false,
    }
}

/// Whether a custom resource may be a reason for pods that are not in the input.
fn may_make_pods(object: &Arc<Object>) -> bool {
    object.pods().next().is_none() && is_maker(object.group(), object.kind())
}

/// Whether a definition is of custom resources that may be a reason for pods.
fn defines_maker(definition: &Arc<Object>) -> bool {
    let spec = definition.at().key("spec");
    spec.key("scope").str() == Some("Namespaced")
        && is_maker(spec.key("group").str().unwrap_or(""), spec.get("names.kind").str().unwrap_or(""))
}

/// Kinds that are known to be pure configuration are no reason for pods; all other kinds may be.
fn is_maker(group: &str, kind: &str) -> bool {
    const CONFIGURATION_GROUPS: [&str; 16] = [
        "authorization.k8s.io",
        "bitnami.com",
        "cert-manager.io",
        "acme.cert-manager.io",
        "cilium.io",
        "crd.projectcalico.org",
        "external-secrets.io",
        "extensions.istio.io",
        "kyverno.io",
        "metallb.io",
        "networking.istio.io",
        "projectcalico.org",
        "route.openshift.io",
        "security.istio.io",
        "telemetry.istio.io",
        "traefik.io",
    ];
    const CONFIGURATION_KINDS: [&str; 9] = [
        "Application",
        "AppProject",
        "Lease",
        "PodDefault",
        "PodMonitor",
        "Probe",
        "Profile",
        "PrometheusRule",
        "ServiceMonitor",
    ];
    // Built-in groups have no dot or end so: those of Kubernetes itself make no pods beyond the known kinds.
    group.contains('.')
        && !group.ends_with(".k8s.io")
        && !CONFIGURATION_GROUPS.contains(&group)
        && !CONFIGURATION_KINDS.contains(&kind)
}
