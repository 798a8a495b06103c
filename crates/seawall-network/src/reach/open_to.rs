//! What is open to pods that do not exist yet: whoever gets the labels that a rule asks for.

use super::rule::{Compiled, CompiledPolicy, Tier};
use super::{Direction, Reach, Workload};
use crate::{Peer, Policy, PortSet};
use foldhash::HashSet;
use seawall_model::{LabelSelector, Operator, UNSET_NAMESPACE};
use std::collections::BTreeMap;

/// Ports that a workload's policies open to pods by their labels.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenTo {
    /// The workload, by its number in [`Reach::workloads`].
    pub workload: usize,
    /// Whether they may connect to it, or it to them.
    pub direction: Direction,
    /// `every pod`, or what labels a pod and its namespace must have.
    pub peers: String,
    /// The ports.
    pub ports: PortSet,
    /// Whether nothing else speaks about it: a policy of the whole cluster may close it.
    pub is_final: bool,
}

impl Reach {
    /// What each workload opens to pods that may come, by direction and peers.
    pub fn open_to(&self) -> Vec<OpenTo> {
        let mut seen = HashSet::default();
        let mut found = Vec::new();
        for pod in &self.pods {
            let Some(group) = self.space.groups.get(pod.group as usize) else { continue };
            if group.host_network || !seen.insert((pod.workload, pod.group)) {
                continue;
            }
            let Some(workload) = self.workloads.get(pod.workload as usize) else { continue };
            for direction in Direction::ALL {
                self.open_to_group(pod.workload as usize, workload, pod.group, direction, &mut found);
            }
        }
        found.sort_by(|one, other| {
            (one.workload, one.direction, &one.peers).cmp(&(other.workload, other.direction, &other.peers))
        });
        found.dedup();
        found
    }

    fn open_to_group(
        &self,
        number: usize,
        workload: &Workload,
        group: u32,
        direction: Direction,
        found: &mut Vec<OpenTo>,
    ) {
        let classes = &self.side(direction).classes;
        let class = classes.of.get(group as usize).and_then(|&class| classes.list.get(class as usize));
        let policies: Vec<&CompiledPolicy> = (class.into_iter().flat_map(|class| &class.members))
            .filter_map(|member| self.policies.get(member.policy() as usize)?.as_ref())
            .collect();
        let is_final = policies.iter().all(|policy| policy.tier == Tier::Namespace);
        let own: Vec<&CompiledPolicy> =
            policies.into_iter().filter(|policy| policy.tier == Tier::Namespace).collect();
        let mut open: BTreeMap<String, PortSet> = BTreeMap::new();
        if own.is_empty() {
            open.insert(EVERY.to_owned(), PortSet::all());
        }
        for policy in own {
            let reader = Policy::new(&policy.object);
            for rule in policy.rules[direction as usize].iter().flatten() {
                let ports = self.ports_of_rule(rule, group, direction);
                let written = reader.rules(direction).find(|one| one.at().nearest().id() == rule.at);
                let Some(written) = written.filter(|_| !ports.is_empty()) else { continue };
                if written.is_for_everyone() {
                    open.entry(EVERY.to_owned()).or_default().unite(&ports);
                }
                for peer in written.peers().filter(|peer| peer.is_pods()) {
                    let words = describe(peer, workload.namespace.as_deref());
                    open.entry(words).or_default().unite(&ports);
                }
            }
        }
        // What every pod may do is not told again for some.
        let every = open.get(EVERY).cloned().unwrap_or_default();
        for (peers, ports) in open {
            let ports = if peers == EVERY { ports } else { ports.difference(&every) };
            if !ports.is_empty() {
                found.push(OpenTo { workload: number, direction, peers, ports, is_final });
            }
        }
    }

    /// The ports of a rule; a name is one of the pods' own for ingress, and leads nowhere yet for egress.
    pub(super) fn ports_of_rule(&self, rule: &Compiled, group: u32, direction: Direction) -> PortSet {
        let mut ports = (*self.table().get(rule.ports)).clone();
        let list = self.space.groups.get(group as usize).map(|group| group.ports);
        let list = list.filter(|_| direction == Direction::Ingress);
        let list = list.and_then(|list| self.space.ports.get(list as usize));
        for (protocol, name, number) in list.into_iter().flatten() {
            let asks = rule
                .named
                .iter()
                .any(|(asked, wanted)| wanted == name && asked.is_none_or(|asked| asked == *protocol));
            if asks {
                ports.insert(*protocol, *number, *number);
            }
        }
        ports
    }
}

const EVERY: &str = "every pod";

/// `pods with app=web in namespaces with team=ops`.
fn describe(peer: Peer<'_>, own: Option<&str>) -> String {
    let pods = peer.pod_selector().filter(|selector| !selector.is_empty());
    let pods = pods.map_or_else(|| "pods".to_owned(), |selector| format!("pods with {}", words(selector)));
    match peer.namespace_selector() {
        None => format!("{pods} in namespace {}", own.unwrap_or(UNSET_NAMESPACE)),
        Some(selector) if selector.is_empty() && pods == "pods" => EVERY.to_owned(),
        Some(selector) if selector.is_empty() => format!("{pods} in any namespace"),
        Some(selector) => format!("{pods} in namespaces with {}", words(selector)),
    }
}

/// The conditions of a selector, as kubectl writes them.
fn words(selector: LabelSelector<'_>) -> String {
    let conditions = selector.requirements().map(|one| {
        let values: Vec<&str> = one.values().collect();
        match (one.operator, values.as_slice()) {
            (Some(Operator::In), [only]) => format!("{}={only}", one.key),
            (Some(Operator::In), many) => format!("{} in ({})", one.key, many.join(",")),
            (Some(Operator::NotIn), [only]) => format!("{}!={only}", one.key),
            (Some(Operator::NotIn), many) => format!("{} notin ({})", one.key, many.join(",")),
            (Some(Operator::Exists), _) => one.key.to_owned(),
            (Some(Operator::DoesNotExist), _) => format!("!{}", one.key),
            (None, _) => format!("{} …", one.key),
        }
    });
    conditions.collect::<Vec<_>>().join(",")
}
