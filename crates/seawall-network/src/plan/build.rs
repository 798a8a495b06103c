//! From the engine to the program of a node.

use super::class::{self, Points, Ports};
use super::names::{chain_name, denied_name, direction_name, kind_name, map_name, replies_name, version};
use super::table::{Chain, Map, Rule, Set, SetKind, Table, TableFamily};
use super::{NodePlan, Plan, PodNetwork};
use crate::address::number_of;
use crate::{Direction, Family, Reach};
use core::net::IpAddr;
use foldhash::HashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A chain of a class and what belongs to it.
struct ClassChain {
    name: Box<str>,
    is_too_large: bool,
    /// Families that the class restricts.
    families: [bool; 2],
}

impl NodePlan {
    /// The program of the node of this name.
    pub fn new(reach: &Reach, node: &str, network: PodNetwork) -> Self {
        let is_local = |pod: &usize| {
            let is_here = reach.pods().get(*pod).is_some_and(|pod| pod.node() == Some(node));
            is_here && reach.class_of(*pod, Direction::Ingress).is_some()
        };
        let local: Vec<usize> = (0..reach.pods().len()).filter(is_local).collect();
        let (local, waiting): (Vec<usize>, _) =
            local.into_iter().partition(|&pod| !addresses(reach, pod).is_empty());
        let (table, shut) = classes(reach, &local);
        let isolates = !table.maps.values().all(|map| map.elements.is_empty());
        let mut tables = BTreeMap::new();
        if network == PodNetwork::Bridged {
            let mut table = table.clone();
            for family in Family::ALL {
                let set = Set { kind: SetKind::Replies, family, elements: BTreeSet::new() };
                table.sets.insert(replies_name(family).into(), set);
            }
            tables.insert(TableFamily::Bridge, table);
        }
        tables.insert(TableFamily::Inet, table);
        for (&family, table) in &mut tables {
            let rules = forward(family, network, isolates);
            table.chains.insert("forward".into(), Chain { is_base: true, rules });
        }
        Self { plan: Plan { tables }, shut, waiting }
    }
}

fn addresses(reach: &Reach, pod: usize) -> &[IpAddr] {
    reach.pods().get(pod).map_or(&[], |pod| pod.addresses())
}

/// The table with the classes of these pods, and the pods for which everything is shut.
fn classes(reach: &Reach, pods: &[usize]) -> (Table, Vec<usize>) {
    let mut table = skeleton();
    let mut shut = BTreeSet::new();
    let points = Family::ALL.map(|family| points(reach, family));
    let mut ports = Ports::new(reach);
    let mut used = [false; 2];
    for &address in pods.iter().flat_map(|&pod| addresses(reach, pod)) {
        used[number_of(address).0 as usize] = true;
    }
    for direction in Direction::ALL {
        let mut chains: HashMap<u32, Option<ClassChain>> = HashMap::default();
        for &pod in pods {
            let Some(class) = reach.class_of(pod, direction) else { continue };
            let made = chains.entry(class).or_insert_with(|| {
                let (made, chain, sets) = class_chain((reach, used), direction, class, &points, &mut ports)?;
                table.sets.extend(sets);
                table.chains.insert(made.name.clone(), chain);
                Some(made)
            });
            let Some(made) = made else { continue };
            if made.is_too_large {
                shut.insert(pod);
            }
            for &address in addresses(reach, pod) {
                let (family, _) = number_of(address);
                let is_subject =
                    made.families[family as usize] && reach.column_of(pod, address, family).is_some();
                if let Some(map) = table.maps.get_mut(map_name(direction, family)).filter(|_| is_subject) {
                    map.elements.insert(address, made.name.clone());
                }
            }
        }
    }
    (table, shut.into_iter().collect())
}

/// The addresses of pods, each with the column of the pod that it leads to.
fn points(reach: &Reach, family: Family) -> Points {
    let mut points = Points::new();
    for (number, pod) in reach.pods().iter().enumerate() {
        for &address in pod.addresses() {
            let (own, point) = number_of(address);
            let column = reach.column_of(number, address, family).filter(|_| own == family);
            points.extend(column.map(|column| (point, column)));
        }
    }
    points.sort_unstable();
    points
}

/// The chain of a class with its sets; `None` if it restricts nothing. `used`: which families pods of the node have.
fn class_chain(
    (reach, used): (&Reach, [bool; 2]),
    direction: Direction,
    class: u32,
    points: &[Points; 2],
    ports: &mut Ports<'_>,
) -> Option<(ClassChain, Chain, BTreeMap<Box<str>, Set>)> {
    let row = reach.sure_row(direction, class)?;
    let name = chain_name(reach, direction, class);
    let mut made = ClassChain { name, is_too_large: false, families: [false; 2] };
    let (mut chain, mut sets) = (Chain::default(), BTreeMap::new());
    for family in Family::ALL.into_iter().filter(|&family| used[family as usize]) {
        let Some(elements) = class::elements(row, family, &points[family as usize], ports) else { continue };
        made.families[family as usize] = true;
        made.is_too_large |= elements.is_too_large;
        for (kind, elements) in elements.sets() {
            let set: Box<str> = format!("{}_{}{}", made.name, kind_name(kind), version(family)).into();
            chain.rules.push(match kind {
                SetKind::Open => Rule::AllowAddresses(direction, family, set.clone()),
                _ => Rule::AllowPorts(direction, family, set.clone()),
            });
            sets.insert(set, Set { kind, family, elements });
        }
    }
    chain.rules.push(Rule::Goto(denied_name(direction).into()));
    (made.families != [false; 2]).then_some((made, chain, sets))
}

/// What every table has, but for the chain that packets enter.
fn skeleton() -> Table {
    let mut table = Table::default();
    for direction in Direction::ALL {
        let denied: Box<str> = denied_name(direction).into();
        table.counters.insert(denied.clone());
        let drop = Chain { is_base: false, rules: vec![Rule::Drop(denied.clone())] };
        table.chains.insert(denied, drop);
        let mut dispatch = Chain::default();
        for family in Family::ALL {
            let map: Box<str> = map_name(direction, family).into();
            table.maps.insert(map.clone(), Map { family, elements: BTreeMap::new() });
            dispatch.rules.push(Rule::Dispatch(direction, family, map));
        }
        table.chains.insert(direction_name(direction).into(), dispatch);
    }
    table
}

/// The rules where packets enter. `isolates`: whether any pod of the node is restricted.
fn forward(table: TableFamily, network: PodNetwork, isolates: bool) -> Vec<Rule> {
    if !isolates {
        return Vec::new();
    }
    let mut rules = Vec::new();
    if table == TableFamily::Inet {
        rules.push(Rule::Established);
    }
    rules.push(Rule::NeighbourDiscovery);
    let sees_bridge = match network {
        PodNetwork::Routed => false,
        PodNetwork::BridgedFiltered => true,
        PodNetwork::Bridged => table == TableFamily::Bridge,
    };
    if sees_bridge {
        rules.extend([Rule::ListenerReports, Rule::LinkTraffic]);
    }
    let remembers = |rule: fn(Family, Box<str>) -> Rule| {
        let families = Family::ALL.into_iter().filter(move |_| table == TableFamily::Bridge);
        families.map(move |family| rule(family, replies_name(family).into()))
    };
    if table == TableFamily::Bridge {
        rules.push(Rule::Errors);
    }
    rules.extend(remembers(Rule::Replies));
    rules.extend([Direction::Egress, Direction::Ingress].map(|one| Rule::Jump(direction_name(one).into())));
    rules.extend(remembers(Rule::Remember));
    rules
}
