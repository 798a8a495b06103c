//! Between the cluster and the cloud that it runs in.

use super::policed::Policed;
use crate::builder::{Builder, field};
use crate::fact::Fact;
use crate::right::Right;
use crate::row::Row;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use seawall_auth::user::SYSTEM_MASTERS;
use seawall_model::{Object, WellKnown};
use seawall_network::{metadata_hop_limit, metadata_proxies};
use std::sync::Arc;

const TRUSTED: &str = "the cloud trusts the cluster's tokens for this role";

/// Annotations of service accounts that name a role in a cloud.
const ANNOTATIONS: [&str; 3] =
    ["eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"];

/// Starts of `spec.providerID`, and what the metadata service of that cloud is asked at.
const CLOUDS: [(&str, &str, &[IpAddr]); 3] = [
    ("aws://", "aws", &[METADATA, IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))]),
    ("gce://", "gcp", &[METADATA]),
    ("azure://", "azure", &[METADATA]),
];
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));
const ANSWERS: &str = "the cloud's metadata service answers pods: its hop limit is above 1";
const PROXIED: &str = "the program in front of the metadata service gives the pod the role of its node";
const ROLE: &str = "the nodes have a role in the cloud";
const POLICIES: &str = "the policies that select the pod let it connect to the metadata address";

/// CL-1: the role of the nodes of each cloud that the input has nodes of.
fn metadata(b: &mut Builder<'_>) {
    let nodes: Vec<_> = b.nodes.values().filter_map(|node| node.clone()).collect();
    let cluster = b.input.cluster;
    let is_proxied = !metadata_proxies(cluster).is_empty();
    let hops = metadata_hop_limit(cluster).map(|(is_one, _)| is_one);
    let mut policed = Policed::new(b);
    for (start, cloud, addresses) in CLOUDS {
        let of_cloud = |node: &&Arc<Object>| {
            node.at().get("spec.providerID").str().is_some_and(|id| id.starts_with(start))
        };
        let Some(node) = nodes.iter().find(of_cloud) else { continue };
        let role = b.name(&format!("{cloud}-node-role"));
        let role = b.vertex(Fact::Cloud(role));
        for unit in b.pods.clone() {
            let Some(pod) = unit.pod() else { continue };
            let asked: Vec<Option<bool>> =
                addresses.iter().map(|address| policed.may_connect(pod, *address, 80)).collect();
            let unsure = match (asked.contains(&Some(true)), asked.contains(&None)) {
                (true, _) => None,
                (false, true) => Some(POLICIES),
                (false, false) => continue,
            };
            let answers = match (pod.get("hostNetwork").is_true(), hops) {
                // On the node's own network there is no further hop, and no program in front.
                (true, _) => None,
                (false, Some(true)) => continue,
                (false, _) if is_proxied => Some(PROXIED),
                (false, Some(false)) => None,
                (false, None) => Some(ANSWERS),
            };
            let evidence = field(node.at().get("spec.providerID"));
            b.step(
                Row::Imds,
                &[unit.vertex],
                role,
                [evidence],
                [ROLE].into_iter().chain(answers).chain(unsure),
            );
        }
    }
}

pub(super) fn build(b: &mut Builder<'_>) {
    metadata(b);
    // CL-2
    let accounts: Vec<_> =
        b.accounts.iter().filter_map(|(key, account)| Some((*key, account.object.clone()?))).collect();
    for ((namespace, name), object) in accounts {
        for key in ANNOTATIONS {
            let at = object.at().get("metadata.annotations").key(key);
            let Some(role) = at.str().filter(|role| !role.is_empty()) else { continue };
            let role = b.name(role);
            let (account, role) = (b.vertex(Fact::Account(namespace, name)), b.vertex(Fact::Cloud(role)));
            b.step(Row::WorkloadId, &[account], role, [field(at)], [TRUSTED]);
        }
    }
    // CL-3: only where the ConfigMap that EKS reads is there.
    let map = b.input.cluster.find(WellKnown::ConfigMap, Some("kube-system"), "aws-auth").cloned();
    if let Some(map) = map {
        let (namespace, name) = (b.name("kube-system"), b.name("aws-auth"));
        let group = b.holder(true, SYSTEM_MASTERS);
        for can in b.can_for(Right::ChangeConfigMaps, namespace, name) {
            let requires = ["the cluster is one of EKS that reads this ConfigMap"];
            b.step(Row::AwsAuth, &[can], group, [field(map.at().key("data"))], requires);
        }
    }
}
