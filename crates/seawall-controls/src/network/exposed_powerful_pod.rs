use crate::support::reach::way_in;
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # exposed-powerful-pod
///
/// ## What it finds
/// A pod that is reachable from outside the cluster by a Service, an Ingress or a route that policies leave open, and that runs privileged, in
/// the node's process namespace, or with the capability SYS_ADMIN or all of them.
///
/// ## Why it matters
/// One hole in the program that answers the internet is enough to own the node. Either fact alone may be needed;
/// together they are the shortest way in.
///
/// ## Fix
/// Take the privilege away, or put a proxy without privileges in front and keep the pod's Service inside.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/
#[control(since = "0.1.0", severity = High, practices = ["exposure", "container-privileges", "pod-security"])]
pub fn exposed_powerful_pod(pod: PodAt<'_>, world: &World, out: &mut Report) {
    let Some((at, power)) = power(pod) else { return };
    if let Some((what, way)) = way_in(pod, world) {
        out.finding(at, format!("{power} and is reachable from outside by {what}"))
            .related(way, "the way in");
    }
}

fn power(pod: PodAt<'_>) -> Option<(At<'_>, &'static str)> {
    if let Some(at) = pod.get("hostPID").when(true) {
        return Some((at, "sees all processes of the node"));
    }
    pod.containers().find_map(|container| {
        let context = container.security_context();
        if let Some(at) = context.key("privileged").when(true) {
            return Some((at, "runs privileged"));
        }
        let added = context
            .get("capabilities.add")
            .items()
            .find(|item| matches!(item.str(), Some("ALL" | "SYS_ADMIN" | "CAP_SYS_ADMIN")));
        added.map(|at| (at, "has power over the kernel"))
    })
}
