//! What policies can match: pods that are alike, each family of their addresses for itself, and parts of the address
//! space. Each of them is a column; a policy is for columns and its rules name columns.

use super::atoms::Atoms;
use super::block::{Block, PodRanges};
use super::pods::{NamedPorts, ReachPod, named_ports};
use crate::address::number_of;
use crate::index::sorted;
use crate::kinds::{made_labels, uses_host_network};
use crate::{Bits, Family, LabelIndex, Network, Protocol};
use foldhash::HashMap;
use seawall_model::Labels;
use std::collections::BTreeMap;

/// What a column is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Column {
    /// The pods of a group, by their addresses of a family.
    Pod(u32, Family),
    /// Addresses outside.
    Outside(Family),
}

/// Pods that no policy can tell apart.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The number of the namespace.
    pub(crate) namespace: u32,
    /// Its column by family.
    pub(crate) columns: [Option<u32>; 2],
    /// Whether they use their node's network.
    pub(crate) host_network: bool,
    /// The number of the list of named ports.
    pub(crate) ports: u32,
    /// The pods.
    pub(crate) pods: Vec<u32>,
}

impl Group {
    /// A column that tells what selects the pods: selectors do not ask for families.
    pub(crate) fn any_column(&self) -> Option<u32> {
        self.columns.iter().flatten().next().copied()
    }
}

/// Pods by the number and name of a port: columns that have the number under the name.
pub(crate) type PortNames = HashMap<Box<str>, BTreeMap<(Protocol, u16), Vec<u32>>>;

/// All columns and how to find them.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    pub(crate) columns: Vec<Column>,
    pub(crate) groups: Vec<Group>,
    /// One thing per column; those outside have no labels.
    pub(crate) labels: LabelIndex,
    /// Columns of each namespace, as ranges without their end; only of pods that selectors can match.
    pub(crate) namespaces: Vec<Vec<(u32, u32)>>,
    /// Columns of pods that selectors can match: not those on their node's network.
    pub(crate) selectable: Bits,
    pub(crate) atoms: [Atoms; 2],
    /// Per family, columns of pods whose address is not known, and whether they are of a template.
    pub(crate) unknown: [Vec<(u32, bool)>; 2],
    /// Where such pods may have it.
    pub(crate) ranges: PodRanges,
    pub(crate) ports: Vec<NamedPorts>,
    pub(crate) names: PortNames,
}

/// What pods of a group have in common: namespace, labels, network, ports, and the part of the address space per family.
type Key<'a> = (u32, bool, u32, &'static [&'static str], Vec<(&'a str, &'a str)>, [Option<Place>; 2]);

/// Where an address of a pod is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Place {
    Atom(u32),
    /// Not known; of a template, or of a pod.
    Unknown(bool),
}

impl Space {
    /// The columns of these pods, and of the address space between the cuts. Numbers the groups of the pods.
    pub(crate) fn new(
        pods: &mut [ReachPod],
        network: &Network,
        (families, ranges): ([bool; 2], PodRanges),
        cuts: [Vec<u128>; 2],
    ) -> Self {
        let [v4, v6] = cuts;
        let mut space = Self {
            columns: Vec::new(),
            groups: Vec::new(),
            labels: LabelIndex::default(),
            namespaces: vec![Vec::new(); network.namespaces().len()],
            selectable: Bits::none(0),
            atoms: [Atoms::new(Family::V4, v4), Atoms::new(Family::V6, v6)],
            unknown: [Vec::new(), Vec::new()],
            ranges,
            ports: vec![NamedPorts::new()],
            names: PortNames::default(),
        };
        space.add_pods(pods, network, families);
        for family in Family::ALL {
            for atom in 0..space.atoms[family as usize].list().len() {
                let column = space.push(Column::Outside(family), &[], true, &[]);
                if let Some(atom) = space.atoms[family as usize].list_mut().get_mut(atom) {
                    atom.column = column;
                }
            }
        }
        let mut selectable = Bits::none(space.columns.len());
        for &(first, end) in space.namespaces.iter().flatten() {
            selectable.insert_range(first as usize, end as usize);
        }
        space.selectable = selectable;
        space
    }

    fn add_pods(&mut self, pods: &mut [ReachPod], network: &Network, families: [bool; 2]) {
        let mut port_lists: HashMap<NamedPorts, u32> = HashMap::default();
        port_lists.insert(NamedPorts::new(), 0);
        let mut groups = Vec::with_capacity(pods.len());
        let mut keys: HashMap<Key<'_>, u32> = HashMap::default();
        for (number, pod) in pods.iter().enumerate() {
            let Some(at) = pod.at() else {
                groups.push(0);
                continue;
            };
            let namespace = network.number_of(pod.namespace()).unwrap_or(0) as u32;
            let host = uses_host_network(at);
            let next = self.ports.len() as u32;
            let named = named_ports(at);
            let ports = match port_lists.get(&named) {
                Some(&known) => known,
                None => {
                    self.ports.push(named.clone());
                    port_lists.insert(named, next);
                    next
                }
            };
            let places = Family::ALL.map(|family| self.place(pod, family, families));
            let made = if pod.is_template() { made_labels(pod.object().well_known()) } else { &[] };
            // Nothing asks for labels of pods on their node's network.
            let labels = if host { Vec::new() } else { sorted(Labels::of(at.labels())) };
            let next = self.groups.len() as u32;
            let group = match keys.entry((namespace, host, ports, made, labels, places)) {
                std::collections::hash_map::Entry::Occupied(known) => *known.get(),
                std::collections::hash_map::Entry::Vacant(new) => {
                    let (_, _, _, made, labels, _) = new.key();
                    self.add_group(namespace, host, ports, (labels, made), places);
                    *new.insert(next)
                }
            };
            if let Some(group) = self.groups.get_mut(group as usize) {
                group.pods.push(number as u32);
            }
            groups.push(group);
        }
        drop(keys);
        for (pod, group) in pods.iter_mut().zip(groups) {
            pod.group = group;
        }
    }

    fn place(&self, pod: &ReachPod, family: Family, families: [bool; 2]) -> Option<Place> {
        if pod.addresses.is_empty() {
            return families[family as usize].then_some(Place::Unknown(pod.is_template()));
        }
        let mut numbers = pod.addresses.iter().map(|&address| number_of(address));
        let (_, number) = numbers.find(|one| one.0 == family)?;
        Some(Place::Atom(self.atoms[family as usize].find(number) as u32))
    }

    fn add_group(
        &mut self,
        namespace: u32,
        host_network: bool,
        ports: u32,
        (labels, made): (&[(&str, &str)], &[&str]),
        places: [Option<Place>; 2],
    ) {
        let group = self.groups.len() as u32;
        let mut columns = [None; 2];
        for family in Family::ALL {
            let Some(place) = places[family as usize] else { continue };
            let column = self.push(Column::Pod(group, family), labels, true, made);
            columns[family as usize] = Some(column);
            match place {
                Place::Unknown(template) => self.unknown[family as usize].push((column, template)),
                Place::Atom(atom) => {
                    if let Some(atom) = self.atoms[family as usize].list_mut().get_mut(atom as usize) {
                        atom.pods.push(column);
                    }
                }
            }
            self.list(column, namespace, host_network, ports);
        }
        self.groups.push(Group { namespace, columns, host_network, ports, pods: Vec::new() });
    }

    /// Notes a column of pods in its namespace and under its ports' names.
    pub(crate) fn list(&mut self, column: u32, namespace: u32, host_network: bool, ports: u32) {
        if host_network {
            // An address of a node: no selector and no name of a port leads there.
            return;
        }
        let named = self.ports.get(ports as usize).into_iter().flatten();
        for (protocol, name, number) in named {
            if !self.names.contains_key(name) {
                self.names.insert(name.clone(), BTreeMap::new());
            }
            if let Some(numbers) = self.names.get_mut(name) {
                numbers.entry((*protocol, *number)).or_default().push(column);
            }
        }
        if let Some(ranges) = self.namespaces.get_mut(namespace as usize) {
            match ranges.last_mut() {
                Some(last) if last.1 == column => last.1 = column + 1,
                _ => ranges.push((column, column + 1)),
            }
        }
    }

    /// A new column behind all others.
    pub(crate) fn push(
        &mut self,
        column: Column,
        labels: &[(&str, &str)],
        complete: bool,
        made: &[&str],
    ) -> u32 {
        let number = self.labels.add_sorted(labels, complete, made);
        self.columns.push(column);
        number as u32
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether pods use their node's network.
    pub(crate) fn is_host(&self, column: u32) -> bool {
        match self.columns.get(column as usize) {
            Some(Column::Pod(group, _)) => {
                self.groups.get(*group as usize).is_some_and(|group| group.host_network)
            }
            _ => false,
        }
    }

    /// Calls for each column that a block surely (`true`) or possibly holds; for some more than once. `pods`: whether
    /// addresses of pods count.
    pub(crate) fn each_of_block(&self, block: &Block, pods: bool, mut add: impl FnMut(u32, bool)) {
        let family = block.cidr.family;
        let atoms = &self.atoms[family as usize];
        for number in atoms.of_block(block) {
            let Some(atom) = atoms.list().get(number) else { continue };
            add(atom.column, true);
            atom.pods
                .iter()
                .filter(|&&column| pods || self.is_host(column))
                .for_each(|&column| add(column, true));
        }
        let all = block.holds_every_pod(&self.ranges);
        for &(column, is_template) in &self.unknown[family as usize] {
            if self.is_host(column) {
                // Nodes may be anywhere.
                add(column, block.is_whole_family());
            } else if pods && all {
                add(column, true);
            } else if pods && block.may_hold_a_pod(&self.ranges, is_template) {
                add(column, false);
            }
        }
    }
}
