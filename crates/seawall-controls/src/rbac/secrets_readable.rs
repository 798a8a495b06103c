use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # secrets-readable
///
/// ## What it finds
/// A rule that lets its holder `get`, `list` or `watch` Secrets without naming them. `list` and `watch`
/// return the contents as well.
///
/// ## Why it matters
/// Secrets hold passwords, keys and service account tokens. Whoever reads all of them can act as every
/// service account that has a token Secret and log in wherever those passwords work; in kube-system that
/// includes controllers that own the cluster.
///
/// ## Fix
/// Name the Secrets that are needed in `resourceNames` with the verb `get`, in a Role of their namespace,
/// or mount them into the pod instead of reading them through the API.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets
/// - https://kubernetes.io/docs/concepts/security/secrets-good-practices/
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation"],
    cis = ["5.1.2"],
    aliases = ["KSV-0041", "KSV-0113", "kube-linter:access-to-secrets", "CKV2_K8S_5"],
    group = "rbac-secrets"
)]
pub fn secrets_readable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[right(&["get", "list", "watch"], "", "secrets")],
    cluster: Severity::Critical,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "it reads the credentials stored there",
};
