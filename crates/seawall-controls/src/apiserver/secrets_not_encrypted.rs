use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # secrets-not-encrypted
///
/// ## What it finds
/// A kube-apiserver without `--encryption-provider-config`.
///
/// ## Why it matters
/// Secrets then lie in etcd, its snapshots, write-ahead log and backups in clear text. Whoever gets one of
/// these files has every credential of the cluster.
///
/// ## Fix
/// Write an EncryptionConfiguration whose first provider for `secrets` is KMS v2, `secretbox` or `aesgcm`, name
/// it by the flag on every API server, and rewrite all secrets.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"],
    cis = ["1.2.27"],
    aliases = ["KCV-0030"]
)]
pub fn secrets_not_encrypted(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(out, *server, &["encryption-provider-config"], "secrets lie in etcd in clear text");
}
