//! Which network plugin a cluster runs, as far as its DaemonSets, pods and settings show, and what it enforces.

use seawall_model::{At, Cluster, ContainerAt, Object, PodAt, WellKnown};
use std::sync::Arc;

/// A network plugin, or a program that enforces policies beside one.
#[derive(Clone, Debug)]
pub struct Plugin<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Whether it enforces NetworkPolicies; `None`: the input does not say.
    pub enforces: Option<bool>,
    /// Why.
    pub because: &'static str,
    /// Whether it takes `endPort` for what it is; `None`: not known.
    pub end_port: Option<bool>,
    /// Whether it enforces policies for SCTP; `None`: not known.
    pub sctp: Option<bool>,
    /// Whether it enforces ClusterNetworkPolicy and AdminNetworkPolicy; `None`: not known.
    pub tiers: Option<bool>,
    /// Whether an `ipBlock` means addresses of pods as well.
    pub blocks_mean_pods: bool,
    /// What shows that it runs.
    pub at: At<'a>,
}

/// Objects looked at: plugins are few, and pods of a large cluster repeat them.
const MOST: usize = 20_000;

/// The plugins of a cluster, each once.
pub fn plugins(cluster: &Cluster) -> Vec<Plugin<'_>> {
    let mut found = Vec::new();
    let daemons = cluster.of(WellKnown::DaemonSet);
    let system = cluster.of(WellKnown::Pod).filter(|pod| pod.namespace() != Some("default"));
    for object in daemons.chain(system).take(MOST) {
        for pod in object.pods() {
            for plugin in pod.containers().filter_map(|container| of_container(pod, container)) {
                add(&mut found, plugin);
            }
        }
    }
    for node in cluster.of(WellKnown::Node).take(1) {
        of_node(node).into_iter().for_each(|plugin| add(&mut found, plugin));
    }
    for plugin in &mut found {
        settings(plugin, cluster);
    }
    found
}

fn add<'a>(found: &mut Vec<Plugin<'a>>, plugin: Plugin<'a>) {
    match found.iter_mut().find(|known| known.name == plugin.name) {
        // What one of its pods shows may be more than what another does.
        Some(known) if known.enforces < plugin.enforces => *known = plugin,
        Some(_) => {}
        None => found.push(plugin),
    }
}

/// Whether policies are enforced; `None` where nothing that was found says so. `false` where what was found does not.
pub fn enforces(plugins: &[Plugin<'_>]) -> Option<bool> {
    if plugins.iter().any(|plugin| plugin.enforces == Some(true)) {
        Some(true)
    } else if plugins.is_empty() || plugins.iter().any(|plugin| plugin.enforces.is_none()) {
        None
    } else {
        Some(false)
    }
}

fn plain<'a>(name: &'static str, enforces: Option<bool>, because: &'static str, at: At<'a>) -> Plugin<'a> {
    let (end_port, sctp, tiers) = (None, None, None);
    Plugin { name, enforces, because, end_port, sctp, tiers, blocks_mean_pods: true, at }
}

/// The last part of an image's name, and its tag.
fn image_of<'a>(container: ContainerAt<'a>) -> Option<(&'a str, &'a str)> {
    let image = container.image()?.split('@').next()?;
    let last = image.rsplit('/').next()?;
    Some(last.split_once(':').unwrap_or((last, "")))
}

fn has_argument(container: ContainerAt<'_>, wanted: &str) -> bool {
    ["command", "args"].into_iter().any(|key| {
        let words = container.get(key).items().filter_map(At::str);
        words.flat_map(str::split_whitespace).any(|word| word == wanted)
    })
}

fn of_container<'a>(pod: PodAt<'a>, container: ContainerAt<'a>) -> Option<Plugin<'a>> {
    let (name, tag) = image_of(container)?;
    let at = container.at().key("image");
    let enforcing = |name| plain(name, Some(true), "it enforces NetworkPolicies", at);
    Some(match name {
        "flannel" => plain("flannel", Some(false), "flannel only connects pods", at),
        "kindnetd" => kindnet(tag, at),
        "cilium" | "cilium-dev" | "cilium-ci" if container.name() == "cilium-agent" => {
            let end_port = release(tag).map(|release| release >= (1, 16));
            Plugin { end_port, blocks_mean_pods: false, ..enforcing("cilium") }
        }
        "calico-node" | "node" if container.name() == "calico-node" => enforcing("calico"),
        "weave-npc" => Plugin { tiers: Some(false), ..enforcing("weave") },
        "weave-kube" if !pod.containers().any(|one| one.name() == "weave-npc") => {
            plain("weave", Some(false), "weave-npc, which enforces, is left out", at)
        }
        "kube-router" if has_argument(container, "--run-firewall=false") => {
            plain("kube-router", Some(false), "it runs with --run-firewall=false", at)
        }
        "kube-router" => Plugin { tiers: Some(false), ..enforcing("kube-router") },
        "amazon-k8s-cni" => aws(pod, at),
        "azure-npm" => Plugin { end_port: Some(false), tiers: Some(false), ..enforcing("azure-npm") },
        "antrea-ubuntu" | "antrea-agent-ubuntu" | "antrea-agent-ubi"
            if container.name() == "antrea-agent" =>
        {
            enforcing("antrea")
        }
        "kube-network-policies" => enforcing("kube-network-policies"),
        "kube-ovn" => enforcing("kube-ovn"),
        "multus-cni" => return None,
        _ if name.starts_with("ovn-kube") => enforcing("ovn-kubernetes"),
        _ => return None,
    })
}

/// `kindnetd` enforces since kind 0.24 of August 2024 (kubernetes-sigs/kind#842); its tags begin with a date.
fn kindnet<'a>(tag: &str, at: At<'a>) -> Plugin<'a> {
    let date: Option<u32> =
        tag.strip_prefix('v').and_then(|tag| tag.get(..8)).and_then(|date| date.parse().ok());
    match date {
        Some(..20_240_601) => {
            plain("kindnet", Some(false), "kindnetd enforces policies since kind 0.24 only", at)
        }
        Some(20_240_801..) => plain("kindnet", Some(true), "it enforces NetworkPolicies", at),
        _ => plain("kindnet", None, "whether this kindnetd enforces policies is not known", at),
    }
}

/// The VPC plugin enforces where the agent beside it is told to.
fn aws<'a>(pod: PodAt<'a>, at: At<'a>) -> Plugin<'a> {
    let is_told = pod.containers().any(|one| has_argument(one, "--enable-network-policy=true"));
    match is_told {
        true => plain("aws-vpc-cni", Some(true), "its agent runs with --enable-network-policy=true", at),
        false => plain("aws-vpc-cni", Some(false), "its agent lacks --enable-network-policy=true", at),
    }
}

/// `v1.15.3` → (1, 15).
fn release(tag: &str) -> Option<(u32, u32)> {
    let mut parts = tag.strip_prefix('v').unwrap_or(tag).split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Distributions whose node program enforces policies itself.
fn of_node(node: &Arc<Object>) -> Option<Plugin<'_>> {
    let at = node.at().get("status.nodeInfo.kubeletVersion");
    let is_k3s = at.str().is_some_and(|version| version.contains("+k3s"));
    is_k3s.then(|| plain("k3s", None, "k3s enforces policies unless --disable-network-policy is given", at))
}

/// What the plugin's ConfigMap says.
fn settings(plugin: &mut Plugin<'_>, cluster: &Cluster) {
    if plugin.name != "cilium" {
        return;
    }
    let Some(map) = cluster.find(WellKnown::ConfigMap, Some("kube-system"), "cilium-config") else { return };
    let data = map.at().key("data");
    if data.key("enable-policy").str() == Some("never") {
        (plugin.enforces, plugin.because) = (Some(false), "its setting enable-policy is `never`");
    }
    if data.key("enable-k8s-networkpolicy").text() == Some("false") {
        (plugin.enforces, plugin.because) = (Some(false), "its setting enable-k8s-networkpolicy is false");
    }
    plugin.sctp = Some(data.key("enable-sctp").text() == Some("true"));
}
