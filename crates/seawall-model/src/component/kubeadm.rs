//! Components that kubeadm starts: its configuration holds extra flags, and it adds flags of its own
//! (cmd/kubeadm/app/phases/controlplane/manifests.go, phases/etcd/local.go, componentconfigs/kubelet.go).

use super::flag::{self, Form, Given};
use super::{Base, Component, ComponentAt, ComponentKind, files};
use crate::{At, Cluster, Object, WellKnown};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Where ClusterConfiguration holds the flags of each component.
const SECTIONS: [(ComponentKind, &str); 4] = [
    (ComponentKind::ApiServer, "apiServer"),
    (ComponentKind::ControllerManager, "controllerManager"),
    (ComponentKind::Scheduler, "scheduler"),
    (ComponentKind::Etcd, "etcd.local"),
];

/// Where kubeadm's documents hold the flags of this component: the map or list, and whether it is a list.
pub(super) fn arguments(component: ComponentAt<'_>) -> Option<(At<'_>, bool)> {
    let object = &component.component.object;
    let path = match object.well_known() {
        WellKnown::ClusterConfiguration => match component.kind() {
            ComponentKind::ApiServer => "apiServer.extraArgs",
            ComponentKind::ControllerManager => "controllerManager.extraArgs",
            ComponentKind::Scheduler => "scheduler.extraArgs",
            ComponentKind::Etcd => "etcd.local.extraArgs",
            _ => return None,
        },
        WellKnown::InitConfiguration | WellKnown::JoinConfiguration => "nodeRegistration.kubeletExtraArgs",
        _ => return None,
    };
    Some((object.at().get(path), is_list(object)))
}

/// v1beta4 turned the maps into lists.
fn is_list(object: &Object) -> bool {
    !matches!(object.version(), "v1beta1" | "v1beta2" | "v1beta3")
}

pub(super) fn components(cluster: &Cluster, all: &mut Vec<Component>) {
    for object in cluster.of(WellKnown::ClusterConfiguration).filter(|object| files::is_in_effect(object)) {
        for (kind, section) in SECTIONS {
            let external = object.at().get("etcd.external");
            if kind == ComponentKind::Etcd && external.exists() {
                continue;
            }
            let at = object.at().get(section);
            let mut component = Component::new(kind, object, at.nearest().id(), Base::Kubeadm);
            component.name_version(object.at().key("kubernetesVersion").text());
            component.given = extra_arguments(kind, at.key("extraArgs"));
            if kind == ComponentKind::ApiServer {
                external_etcd(external, &mut component.given);
            }
            all.push(component);
        }
    }
    kubelets(cluster, all);
}

/// kubeadm reads the kubelet's configuration from the same file only, and adds `kubeletExtraArgs` to its flags. What
/// it has written into ConfigMaps already holds all that it adds.
fn kubelets(cluster: &Cluster, all: &mut Vec<Component>) {
    let kinds = [WellKnown::InitConfiguration, WellKnown::JoinConfiguration];
    let nodes =
        || kinds.into_iter().flat_map(|kind| cluster.of(kind)).filter(|node| files::is_in_effect(node));
    let mut files: HashMap<&str, Option<&Arc<Object>>> = HashMap::new();
    let is_file = |object: &&Arc<Object>| object.host().is_none();
    for object in cluster.of(WellKnown::ClusterConfiguration).filter(is_file) {
        files.entry(object.file()).or_default();
    }
    for node in nodes().filter(is_file) {
        files.entry(node.file()).or_default().get_or_insert(node);
    }
    let mut with_config: HashSet<&str> = HashSet::new();
    for config in cluster.of(WellKnown::KubeletConfiguration).filter(is_file) {
        let Some(node) = files.get(config.file()) else { continue };
        with_config.insert(config.file());
        let mut component = Component::new(ComponentKind::Kubelet, config, config.root().id(), Base::Kubeadm);
        component.config = Some(config.clone());
        component.given = node.map(kubelet_arguments).unwrap_or_default();
        all.push(component);
    }
    for node in nodes().filter(|node| node.host().is_some() || !with_config.contains(node.file())) {
        let given = kubelet_arguments(node);
        if !given.is_empty() {
            let at = node.at().get("nodeRegistration");
            let mut component =
                Component::new(ComponentKind::Kubelet, node, at.nearest().id(), Base::Kubeadm);
            component.given = given;
            all.push(component);
        }
    }
}

fn kubelet_arguments(node: &Arc<Object>) -> Vec<Given> {
    extra_arguments(ComponentKind::Kubelet, node.at().get("nodeRegistration.kubeletExtraArgs"))
}

fn extra_arguments(kind: ComponentKind, at: At<'_>) -> Vec<Given> {
    let object = at.object();
    let entries = at.entries().map(|(name, value)| Given {
        name: flag::normal(kind, name),
        value: Some(value.text().unwrap_or("").into()),
        object: object.clone(),
        node: value.nearest().id(),
        form: Form::Entry,
    });
    let pairs = at.items().filter_map(|item| {
        let value = item.key("value");
        Some(Given {
            name: flag::normal(kind, item.key("name").str()?),
            value: Some(value.text().unwrap_or("").into()),
            object: object.clone(),
            node: item.nearest().id(),
            form: Form::Pair(value.nearest().id()),
        })
    });
    entries.chain(pairs).collect()
}

/// The API server's etcd flags when etcd is not kubeadm's.
fn external_etcd(external: At<'_>, out: &mut Vec<Given>) {
    for (name, key) in [("etcd-cafile", "caFile"), ("etcd-certfile", "certFile"), ("etcd-keyfile", "keyFile")]
    {
        let value = external.key(key);
        if let Some(text) = value.str().filter(|text| !text.is_empty())
            && !out.iter().any(|given| &*given.name == name)
        {
            out.push(Given {
                name: name.into(),
                value: Some(text.into()),
                object: external.object().clone(),
                node: value.nearest().id(),
                form: Form::Entry,
            });
        }
    }
    let endpoints: Vec<&str> = external.key("endpoints").items().filter_map(At::str).collect();
    if !endpoints.is_empty() && !out.iter().any(|given| &*given.name == "etcd-servers") {
        out.push(Given {
            name: "etcd-servers".into(),
            value: Some(endpoints.join(",").into()),
            object: external.object().clone(),
            node: external.key("endpoints").nearest().id(),
            form: Form::Script,
        });
    }
}

/// The flags that kubeadm adds unless `extraArgs` override them.
pub(super) fn default(component: ComponentAt<'_>, name: &str) -> Option<&'static str> {
    let given = |flag: &str| component.component.given.iter().any(|given| &*given.name == flag);
    let external = component.component.object.at().get("etcd.external").exists();
    match component.kind() {
        ComponentKind::ApiServer => match name {
            "authorization-mode" if given("authorization-config") => None,
            "etcd-cafile" | "etcd-certfile" | "etcd-keyfile" if external => None,
            _ => find(&API_SERVER, name),
        },
        ComponentKind::ControllerManager => find(&CONTROLLER_MANAGER, name),
        ComponentKind::Scheduler => (name == "bind-address").then_some("127.0.0.1"),
        ComponentKind::Etcd => find(&ETCD, name),
        ComponentKind::Kubelet => find(&KUBELET, name),
        ComponentKind::KubeProxy => None,
    }
}

fn find(table: &'static [(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(flag, _)| *flag == name).map(|(_, value)| *value)
}

const API_SERVER: [(&str, &str); 17] = [
    ("allow-privileged", "true"),
    ("authorization-mode", "Node,RBAC"),
    ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
    ("enable-admission-plugins", "NodeRestriction"),
    ("enable-bootstrap-token-auth", "true"),
    ("etcd-cafile", "/etc/kubernetes/pki/etcd/ca.crt"),
    ("etcd-certfile", "/etc/kubernetes/pki/apiserver-etcd-client.crt"),
    ("etcd-keyfile", "/etc/kubernetes/pki/apiserver-etcd-client.key"),
    ("etcd-servers", "https://127.0.0.1:2379"),
    ("kubelet-client-certificate", "/etc/kubernetes/pki/apiserver-kubelet-client.crt"),
    ("kubelet-client-key", "/etc/kubernetes/pki/apiserver-kubelet-client.key"),
    ("requestheader-allowed-names", "front-proxy-client"),
    ("requestheader-client-ca-file", "/etc/kubernetes/pki/front-proxy-ca.crt"),
    ("service-account-key-file", "/etc/kubernetes/pki/sa.pub"),
    ("service-account-signing-key-file", "/etc/kubernetes/pki/sa.key"),
    ("tls-cert-file", "/etc/kubernetes/pki/apiserver.crt"),
    ("tls-private-key-file", "/etc/kubernetes/pki/apiserver.key"),
];

const CONTROLLER_MANAGER: [(&str, &str); 8] = [
    ("bind-address", "127.0.0.1"),
    ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
    ("cluster-signing-cert-file", "/etc/kubernetes/pki/ca.crt"),
    ("cluster-signing-key-file", "/etc/kubernetes/pki/ca.key"),
    ("requestheader-client-ca-file", "/etc/kubernetes/pki/front-proxy-ca.crt"),
    ("root-ca-file", "/etc/kubernetes/pki/ca.crt"),
    ("service-account-private-key-file", "/etc/kubernetes/pki/sa.key"),
    ("use-service-account-credentials", "true"),
];

const ETCD: [(&str, &str); 11] = [
    ("advertise-client-urls", "https://127.0.0.1:2379"),
    ("cert-file", "/etc/kubernetes/pki/etcd/server.crt"),
    ("client-cert-auth", "true"),
    ("key-file", "/etc/kubernetes/pki/etcd/server.key"),
    ("listen-client-urls", "https://127.0.0.1:2379"),
    ("listen-peer-urls", "https://127.0.0.1:2380"),
    ("peer-cert-file", "/etc/kubernetes/pki/etcd/peer.crt"),
    ("peer-client-cert-auth", "true"),
    ("peer-key-file", "/etc/kubernetes/pki/etcd/peer.key"),
    ("peer-trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
    ("trusted-ca-file", "/etc/kubernetes/pki/etcd/ca.crt"),
];

const KUBELET: [(&str, &str); 3] = [
    ("client-ca-file", "/etc/kubernetes/pki/ca.crt"),
    ("pod-manifest-path", "/etc/kubernetes/manifests"),
    ("rotate-certificates", "true"),
];
