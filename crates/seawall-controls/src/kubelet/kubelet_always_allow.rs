use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-always-allow
///
/// ## What it finds
/// A kubelet with the authorization mode AlwaysAllow. In a configuration file the default is Webhook; a kubelet
/// that runs without one has AlwaysAllow.
///
/// ## Why it matters
/// Every identity that the kubelet knows, each pod's service account included, may then run commands in all
/// containers of the node.
///
/// ## Fix
/// Set `authorization.mode: Webhook`: the kubelet asks the API server, and RBAC on `nodes/…` decides.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["kubelet", "authorization"],
    cis = ["4.2.2"],
    aliases = ["KCV-0080", "CKV_K8S_139"],
    fix = Unsafe
)]
pub fn kubelet_always_allow(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("authorization-mode");
    match setting.text() {
        Some("AlwaysAllow") => {
            let mend = Some((Safety::Unsafe, "let the API server decide", "Webhook"));
            finding(
                out,
                *kubelet,
                &setting,
                "whoever has credentials may run commands in its containers",
                mend,
            );
        }
        Some(_) => {}
        None => unknown(out, *kubelet, &setting),
    }
}
