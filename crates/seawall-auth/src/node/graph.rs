//! Which objects are related to which nodes (upstream: `graph.go`, `graph_populator.go`).
//!
//! Upstream walks a graph from the object towards the node. Every walk is one of three: an object of a pod or bound
//! to a node; a volume through its claim; a secret through a volume and its claim. So the nodes of the first sort
//! are kept as lists, and the other two are looked up in two and three steps.

use super::{NodeOptions, references, volumes};
use foldhash::fast::RandomState;
use seawall_model::{Cluster, Object, WellKnown};
use std::collections::HashMap;
use std::sync::Arc;

/// The sorts of objects in the graph.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Vertex {
    ConfigMap,
    Secret,
    Claim,
    Volume,
    ResourceClaim,
    ResourceSlice,
    Attachment,
    ServiceAccount,
    Pod,
    PodCertificateRequest,
}

/// An object: sort, namespace, name.
pub(super) type Key = (Vertex, Box<str>, Box<str>);

/// Why an object is related to a node.
#[derive(Clone, Copy, Debug)]
pub struct Relation<'a> {
    /// The object that names the node: a pod, VolumeAttachment, ResourceSlice or PodCertificateRequest.
    pub on_node: &'a Arc<Object>,
    /// The PersistentVolume in between, where there is one.
    pub volume: Option<&'a Arc<Object>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    nodes: HashMap<Box<str>, u32, RandomState>,
    /// By object: the nodes it is related to, ascending, each with an object that names the node.
    direct: HashMap<Key, Vec<(u32, u32)>, RandomState>,
    /// The objects that name nodes.
    on_node: Vec<Arc<Object>>,
    /// PersistentVolumes with their claims: namespace and name.
    volumes: Vec<(Arc<Object>, Key)>,
    /// Volumes by name.
    by_name: HashMap<Box<str>, u32, RandomState>,
    /// Volumes by the namespace and name of the secrets that kubelets need for them.
    by_secret: HashMap<(Box<str>, Box<str>), Vec<u32>, RandomState>,
}

impl Graph {
    pub(super) fn new(cluster: &Cluster, options: &NodeOptions) -> Self {
        let mut graph = Self::default();
        for pod in latest(cluster.of(WellKnown::Pod)) {
            graph.add_pod(pod);
        }
        for volume in latest(cluster.of(WellKnown::PersistentVolume)) {
            graph.add_volume(volume);
        }
        let others: Vec<_> = cluster
            .objects()
            .filter(|object| {
                matches!(object.kind(), "VolumeAttachment" | "ResourceSlice" | "PodCertificateRequest")
            })
            .collect();
        for object in latest(others) {
            let text = |path| object.at().get(path).str().unwrap_or("");
            let (vertex, node) = match (object.group(), object.kind()) {
                ("storage.k8s.io", "VolumeAttachment") => (Vertex::Attachment, text("spec.nodeName")),
                ("resource.k8s.io", "ResourceSlice") if options.dynamic_resources => {
                    // In 1.30 the name stood at the top.
                    let node = Some(text("spec.nodeName")).filter(|node| !node.is_empty());
                    (Vertex::ResourceSlice, node.unwrap_or_else(|| text("nodeName")))
                }
                ("certificates.k8s.io", "PodCertificateRequest") if options.pod_certificates => {
                    (Vertex::PodCertificateRequest, text("spec.nodeName"))
                }
                _ => continue,
            };
            if !node.is_empty() {
                let place = graph.place(object);
                let node = graph.node(node);
                let namespace = object.namespace().unwrap_or("");
                graph.link((vertex, namespace.into(), object.name().into()), node, place);
            }
        }
        for nodes in graph.direct.values_mut() {
            nodes.sort_unstable();
            nodes.dedup_by_key(|(node, _)| *node);
        }
        graph
    }

    fn place(&mut self, object: &Arc<Object>) -> u32 {
        self.on_node.push(object.clone());
        self.on_node.len() as u32 - 1
    }

    fn node(&mut self, name: &str) -> u32 {
        let next = self.nodes.len() as u32;
        *self.nodes.entry(name.into()).or_insert(next)
    }

    fn link(&mut self, key: Key, node: u32, place: u32) {
        self.direct.entry(key).or_default().push((node, place));
    }

    fn add_pod(&mut self, pod: &Arc<Object>) {
        let node = pod.at().get("spec.nodeName").str().unwrap_or("");
        if node.is_empty() {
            return;
        }
        let (place, node) = (self.place(pod), self.node(node));
        let namespace: Box<str> = pod.namespace().unwrap_or("default").into();
        self.link((Vertex::Pod, namespace.clone(), pod.name().into()), node, place);
        references::visit(pod, &mut |vertex, name| {
            self.link((vertex, namespace.clone(), name.into()), node, place);
        });
    }

    fn add_volume(&mut self, volume: &Arc<Object>) {
        let claim = volume.at().get("spec.claimRef");
        if !claim.exists() {
            return;
        }
        let text = |key| claim.key(key).str().unwrap_or("");
        let number = self.volumes.len() as u32;
        let key = (Vertex::Claim, text("namespace").into(), text("name").into());
        self.volumes.push((volume.clone(), key));
        self.by_name.insert(volume.name().into(), number);
        volumes::visit(volume, &mut |namespace, name| {
            let list = self.by_secret.entry((namespace.into(), name.into())).or_default();
            if list.last() != Some(&number) {
                list.push(number);
            }
        });
    }

    /// How an object is related to a node, if it is.
    pub(super) fn relation(
        &self,
        vertex: Vertex,
        namespace: &str,
        name: &str,
        node: &str,
    ) -> Option<Relation<'_>> {
        let node = *self.nodes.get(node)?;
        if vertex == Vertex::Volume {
            // Upstream looks for a volume in the namespace of the request, and keeps it in none.
            let number = namespace.is_empty().then(|| self.by_name.get(name)).flatten()?;
            return self.through(*number, node);
        }
        let key = (vertex, namespace.into(), name.into());
        if let Some(relation) = self.directly(&key, node) {
            return Some(relation);
        }
        let (_, namespace, name) = key;
        let volumes = self.by_secret.get(&(namespace, name)).filter(|_| vertex == Vertex::Secret);
        volumes.into_iter().flatten().find_map(|number| self.through(*number, node))
    }

    fn directly(&self, key: &Key, node: u32) -> Option<Relation<'_>> {
        let nodes = self.direct.get(key)?;
        let at = nodes.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        let (_, place) = nodes.get(at)?;
        Some(Relation { on_node: self.on_node.get(*place as usize)?, volume: None })
    }

    fn through(&self, volume: u32, node: u32) -> Option<Relation<'_>> {
        let (object, claim) = self.volumes.get(volume as usize)?;
        Some(Relation { volume: Some(object), ..self.directly(claim, node)? })
    }
}

/// The last object of each kind, namespace and name.
fn latest<'a>(objects: impl IntoIterator<Item = &'a Arc<Object>>) -> Vec<&'a Arc<Object>> {
    let mut seen = HashMap::new();
    let objects: Vec<&Arc<Object>> = objects.into_iter().collect();
    for (number, object) in objects.iter().enumerate() {
        seen.insert(object.identity(), number);
    }
    let last = |(number, object): &(usize, &Arc<Object>)| seen.get(&object.identity()) == Some(number);
    objects.iter().copied().enumerate().filter(last).map(|(_, object)| object).collect()
}
