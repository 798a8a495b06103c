use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::RUN_AS_NON_ROOT;
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # may-run-as-root
///
/// ## What it finds
/// A container for which neither it nor its pod requires `runAsNonRoot`. Low when a user other than root is named.
///
/// ## Why it matters
/// Unless the image names another user, the container runs as root. Root in a container can write everywhere in it,
/// use its capabilities, and is root on the node after an escape.
///
/// ## Fix
/// Set `runAsNonRoot: true`, and `runAsUser` where the image names no numeric user.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.7"],
    pss = "restricted",
    aliases = ["KSV-0012", "CKV_K8S_23", "kube-linter:run-as-non-root", "polaris:runAsRootAllowed"],
    fix = Unsafe,
    group = "container-hardening"
)]
pub fn may_run_as_root(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &RUN_AS_NON_ROOT, world) {
        let user = match offence.container {
            Some(container) => container.inherited("runAsUser"),
            None => pod.security_context().key("runAsUser"),
        };
        let fix = vec![offence.at.set("true")];
        match user.int() {
            // Asking for root is another control's business.
            Some(0) => {}
            Some(user) => {
                let message = format!("{} runs as user {user}, but nothing insists on it", who(&offence));
                let finding = finding(out, &offence, message).severity(Severity::Low);
                if offence.container.is_some() {
                    finding.safe_fix("insist on it", fix);
                } else {
                    finding.unsafe_fix("insist on it", fix);
                }
            }
            None => {
                finding(out, &offence, format!("{} may run as root", who(&offence)))
                    .unsafe_fix("refuse to start as root", fix);
            }
        }
    }
}
