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

/// `apiVersion` and `kind` of a file without them: etcd's configuration, or PEM certificates.
pub(crate) fn kind_of(root: NodeRef<'_>) -> Option<(&'static str, &'static str)> {
    if root.kind() == Kind::String {
        // A key beside it is none of our business.
        let (text, wanted) = (root.text(), "-----BEGIN CERTIFICATE-----");
        return (text.contains(wanted) && !text.contains("PRIVATE KEY"))
            .then_some((API_VERSION, "CertificateFile"));
    }
    // An object that lacks one of the two is a broken object.
    if root.get("apiVersion").is_some() || root.get("kind").is_some() {
        return None;
    }
    (ETCD.iter().filter(|key| root.get(key).is_some()).count() >= 2)
        .then_some((API_VERSION, "EtcdConfiguration"))
}
