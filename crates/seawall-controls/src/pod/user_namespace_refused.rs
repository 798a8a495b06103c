use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # user-namespace-refused
///
/// ## What it finds
/// A pod with `hostUsers: false` that also uses a namespace of the node.
///
/// ## Why it matters
/// The API server refuses such a pod, so a rollout stops here, and the usual way out is to give up the user
/// namespace.
///
/// ## Fix
/// Keep one: a user namespace, or the network, process or IPC namespace of the node.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/#limitations
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["container-privileges"]
)]
pub fn user_namespace_refused(pod: PodAt<'_>, _: &World, out: &mut Report) {
    if !pod.has_user_namespace() {
        return;
    }
    // kubernetes pkg/apis/core/validation `validateHostUsers`.
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        if let Some(at) = pod.spec().key(field).when(true) {
            out.finding(at, format!("`{field}` does not go with `hostUsers: false`"))
                .related(pod.get("hostUsers"), "asks for a user namespace");
        }
    }
}
