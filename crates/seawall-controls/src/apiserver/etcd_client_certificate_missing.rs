use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # etcd-client-certificate-missing
///
/// ## What it finds
/// A kube-apiserver without `--etcd-certfile` or `--etcd-keyfile`.
///
/// ## Why it matters
/// An etcd that the API server reaches without a certificate serves everybody who reaches its port: all
/// secrets, and every object for the writing.
///
/// ## Fix
/// Give the API server a client certificate from etcd's own CA, and let etcd demand one.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["etcd"],
    cis = ["1.2.23"],
    aliases = ["KCV-0026", "CKV_K8S_99"]
)]
pub fn etcd_client_certificate_missing(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(out, *server, &["etcd-certfile", "etcd-keyfile"], "it talks to etcd without credentials");
}
