use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # run-as-root-group
///
/// ## What it finds
/// A pod or container whose main, supplementary or file system group is 0.
///
/// ## Why it matters
/// Files that belong to the group root are often writable for it, in images and on volumes shared with other pods.
///
/// ## Fix
/// Name an unprivileged group.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["container-privileges"],
    aliases = ["KSV-0116", "kube-score:container-security-context-user-group-id"]
)]
pub fn run_as_root_group(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let context = pod.security_context();
    let extra = context.key("supplementalGroups").items();
    let of_pod = [context.key("runAsGroup"), context.key("fsGroup")].into_iter().chain(extra);
    for at in of_pod.filter(|at| at.int() == Some(0)) {
        out.finding(at, "the pod runs with the group root");
    }
    for container in pod.containers() {
        let at = container.security_context().key("runAsGroup");
        if at.int() == Some(0) {
            out.finding(at, format!("container `{}` runs with the group root", container.name()))
                .container(container.name());
        }
    }
}
