use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::SECCOMP_PROFILE_RESTRICTED;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # seccomp-missing
///
/// ## What it finds
/// A container for which neither it nor its pod sets a seccomp profile.
///
/// ## Why it matters
/// Unless the kubelet runs with `seccompDefault`, such a container runs unconfined, with every system call of the
/// kernel open to it.
///
/// ## Fix
/// Set `seccompProfile.type: RuntimeDefault` for the pod.
///
/// ## References
/// - https://kubernetes.io/docs/tutorials/security/seccomp/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.6.2"],
    pss = "restricted",
    aliases = ["KSV-0030", "CKV_K8S_31"],
    fix = Unsafe,
    group = "container-hardening"
)]
pub fn seccomp_missing(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &SECCOMP_PROFILE_RESTRICTED, world) {
        // Forbidden profiles are another control's business.
        if !offence.at.exists() {
            finding(out, &offence, format!("{} sets no seccomp profile", who(&offence)))
                .unsafe_fix("use the runtime's default profile", vec![offence.at.set("RuntimeDefault")]);
        }
    }
}
