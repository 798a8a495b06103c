//! What the node authorizer gives a kubelet.

use super::danger;
use super::rights::Right;
use crate::question::Asked;
use seawall_auth::Attributes;
use seawall_auth::node::{NodeAuthorizer, node_of};
use seawall_auth::rbac::authorizer::RightOn;
use seawall_auth::rbac::{StaticRule, Subject, built_in_roles};
use seawall_model::{Object, WellKnown};
use std::sync::Arc;

/// Objects that are named for one right, at most.
const OBJECTS: usize = 1000;

/// The rights of a node; none for anybody else.
pub(super) fn rights<'a>(who: Subject<'_>, authorizer: &NodeAuthorizer, asked: &'a Asked) -> Vec<Right<'a>> {
    if node_of(who).is_none_or(str::is_empty) {
        return Vec::new();
    }
    let roles = built_in_roles(asked.world.version());
    let rules = roles.iter().find(|role| role.name == "system:node").map_or(&[][..], |role| role.rules);
    let mut out: Vec<Right<'a>> = rules.iter().flat_map(each).map(|(on, verbs)| right(on, verbs)).collect();
    out.sort_by(|one, other| one.on.cmp(&other.on));
    out.dedup_by(|next, kept| {
        let same = next.on == kept.on;
        if same {
            kept.verbs.append(&mut next.verbs);
            kept.verbs.sort_unstable();
            kept.verbs.dedup();
        }
        same
    });
    for right in &mut out {
        right.limit = limit(&right.on);
        right.objects = objects(&right.on, who, authorizer, asked);
        // Danger is what reaches beyond the node's own things.
        right.danger = danger::of(&right.on, &right.verbs, None).filter(|_| right.limit.is_none());
    }
    out
}

fn right<'a>(on: RightOn<'a>, verbs: Vec<&'a str>) -> Right<'a> {
    Right {
        namespace: None,
        on,
        verbs,
        proofs: Vec::new(),
        limit: None,
        objects: Vec::new(),
        danger: None,
        everybody: false,
    }
}

/// A rule taken apart.
fn each(rule: &StaticRule) -> impl Iterator<Item = (RightOn<'static>, Vec<&'static str>)> {
    let StaticRule { verbs, api_groups, resources, resource_names, non_resource_urls } = *rule;
    let pairs =
        api_groups.iter().flat_map(move |group| resources.iter().map(move |resource| (*group, *resource)));
    let of_resource = move |(group, resource)| RightOn {
        urls: vec![],
        groups: vec![group],
        resources: vec![resource],
        names: resource_names.to_vec(),
    };
    let of_path =
        |url: &&'static str| RightOn { urls: vec![*url], groups: vec![], resources: vec![], names: vec![] };
    pairs.map(of_resource).chain(non_resource_urls.iter().map(of_path)).map(move |on| (on, verbs.to_vec()))
}

/// Which objects alone (upstream: `node_authorizer.go`, and the admission plugin NodeRestriction for writes).
fn limit(on: &RightOn<'_>) -> Option<&'static str> {
    let ([group], [resource]) = (on.groups.as_slice(), on.resources.as_slice()) else { return None };
    match (*group, *resource) {
        (
            "",
            "secrets" | "configmaps" | "persistentvolumeclaims" | "persistentvolumes" | "serviceaccounts",
        )
        | ("", "serviceaccounts/token" | "persistentvolumeclaims/status")
        | ("resource.k8s.io", "resourceclaims") => Some("only those of pods on this node"),
        ("storage.k8s.io", "volumeattachments") | ("resource.k8s.io", "resourceslices") => {
            Some("only those of this node")
        }
        ("coordination.k8s.io", "leases") => Some("only its own lease in kube-node-lease"),
        ("storage.k8s.io", "csinodes") => Some("only its own"),
        ("", "nodes" | "nodes/status") => Some("only its own Node object (writes: if NodeRestriction is on)"),
        ("", "pods" | "pods/status" | "pods/eviction") => {
            Some("only pods on this node (writes: if NodeRestriction is on)")
        }
        _ => None,
    }
}

/// Those of them that are in the input.
fn objects(on: &RightOn<'_>, who: Subject<'_>, authorizer: &NodeAuthorizer, asked: &Asked) -> Vec<String> {
    let (kind, resource) = match on.resources.as_slice() {
        ["secrets"] => (WellKnown::Secret, "secrets"),
        ["configmaps"] => (WellKnown::ConfigMap, "configmaps"),
        ["serviceaccounts/token"] => (WellKnown::ServiceAccount, "serviceaccounts"),
        _ => return Vec::new(),
    };
    let is_related = |object: &&Arc<Object>| {
        let ask = Attributes::resource("get", "", resource).named(object.name());
        authorizer.relation(who, &ask.in_namespace(object.namespace().unwrap_or("default"))).is_some()
    };
    let name =
        |object: &Arc<Object>| format!("{}/{}", object.namespace().unwrap_or("default"), object.name());
    asked.world.cluster().of(kind).filter(is_related).take(OBJECTS).map(name).collect()
}
