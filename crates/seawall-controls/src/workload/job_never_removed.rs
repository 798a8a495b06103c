use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # job-never-removed
///
/// ## What it finds
/// A Job without `ttlSecondsAfterFinished`. Jobs of a CronJob and hooks of Helm are left out.
///
/// ## Why it matters
/// Finished Jobs and their pods stay for ever, with what their logs and environment hold, and count against quotas.
///
/// ## Fix
/// Set `ttlSecondsAfterFinished`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/controllers/ttlafterfinished/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = [],
    aliases = ["kube-linter:job-ttl-seconds-after-finished"]
)]
pub fn job_never_removed(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let object = pod.object();
    let at = object.at().get("spec.ttlSecondsAfterFinished");
    let owned = object.at().get("metadata.ownerReferences").items().next().is_some()
        || object.annotation("helm.sh/hook").is_some();
    if object.well_known() == WellKnown::Job && !at.exists() && !owned {
        out.finding(at, "nothing removes the finished Job");
    }
}
