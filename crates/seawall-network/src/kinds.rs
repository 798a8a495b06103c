//! What kinds of objects mean for networks: labels that controllers make, policies of other APIs, and custom
//! resources that stand for pods.

use seawall_model::{Object, PodAt, WellKnown};
use std::sync::Arc;

/// The labels that the controller of a workload writes on its pods, over those of the template
/// (`k8s.io/api/apps/v1`, `k8s.io/api/batch/v1`).
pub(crate) fn made_labels(kind: WellKnown) -> &'static [&'static str] {
    match kind {
        WellKnown::StatefulSet => &[
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "controller-revision-hash",
        ],
        WellKnown::Deployment => &["pod-template-hash"],
        WellKnown::DaemonSet => &["controller-revision-hash", "pod-template-generation"],
        WellKnown::Job | WellKnown::CronJob => &[
            "batch.kubernetes.io/job-name",
            "batch.kubernetes.io/controller-uid",
            "job-name",
            "controller-uid",
        ],
        _ => &[],
    }
}

/// Whether a pod shares its node's network.
pub(crate) fn uses_host_network(pod: PodAt<'_>) -> bool {
    pod.get("hostNetwork").is_true()
}

/// Kinds of other projects that restrict traffic as NetworkPolicies do.
pub(crate) fn is_foreign_policy(object: &Object) -> bool {
    let group = object.group();
    match group {
        "cilium.io"
        | "crd.projectcalico.org"
        | "projectcalico.org"
        | "crd.antrea.io"
        | "policy.networking.k8s.io" => object.kind().ends_with("NetworkPolicy"),
        _ => false,
    }
}

/// Whether a custom resource may be a reason for pods that are not in the input.
pub(crate) fn may_make_pods(object: &Arc<Object>) -> bool {
    object.pods().next().is_none() && is_maker(object.group(), object.kind())
}

/// Whether a definition is of custom resources that may be a reason for pods.
pub(crate) fn defines_maker(definition: &Arc<Object>) -> bool {
    let spec = definition.at().key("spec");
    spec.key("scope").str() == Some("Namespaced")
        && is_maker(spec.key("group").str().unwrap_or(""), spec.get("names.kind").str().unwrap_or(""))
}

/// Kinds that are known to be pure configuration are no reason for pods; all other kinds may be.
fn is_maker(group: &str, kind: &str) -> bool {
    const CONFIGURATION_GROUPS: [&str; 16] = [
        "authorization.k8s.io",
        "bitnami.com",
        "cert-manager.io",
        "acme.cert-manager.io",
        "cilium.io",
        "crd.projectcalico.org",
        "external-secrets.io",
        "extensions.istio.io",
        "kyverno.io",
        "metallb.io",
        "networking.istio.io",
        "projectcalico.org",
        "route.openshift.io",
        "security.istio.io",
        "telemetry.istio.io",
        "traefik.io",
    ];
    const CONFIGURATION_KINDS: [&str; 9] = [
        "Application",
        "AppProject",
        "Lease",
        "PodDefault",
        "PodMonitor",
        "Probe",
        "Profile",
        "PrometheusRule",
        "ServiceMonitor",
    ];
    // Built-in groups have no dot or end so: those of Kubernetes itself make no pods beyond the known kinds.
    group.contains('.')
        && !group.ends_with(".k8s.io")
        && !CONFIGURATION_GROUPS.contains(&group)
        && !CONFIGURATION_KINDS.contains(&kind)
}
