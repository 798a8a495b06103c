use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{ContainerSort, Report, WellKnown};

/// # no-liveness-probe
///
/// ## What it finds
/// A Deployment, StatefulSet, DaemonSet or ReplicaSet none of whose containers has a liveness probe. Jobs and
/// sidecars need none.
///
/// ## Why it matters
/// A program that hangs is not restarted. Many programs exit when something is wrong and need no probe.
///
/// ## Fix
/// Add a `livenessProbe` where the program can hang.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = [],
    aliases = ["CKV_K8S_8", "kube-linter:no-liveness-probe", "polaris:livenessProbeMissing", "kube-score:pod-probes"]
)]
pub fn no_liveness_probe(pod: PodAt<'_>, _: &World, out: &mut Report) {
    if !runs_forever(pod.object().well_known()) {
        return;
    }
    let mut regular = pod.containers().filter(|container| container.sort() == ContainerSort::Regular);
    let Some(first) = regular.next() else { return };
    if std::iter::once(first).chain(regular).all(|container| !container.get("livenessProbe").exists()) {
        out.finding(first.get("livenessProbe"), "no container of the pod has a liveness probe");
    }
}

fn runs_forever(kind: WellKnown) -> bool {
    use WellKnown::*;
    matches!(kind, Deployment | StatefulSet | DaemonSet | ReplicaSet | ReplicationController)
}
