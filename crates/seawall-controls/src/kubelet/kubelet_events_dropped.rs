use crate::support::component::finding;
use crate::{KubeletAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # kubelet-events-dropped
///
/// ## What it finds
/// A kubelet that may create fewer than five events a second (`eventRecordQPS`); the default is 50, and 0 sets
/// no limit.
///
/// ## Why it matters
/// Events beyond the rate are dropped. On a busy or attacked node the one that matters is among them.
///
/// ## Fix
/// Remove the setting or use 50.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
/// - https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["kubelet", "audit"],
    cis = ["4.2.8"],
    aliases = ["CKV_K8S_147"],
    fix = Safe
)]
pub fn kubelet_events_dropped(kubelet: KubeletAt<'_>, _: &World, out: &mut Report) {
    let setting = kubelet.setting("event-qps");
    if setting.is_set() && setting.int().is_some_and(|rate| (1..5).contains(&rate)) {
        let mend = Some((Safety::Safe, "use the default rate", "50"));
        finding(out, *kubelet, &setting, "events beyond that rate are dropped", mend);
    }
}
