//! `-o json`.

use super::super::answer::{Place, located};
use super::why::{exempt, network_notes, policy_name};
use crate::question::Asked;
use schemars::JsonSchema;
use seawall_network::{
    Action, Direction, End, Explained, PolicyVerdict, Protocol, RangeText, Reach, RuleVerdict, SideExplained,
    Tier,
};
use serde::Serialize;

/// The answer to one question.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReachAnswer {
    /// `seawall.dev/reach/v1`.
    schema: &'static str,
    /// Who opens the connection, as asked.
    pub(super) from: String,
    /// Who listens, as asked.
    pub(super) to: String,
    /// The port that was asked for; absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) port: Option<u16>,
    /// Its protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) protocol: Option<&'static str>,
    /// Whether it can; null where it cannot be known.
    pub(super) allowed: Option<bool>,
    /// What would have to be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unknown: Option<String>,
    /// Every port that is open between the two, such as `TCP 80,443; UDP 53`, `all` or `none`.
    pub(super) ports: String,
    /// The same with what is only possible, where that is more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) possible_ports: Option<String>,
    /// Of `internet`: the addresses outside, as CIDR or `first-last`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) addresses: Option<Vec<String>>,
    /// Why no policy was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) exempt: Option<&'static str>,
    /// The sender's policies that decide: `NAMESPACE/NAME`, or `NAME` for those of the whole cluster.
    pub(super) egress: Vec<String>,
    /// The receiver's policies that decide.
    pub(super) ingress: Vec<String>,
    /// With `--explain`: every policy that selects either side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) policies: Option<Vec<PolicyEntry>>,
    /// What is taken for granted or not considered.
    pub(super) notes: Vec<String>,
}

/// A policy that selects one side.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PolicyEntry {
    /// `egress`: it selects the sender; `ingress`: the receiver.
    pub(super) side: &'static str,
    /// Its kind.
    pub(super) kind: String,
    /// `NAMESPACE/NAME`, or `NAME`.
    pub(super) name: String,
    /// `admin`, `namespace` or `baseline`.
    pub(super) tier: &'static str,
    /// Whether it is one of those that decide.
    pub(super) decides: bool,
    /// False where it depends on labels that are not in the input whether it selects the side.
    pub(super) surely_selects: bool,
    /// Where it stands.
    pub(super) location: Place,
    /// Its rules of this direction, in order.
    pub(super) rules: Vec<RuleEntry>,
}

/// A rule of a policy.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleEntry {
    /// `accept`, `deny` or `pass`.
    pub(super) action: &'static str,
    /// Whether it matches; null where it cannot be known.
    pub(super) matches: Option<bool>,
    /// Whether it means the other end.
    pub(super) peers: Option<bool>,
    /// Whether it means the port.
    pub(super) ports: Option<bool>,
    /// Where it stands.
    pub(super) location: Place,
}

/// What was asked: from, to, and the port.
type Words<'a> = (&'a str, &'a str, Option<(Protocol, u16)>);

impl ReachAnswer {
    pub(super) fn new(
        reach: &Reach,
        (from, to, port): Words<'_>,
        explained: Option<&(End, End, Explained<'_>)>,
        unknown: Option<String>,
        asked: &Asked,
    ) -> Self {
        let answer = explained.map(|(_, _, explained)| &explained.answer);
        let sure = answer.map_or_else(|| "none".to_owned(), |answer| answer.sure.to_string());
        let possible = answer.filter(|answer| answer.sure != answer.possible);
        let side = |of: fn(&Explained<'_>) -> Vec<String>| {
            explained.map(|(_, _, explained)| of(explained)).unwrap_or_default()
        };
        Self {
            schema: "seawall.dev/reach/v1",
            from: from.to_owned(),
            to: to.to_owned(),
            port: port.map(|(_, port)| port),
            protocol: port.map(|(protocol, _)| protocol.as_str()),
            allowed: explained.and_then(|(_, _, explained)| explained.allowed),
            unknown,
            ports: sure,
            possible_ports: possible.map(|answer| answer.possible.to_string()),
            addresses: explained.and_then(|(from, to, _)| addresses(reach, *from, *to, port)),
            exempt: answer.and_then(|answer| answer.exempt).map(exempt),
            egress: side(|explained| deciding(&explained.egress)),
            ingress: side(|explained| deciding(&explained.ingress)),
            policies: explained.map(|(_, _, explained)| policies(explained)),
            notes: network_notes(reach, asked),
        }
    }

    /// Without the rules that `--explain` shows.
    pub(super) fn without_rules(self) -> Self {
        Self { policies: None, ..self }
    }

    pub(super) fn allowed(&self) -> Option<bool> {
        self.allowed
    }
}

/// Names of the policies that decide.
pub(super) fn deciding(side: &SideExplained<'_>) -> Vec<String> {
    side.deciding().map(|object| policy_name(object)).collect()
}

/// The addresses outside, where one end is the internet: sure ones, else possible ones.
pub(super) fn addresses(
    reach: &Reach,
    from: End,
    to: End,
    port: Option<(Protocol, u16)>,
) -> Option<Vec<String>> {
    let (pod, direction) = match (from, to) {
        (End::Internet, End::Pod(pod)) => (pod, Direction::Ingress),
        (End::Pod(pod), End::Internet) => (pod, Direction::Egress),
        _ => return None,
    };
    let ranges = reach.addresses(pod, direction, port, false);
    Some(ranges.into_iter().map(|(first, last)| RangeText(first, last).to_string()).collect())
}

fn policies(explained: &Explained<'_>) -> Vec<PolicyEntry> {
    let sides = [("egress", &explained.egress), ("ingress", &explained.ingress)];
    sides.into_iter().flat_map(|(word, side)| side.policies.iter().map(move |one| entry(word, one))).collect()
}

fn entry(side: &'static str, policy: &PolicyVerdict<'_>) -> PolicyEntry {
    PolicyEntry {
        side,
        kind: policy.object.kind().to_owned(),
        name: policy_name(policy.object),
        tier: match policy.tier {
            Tier::Admin => "admin",
            Tier::Namespace => "namespace",
            Tier::Baseline => "baseline",
        },
        decides: policy.decides,
        surely_selects: policy.selects,
        location: located(policy.object.at()),
        rules: policy.rules.iter().map(rule).collect(),
    }
}

fn rule(rule: &RuleVerdict<'_>) -> RuleEntry {
    RuleEntry {
        action: match rule.action {
            Action::Accept => "accept",
            Action::Deny => "deny",
            Action::Pass => "pass",
        },
        matches: rule.matches(),
        peers: rule.peers,
        ports: rule.ports,
        location: located(rule.at),
    }
}
