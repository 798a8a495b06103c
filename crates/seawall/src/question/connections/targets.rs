//! `--to`: who reaches what an attacker in a pod looks for first, and everything that decides it.

use crate::question::answer::{Place, located};
use crate::question::reach::policy_name;
use schemars::JsonSchema;
use seawall_network::{
    Direction, End, Explained, Goal, Landmark, MetadataProxy, PolicyVerdict, Protocol, Reach, enforces,
    metadata_hop_limit, metadata_proxies, plugins,
};
use seawall_world::World;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What one workload reaches of a goal.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Target {
    /// `NAMESPACE/NAME[Kind]`.
    pub(super) workload: String,
    /// `metadata`, `kubelet`, `etcd`, `apiserver`, `dns` or `internet`.
    pub(super) goal: &'static str,
    /// The places that are reached, or not, for the same reasons.
    pub(super) places: Vec<String>,
    /// Whether one of its pods reaches them on one of their ports; null where it cannot be known.
    pub(super) allowed: Option<bool>,
    /// Why, in words.
    pub(super) because: Vec<String>,
    /// The policies that decide, each with its rule or selector.
    pub(super) policies: Vec<Decider>,
    /// What decides beside policies, for metadata services.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) conditions: Vec<Condition>,
}

/// A policy that decides.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Decider {
    /// `egress`: it holds the pod; `ingress`: what is reached.
    side: &'static str,
    /// `NAMESPACE/NAME`, or `NAME`.
    pub(super) name: String,
    /// The rule that lets it through, or the policy where none does.
    location: Place,
}

/// Something that decides beside policies.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Condition {
    /// What would close the service to the pod.
    pub(super) closes: &'static str,
    /// Whether it does; null where it cannot be known.
    pub(super) holds: Option<bool>,
    /// What shows it, or what would.
    pub(super) because: String,
}

/// What is the same for all pods.
struct Around<'w> {
    enforced: Option<bool>,
    plugin: Option<String>,
    proxies: Vec<MetadataProxy<'w>>,
    hops: Option<bool>,
}

/// What is told in one row: a workload, the verdict (what is open comes first), and why.
type Key = (usize, Reverse<Option<bool>>, Vec<String>);

/// Rows of all goals, goal by goal.
pub(super) fn targets(
    world: &World,
    reach: &Reach,
    goals: &[Goal],
    is_wanted: impl Fn(usize) -> bool,
) -> Vec<Target> {
    let plugins = plugins(world.cluster());
    let around = Around {
        enforced: enforces(&plugins),
        plugin: plugins.first().map(|plugin| format!("{}: {}", plugin.name, plugin.because)),
        proxies: metadata_proxies(world.cluster()),
        hops: metadata_hop_limit(world.cluster()).map(|(holds, _)| holds),
    };
    let mut rows = Vec::new();
    for &goal in goals {
        let places = reach.places_of(world.cluster(), world.network(), goal);
        let mut found: BTreeMap<Key, Target> = BTreeMap::new();
        for (pod, host) in reach.samples() {
            let Some(workload) = reach.workload_of(pod).filter(|&workload| is_wanted(workload)) else {
                continue;
            };
            for place in places.iter().filter(|place| place.end != Some(End::Pod(pod))) {
                let row = one(reach, &around, (goal, pod, host), place);
                let key = (workload, Reverse(row.allowed), row.because.clone());
                let known = found.entry(key).or_insert_with(|| Target {
                    workload: reach.workloads().get(workload).map(ToString::to_string).unwrap_or_default(),
                    places: Vec::new(),
                    ..row
                });
                if !known.places.contains(&place.name) {
                    known.places.push(place.name.clone());
                }
            }
        }
        rows.extend(found.into_values());
    }
    rows
}

fn one(
    reach: &Reach,
    around: &Around<'_>,
    (goal, pod, host): (Goal, usize, bool),
    place: &Landmark,
) -> Target {
    let mut allowed = reach.reaches(pod, place);
    let mut because = Vec::new();
    let mut policies = Vec::new();
    match place.end {
        _ if host => because.push("it uses its node's network: no policy holds it".to_owned()),
        None => because.push(nowhere(reach, pod, allowed)),
        Some(end) => {
            let explained = reach.explain(End::Pod(pod), end, deciding_port(reach, pod, end, &place.ports));
            policies = deciders(&explained);
            because.push(words(&explained, allowed, &policies));
        }
    }
    if allowed != Some(true) && around.enforced == Some(false) {
        allowed = None;
        because.push(format!(
            "nothing that was found enforces policies ({})",
            around.plugin.as_deref().unwrap_or("")
        ));
    }
    let conditions = match goal {
        Goal::Metadata => conditions(around, host, allowed),
        _ => Vec::new(),
    };
    let before = around.proxies.iter().find(|proxy| proxy.is_before_policies);
    if let (Goal::Metadata, Some(false), Some(proxy)) = (goal, allowed, before) {
        allowed = None;
        because.push(format!("{} takes the connection on the node before policies are asked", proxy.name));
    }
    let is_stopped = conditions.iter().any(|one| one.holds == Some(true));
    if allowed == Some(true) && is_stopped {
        allowed = Some(false);
        because.push("the answer does not come back to the pod".to_owned());
    }
    Target {
        workload: String::new(),
        goal: goal_name(goal),
        places: Vec::new(),
        allowed,
        because,
        policies,
        conditions,
    }
}

/// The port that shows why: one that is open, else the first.
fn deciding_port(reach: &Reach, pod: usize, end: End, ports: &[(Protocol, u16)]) -> Option<(Protocol, u16)> {
    let answer = reach.between(End::Pod(pod), end);
    let rank = |port: &&(Protocol, u16)| match answer.allows(port.0, port.1) {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    };
    ports.iter().min_by_key(rank).copied()
}

fn nowhere(reach: &Reach, pod: usize, allowed: Option<bool>) -> String {
    match allowed {
        Some(true) if reach.isolates(pod, Direction::Egress) => "its policies let it out to every address",
        Some(true) => "no policy isolates it for egress",
        Some(false) => "its policies let it out to no address on these ports",
        None => "its policies let it out to some addresses, and where this is the input does not say",
    }
    .to_owned()
}

fn words(explained: &Explained<'_>, allowed: Option<bool>, policies: &[Decider]) -> String {
    if explained.answer.exempt.is_some() {
        return "no policy is asked".to_owned();
    }
    let names = |side: &str| -> Vec<String> {
        let mut own: Vec<String> =
            policies.iter().filter(|one| one.side == side).map(|one| one.name.clone()).collect();
        own.dedup();
        own
    };
    let (egress, ingress) = (names("egress"), names("ingress"));
    let who = match (egress.is_empty(), ingress.is_empty()) {
        (true, true) if allowed == Some(false) => {
            return "the input shows no address of this family for its pods".to_owned();
        }
        (true, true) => return "no policy speaks about it".to_owned(),
        (false, true) => egress.join(", "),
        (true, false) => ingress.join(", "),
        (false, false) => format!("{} and {}", egress.join(", "), ingress.join(", ")),
    };
    match allowed {
        Some(true) => format!("let through by {who}"),
        Some(false) => format!("closed by {who}"),
        None => format!("depends on what the input leaves open: {who}"),
    }
}

fn deciders(explained: &Explained<'_>) -> Vec<Decider> {
    let one = |side: &'static str, policy: &PolicyVerdict<'_>| {
        let rule = policy.rules.iter().find(|rule| rule.matches() != Some(false));
        let at = rule.map_or_else(|| policy.object.at().get("metadata.name"), |rule| rule.at);
        Decider { side, name: policy_name(policy.object), location: located(at) }
    };
    let sides = [("egress", &explained.egress), ("ingress", &explained.ingress)];
    let deciding = |(side, explained): (&'static str, &seawall_network::SideExplained<'_>)| {
        let own = explained.policies.iter().filter(|policy| policy.decides);
        own.map(|policy| one(side, policy)).collect::<Vec<_>>()
    };
    sides.into_iter().flat_map(deciding).collect()
}

fn conditions(around: &Around<'_>, host: bool, allowed: Option<bool>) -> Vec<Condition> {
    let enforced = around.plugin.clone().unwrap_or_else(|| "no network plugin is in the input".to_owned());
    let mut found = Vec::new();
    let hops = match (host, around.hops) {
        (true, _) => (Some(false), "the pod is on its node's network: there is no hop more".to_owned()),
        (false, Some(true)) => {
            (Some(true), "each EC2NodeClass asks for tokens and allows one hop".to_owned())
        }
        (false, Some(false)) => {
            (Some(false), "an EC2NodeClass allows more hops, or no token is asked for".to_owned())
        }
        (false, None) => (None, "the settings of the nodes' machines are not in the input".to_owned()),
    };
    found.push(Condition { closes: "hop limit of the node's machine", holds: hops.0, because: hops.1 });
    let named: Vec<&str> = around.proxies.iter().map(|proxy| proxy.name).collect();
    found.push(Condition {
        closes: "a program on the node that answers in the service's place",
        holds: named.is_empty().then_some(false),
        because: match named.is_empty() {
            true => "none is in the input".to_owned(),
            false => format!("{} runs; it hands out what it is told to", named.join(", ")),
        },
    });
    if allowed != Some(true) && around.enforced != Some(true) {
        let holds = around.enforced.map(|_| false);
        found.push(Condition { closes: "enforcement of policies", holds, because: enforced });
    }
    found
}

fn goal_name(goal: Goal) -> &'static str {
    match goal {
        Goal::Metadata => "metadata",
        Goal::Kubelet => "kubelet",
        Goal::Etcd => "etcd",
        Goal::ApiServer => "apiserver",
        Goal::Dns => "dns",
        Goal::Internet => "internet",
    }
}
