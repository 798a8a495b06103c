use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-read-only-port
///
/// ## What it finds
/// A kubelet with its read-only port open. In a configuration file the default is 0 (off); a kubelet that runs
/// without one opens 10255.
///
/// ## Why it matters
/// The port has neither TLS nor authentication. It tells everybody on the network, pods included, which pods
/// run with which images, arguments and environment, where credentials are often found.
///
/// ## Fix
/// Set `readOnlyPort: 0`; let monitoring use the authenticated port.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["kubelet", "exposure"],
    cis = ["4.2.4"],
    aliases = ["KCV-0082", "CKV_K8S_141"],
    fix = Unsafe
)]
pub fn kubelet_read_only_port(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("read-only-port");
    match setting.int() {
        Some(0) => {}
        Some(_) => {
            let mend = Some((Safety::Unsafe, "close the port", "0"));
            finding(
                out,
                *kubelet,
                &setting,
                "pods and their environment can be read without credentials",
                mend,
            );
        }
        None => unknown(out, *kubelet, &setting),
    }
}
