//! Names and addresses to pods.

use super::pods::{ReachPod, Workload, is_unnamed};
use super::{Reach, tiers};
use crate::parse_address;
use core::net::IpAddr;
use foldhash::HashMap;
use seawall_model::{Cluster, WellKnown};

/// One end of a connection.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum End {
    /// A pod, by its number in [`Reach::pods`].
    Pod(usize),
    /// An address that belongs to no pod with a network of its own.
    Address(IpAddr),
    /// Every address outside the cluster.
    Internet,
}

/// A name that leads nowhere.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ReachError {
    /// There is no such pod or workload.
    #[error("{0} is not in the input")]
    Unknown(String),
    /// It is no pod, address or `internet`.
    #[error("{0}: write a pod as NAMESPACE/NAME, an address, or internet")]
    Invalid(String),
}

type Names = HashMap<Box<str>, u32>;

/// Pods by name and address, nodes by address.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pods: HashMap<Option<Box<str>>, Names>,
    workloads: HashMap<Option<Box<str>>, Names>,
    addresses: HashMap<IpAddr, u32>,
    /// The pods of each workload.
    members: Vec<Vec<u32>>,
    nodes: HashMap<Box<str>, Vec<IpAddr>>,
}

impl Places {
    pub(crate) fn new(cluster: &Cluster, pods: &[ReachPod], workloads: &[Workload]) -> Self {
        let mut places = Self { members: vec![Vec::new(); workloads.len()], ..Self::default() };
        for (number, pod) in pods.iter().enumerate() {
            let number = number as u32;
            if let Some(members) = places.members.get_mut(pod.workload as usize) {
                members.push(number);
            }
            let namespace: Option<Box<str>> = pod.namespace().map(Into::into);
            if let Some(workload) = workloads.get(pod.workload as usize) {
                let names = places.workloads.entry(namespace.clone()).or_default();
                names.entry(workload.name.clone()).or_insert(number);
            }
            if !pod.is_template() {
                places.pods.entry(namespace).or_default().insert(pod.name().into(), number);
            }
            if !pod.uses_host_network() {
                places.addresses.extend(pod.addresses.iter().map(|&address| (address, number)));
            }
        }
        for node in cluster.of(WellKnown::Node) {
            places.nodes.insert(node.name().into(), tiers::addresses_of_node(node).collect());
        }
        places
    }

    /// The addresses of a node.
    pub(crate) fn node(&self, name: &str) -> &[IpAddr] {
        self.nodes.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether an address belongs to a pod or a node.
    pub(crate) fn is_inside(&self, address: IpAddr) -> bool {
        self.addresses.contains_key(&address)
    }
}

impl Reach {
    /// The pods of a workload, by their numbers in [`Reach::pods`].
    pub fn pods_of_workload(&self, workload: usize) -> impl Iterator<Item = usize> + '_ {
        let members = self.places.members.get(workload);
        members.into_iter().flatten().map(|&pod| pod as usize)
    }

    /// The end that a text names: `internet`, an address, or a pod as `NAMESPACE/NAME`; the name of a workload means
    /// one of its pods. `default` also means the unnamed namespace.
    pub fn find(&self, text: &str) -> Result<End, ReachError> {
        if text == "internet" {
            return Ok(End::Internet);
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Some(address) = parse_address(bare) {
            return Ok(self.end_of(address));
        }
        let (namespace, name) = text.split_once('/').ok_or_else(|| ReachError::Invalid(text.into()))?;
        if name.is_empty() || name.contains('/') {
            return Err(ReachError::Invalid(text.into()));
        }
        self.pod_of(namespace, name).map(End::Pod).ok_or_else(|| ReachError::Unknown(text.into()))
    }

    /// The end that an address is.
    pub fn end_of(&self, address: IpAddr) -> End {
        let pod = self.places.addresses.get(&address);
        pod.map_or(End::Address(address), |&pod| End::Pod(pod as usize))
    }

    /// A pod, else one of a workload's, by namespace and name.
    pub(super) fn pod_named(&self, namespace: Option<&str>, name: &str) -> Option<usize> {
        let namespace: Option<Box<str>> = namespace.map(Into::into);
        let mut lists = [&self.places.pods, &self.places.workloads].into_iter();
        lists.find_map(|names| Some(*names.get(&namespace)?.get(name)? as usize))
    }

    /// A pod by the words of a question.
    fn pod_of(&self, namespace: &str, name: &str) -> Option<usize> {
        let unnamed = is_unnamed(namespace).then_some(None);
        let namespaces = [Some(Some(namespace.into())), unnamed];
        let mut lists = [&self.places.pods, &self.places.workloads].into_iter();
        lists.find_map(|names| {
            let mut found =
                namespaces.iter().flatten().filter_map(|namespace| names.get(namespace)?.get(name));
            found.next().map(|&pod| pod as usize)
        })
    }
}
