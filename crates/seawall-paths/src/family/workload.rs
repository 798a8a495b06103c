//! Rights over pods and what makes them.

use crate::builder::{Builder, PodUnit, field, namespace_of};
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;
use seawall_model::{Object, WellKnown};
use std::sync::Arc;

const SHELL: &str = "the container has a program to run, such as a shell";
const POD_NAME: &str = "the pod's name is known, for it may not list pods";
const SECRET_NAMES: &str = "the names of the secrets are known: mounting is not listing";
const PORT: &str = "a port of the pod gives control to whoever connects";
const TERMINAL: &str = "the pod's process takes commands from its terminal";

pub(super) fn build(b: &mut Builder<'_>) {
    let policies = policies(b);
    let policies = policies.as_deref();
    for namespace in b.namespaces.clone() {
        let can = b.can(Right::RunPods, namespace);
        run(b, Row::PodCreateSa, Row::PodCreateHost, &[can], namespace, None, policies);
        mount(b, can, namespace, policies);
        volumes(b, can, namespace, policies);
        relabel(b, can, namespace, policies);
        into_pods(b, namespace);
    }
    let everywhere = b.vertex(Fact::AllPods);
    for unit in b.pods.clone() {
        let all = b.vertex(Fact::PodsOf(unit.namespace));
        b.follows(all, unit.vertex, [], []);
        b.follows(everywhere, unit.vertex, [], []);
        change_pod(b, &unit);
        named_pod(b, &unit);
    }
    changes(b, policies);
    steal(b);
    controllers(b);
}

/// What other admission may refuse, if the input holds any: no engine here decides it.
fn policies(b: &Builder<'_>) -> Option<String> {
    let kinds = [
        WellKnown::ValidatingWebhookConfiguration,
        WellKnown::MutatingWebhookConfiguration,
        WellKnown::ValidatingAdmissionPolicyBinding,
    ];
    let mut names: Vec<String> = kinds
        .iter()
        .flat_map(|&kind| b.input.cluster.of(kind))
        .map(|object| format!("{} {}", object.kind(), object.name()))
        .collect();
    let all = names.len();
    names.truncate(3);
    let more = if all > names.len() { format!(" and {} more", all - names.len()) } else { String::new() };
    (all > 0).then(|| format!("admission by {}{more} lets the pod through", names.join(", ")))
}

/// WL-1 and WL-2: a pod of the attacker's own.
fn run(
    b: &mut Builder<'_>,
    as_account: Row,
    on_host: Row,
    premises: &[u32],
    namespace: Name,
    workload: Option<&Arc<Object>>,
    policies: Option<&str>,
) {
    let accounts = b.vertex(Fact::Accounts(namespace));
    let evidence = || workload.map(|object| field(object.at().key("spec")));
    b.step(as_account, premises, accounts, evidence(), policies);
    if b.text(namespace) == "kube-system" {
        let controllers = b.vertex(Fact::Controllers);
        b.step(Row::ControllerSa, premises, controllers, evidence(), policies);
    }
    let admits = b.admits(namespace);
    if admits.host {
        let node = b.vertex(Fact::AnyNode);
        b.step(on_host, premises, node, evidence(), policies.into_iter().chain(admits.requires));
    }
}

/// WL-10.
fn mount(b: &mut Builder<'_>, can: u32, namespace: Name, policies: Option<&str>) {
    let secrets = b.vertex(Fact::Secrets(namespace));
    b.step(Row::Mount, &[can], secrets, [], [SECRET_NAMES].into_iter().chain(policies));
}

/// WL-11: Pod Security looks at the claim, not at the volume behind it.
fn volumes(b: &mut Builder<'_>, can: u32, namespace: Name, policies: Option<&str>) {
    let admits = b.admits(namespace);
    if admits.root_with_claim {
        let create = b.can(Right::CreateVolumes, Name::EMPTY);
        let node = b.vertex(Fact::AnyNode);
        b.step(Row::PvHostpath, &[can, create], node, [], policies.into_iter().chain(admits.requires));
    }
}

/// AD-5: the level is a label of the namespace.
fn relabel(b: &mut Builder<'_>, can: u32, namespace: Name, policies: Option<&str>) {
    if b.admits(namespace).host {
        return;
    }
    let node = b.vertex(Fact::AnyNode);
    for change in b.can_for(Right::ChangeNamespace, namespace, namespace) {
        b.step(Row::PsaRelabel, &[can, change], node, [], policies);
    }
}

/// Steps into pods whose right may hold for every pod, and what each needs beside it.
const INTO: [(Row, &[Right], &str); 4] = [
    (Row::Exec, &[Right::ExecCreate, Right::ExecGet], SHELL),
    (Row::Attach, &[Right::AttachCreate, Right::AttachGet], TERMINAL),
    (Row::Portforward, &[Right::ForwardCreate, Right::ForwardGet], PORT),
    (Row::Proxy, &[Right::ProxyPods], PORT),
];

/// Whether the right opens a connection in this version: before 1.35 a WebSocket needs `get` alone, since then also
/// `create` (gate `AuthorizePodWebsocketUpgradeCreatePermission`, kubernetes/kubernetes#134577); SPDY always needs
/// `create` and nothing else.
fn opens(b: &Builder<'_>, right: Right) -> bool {
    !matches!(right, Right::ExecGet | Right::AttachGet | Right::ForwardGet) || !b.input.version.at_least(35)
}

/// WL-5 to WL-9 for every pod of a namespace.
fn into_pods(b: &mut Builder<'_>, namespace: Name) {
    let see = b.can(Right::SeePods, namespace);
    let all = b.vertex(Fact::PodsOf(namespace));
    for (row, rights, needs) in INTO {
        for &right in rights.iter().filter(|right| opens(b, **right)).collect::<Vec<_>>() {
            let can = b.can(right, namespace);
            b.step(row, &[can, see], all, [], [needs]);
            b.step(row, &[can], all, [], [needs, POD_NAME]);
        }
    }
}

/// The same for one pod by its name.
fn named_pod(b: &mut Builder<'_>, unit: &PodUnit) {
    for (row, rights, needs) in INTO {
        for &right in rights.iter().filter(|right| opens(b, **right)).collect::<Vec<_>>() {
            for scope in [unit.namespace, Name::EMPTY] {
                if let Some(can) = b.graph.find(Fact::CanNamed(right, scope, unit.name)) {
                    b.step(row, &[can], unit.vertex, [], [needs]);
                }
            }
        }
    }
}

/// WL-4 and WL-8: the changed pod is judged by Pod Security again.
fn change_pod(b: &mut Builder<'_>, unit: &PodUnit) {
    let Some(pod) = unit.pod() else { return };
    if unit.is_static || !b.still_passes(pod, unit.namespace) {
        return;
    }
    if unit.is_pod() {
        for can in b.can_for(Right::ChangePods, unit.namespace, unit.name) {
            b.step(Row::PodImagePatch, &[can], unit.vertex, [], []);
        }
    }
    let host = b.admits(unit.namespace);
    let node = b.below(unit.placed);
    for can in b.can_for(Right::AddContainers, unit.namespace, unit.name) {
        b.step(Row::Ephemeral, &[can], unit.vertex, [], []);
        if host.host {
            b.step(Row::Ephemeral, &[can], node, [], host.requires);
        }
    }
}

/// WL-3: the template of a workload that is there may name any account and, where Pod Security admits it, the host.
fn changes(b: &mut Builder<'_>, policies: Option<&str>) {
    let kinds = [
        (WellKnown::Deployment, Right::ChangeDeployments),
        (WellKnown::DaemonSet, Right::ChangeDaemonSets),
        (WellKnown::StatefulSet, Right::ChangeStatefulSets),
        (WellKnown::ReplicaSet, Right::ChangeReplicaSets),
        (WellKnown::CronJob, Right::ChangeCronJobs),
        (WellKnown::ReplicationController, Right::ChangeReplicationControllers),
    ];
    let cluster = b.input.cluster;
    for (kind, right) in kinds {
        let mut first: Vec<Name> = Vec::new();
        for object in cluster.of(kind) {
            let (namespace, name) = (b.name(namespace_of(object)), b.name(object.name()));
            // One workload of the namespace is enough for whoever may change them all.
            let seen = first.last() == Some(&namespace);
            if !seen {
                first.push(namespace);
                let can = b.can(right, namespace);
                run(b, Row::WorkloadUpdate, Row::WorkloadUpdate, &[can], namespace, Some(object), policies);
            }
            for scope in [namespace, Name::EMPTY] {
                if let Some(can) = b.graph.find(Fact::CanNamed(right, scope, name)) {
                    run(
                        b,
                        Row::WorkloadUpdate,
                        Row::WorkloadUpdate,
                        &[can],
                        namespace,
                        Some(object),
                        policies,
                    );
                }
            }
        }
    }
}

/// WL-13 and WL-14: pods are driven away and can go nowhere but to a node that is taken.
fn steal(b: &mut Builder<'_>) {
    let change = b.can(Right::ChangeNodes, Name::EMPTY);
    let taken = b.vertex(Fact::Both(u32::MAX));
    let nodes: Vec<Name> = b.nodes.keys().copied().collect();
    for node in nodes {
        let root = b.root(node);
        b.follows(root, taken, [], []);
    }
    let requires = ["the pod may run on the node that is taken, and a controller makes it anew"];
    for namespace in b.namespaces.clone() {
        let remove = b.can(Right::RemovePods, namespace);
        let all = b.vertex(Fact::PodsOf(namespace));
        b.step(Row::PodSteal, &[taken, change, remove], all, [], requires);
    }
}

/// WL-17: controllers that apply what an object says with their own rights, and the account that they run as.
const CONTROLLERS: [(Right, &[&str]); 3] = [
    (Right::ChangeApplications, &["argocd-application-controller"]),
    (Right::ChangeKustomizations, &["kustomize-controller"]),
    (Right::ChangeHelmReleases, &["helm-controller"]),
];

fn controllers(b: &mut Builder<'_>) {
    let requires =
        ["the controller applies the object with its own rights (no impersonation, no project limits)"];
    let accounts: Vec<(Name, Name)> = b.accounts.keys().copied().collect();
    for (namespace, name) in accounts {
        for (right, names) in CONTROLLERS {
            if !names.contains(&b.text(name)) {
                continue;
            }
            let account = b.vertex(Fact::Account(namespace, name));
            // Argo CD looks in its own namespace, Flux in all.
            let own = right == Right::ChangeApplications;
            let scopes = if own { vec![namespace] } else { b.namespaces.clone() };
            for scope in scopes {
                let can = b.can(right, scope);
                b.step(Row::SidecarRunAs, &[can], account, [], requires);
            }
        }
    }
}
