use crate::support::component::shown;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # kubelet-unsafe-sysctls-allowed
///
/// ## What it finds
/// A kubelet that allows unsafe sysctls (`allowedUnsafeSysctls`).
///
/// ## Why it matters
/// These settings are not isolated well: a pod that may set them can disturb other pods or the node, and some
/// have been ways out of a container.
///
/// ## Fix
/// Allow only single, namespaced sysctls that a known workload needs, on nodes that only it may use.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#enabling-unsafe-sysctls
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet", "container-privileges"]
)]
pub fn kubelet_unsafe_sysctls_allowed(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("allowed-unsafe-sysctls");
    let allowed = setting.list().unwrap_or_default().join(", ");
    if setting.is_set() && !allowed.is_empty() {
        out.finding(setting.at(), format!("the kubelet lets pods set unsafe sysctls: {}", shown(&allowed)));
    }
}
