//! Nodes: what runs on them, what their identity may ask for, what lies on those of the control plane.

use crate::builder::{Builder, Placed, field};
use crate::evidence::Evidence;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;
use seawall_admission::service_account::{automount, token_volumes};
use seawall_model::{ComponentKind, Object};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) fn build(b: &mut Builder<'_>) {
    pods(b);
    proxy(b);
    open_kubelets(b);
    control_plane(b);
}

/// ND-1, ND-2, and what the tokens of CE-12 are.
fn pods(b: &mut Builder<'_>) {
    let cluster = b.input.cluster;
    let mut known: BTreeSet<(u32, u32)> = BTreeSet::new();
    for unit in b.pods.clone() {
        let Some(pod) = unit.pod() else { continue };
        let (root, identity, tokens) = match unit.placed {
            Placed::On(node) => (Fact::NodeRoot(node), Fact::NodeIdentity(node), Fact::TokensOn(node)),
            Placed::Somewhere(class) => {
                (Fact::PlacedOn(class), Fact::PlacedIdentity(class), Fact::PlacedTokens(class))
            }
        };
        let (root, identity, tokens) = (b.vertex(root), b.vertex(identity), b.vertex(tokens));
        let place = pod.get("nodeName");
        let evidence = || if place.exists() { field(place) } else { field(pod.spec()) };
        b.step(Row::NodePods, &[root], unit.vertex, [evidence()], []);
        if unit.is_static {
            continue;
        }
        let name = pod.service_account();
        let account = b.name(name);
        let account = b.vertex(Fact::Account(unit.namespace, account));
        // The node may ask for tokens of every account that runs on it, mounted or not.
        if known.insert((identity, account)) {
            b.step(Row::NodeIdentity, &[identity], account, [field(pod.service_account_at())], []);
        }
        let mounted = token_volumes(pod, name, cluster).next().is_some()
            || automount(pod, name, cluster).0 != Some(false);
        if mounted {
            b.follows(tokens, account, [field(pod.service_account_at())], []);
        }
    }
}

/// ND-3: `get` opens a WebSocket, `create` a SPDY stream; no second check as for `pods/exec`.
fn proxy(b: &mut Builder<'_>) {
    let all = b.can(Right::NodesProxy, Name::EMPTY);
    let everywhere = b.vertex(Fact::AllPods);
    b.step(Row::NodesProxy, &[all], everywhere, [], []);
    for (_, node, can) in b.named(Right::NodesProxy) {
        if b.nodes.contains_key(&node) {
            let kubelet = b.vertex(Fact::Kubelet(node));
            b.step(Row::NodesProxy, &[can], kubelet, [], []);
        }
    }
    for unit in b.pods.clone() {
        let from = match unit.placed {
            Placed::On(node) => Fact::Kubelet(node),
            Placed::Somewhere(class) => Fact::PlacedOn(class),
        };
        // Root on the node reaches the class by a step of its own (ND-1); both lead to the same pods.
        if let (Placed::On(_), Some(from)) = (unit.placed, b.graph.find(from)) {
            b.follows(from, unit.vertex, [], []);
        }
    }
}

/// ND-4: a configuration that lets everybody in; which nodes use it is not said, so it counts for the pods at large.
fn open_kubelets(b: &mut Builder<'_>) {
    let kubelets = b.input.components.iter().filter(|one| one.kind() == ComponentKind::Kubelet);
    let version = b.input.version;
    let open: Vec<Evidence> = kubelets
        .map(|one| one.in_version(version))
        .filter_map(|kubelet| {
            let anonymous = kubelet.setting("anonymous-auth");
            let mode = kubelet.setting("authorization-mode");
            let open = anonymous.bool() == Some(true) && mode.text() == Some("AlwaysAllow");
            open.then(|| field(anonymous.at()))
        })
        .collect();
    if open.is_empty() {
        return;
    }
    let requires = "the kubelet of the pod's node uses this configuration, and its port 10250 can be reached";
    let (start, all) = (b.vertex(Fact::Start), b.vertex(Fact::AllPods));
    for evidence in open {
        b.step(Row::KubeletOpen, &[start], all, [evidence], [requires]);
    }
}

/// The labels of nodes of the control plane.
const LABELS: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];
const LABELLED: &str = "the node runs the control plane, as its label says";

/// ND-6: keys of authorities and of service accounts, etcd, and the administrator's file.
fn control_plane(b: &mut Builder<'_>) {
    let kinds = [ComponentKind::ApiServer, ComponentKind::ControllerManager, ComponentKind::Etcd];
    let components = b.input.components.iter().filter(|one| kinds.contains(&one.kind()));
    let objects: Vec<&Arc<Object>> = components.map(|one| one.object()).collect();
    let admin = b.vertex(Fact::ClusterAdmin);
    let mut known = BTreeSet::new();
    for unit in b.pods.clone() {
        let Placed::On(node) = unit.placed else { continue };
        if objects.iter().any(|object| Arc::ptr_eq(object, &unit.object)) {
            let keys = b.vertex(Fact::NodeKeys(node));
            let evidence = unit.pod().map(|pod| field(pod.get("nodeName")));
            b.step(Row::ControlPlaneNode, &[keys], admin, evidence, []);
            known.insert(node);
        }
    }
    let nodes: Vec<(Name, Arc<Object>)> =
        b.nodes.iter().filter_map(|(name, object)| Some((*name, object.clone()?))).collect();
    for (node, object) in nodes {
        let label = LABELS.iter().find(|label| object.label(label).is_some());
        if let (Some(label), false) = (label, known.contains(&node)) {
            let keys = b.vertex(Fact::NodeKeys(node));
            let evidence = field(object.at().get("metadata.labels").key(label));
            b.step(Row::ControlPlaneNode, &[keys], admin, [evidence], [LABELLED]);
        }
    }
}
