//! What an answer depends on, and what it leaves out.

use crate::question::Asked;
use seawall_model::{Object, UNSET_NAMESPACE, WellKnown};
use seawall_network::{Exempt, Explained, Reach, SideExplained};
use std::collections::BTreeMap;

/// `shop/web`, or the name alone for what lives in no namespace.
pub(crate) fn policy_name(object: &Object) -> String {
    let namespaced = object.well_known() == WellKnown::NetworkPolicy;
    match object.namespace() {
        Some(namespace) => format!("{namespace}/{}", object.name()),
        None if namespaced => format!("{UNSET_NAMESPACE}/{}", object.name()),
        None => object.name().to_owned(),
    }
}

/// What would have to be known.
pub(super) fn unknown(reach: &Reach, explained: &Explained<'_>) -> String {
    let mut reasons = Vec::new();
    for (side, word) in [(&explained.egress, "sender"), (&explained.ingress, "receiver")] {
        reasons.extend(side_unknown(reach, side, word));
    }
    if reasons.is_empty() {
        "it depends on things that are not in the input".to_owned()
    } else {
        reasons.join("; ")
    }
}

fn side_unknown(reach: &Reach, side: &SideExplained<'_>, word: &str) -> Vec<String> {
    if side.allowed.is_some() {
        return Vec::new();
    }
    let open = side.policies.iter().filter(|policy| {
        policy.decides && (!policy.selects || policy.rules.iter().any(|rule| rule.matches().is_none()))
    });
    let reasons = open.map(|policy| {
        let name = format!("{} {}", policy.object.kind(), policy_name(policy.object));
        let problem =
            reach.problems().find(|problem| std::sync::Arc::ptr_eq(problem.at.object(), policy.object));
        match problem {
            Some(problem) => format!(
                "the API server would refuse {name} ({}: {})",
                problem.at.field_ref().field(),
                problem.problem
            ),
            None if !policy.selects => {
                format!("whether {name} selects the {word} depends on labels that are not in the input")
            }
            None => format!(
                "whether {name} means the other end depends on labels or addresses that are not in the input"
            ),
        }
    });
    let mut reasons: Vec<String> = reasons.take(4).collect();
    if reasons.is_empty() {
        reasons.push(format!("policies of equal priority contradict each other about the {word}"));
    }
    reasons
}

/// Why no policy was asked.
pub(super) fn exempt(exempt: Exempt) -> &'static str {
    match exempt {
        Exempt::Loopback => "a pod always reaches itself",
        Exempt::OwnNode => "a pod and its own node always reach each other",
        Exempt::NoPod => "neither end is a pod that policies select",
    }
}

/// Kinds of policies that are not considered, by API group and kind.
const OTHERS: [(&str, &[&str]); 8] = [
    ("security.istio.io", &["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"]),
    ("networking.istio.io", &["Sidecar"]),
    ("policy.linkerd.io", &["AuthorizationPolicy", "Server", "ServerAuthorization"]),
    ("kuma.io", &["MeshTrafficPermission", "TrafficPermission"]),
    ("consul.hashicorp.com", &["ServiceIntentions"]),
    ("cilium.io", &["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"]),
    ("crd.antrea.io", &["NetworkPolicy", "ClusterNetworkPolicy"]),
    ("projectcalico.org", &["NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy"]),
];

/// What the answer takes for granted or leaves out: policies of meshes and of other APIs, and policies that the API
/// server would refuse.
pub(crate) fn network_notes(reach: &Reach, asked: &Asked) -> Vec<String> {
    let mut notes = Vec::new();
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for object in asked.world.cluster().of(WellKnown::Other) {
        let group = object.group().strip_prefix("crd.").filter(|group| *group == "projectcalico.org");
        let group = group.unwrap_or(object.group());
        let kinds = OTHERS.iter().find(|(known, _)| *known == group);
        if kinds.is_some_and(|(_, kinds)| kinds.contains(&object.kind())) {
            *found.entry((object.group(), object.kind())).or_default() += 1;
        }
    }
    for ((group, kind), count) in found {
        let (be, plural) = if count == 1 { ("is", "") } else { ("are", "s") };
        notes.push(format!("{count} object{plural} of kind {kind} ({group}) {be} not considered"));
    }
    for problem in reach.problems().take(10) {
        notes.push(format!(
            "the API server would refuse {} {}: {} {}",
            problem.at.object().kind(),
            policy_name(problem.at.object()),
            problem.at.field_ref().field(),
            problem.problem
        ));
    }
    notes
}
