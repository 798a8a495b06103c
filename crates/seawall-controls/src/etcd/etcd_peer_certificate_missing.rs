use crate::support::component::must_be_given;
use crate::{EtcdAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # etcd-peer-certificate-missing
///
/// ## What it finds
/// An etcd without `--peer-cert-file` or `--peer-key-file` that does not make its own certificate either.
///
/// ## Why it matters
/// Members then replicate all data, secrets included, in clear text.
///
/// ## Fix
/// Give each member a certificate from etcd's own CA by both settings.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["etcd", "api-tls"],
    cis = ["2.4"],
    aliases = ["KCV-0045", "CKV_K8S_119"]
)]
pub fn etcd_peer_certificate_missing(etcd: EtcdAt<'_>, _: &World, out: &mut Report) {
    if etcd.setting("peer-auto-tls").bool() != Some(true) {
        must_be_given(out, *etcd, &["peer-cert-file", "peer-key-file"], "members replicate without TLS");
    }
}
