use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # csr-approval
///
/// ## What it finds
/// A rule that lets its holder approve CertificateSigningRequests: the subresource `approval`, or the verb
/// `approve` on signers.
///
/// ## Why it matters
/// Approval needs both rights. Who has them makes certificates of the signer `kubernetes.io/kube-apiserver-
/// client` for any user and any group but `system:masters`, valid until they expire: they cannot be
/// revoked.
///
/// ## Fix
/// Limit `approve` to the signer that is needed, by `resourceNames`, and let the built-in approvers handle
/// kubelets.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing
/// - https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "authentication"],
    cis = ["5.1.11"],
    aliases = ["CKV_K8S_156"]
)]
pub fn csr_approval(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["update", "patch"], "certificates.k8s.io", "certificatesigningrequests/approval"),
        right(&["approve"], "certificates.k8s.io", "signers"),
    ],
    cluster: Severity::High,
    namespace: Severity::High,
    named: Named::Lower,
    effect: "it approves client certificates for users and nodes of its choice",
};
