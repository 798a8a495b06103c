use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};
use seawall_network::Exposure;

/// # sandbox-not-used
///
/// ## What it finds
/// A pod that is reachable from outside the cluster and runs in the ordinary runtime, although the input has a
/// RuntimeClass with a sandbox (gVisor, Kata Containers, Firecracker).
///
/// ## Why it matters
/// Programs that strangers talk to are the first to be broken into. A sandbox keeps the kernel of the node out of
/// their reach, and the cluster has one.
///
/// ## Fix
/// Set `runtimeClassName` to the sandbox, after a test: some system calls and host features do not work there.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/runtime-class/
/// - https://gvisor.dev/docs/
/// - https://katacontainers.io/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["runtime-class", "exposure"],
    fix = Unsafe
)]
pub fn sandbox_not_used(pod: PodAt<'_>, world: &World, out: &mut Report) {
    let classes = world.cluster().of(WellKnown::RuntimeClass).take(1000);
    let mut sandboxes = classes.filter(|class| is_sandbox(class.at().key("handler").text().unwrap_or("")));
    let Some(sandbox) = sandboxes.next() else { return };
    let at = pod.get("runtimeClassName");
    let needs_node =
        ["hostNetwork", "hostPID", "hostIPC"].iter().any(|field| pod.spec().key(field).is_true());
    if at.str().is_some_and(|name| !name.is_empty()) || needs_node {
        return;
    }
    if let Some(way) = world.network().exposures_of(pod).first() {
        let finding = out
            .finding(
                at,
                format!("the pod is reachable from outside and not in the sandbox `{}`", sandbox.name()),
            )
            .unsafe_fix("run it in the sandbox", vec![at.set(format!("{:?}", sandbox.name()))])
            .related(sandbox.at().key("handler"), "a sandbox of this cluster");
        if let Exposure::NodePort(service) | Exposure::LoadBalancer(service) | Exposure::Ingress(service, _) =
            way
        {
            finding.related(service.get("metadata.name"), "leads to the pod");
        }
    }
}

/// Handlers of runtimes that put a kernel of its own between the pod and the node.
fn is_sandbox(handler: &str) -> bool {
    const NAMES: [&str; 5] = ["runsc", "gvisor", "kata", "firecracker", "urunc"];
    NAMES.iter().any(|name| handler.starts_with(name))
}
