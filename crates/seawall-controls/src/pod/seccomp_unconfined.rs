use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::SECCOMP_PROFILE_BASELINE;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # seccomp-unconfined
///
/// ## What it finds
/// A pod or container whose seccomp profile is `Unconfined`.
///
/// ## Why it matters
/// Every system call of the kernel is open to the container, also the rarely used ones in which most escapes were
/// found.
///
/// ## Fix
/// Use `RuntimeDefault`, or a `Localhost` profile that allows what the program needs.
///
/// ## References
/// - https://kubernetes.io/docs/tutorials/security/seccomp/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.6.2"],
    pss = "baseline",
    aliases = ["KSV-0104", "kube-score:container-seccomp-profile"],
    fix = Unsafe
)]
pub fn seccomp_unconfined(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &SECCOMP_PROFILE_BASELINE, world) {
        finding(out, &offence, format!("{} runs without a seccomp profile", who(&offence)))
            .unsafe_fix("use the runtime's default profile", vec![offence.at.set("RuntimeDefault")]);
    }
}
