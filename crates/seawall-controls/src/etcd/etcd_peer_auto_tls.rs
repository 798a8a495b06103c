use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{EtcdAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # etcd-peer-auto-tls
///
/// ## What it finds
/// An etcd with `--peer-auto-tls`.
///
/// ## Why it matters
/// etcd then makes a self-signed certificate at start. It encrypts, but members cannot tell etcd from somebody
/// who stands between, and etcd cannot check theirs.
///
/// ## Fix
/// Remove `--peer-auto-tls` and give etcd certificates from a CA of its own.
///
/// ## References
/// - https://etcd.io/docs/v3.6/op-guide/security/
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-etcd-clusters
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["etcd", "api-tls"],
    cis = ["2.6"],
    aliases = ["KCV-0047"],
    fix = Unsafe
)]
pub fn etcd_peer_auto_tls(etcd: EtcdAt<'_>, _: &World, out: &mut Report) {
    let setting = etcd.setting("peer-auto-tls");
    if setting.bool() == Some(true) {
        let mend = Some((Safety::Unsafe, "use certificates of a CA", "false"));
        finding(out, *etcd, &setting, "members cannot check whom they talk to", mend);
    } else {
        unknown(out, *etcd, &setting);
    }
}
