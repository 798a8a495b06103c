//! Files of components that name neither `apiVersion` nor `kind`, recognised by what they hold.

use seawall_yaml::{Kind, NodeRef};

/// The group under which they are known here; no Kubernetes object has it.
pub(crate) const API_VERSION: &str = "file.seawall.dev/v1";

/// Keys of etcd's configuration file (etcd, server/embed/config.go, `configJSON`) that no other file is known to have.
const ETCD: [&str; 7] = [
    "advertise-client-urls",
    "client-transport-security",
    "initial-advertise-peer-urls",
    "initial-cluster-token",
    "listen-client-urls",
    "listen-peer-urls",
    "peer-transport-security",
];

/// An audit policy that lacks one of the two. The API server takes the kind for granted, and without `apiVersion` finds
/// its internal version, which it then refuses (apiserver/pkg/audit/policy/reader.go, `LoadPolicyFromBytes`).
fn audit_policy(root: NodeRef<'_>) -> Option<(&'static str, &'static str)> {
    let own = |key: &str| root.get(key).map_or("", NodeRef::text);
    if !matches!(own("kind"), "" | "null" | "~" | "Policy") {
        return None;
    }
    let first = root.get("rules")?.items().next()?.get("level")?.as_str()?;
    if !matches!(first, "None" | "Metadata" | "Request" | "RequestResponse") {
        return None;
    }
    match own("apiVersion") {
        "" => Some(("audit.k8s.io/__internal", "Policy")),
        "audit.k8s.io/v1" => Some(("audit.k8s.io/v1", "Policy")),
        _ => None,
    }
}

/// `apiVersion` and `kind` of a file without them: etcd's configuration, or PEM certificates and public keys.
pub(crate) fn kind_of(root: NodeRef<'_>) -> Option<(&'static str, &'static str)> {
    if root.kind() == Kind::String {
        // A key beside it is none of our business.
        let text = root.text();
        let wanted = ["CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY"];
        let has = |kind: &&str| text.contains(&format!("-----BEGIN {kind}-----"));
        return (wanted.iter().any(has) && !text.contains("PRIVATE KEY"))
            .then_some((API_VERSION, "CertificateFile"));
    }
    if let Some(policy) = audit_policy(root) {
        return Some(policy);
    }
    // An object that lacks one of the two is a broken object.
    if root.get("apiVersion").is_some() || root.get("kind").is_some() {
        return None;
    }
    (ETCD.iter().filter(|key| root.get(key).is_some()).count() >= 2)
        .then_some((API_VERSION, "EtcdConfiguration"))
}
