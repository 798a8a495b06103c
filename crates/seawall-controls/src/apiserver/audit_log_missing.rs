use crate::support::component::unknown;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # audit-log-missing
///
/// ## What it finds
/// A kube-apiserver that writes no audit log: neither `--audit-log-path` nor `--audit-webhook-config-file` is
/// set.
///
/// ## Why it matters
/// After an incident nobody can say who read which secret or changed which role. Attempts that were refused
/// leave no trace either.
///
/// ## Fix
/// Set `--audit-policy-file` and `--audit-log-path` (or a webhook that stores the events elsewhere), and mount
/// both places into the pod.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"],
    cis = ["1.2.16"],
    aliases = ["KCV-0019", "CKV_K8S_91"],
    group = "audit-logging"
)]
pub fn audit_log_missing(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let (path, webhook) = (server.setting("audit-log-path"), server.setting("audit-webhook-config-file"));
    match (path.text(), webhook.text()) {
        (Some(""), Some("")) => {
            out.finding(path.at(), "kube-apiserver writes no audit log: neither a path nor a webhook is set");
        }
        (Some(""), _) => unknown(out, *server, &webhook),
        (None, Some("")) => unknown(out, *server, &path),
        _ => {}
    }
}
