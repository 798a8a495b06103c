//! Labels that a node may set on itself (`k8s.io/kubelet/pkg/apis/well_known_labels.go`, KEP-279).

use crate::json::Json;
use serde_json::Value;
use std::collections::BTreeSet;

const OWN: [&str; 11] = [
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "beta.kubernetes.io/instance-type",
    "node.kubernetes.io/instance-type",
    "kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/arch",
];

/// Whether `prefix` is `domain` or lies in it.
fn within(prefix: &str, domain: &str) -> bool {
    prefix.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn is_forbidden(label: &str) -> bool {
    let prefix = label.split_once('/').map_or("", |(prefix, _)| prefix);
    if within(prefix, "node-restriction.kubernetes.io") {
        return true;
    }
    let kubernetes = within(prefix, "kubernetes.io") || within(prefix, "k8s.io");
    let allowed = OWN.contains(&label)
        || within(prefix, "kubelet.kubernetes.io")
        || within(prefix, "node.kubernetes.io");
    kubernetes && !allowed
}

/// The labels that differ between two objects and are not a node's to change, sorted.
pub(super) fn forbidden(new: &Value, old: &Value) -> Vec<String> {
    let (new, old) = (new.map("metadata.labels"), old.map("metadata.labels"));
    let keys: BTreeSet<&String> = new.keys().chain(old.keys()).collect();
    keys.into_iter().filter(|key| new.get(*key) != old.get(*key) && is_forbidden(key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::is_forbidden;

    #[test]
    fn the_domains_of_kubernetes_are_not_the_nodes() {
        for label in [
            "node-restriction.kubernetes.io/x",
            "a.node-restriction.kubernetes.io/x",
            "kubernetes.io/x",
            "x.k8s.io/y",
        ] {
            assert!(is_forbidden(label), "{label}");
        }
        for label in [
            "x",
            "example.com/x",
            "kubernetes.io/os",
            "kubelet.kubernetes.io/x",
            "a.node.kubernetes.io/x",
            "notkubernetes.io/x",
        ] {
            assert!(!is_forbidden(label), "{label}");
        }
    }
}
