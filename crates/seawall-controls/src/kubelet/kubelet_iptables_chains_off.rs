use crate::support::component::must_be;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-iptables-chains-off
///
/// ## What it finds
/// A kubelet with `makeIPTablesUtilChains: false`.
///
/// ## Why it matters
/// Programs on the node that look at the kubelet's chain to choose between iptables variants may then write
/// their rules where the kernel does not look at them.
///
/// ## Fix
/// Remove the setting; it is on by default.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet"],
    cis = ["4.2.6"],
    aliases = ["CKV_K8S_145"],
    fix = Safe
)]
pub fn kubelet_iptables_chains_off(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let mend = (Safety::Safe, "let the kubelet make its chains", "true");
    must_be(out, *kubelet, "make-iptables-util-chains", true, "its iptables chains are missing", mend);
}
