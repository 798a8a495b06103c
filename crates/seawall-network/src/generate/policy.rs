//! One NetworkPolicy a workload, with stable names and order.

use super::names::{Labels, labels_of};
use super::ranges::fewest;
use super::{Side, Wanted};
use crate::{Cidr, Direction, PortSet, Protocol, Reach};
use core::fmt::Write;
use foldhash::HashMap;
use seawall_model::{Cluster, Object, WellKnown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A policy as text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GeneratedPolicy {
    /// Its namespace; `None` is the unnamed one.
    pub namespace: Option<Box<str>>,
    /// Its name.
    pub name: String,
    /// The number of the workload that it is for.
    pub workload: usize,
    /// The YAML, without a document marker.
    pub text: String,
}

/// What was written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Generated {
    /// By namespace and name.
    pub policies: Vec<GeneratedPolicy>,
    /// What NetworkPolicies cannot say about this cluster, in words.
    pub notes: Vec<String>,
}

/// Ranges of addresses in one direction of a policy from which on it is said that they are many.
const MANY: usize = 100;
/// Ranges that are written; what is beyond would make an object that the API server's storage does not take.
const MOST: usize = 10_000;

/// Rules of one direction: ports by peer, `None` for everyone.
type Rules = BTreeMap<Option<Peer>, PortSet>;

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Peer {
    /// Pods of a namespace (`None`: the policy's own) with these labels.
    Pods(Option<Box<str>>, Labels),
    Block(Cidr),
}

/// Everything about one workload that policies need.
struct Known {
    labels: Option<Labels>,
    /// Pods on their node's network: no policy selects them, and no peer names them.
    on_host: bool,
}

/// Writes policies that let `wanted` pass and nothing else, for the workloads that `covered` names; both directions
/// of them are isolated.
pub fn generate(
    cluster: &Cluster,
    reach: &Reach,
    wanted: &[Wanted],
    covered: impl Fn(usize) -> bool,
) -> Generated {
    let mut out = Generated::default();
    let known: Vec<Known> = (0..reach.workloads().len()).map(|number| know(cluster, reach, number)).collect();
    let mut rules: Vec<[Rules; 2]> = reach.workloads().iter().map(|_| <[Rules; 2]>::default()).collect();
    for one in wanted {
        for direction in Direction::ALL {
            let (own, other) = match direction {
                Direction::Ingress => (&one.to, &one.from),
                Direction::Egress => (&one.from, &one.to),
            };
            let Side::Workload(own) = *own else { continue };
            if !covered(own) || known.get(own).is_none_or(|known| known.on_host || known.labels.is_none()) {
                continue;
            }
            match peer(reach, &known, own, other) {
                Ok(peer) => {
                    if let Some(rules) = rules.get_mut(own) {
                        rules[direction as usize].entry(peer).or_default().unite(&one.ports);
                    }
                }
                Err(note) => out.notes.push(note),
            }
        }
    }
    let mut names: BTreeMap<(Option<&str>, String), usize> = BTreeMap::new();
    for (number, (workload, rules)) in reach.workloads().iter().zip(&rules).enumerate() {
        if !covered(number) {
            continue;
        }
        let shown = name_of(reach, number);
        let Some(Known { labels, on_host }) = known.get(number) else { continue };
        if *on_host {
            out.notes.push(format!("{shown} uses its node's network: no policy can select it"));
            continue;
        }
        let Some(labels) = labels else {
            out.notes.push(format!("{shown} has no labels that a policy could select it by"));
            continue;
        };
        let namespace = workload.namespace.as_deref();
        let mut name = short(&workload.name);
        let twins = names.entry((namespace, name.clone())).or_default();
        *twins += 1;
        if *twins > 1 {
            name = short(&format!("{}-{}", workload.name, workload.kind.to_ascii_lowercase()));
        }
        let rules = rules.each_ref().map(|rules| with_few_ranges(rules, &shown, &mut out.notes));
        let text = write(namespace, &name, labels, &rules);
        let namespace = workload.namespace.clone();
        out.policies.push(GeneratedPolicy { namespace, name, workload: number, text });
    }
    out.policies.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    out.notes.sort();
    out.notes.dedup();
    out
}

/// Blocks of addresses with equal ports as few blocks that hold exactly the same; says where they are many nevertheless.
fn with_few_ranges(rules: &Rules, shown: &str, notes: &mut Vec<String>) -> Rules {
    let mut blocks: BTreeMap<usize, (&PortSet, Vec<Cidr>)> = BTreeMap::new();
    let mut places: HashMap<&PortSet, usize> = HashMap::default();
    let mut out = Rules::new();
    for (peer, ports) in rules {
        let Some(Peer::Block(block)) = peer else {
            out.insert(peer.clone(), ports.clone());
            continue;
        };
        let next = places.len();
        let place = *places.entry(ports).or_insert(next);
        blocks.entry(place).or_insert_with(|| (ports, Vec::new())).1.push(*block);
    }
    let mut count = 0;
    for (ports, blocks) in blocks.into_values() {
        for block in fewest(blocks) {
            count += 1;
            if count <= MOST {
                out.entry(Some(Peer::Block(block))).or_default().unite(ports);
            }
        }
    }
    if count > MANY {
        let rest = match count.checked_sub(MOST) {
            Some(rest @ 1..) => format!(", of which {rest} are left out because no object can hold them"),
            _ => String::new(),
        };
        notes.push(format!(
            "{shown} talks to {count} ranges of addresses that no fewer blocks hold exactly{rest}: name the networks that \
             they belong to instead"
        ));
    }
    out
}

fn know(cluster: &Cluster, reach: &Reach, number: usize) -> Known {
    let owner = owner(cluster, reach, number);
    let mut pods = reach.pods_of_workload(number);
    let on_host = pods.any(|pod| reach.pods().get(pod).is_some_and(crate::ReachPod::uses_host_network));
    Known { labels: labels_of(reach, number, owner), on_host }
}

/// The object that a workload is.
fn owner<'c>(cluster: &'c Cluster, reach: &Reach, number: usize) -> Option<&'c Arc<Object>> {
    let workload = reach.workloads().get(number)?;
    let group = if matches!(&*workload.kind, "Job" | "CronJob") { "batch" } else { "apps" };
    let group = if &*workload.kind == "ReplicationController" { "" } else { group };
    let kind = WellKnown::of(group, &workload.kind);
    (kind != WellKnown::Other).then(|| cluster.find(kind, workload.namespace.as_deref(), &workload.name))?
}

/// `shop/web[Deployment]`.
pub(super) fn name_of(reach: &Reach, workload: usize) -> String {
    reach.workloads().get(workload).map(ToString::to_string).unwrap_or_default()
}

/// How a policy for `own` names the other side; `None` is everyone.
fn peer(reach: &Reach, known: &[Known], own: usize, other: &Side) -> Result<Option<Peer>, String> {
    let home = |workload: usize| reach.workloads().get(workload).and_then(|one| one.namespace.clone());
    match other {
        Side::Anyone => Ok(None),
        Side::Block(block) => Ok(Some(Peer::Block(*block))),
        Side::Pods { namespace, labels } => {
            let away = (home(own).as_deref() != Some(namespace)).then(|| namespace.clone());
            Ok(Some(Peer::Pods(away, labels.clone())))
        }
        Side::Workload(other) => {
            let Some(Known { labels, on_host }) = known.get(*other) else { return Ok(None) };
            let (name, own_name) = (name_of(reach, *other), name_of(reach, own));
            if *on_host {
                return Err(format!(
                    "{name} uses its node's network: the policy of {own_name} can name it only by its nodes' \
                     addresses, which are not written"
                ));
            }
            let Some(labels) = labels else {
                return Err(format!("{name} has no labels that the policy of {own_name} could name it by"));
            };
            let (here, there) = (home(own), home(*other));
            match there {
                _ if here == there => Ok(Some(Peer::Pods(None, labels.clone()))),
                Some(there) => Ok(Some(Peer::Pods(Some(there), labels.clone()))),
                None => Err(format!("{name} is in a namespace without a name: {own_name} cannot name it")),
            }
        }
    }
}

/// A name that the API server takes: at most 253 characters, with room for what tells twins apart.
fn short(name: &str) -> String {
    let mut end = name.len().min(240);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or(name).trim_end_matches(['-', '.']).to_owned()
}

fn write(namespace: Option<&str>, name: &str, labels: &Labels, rules: &[Rules; 2]) -> String {
    let mut out = String::from("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n");
    let _ = writeln!(out, "  name: {}", quoted(name));
    if let Some(namespace) = namespace {
        let _ = writeln!(out, "  namespace: {}", quoted(namespace));
    }
    out.push_str("  labels:\n    app.kubernetes.io/managed-by: seawall\nspec:\n  podSelector:\n");
    write_labels(&mut out, "    ", labels);
    out.push_str("  policyTypes:\n  - Ingress\n  - Egress\n");
    for (direction, (word, side)) in Direction::ALL.into_iter().zip([("ingress", "from"), ("egress", "to")]) {
        let rules = &rules[direction as usize];
        if rules.is_empty() {
            let _ = writeln!(out, "  {word}: []");
            continue;
        }
        let _ = writeln!(out, "  {word}:");
        // Peers of equal ports stand together.
        let mut by_ports: Vec<(&PortSet, Vec<&Option<Peer>>)> = Vec::new();
        let mut places: HashMap<(&PortSet, bool), usize> = HashMap::default();
        for (peer, ports) in rules {
            let place = *places.entry((ports, peer.is_some())).or_insert_with(|| {
                by_ports.push((ports, Vec::new()));
                by_ports.len() - 1
            });
            if let Some((_, peers)) = by_ports.get_mut(place) {
                peers.push(peer);
            }
        }
        for (ports, peers) in by_ports {
            write_rule(&mut out, side, ports, &peers);
        }
    }
    out
}

fn write_rule(out: &mut String, side: &str, ports: &PortSet, peers: &[&Option<Peer>]) {
    let mut dash = "  - ";
    if peers.iter().any(|peer| peer.is_some()) {
        let _ = writeln!(out, "{dash}{side}:");
        dash = "    ";
        for peer in peers.iter().filter_map(|peer| peer.as_ref()) {
            match peer {
                Peer::Block(block) => {
                    let _ = writeln!(out, "    - ipBlock:\n        cidr: {}", quoted(&block.to_string()));
                }
                Peer::Pods(namespace, labels) => {
                    let mut dash = "    - ";
                    if let Some(namespace) = namespace {
                        let _ = writeln!(
                            out,
                            "{dash}namespaceSelector:\n        matchLabels:\n          \
                             kubernetes.io/metadata.name: {}",
                            quoted(namespace)
                        );
                        dash = "      ";
                    }
                    let _ = writeln!(out, "{dash}podSelector:");
                    write_labels(out, "        ", labels);
                }
            }
        }
    }
    if ports.is_all() {
        // A rule without peers and ports lets everything pass.
        if dash == "  - " {
            let _ = writeln!(out, "{dash}{{}}");
        }
        return;
    }
    let _ = writeln!(out, "{dash}ports:");
    for protocol in Protocol::ALL {
        for &(first, last) in ports.ranges(protocol) {
            let _ = writeln!(out, "    - protocol: {}", protocol.as_str());
            if !matches!((first, last), (0 | 1, u16::MAX)) {
                let _ = writeln!(out, "      port: {}", first.max(1));
                if last > first {
                    let _ = writeln!(out, "      endPort: {last}");
                }
            }
        }
    }
}

fn write_labels(out: &mut String, indent: &str, labels: &Labels) {
    let _ = writeln!(out, "{indent}matchLabels:");
    for (key, value) in labels {
        let _ = writeln!(out, "{indent}  {}: {}", quoted(key), quoted(value));
    }
}

/// A text as YAML reads it back: plain where nothing can go wrong, else in double quotes.
fn quoted(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | '_');
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(is_word)
        && text.chars().any(|c| c.is_ascii_alphabetic())
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if plain {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
