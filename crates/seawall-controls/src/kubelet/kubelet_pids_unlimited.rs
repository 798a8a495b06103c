use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-pids-unlimited
///
/// ## What it finds
/// A kubelet that sets no limit on the processes of a pod: `podPidsLimit` is -1, which is the default.
///
/// ## Why it matters
/// A fork bomb in one container then uses up the process ids of the node, and every other pod on it, and the
/// kubelet, stop working.
///
/// ## Fix
/// Set `podPidsLimit` to what your largest workload needs; 4096 fits most.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/policy/pid-limiting/
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet", "limit-range"],
    cis = ["4.2.13"],
    fix = Unsafe
)]
pub fn kubelet_pids_unlimited(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("pod-max-pids");
    match setting.int() {
        Some(limit) if limit > 0 => {}
        Some(_) => {
            let mend = Some((Safety::Unsafe, "limit the processes of a pod", "4096"));
            finding(out, *kubelet, &setting, "one pod can use up the node's process ids", mend);
        }
        None => unknown(out, *kubelet, &setting),
    }
}
