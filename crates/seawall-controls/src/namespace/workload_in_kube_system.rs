use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # workload-in-kube-system
///
/// ## What it finds
/// A workload in kube-system that does not look like a part of Kubernetes: it has no system priority class
/// and no label of a cluster component.
///
/// ## Why it matters
/// Who gets into such a pod is in the namespace of the controllers: its Secrets and service accounts lead
/// to the whole cluster, and policies often leave it out.
///
/// ## Fix
/// Run it in a namespace of its own.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["team-isolation"],
    aliases = ["KSV-0037"]
)]
pub fn workload_in_kube_system(pod: PodAt<'_>, _: &World, out: &mut Report) {
    if pod.namespace() != Some("kube-system") {
        return;
    }
    let system = pod.get("priorityClassName").str().is_some_and(|name| name.starts_with("system-"));
    let labels = pod.labels();
    let component = labels.key("tier").str() == Some("control-plane")
        || ["k8s-app", "kubernetes.io/cluster-service"].iter().any(|key| labels.key(key).exists());
    if !system && !component {
        let object = pod.object();
        let at = object.at().get("metadata.namespace");
        out.finding(at, format!("{} `{}` runs among the parts of Kubernetes", object.kind(), object.name()));
    }
}
