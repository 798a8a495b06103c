use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # audit-log-unbounded
///
/// ## What it finds
/// A kube-apiserver with an audit log file, but without a limit on the age or the number of old files:
/// `--audit-log-maxage` (unlimited by default until 1.35) and `--audit-log-maxbackup`.
///
/// ## Why it matters
/// Old logs are then never removed. When the disk is full the API server, and etcd if it shares the disk, stop.
///
/// ## Fix
/// Set `--audit-log-maxage=30` and `--audit-log-maxbackup=10`, or more.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#log-backend
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["audit"],
    cis = ["1.2.17", "1.2.18", "1.2.19"],
    aliases = ["KCV-0020", "KCV-0021", "CKV_K8S_92", "CKV_K8S_93"],
    fix = Safe
)]
pub fn audit_log_unbounded(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let path = server.setting("audit-log-path");
    let (age, backups) = (server.setting("audit-log-maxage"), server.setting("audit-log-maxbackup"));
    // An unset limit is zero, and zero is no limit.
    let unlimited =
        |setting: &seawall_model::Setting<'_>| setting.text().is_some_and(|text| matches!(text, "" | "0"));
    let to_file = path.text().is_some_and(|path| !matches!(path, "" | "-"));
    if to_file && unlimited(&age) && unlimited(&backups) {
        let found = out.finding(
            path.at(),
            "kube-apiserver never removes old audit logs: neither age nor number is limited",
        );
        let changes: Vec<_> = [age.change("30"), backups.change("10")].into_iter().flatten().collect();
        if !changes.is_empty() {
            found.safe_fix("keep 30 days and 10 files", changes);
        }
    }
}
