use crate::support::component::finding;
use crate::{ControllerManagerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Safety};

/// # terminated-pods-kept
///
/// ## What it finds
/// A kube-controller-manager that never collects finished pods: `--terminated-pod-gc-threshold` is zero or
/// negative.
///
/// ## Why it matters
/// Finished pods pile up in etcd until the API server slows down; one CronJob that fails is enough.
///
/// ## Fix
/// Remove the flag (the default is 12500) or set a threshold that fits the size of the cluster.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["resource-quota"],
    cis = ["1.3.1"],
    aliases = ["KCV-0033", "CKV_K8S_106"],
    fix = Safe
)]
pub fn terminated_pods_kept(manager: ControllerManagerAt<'_>, _: &World, out: &mut Report) {
    let setting = manager.setting("terminated-pod-gc-threshold");
    if setting.is_set() && setting.int().is_some_and(|threshold| threshold <= 0) {
        let mend = (Safety::Safe, "collect finished pods", "12500");
        finding(out, *manager, &setting, "finished pods are never collected", Some(mend));
    }
}
