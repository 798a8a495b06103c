use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-hostname-overridden
///
/// ## What it finds
/// A kubelet with `--hostname-override`.
///
/// ## Why it matters
/// Node name, certificate and host name can then differ, which breaks the checks that tie a node's credentials
/// to the machine and makes its logs hard to follow. Some cloud set-ups need it.
///
/// ## Fix
/// Remove the flag where the host name is right.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet", "authentication"],
    cis = ["4.2.7"],
    aliases = ["CKV_K8S_146"]
)]
pub fn kubelet_hostname_overridden(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("hostname-override");
    if setting.is_set() && setting.text() != Some("") {
        out.finding(setting.at(), "the kubelet's node name is not its host's");
    }
}
