use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::SE_LINUX_OPTIONS;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # selinux-custom-options
///
/// ## What it finds
/// A pod or container with an SELinux user or role of its own, or a type that is none of the container types.
///
/// ## Why it matters
/// A custom type such as `spc_t` takes the container out of the confinement that keeps it from the files and
/// processes of the node.
///
/// ## Fix
/// Remove `user` and `role`, and use `container_t`, `container_init_t`, `container_kvm_t` or (from 1.31)
/// `container_engine_t`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#assign-selinux-labels-to-a-container
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    pss = "baseline",
    aliases = ["KSV-0025"],
    fix = Unsafe
)]
pub fn selinux_custom_options(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &SE_LINUX_OPTIONS, world) {
        let value = offence.at.text().unwrap_or("");
        finding(out, &offence, format!("{} sets the SELinux {} `{value}`", who(&offence), offence.field))
            .unsafe_fix("leave the choice to the container runtime", vec![offence.at.remove()]);
    }
}
