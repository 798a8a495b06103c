use crate::support::component::must_be;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-kernel-defaults-unprotected
///
/// ## What it finds
/// A kubelet with `protectKernelDefaults` off, which is the default.
///
/// ## Why it matters
/// The kubelet then overwrites the node's kernel settings (`vm.overcommit_memory`, `kernel.panic` …) where they
/// differ, so what the node's hardening set does not last.
///
/// ## Fix
/// Set the sysctls that the kubelet needs in the node's image, then `protectKernelDefaults: true`: the kubelet
/// refuses to start when they differ.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet"],
    aliases = ["KCV-0083", "CKV_K8S_144"],
    fix = Unsafe
)]
pub fn kubelet_kernel_defaults_unprotected(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Unsafe, "leave kernel settings alone", "true");
    must_be(
        out,
        *kubelet,
        "protect-kernel-defaults",
        true,
        "it changes kernel settings of the node to what it wants",
        mend,
    );
}
