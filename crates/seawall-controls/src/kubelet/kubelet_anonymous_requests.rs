use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety, Severity};

/// # kubelet-anonymous-requests
///
/// ## What it finds
/// A kubelet that answers requests without credentials. In a configuration file the default is off; a kubelet
/// that runs without one has it on.
///
/// ## Why it matters
/// The kubelet's port runs commands in every container of its node. With authorization AlwaysAllow that is open
/// to whoever reaches the port (critical); with Webhook it is one careless binding away.
///
/// ## Fix
/// Set `authentication.anonymous.enabled: false`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["kubelet", "authentication"],
    cis = ["4.2.1"],
    aliases = ["KCV-0079", "CKV_K8S_138"],
    fix = Unsafe
)]
pub fn kubelet_anonymous_requests(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("anonymous-auth");
    match setting.bool() {
        Some(true) => {
            let open = kubelet.setting("authorization-mode").text() == Some("AlwaysAllow");
            let mend = Some((Safety::Unsafe, "refuse requests without credentials", "false"));
            let found = finding(out, *kubelet, &setting, "requests without credentials are answered", mend);
            found.severity(if open { Severity::Critical } else { Severity::High });
        }
        Some(false) => {}
        None => unknown(out, *kubelet, &setting),
    }
}
