//! Pods, and workloads whose pods the input does not hold.

use super::nodes::Class;
use super::{Builder, DEFAULT, namespace_of};
use crate::fact::{Fact, Name};
use seawall_model::{Object, PodAt, WellKnown};
use std::collections::HashMap;
use std::sync::Arc;

/// Where a pod runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Placed {
    /// On this node.
    On(Name),
    /// On some node of a class.
    Somewhere(u32),
}

/// A pod, or the pods that a workload will have.
#[derive(Clone, Debug)]
pub(crate) struct PodUnit {
    pub(crate) vertex: u32,
    pub(crate) namespace: Name,
    pub(crate) name: Name,
    pub(crate) object: Arc<Object>,
    /// Which of the object's templates.
    template: u32,
    /// Equal for pods of one workload.
    pub(crate) workload: Name,
    pub(crate) placed: Placed,
    /// It has no service account: the kubelet runs it from a file.
    pub(crate) is_static: bool,
}

impl PodUnit {
    pub(crate) fn pod(&self) -> Option<PodAt<'_>> {
        self.object.pods().nth(self.template as usize)
    }

    /// Whether it is a Pod object, and so exists under this name.
    pub(crate) fn is_pod(&self) -> bool {
        self.object.well_known() == WellKnown::Pod
    }
}

/// The controller among the owners: kind and name.
fn owner(object: &Object) -> Option<(&str, &str)> {
    let controller = object.controller()?;
    Some((controller.get("kind")?.as_str()?, controller.get("name")?.as_str()?))
}

impl Builder<'_> {
    pub(super) fn collect_pods(&mut self) {
        let cluster = self.input.cluster;
        // ReplicaSets and Jobs stand for what made them.
        let mut makers: HashMap<(&str, &str, &str), (&str, &str)> = HashMap::new();
        for kind in [WellKnown::ReplicaSet, WellKnown::Job] {
            for object in cluster.of(kind) {
                if let Some(owner) = owner(object) {
                    makers.insert((namespace_of(object), object.kind(), object.name()), owner);
                }
            }
        }
        let mut with_pods: HashMap<(&str, &str, &str), ()> = HashMap::new();
        let mut classes: HashMap<String, u32> = HashMap::new();
        for object in cluster.of(WellKnown::Pod) {
            let namespace = namespace_of(object);
            let direct = owner(object);
            let top = direct.map(|(kind, name)| {
                with_pods.insert((namespace, kind, name), ());
                makers.get(&(namespace, kind, name)).copied().unwrap_or((kind, name))
            });
            if let Some((kind, name)) = top {
                with_pods.insert((namespace, kind, name), ());
            }
            self.pod(object, 0, top, &mut classes);
        }
        let complete = self.input.coverage.is_complete(WellKnown::Pod, None);
        for object in cluster.objects().filter(|object| object.well_known() != WellKnown::Pod && !complete) {
            let key = (namespace_of(object), object.kind(), object.name());
            let made = matches!(object.well_known(), WellKnown::ReplicaSet | WellKnown::Job)
                && owner(object).is_some();
            let idle = object.at().get("spec.replicas").int() == Some(0);
            if made || idle || with_pods.contains_key(&key) || object.well_known() == WellKnown::PodTemplate {
                continue;
            }
            for (template, _) in object.pods().enumerate() {
                self.pod(object, template, Some((object.kind(), object.name())), &mut classes);
            }
        }
    }

    fn pod(
        &mut self,
        object: &Arc<Object>,
        template: usize,
        owner: Option<(&str, &str)>,
        classes: &mut HashMap<String, u32>,
    ) {
        let Some(pod) = object.pods().nth(template) else { return };
        let namespace = self.name(pod.namespace().unwrap_or(DEFAULT));
        let name = self.name(object.name());
        let (kind, top) = owner.unwrap_or(("Pod", object.name()));
        let workload = format!("{kind} {}/{top}", self.text(namespace));
        let workload = self.name(&workload);
        let number = self.pods.len() as u32;
        let vertex = self.vertex(Fact::Pod(number));
        let placed = match pod.get("nodeName").str().filter(|name| !name.is_empty()) {
            Some(node) => {
                let node = self.name(node);
                self.nodes.entry(node).or_default();
                Placed::On(node)
            }
            None => {
                let class = Class::new(pod, object.well_known() == WellKnown::DaemonSet);
                let next = self.classes.len() as u32;
                let number = *classes.entry(class.key.clone()).or_insert(next);
                if number == next {
                    self.classes.push(class);
                }
                Placed::Somewhere(number)
            }
        };
        let is_static = self.is_static(object);
        let unit = PodUnit {
            vertex,
            namespace,
            name,
            object: object.clone(),
            template: template as u32,
            workload,
            placed,
            is_static,
        };
        self.pods.push(unit);
        self.pods_by_name.entry((namespace, name)).or_default().push(number);
        let top = self.name(top);
        if top != name {
            self.pods_by_name.entry((namespace, top)).or_default().push(number);
        }
    }

    /// Mirror pods, and the manifests of the control plane: the kubelet runs them without a service account.
    fn is_static(&self, object: &Arc<Object>) -> bool {
        object.well_known() == WellKnown::Pod
            && (object.annotation("kubernetes.io/config.mirror").is_some()
                || object.namespace() == Some("kube-system")
                    && self.input.components.iter().any(|one| Arc::ptr_eq(one.object(), object)))
    }
}
