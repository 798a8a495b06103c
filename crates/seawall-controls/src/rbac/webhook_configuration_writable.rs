use crate::support::rights::{CHANGE, Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # webhook-configuration-writable
///
/// ## What it finds
/// A rule that lets its holder change admission webhook configurations without naming them.
///
/// ## Why it matters
/// A webhook sees every object written, Secrets included, and a mutating one rewrites pods, for example to
/// run another image under another account. Deleting a configuration switches off the policy that stood
/// behind it.
///
/// ## Fix
/// Name the configuration that the component keeps up to date in `resourceNames`, with `get`, `update` and
/// `patch` only.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#control-admission-webhooks
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"],
    cis = ["5.1.12"],
    aliases = ["KSV-0114", "CKV_K8S_155"]
)]
pub fn webhook_configuration_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(CHANGE, "admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
        right(CHANGE, "admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ],
    cluster: Severity::High,
    namespace: Severity::High,
    named: Named::Fine,
    effect: "it reads and changes every object that is written, or switches checks off",
};
