//! What controls about networks say and look up alike.

use crate::{NamespaceAt, World};
use seawall_model::{At, Report, Severity, WellKnown};
use seawall_network::{Direction, Family, Namespace, Policy, Union};

/// Namespaces in which Kubernetes runs no pods.
const WITHOUT_PODS: [&str; 2] = ["kube-public", "kube-node-lease"];

/// Policies of a namespace that one policy is compared with, at most.
const MOST_COMPARED: usize = 20;

/// The words for a namespace in a message.
pub(crate) fn namespace_words(name: Option<&str>) -> String {
    name.map_or_else(|| "the unnamed namespace".to_owned(), |name| format!("namespace `{name}`"))
}

/// The first few of many names, in backquotes.
pub(crate) fn some_names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<&str> = names.collect();
    all.sort_unstable();
    all.dedup();
    let shown: Vec<String> = all.iter().take(3).map(|name| format!("`{name}`")).collect();
    let more = all.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// Where a finding about a namespace points.
pub(crate) fn namespace_place<'a>(namespace: NamespaceAt<'a>) -> At<'a> {
    let named = namespace.at.get("metadata.namespace");
    if namespace.object.is_none() && named.exists() { named } else { namespace.at.get("metadata.name") }
}

/// Whether a selector that matches no pod of this namespace is wrong: workloads of it are in the input, or all of
/// the cluster is, and no custom resource there may stand for more of them.
pub(crate) fn knows_pods(namespace: &Namespace, world: &World) -> bool {
    let complete = || {
        [WellKnown::Pod, WellKnown::Deployment, WellKnown::StatefulSet, WellKnown::DaemonSet]
            .into_iter()
            .all(|kind| world.coverage().is_complete(kind, namespace.name()))
    };
    complete() || namespace.has_pods() && namespace.may_have_more_pods().is_none()
}

/// Reports a described namespace whose new pods no policy isolates.
pub(crate) fn default_deny(visited: NamespaceAt<'_>, direction: Direction, world: &World, out: &mut Report) {
    let Some(namespace) = world.network().namespace(visited.name) else { return };
    if visited.name.is_some_and(|name| WITHOUT_PODS.contains(&name)) || namespace.has_default_deny(direction)
    {
        return;
    }
    let place = namespace_place(visited);
    let words = namespace_words(visited.name);
    let traffic = direction.field();
    let foreign = world.network().foreign_policy(visited.name);
    let is_evaluated =
        foreign.is_some_and(|at| at.object().group() == "policy.networking.k8s.io" && namespace.has_pods());
    if is_evaluated && !has_open_pods(world, namespace, direction) {
        return;
    }
    if let Some(foreign) = foreign.filter(|_| !is_evaluated) {
        let kind = foreign.object().kind();
        out.unknown(
            place,
            format!("whether {words} denies {traffic} by default depends on a {kind}"),
            format!(
                "what `{kind}` `{}` isolates: policies of this API are not evaluated",
                foreign.object().name()
            ),
        )
        .related(foreign.get("metadata.name"), "a policy of another API");
        return;
    }
    if namespace.isolates_every_pod(direction) {
        out.finding(
            place,
            format!("{words} has no default deny for {traffic}: the next workload starts open"),
        )
        .severity(Severity::Low)
        .evidence("each workload in the input is selected by a policy of its own");
        return;
    }
    let finding = out.finding(place, format!("{words} has no default deny for {traffic}"));
    let open = some_names(namespace.open_pods(direction).map(|pod| pod.object().name()));
    if !open.is_empty() {
        finding.evidence(format!("no policy isolates {traffic} of {open}"));
    }
}

/// Whether everything is open to or from some pod of a namespace, by policies of the whole cluster as well.
fn has_open_pods(world: &World, namespace: &Namespace, direction: Direction) -> bool {
    let reach = world.reach();
    namespace
        .open_pods(direction)
        .take(64)
        .any(|pod| reach.number_of(pod).is_none_or(|pod| reach.is_all_open(pod, direction)))
}

/// Reports a policy that alone lets everything through in one direction.
pub(crate) fn allow_all(policy: Policy<'_>, direction: Direction, world: &World, out: &mut Report) {
    let own = Union::new([policy], direction);
    let family =
        Family::ALL.into_iter().find(|&family| own.isolates() && own.ports_for_everyone(family).is_all());
    let Some(family) = family else { return };
    let alone = |rule: &seawall_network::Rule<'_>| rule.is_for_everyone() && rule.is_for_all_ports();
    let at = policy.rules(direction).find(alone).map_or(policy.get(direction.field()), |rule| rule.at());
    let everyone = policy.rules(direction).any(|rule| alone(&rule));
    let what = match (everyone, family) {
        (true, _) => "",
        (false, Family::V4) => " for every IPv4 address",
        (false, Family::V6) => " for every IPv6 address",
    };
    let undone = undone_by(policy, direction, world);
    let whole = policy.pod_selector().is_empty();
    let severity = if whole || !undone.is_empty() { Severity::Medium } else { Severity::Low };
    let whom = if whole { "every pod of its namespace" } else { "the pods it selects" };
    let mut finding =
        out.finding(at, format!("allows all {} of {whom}{what}", direction.field())).severity(severity);
    for other in undone.iter().take(3) {
        finding =
            finding.related(other.get("podSelector"), "what this policy denies is allowed for pods of both");
    }
    if !undone.is_empty() {
        let names = some_names(undone.iter().map(|policy| policy.object().name()));
        finding.evidence(format!("policies only add to each other: the limits of {names} are undone"));
    }
}

/// The policies whose limits an open one takes away: those that isolate some pods of it and are not open themselves.
fn undone_by<'a>(open: Policy<'_>, direction: Direction, world: &'a World) -> Vec<Policy<'a>> {
    let Some(namespace) = world.network().namespace(open.namespace()) else { return Vec::new() };
    let is_open =
        |policy: Policy<'_>| Union::new([policy], direction).ports_for_everyone(Family::V4).is_all();
    let others = namespace.policies().take(MOST_COMPARED).filter(|other| {
        other.isolates(direction)
            && other.object().name() != open.object().name()
            && (other.pod_selector().is_empty()
                || open.pod_selector().is_empty()
                || share_pods(namespace, open, *other))
            && !is_open(*other)
    });
    others.collect()
}

fn share_pods(namespace: &Namespace, one: Policy<'_>, other: Policy<'_>) -> bool {
    let mut groups = namespace.groups_of(one.pod_selector());
    groups.intersect(&namespace.groups_of(other.pod_selector()));
    !groups.is_empty()
}
