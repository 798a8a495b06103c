use crate::support::component::must_be_given;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # audit-policy-missing
///
/// ## What it finds
/// A kube-apiserver without `--audit-policy-file`.
///
/// ## Why it matters
/// Without a policy no request is logged, even where a log file is set: the file stays empty.
///
/// ## Fix
/// Write a policy that logs secrets, tokens and RBAC at least at Metadata, and name it by the flag.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#audit-policy
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["audit"],
    cis = ["3.2.1"],
    group = "audit-logging"
)]
pub fn audit_policy_missing(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(out, *server, &["audit-policy-file"], "no request is logged");
}
