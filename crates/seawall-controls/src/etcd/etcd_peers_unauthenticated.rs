use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{EtcdAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety, Severity};

/// # etcd-peers-unauthenticated
///
/// ## What it finds
/// An etcd without `--peer-client-cert-auth`. If `--peer-trusted-ca-file` is set etcd demands certificates all
/// the same; then this is a low finding.
///
/// ## Why it matters
/// Whoever reaches the peer port can speak as a member: read the replicated data, or take part in votes and
/// rewrite it.
///
/// ## Fix
/// Set `--peer-client-cert-auth=true` and `--peer-trusted-ca-file` to etcd's own CA.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["etcd", "authentication"],
    cis = ["2.5"],
    aliases = ["KCV-0046", "CKV_K8S_121"],
    fix = Unsafe
)]
pub fn etcd_peers_unauthenticated(etcd: EtcdAt<'_>, _: &World, out: &mut Report) {
    let setting = etcd.setting("peer-client-cert-auth");
    let mend = Some((Safety::Unsafe, "demand certificates of peers", "true"));
    match (setting.bool(), etcd.setting("peer-trusted-ca-file").text()) {
        (Some(true), _) => {}
        (Some(false), Some("")) => {
            finding(out, *etcd, &setting, "whoever reaches the peer port may speak as a member", mend);
        }
        (Some(false), Some(_)) => {
            // transport.TLSInfo.ServerConfig: a trusted CA alone makes certificates required.
            let what = "certificates are demanded only because a trusted CA is set";
            finding(out, *etcd, &setting, what, mend).severity(Severity::Low);
        }
        _ => unknown(out, *etcd, &setting),
    }
}
