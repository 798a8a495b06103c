use crate::support::component::finding;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # audit-log-kept-too-short
///
/// ## What it finds
/// A kube-apiserver that throws audit logs away early: less than 30 days (`--audit-log-maxage`), fewer than 10
/// old files (`--audit-log-maxbackup`), or files under 100 megabytes (`--audit-log-maxsize`).
///
/// ## Why it matters
/// Break-ins are often found weeks later. Small limits also let an attacker flush the log by making noise.
///
/// ## Fix
/// Keep 30 days, 10 files of 100 megabytes, or more; better, ship the events to a store that the cluster cannot
/// change.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#log-backend
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["audit"],
    cis = ["1.2.17", "1.2.18", "1.2.19"],
    aliases = ["KCV-0020", "KCV-0021", "KCV-0022", "CKV_K8S_92", "CKV_K8S_93", "CKV_K8S_94"],
    fix = Safe
)]
pub fn audit_log_kept_too_short(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let path = server.setting("audit-log-path");
    if matches!(path.text(), Some("" | "-")) {
        return;
    }
    // Zero, the default, sets no limit.
    for (name, least, value) in LIMITS {
        let setting = server.setting(name);
        if setting.int().is_some_and(|given| given > 0 && given < least) {
            let what = format!("audit events are lost early; keep {least} or more");
            finding(out, *server, &setting, &what, Some((Safety::Safe, "keep audit logs longer", value)));
        }
    }
}

const LIMITS: [(&str, i64, &str); 3] =
    [("audit-log-maxage", 30, "30"), ("audit-log-maxbackup", 10, "10"), ("audit-log-maxsize", 100, "100")];
