use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{EtcdAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety, Severity};

/// # etcd-clients-unauthenticated
///
/// ## What it finds
/// An etcd without `--client-cert-auth`. If `--trusted-ca-file` is set etcd demands certificates all the same;
/// then this is a low finding.
///
/// ## Why it matters
/// etcd holds everything and asks no further questions: whoever may connect reads all secrets and writes any
/// object, past authentication, authorization and admission.
///
/// ## Fix
/// Set `--client-cert-auth=true` and `--trusted-ca-file` to a CA that signs nothing but etcd's clients.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["etcd", "authentication"],
    cis = ["2.2"],
    aliases = ["KCV-0043", "CKV_K8S_117"],
    fix = Unsafe
)]
pub fn etcd_clients_unauthenticated(etcd: EtcdAt<'_>, _: &World, out: &mut Report) {
    let setting = etcd.setting("client-cert-auth");
    let mend = Some((Safety::Unsafe, "demand client certificates", "true"));
    match (setting.bool(), etcd.setting("trusted-ca-file").text()) {
        (Some(true), _) => {}
        (Some(false), Some("")) => {
            finding(out, *etcd, &setting, "whoever reaches it reads and writes the whole cluster", mend);
        }
        (Some(false), Some(_)) => {
            // transport.TLSInfo.ServerConfig: a trusted CA alone makes certificates required.
            let what = "certificates are demanded only because a trusted CA is set";
            finding(out, *etcd, &setting, what, mend).severity(Severity::Low);
        }
        _ => unknown(out, *etcd, &setting),
    }
}
