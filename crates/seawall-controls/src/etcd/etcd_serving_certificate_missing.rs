use crate::support::component::must_be_given;
use crate::{EtcdAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # etcd-serving-certificate-missing
///
/// ## What it finds
/// An etcd without `--cert-file` or `--key-file` that does not make its own certificate either.
///
/// ## Why it matters
/// Clients then reach it in clear text: every secret of the cluster passes over the network for all to read,
/// and nothing tells a client whether it talks to etcd.
///
/// ## Fix
/// Give etcd a certificate from a CA of its own by both settings, and `https://` in its URLs.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["etcd", "api-tls"],
    cis = ["2.1"],
    aliases = ["KCV-0042", "CKV_K8S_116"]
)]
pub fn etcd_serving_certificate_missing(etcd: EtcdAt<'_>, _: &World, out: &mut Report) {
    // etcd-auto-tls is about certificates that etcd makes itself.
    if etcd.setting("auto-tls").bool() != Some(true) {
        must_be_given(out, *etcd, &["cert-file", "key-file"], "clients reach it without TLS");
    }
}
