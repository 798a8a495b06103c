use crate::support::component::must_be;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-seccomp-default-off
///
/// ## What it finds
/// A kubelet with `seccompDefault` off, which is the default.
///
/// ## Why it matters
/// Containers that name no seccomp profile then run unconfined: the several hundred system calls that the
/// runtime's profile would forbid are where kernel flaws are found.
///
/// ## Fix
/// Set `seccompDefault: true`, on one node first; workloads that need more name their own profile.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/tutorials/security/seccomp/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet", "container-privileges"],
    cis = ["4.2.14"],
    fix = Unsafe
)]
pub fn kubelet_seccomp_default_off(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Unsafe, "use the runtime's profile by default", "true");
    must_be(
        out,
        *kubelet,
        "seccomp-default",
        true,
        "containers without a profile may use every system call",
        mend,
    );
}
