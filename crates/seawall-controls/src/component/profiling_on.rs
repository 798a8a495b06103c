use crate::support::component::must_be;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report, Safety};

/// # profiling-on
///
/// ## What it finds
/// A kube-apiserver, kube-controller-manager or kube-scheduler with profiling on, which is the default. kube-
/// scheduler takes the value from its configuration file when it has one, and ignores the flag.
///
/// ## Why it matters
/// The `/debug/pprof` paths show memory contents and timing of the process, and a profile run costs enough to
/// slow it down.
///
/// ## Fix
/// Set `--profiling=false`; in KubeSchedulerConfiguration `enableProfiling: false`. Switch it on for the hour
/// in which it is needed.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["exposure"],
    cis = ["1.2.15", "1.3.2", "1.4.1"],
    aliases = ["KCV-0018", "KCV-0034", "KCV-0040", "CKV_K8S_90", "CKV_K8S_107", "CKV_K8S_114"],
    fix = Safe
)]
pub fn profiling_on(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    use ComponentKind::{ApiServer, ControllerManager, Scheduler};
    if matches!(component.kind(), ApiServer | ControllerManager | Scheduler) {
        let mend = (Safety::Safe, "switch profiling off", "false");
        must_be(out, component, "profiling", false, "profiles of the process can be read and taken", mend);
    }
}
