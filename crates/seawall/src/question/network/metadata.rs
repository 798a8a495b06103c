//! `--deny-metadata`: the form that no other policy can undo where the cluster has it, else the best weaker one.

use seawall_model::{Cluster, UNSET_NAMESPACE, WellKnown};
use seawall_network::{End, Generated, Protocol, RangeText, Reach, metadata_services};
use std::fmt::Write;

/// A ClusterNetworkPolicy that closes the metadata addresses for every pod, where the input shows that the cluster
/// has the kind; what stays open otherwise goes to the notes.
pub(super) fn deny(
    cluster: &Cluster,
    after: &Reach,
    generated: &Generated,
    notes: &mut Vec<String>,
) -> Option<String> {
    if has_tiers(cluster) {
        return Some(policy());
    }
    notes.push(
        "the input defines no ClusterNetworkPolicy: the metadata addresses are closed only by leaving them out of each \
         policy, and any other NetworkPolicy that allows them undoes it"
            .into(),
    );
    for (number, pod) in after.pods().iter().enumerate() {
        let covered =
            generated.policies.iter().any(|policy| Some(policy.workload) == after.workload_of(number));
        for service in metadata_services() {
            let to = after.end_of(service.address);
            let open = after.between(End::Pod(number), to).allows(Protocol::Tcp, service.port);
            if open != Some(false) {
                let name = format!("{}/{}", pod.namespace().unwrap_or(UNSET_NAMESPACE), pod.name());
                let why = match (pod.uses_host_network(), covered) {
                    (true, _) => "it uses its node's network",
                    (_, false) => "no policy was written for it",
                    _ => "what is wanted covers the address",
                };
                notes.push(format!("{name} still reaches {} ({}): {why}", service.address, service.cloud));
            }
        }
    }
    None
}

/// Whether the input has the kind: its definition, or an object of it.
fn has_tiers(cluster: &Cluster) -> bool {
    let definition = cluster
        .of(WellKnown::CustomResourceDefinition)
        .any(|object| object.name() == "clusternetworkpolicies.policy.networking.k8s.io");
    definition
        || cluster.objects().any(|object| {
            object.group() == "policy.networking.k8s.io" && object.kind() == "ClusterNetworkPolicy"
        })
}

/// The policy (`kubernetes-sigs/network-policy-api` `apis/v1alpha2/clusternetworkpolicy_types.go`).
fn policy() -> String {
    let mut out = String::from(
        "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata:\n  name: deny-cloud-metadata\n  \
         labels:\n    app.kubernetes.io/managed-by: seawall\nspec:\n  tier: Admin\n  priority: 0\n  subject:\n    \
         namespaces: {}\n  egress:\n  - name: deny-cloud-metadata\n    action: Deny\n    to:\n    - networks:\n",
    );
    for service in metadata_services() {
        let _ = writeln!(out, "      - \"{}\"", RangeText(service.address, service.address));
    }
    out
}
