use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{ContainerSort, Report, WellKnown};

/// # no-readiness-probe
///
/// ## What it finds
/// A Deployment, StatefulSet, DaemonSet or ReplicaSet none of whose containers has a readiness probe. Jobs and
/// sidecars need none.
///
/// ## Why it matters
/// Services send requests to pods that cannot answer yet, and a rollout replaces working pods by broken ones
/// without noticing.
///
/// ## Fix
/// Add a `readinessProbe` to the container that serves.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    aliases = ["CKV_K8S_9", "kube-linter:no-readiness-probe", "polaris:readinessProbeMissing", "kube-score:pod-probes"]
)]
pub fn no_readiness_probe(pod: PodAt<'_>, _: &World, out: &mut Report) {
    if !runs_forever(pod.object().well_known()) {
        return;
    }
    let mut regular = pod.containers().filter(|container| container.sort() == ContainerSort::Regular);
    let Some(first) = regular.next() else { return };
    if std::iter::once(first).chain(regular).all(|container| !container.get("readinessProbe").exists()) {
        out.finding(first.get("readinessProbe"), "no container of the pod has a readiness probe");
    }
}

fn runs_forever(kind: WellKnown) -> bool {
    use WellKnown::*;
    matches!(kind, Deployment | StatefulSet | DaemonSet | ReplicaSet | ReplicationController)
}
