//! What one namespace holds, and what its policies do to its pods.

use crate::index::sorted;
use crate::kinds::{is_foreign_policy, made_labels, may_make_pods, uses_host_network};
use crate::{Bits, Direction, LabelIndex, Policy, Service};
use foldhash::{HashMap, HashSet};
use seawall_model::{At, Cluster, LabelSelector, Labels, Object, Operator, PodAt, WellKnown};
use seawall_yaml::NodeId;
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
pub(crate) struct Selecting {
    pub(crate) object: Arc<Object>,
    pub(crate) groups: Bits,
    /// Whether something leads to it from outside the cluster; false for policies.
    pub(crate) exposed: bool,
}

/// What a namespace holds. Pods of equal labels form a group.
#[derive(Debug)]
pub struct Namespace {
    pub(crate) name: Option<Box<str>>,
    object: Option<Arc<Object>>,
    pods: Vec<Pod>,
    /// The group of each pod, by object and place.
    pod_groups: HashMap<(usize, NodeId), usize>,
    pub(crate) groups: LabelIndex,
    /// The groups of which each pod uses its node's network, so that policies do nothing.
    host_network: Bits,
    pub(crate) policies: Vec<Selecting>,
    pub(crate) services: Vec<Selecting>,
    /// Per direction, the groups that some policy isolates.
    isolated: [Bits; 2],
    /// A custom resource, or the definition of one, whose controller may run pods that are not in the input.
    pub(crate) maker: Option<Arc<Object>>,
    /// A policy of another API (Cilium, Calico, …) that this engine does not evaluate.
    pub(crate) foreign_policy: Option<Arc<Object>>,
}

/// What the pods of a group have in common: network, labels made by controllers, labels written.
type GroupKey<'a> = (bool, &'static [&'static str], Vec<(&'a str, &'a str)>);

/// Groups being made: the pods' sorted labels, and whether they use the node's network.
#[derive(Debug, Default)]
pub(crate) struct Groups<'a> {
    numbers: HashMap<GroupKey<'a>, usize>,
    host_network: Vec<usize>,
}

impl Namespace {
    pub(crate) fn new(name: Option<&str>, cluster: &Cluster) -> Self {
        let object = name.and_then(|name| cluster.find(WellKnown::Namespace, None, name)).cloned();
        Self {
            name: name.map(Into::into),
            object,
            pods: Vec::new(),
            pod_groups: HashMap::default(),
            groups: LabelIndex::default(),
            host_network: Bits::none(0),
            policies: Vec::new(),
            services: Vec::new(),
            isolated: [Bits::none(0), Bits::none(0)],
            maker: None,
            foreign_policy: None,
        }
    }

    pub(crate) fn add<'a>(&mut self, object: &'a Arc<Object>, groups: &mut Groups<'a>) {
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

    pub(crate) fn finish(&mut self, cluster: &Cluster, groups: Groups<'_>) {
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
                self.policies.push(Selecting { object: object.clone(), groups, exposed: false });
            }
        }
        for object in cluster.in_namespace(WellKnown::Service, name) {
            if last(WellKnown::Service, &object) && Service::new(object).selects() {
                let groups = self.groups.select_map(Service::new(object).get("selector")).possible;
                self.services.push(Selecting { object: object.clone(), groups, exposed: false });
            }
        }
        for isolated in &mut self.isolated {
            isolated.subtract(&self.host_network);
        }
    }
}

impl Namespace {
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
        let mut asked = HashSet::default();
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
        let mut seen = HashMap::default();
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

    pub(crate) fn pods_in(&self, groups: Bits) -> impl Iterator<Item = PodAt<'_>> + use<'_> {
        self.pods.iter().filter(move |pod| groups.contains(pod.group)).filter_map(Pod::at)
    }

    /// The group of a pod; `None` for one that is not in the cluster that was indexed.
    pub(crate) fn group_of(&self, pod: PodAt<'_>) -> Option<usize> {
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
