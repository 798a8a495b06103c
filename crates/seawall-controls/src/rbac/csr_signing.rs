use crate::support::rights::{Named, Rights, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # csr-signing
///
/// ## What it finds
/// A rule that lets its holder sign CertificateSigningRequests: the subresource `status`, or the verb
/// `sign` on signers.
///
/// ## Why it matters
/// A signer decides what certificate the requester gets. For a signer of the cluster itself that means
/// identities of the cluster or trust in forged servers.
///
/// ## Fix
/// Limit `sign` to the signer that the controller implements, by `resourceNames`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "authentication"]
)]
pub fn csr_signing(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

pub(crate) const RIGHTS: Rights = Rights {
    any: &[
        right(&["update", "patch"], "certificates.k8s.io", "certificatesigningrequests/status"),
        right(&["sign"], "certificates.k8s.io", "signers"),
    ],
    cluster: Severity::High,
    namespace: Severity::High,
    named: Named::Lower,
    effect: "it writes certificates into signing requests",
};
