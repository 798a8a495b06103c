use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # privileged-container
///
/// ## What it finds
/// A container with `securityContext.privileged: true`.
///
/// ## Why it matters
/// A privileged container has every capability and every device of the node, and neither seccomp nor AppArmor
/// holds it back. Whoever gets into it owns the node, and with the node every pod, secret and credential on it.
///
/// ## Fix
/// Remove the field. If the program needs one privilege, add that capability alone; if it needs one device, use a
/// device plugin.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/concepts/security/linux-kernel-security-constraints/#privileged-containers
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["pod-security", "container-privileges", "kernel-modules"],
    cis = ["5.2.2"],
    pss = "baseline",
    aliases = ["KSV-0017", "CKV_K8S_16", "kube-linter:privileged-container", "polaris:runAsPrivileged"],
    fix = Unsafe
)]
pub fn privileged_container(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    if let Some(at) = container.security_context().key("privileged").when(true) {
        out.finding(at, format!("container `{}` runs privileged", container.name())).unsafe_fix(
            "run it without privileges, and without a way to gain them",
            // A privileged container cannot forbid escalation; once it is not, it must, or the next finding is
            // that it does not.
            vec![at.set("false"), container.get("securityContext.allowPrivilegeEscalation").set("false")],
        );
    }
}
