//! The scenarios of np-guard's netpol-analyzer and its lists of connections. Where it reads the specification otherwise
//! the scenario stands in the list of exceptions, with the reason; an exception that is none any more fails.

use super::{data, exceptions, objects_below};
use seawall_model::Cluster;
use seawall_network::{Dialect, Network, Party, PortSet, Protocol, Reach, Workload};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

/// A range of addresses, both ends included, and ports.
type Open = (u32, u32, PortSet);

/// What is open: between workloads, and for ranges of addresses.
#[derive(Debug, Default)]
struct Table {
    inside: BTreeMap<(String, String), PortSet>,
    /// By workload and whether it listens.
    outside: BTreeMap<(String, bool), Vec<Open>>,
}

#[test]
fn connections_are_those_of_np_guard() {
    let Some(root) = data("network/np-guard") else { return };
    let mut seen = BTreeSet::new();
    let mut failed = Vec::new();
    let (mut compared, mut skipped) = (0, 0);
    for entry in std::fs::read_dir(root.join("test_outputs/connlist")).unwrap().flatten() {
        let file = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = file.strip_suffix("_connlist_output.txt") else { continue };
        let folder = root.join("tests").join(name);
        if name.contains("focus") || !folder.is_dir() {
            continue;
        }
        if ["udn_", "cudn_", "nad_", "virtual_"].iter().any(|other| name.starts_with(other)) {
            skipped += 1;
            continue;
        }
        let theirs = read(&std::fs::read_to_string(entry.path()).unwrap());
        let differences = compare(&theirs, &ours(&folder, &[]));
        compared += 1;
        match (exceptions::find(name), differences.is_empty()) {
            (None, true) => {}
            (None, false) => failed.push(format!("{name}:\n  {}", differences.join("\n  "))),
            (Some(exception), true) => {
                failed.push(format!("{name}: no difference any more, though: {}", exception.reason));
            }
            (Some(exception), false) => {
                seen.insert(name.to_owned());
                if !exception.without.is_empty() {
                    let left = compare(&theirs, &ours(&folder, exception.without));
                    if !left.is_empty() {
                        failed.push(format!("{name}, also without its reason:\n  {}", left.join("\n  ")));
                    }
                }
            }
        }
    }
    eprintln!(
        "conformance network: np-guard: {compared} scenarios, {} of them read otherwise by upstream's text, {skipped} of other network APIs left out, no other difference",
        seen.len()
    );
    assert!(compared > 60, "only {compared} scenarios");
    failed.sort();
    assert!(failed.is_empty(), "{} scenarios differ:\n{}", failed.len(), failed.join("\n"));
}

/// `a/b[Deployment] => c/d[Pod] : TCP 80,443,UDP 53`.
fn read(text: &str) -> Table {
    let mut table = Table::default();
    for line in text.lines().take_while(|line| !line.is_empty()) {
        let Some((ends, ports)) = line.rsplit_once(" : ") else { continue };
        let Some((from, to)) = ends.split_once(" => ") else { continue };
        // Connections from an Ingress controller that is not in the input.
        if from.starts_with('{') {
            continue;
        }
        let ports = read_ports(ports);
        match (range(from), range(to)) {
            (Some((first, last)), _) => {
                table.outside.entry((to.to_owned(), true)).or_default().push((first, last, ports));
            }
            (_, Some((first, last))) => {
                table.outside.entry((from.to_owned(), false)).or_default().push((first, last, ports));
            }
            _ => drop(table.inside.insert((from.to_owned(), to.to_owned()), ports)),
        }
    }
    table
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = text.strip_suffix("[External]")?.split_once('-')?;
    let number = |text: &str| text.parse::<std::net::Ipv4Addr>().ok().map(u32::from);
    Some((number(first)?, number(last)?))
}

fn read_ports(text: &str) -> PortSet {
    if text == "All Connections" {
        return PortSet::all();
    }
    let mut protocol = Protocol::Tcp;
    let mut ranges = Vec::new();
    for part in text.split(',') {
        let mut words = part.split_whitespace();
        let mut last = words.next().unwrap_or("");
        if let Some(named) = Protocol::parse(last) {
            protocol = named;
            last = words.next().unwrap_or("1-65535");
        }
        let (first, end) = last.split_once('-').unwrap_or((last, last));
        ranges.push((protocol, first.parse().unwrap(), end.parse().unwrap()));
    }
    PortSet::of(ranges)
}

fn ours(folder: &Path, without: &[(&str, &str)]) -> Table {
    let cluster = Cluster::new(objects_below(folder, without));
    let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
    let name = |workload: &Workload| {
        let namespace = workload.namespace.as_deref().unwrap_or("default");
        format!("{namespace}/{}[{}]", workload.name, workload.kind)
    };
    let mut table = Table::default();
    for one in reach.connections(|_| true).list {
        if one.sure.is_empty() {
            continue;
        }
        let ports = (*one.sure).clone();
        let number = |address| match address {
            IpAddr::V4(address) => Some(u32::from(address)),
            IpAddr::V6(_) => None,
        };
        let (workload, listens, range) = match (one.from, one.to) {
            (Party::Workload(from), Party::Workload(to)) => {
                let ends = (name(&reach.workloads()[from]), name(&reach.workloads()[to]));
                table.inside.insert(ends, ports);
                continue;
            }
            (Party::Range(first, last), Party::Workload(to)) => (to, true, (number(first), number(last))),
            (Party::Workload(from), Party::Range(first, last)) => {
                (from, false, (number(first), number(last)))
            }
            _ => continue,
        };
        if let (Some(first), Some(last)) = range {
            let key = (name(&reach.workloads()[workload]), listens);
            table.outside.entry(key).or_default().push((first, last, ports));
        }
    }
    table
}

fn compare(theirs: &Table, ours: &Table) -> Vec<String> {
    let mut differences = Vec::new();
    let none = PortSet::default();
    let keys: BTreeSet<_> = theirs.inside.keys().chain(ours.inside.keys()).collect();
    for key in keys {
        let (a, b) = (theirs.inside.get(key).unwrap_or(&none), ours.inside.get(key).unwrap_or(&none));
        if a != b {
            differences.push(format!("{} => {}: theirs {a}, ours {b}", key.0, key.1));
        }
    }
    let keys: BTreeSet<_> = theirs.outside.keys().chain(ours.outside.keys()).collect();
    for key in keys {
        let lists = [theirs.outside.get(key), ours.outside.get(key)];
        let mut cuts: Vec<u32> = vec![0];
        for (first, last, _) in lists.iter().flatten().flat_map(|list| list.iter()) {
            cuts.extend([Some(*first), last.checked_add(1)].into_iter().flatten());
        }
        cuts.sort_unstable();
        cuts.dedup();
        for at in cuts {
            let [a, b] = lists.map(|list| {
                let mut open = PortSet::default();
                let here =
                    list.into_iter().flatten().filter(|(first, last, _)| (*first..=*last).contains(&at));
                here.for_each(|(_, _, ports)| open.unite(ports));
                open
            });
            if a != b {
                let at = std::net::Ipv4Addr::from(at);
                differences.push(format!(
                    "{} {} {at}: theirs {a}, ours {b}",
                    key.0,
                    if key.1 { "from" } else { "to" }
                ));
            }
        }
    }
    differences
}
