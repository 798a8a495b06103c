use crate::{AuditPolicyAt, World};
use seawall_controls_macros::control;
use seawall_detect::audit_policy::load;
use seawall_model::{Report, Severity};

/// # credentials-in-audit-log
///
/// ## What it finds
/// A rule that logs the bodies of requests or answers that hold credentials: Secrets and token reviews at
/// `Request` or above, minted service account tokens and Secrets that are read at `RequestResponse`;
/// ConfigMaps at lower severity. Rules that earlier ones cover are left out.
///
/// ## Why it matters
/// The log then holds the credentials themselves, readable for everybody who reads logs: shippers,
/// dashboards, backups. Kubernetes masks nothing in them.
///
/// ## Fix
/// Put a rule `level: Metadata` for `secrets`, `configmaps`, `serviceaccounts/token` and
/// `tokenreviews.authentication.k8s.io` before this one.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
/// - https://github.com/kubernetes/kubernetes/issues/96319
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["audit"],
    cis = ["3.2.2"]
)]
pub fn credentials_in_audit_log(file: AuditPolicyAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    let leaks = loaded.policy.leaks();
    for (index, rule) in loaded.policy.rules.iter().enumerate() {
        let of_rule = || leaks.iter().filter(move |leak| leak.rule == index);
        let certain = || of_rule().filter(|leak| leak.certain);
        let (at, level) = (rule.at.key("level"), rule.level.as_str());
        let serious: Vec<&str> =
            certain().filter(|leak| leak.what.resource != "configmaps").map(|leak| leak.what.what).collect();
        if !serious.is_empty() {
            let message = format!("`{level}` writes the bodies of {} to the log", serious.join(", "));
            let mut finding = out.finding(at, message);
            for leak in certain() {
                finding = finding
                    .evidence(format!("`{}` of {} is logged with its body", leak.verb, leak.what.what));
            }
        } else if certain().next().is_some() {
            let message = format!("`{level}` writes the bodies of configuration maps to the log");
            out.finding(at, message).severity(Severity::Low);
        } else if let Some(leak) = of_rule().next() {
            let message = format!("whether `{level}` writes the bodies of {} to the log", leak.what.what);
            out.unknown(at, message, "fewer combinations of namespaces and names in this rule");
        }
    }
}
