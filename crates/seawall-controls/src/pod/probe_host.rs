use crate::support::pod_security::{finding, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::{HOST_PROBES_AND_HOST_LIFECYCLE, PolicyVersion};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # probe-host
///
/// ## What it finds
/// A probe or lifecycle handler that names a host. Pod Security's baseline level forbids it in clusters from 1.34 on,
/// where no older policy version is asked for; in older ones nothing does.
///
/// ## Why it matters
/// The kubelet sends the request, from the network of the node and to any address: the author of a pod can so reach
/// services on the node's loopback address, the metadata API and networks that NetworkPolicies close to the pod.
///
/// ## Fix
/// Remove `host`: without it the request goes to the pod itself. Use an `exec` handler for anything else.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "metadata-api"],
    pss = "baseline",
    fix = Unsafe
)]
pub fn probe_host(pod: PodAt<'_>, world: &World, out: &mut Report) {
    // The danger is the same in every version; what Pod Security says of it is not.
    let level = if world.version().at_least(34) {
        "the baseline level forbids it from policy version 1.34 on"
    } else {
        "Pod Security has no check for it before 1.34"
    };
    let check = HOST_PROBES_AND_HOST_LIFECYCLE.evaluate(pod, PolicyVersion::Latest);
    for offence in check.into_iter().flat_map(|violation| violation.offences) {
        let host = offence.at.text().unwrap_or("");
        finding(out, &offence, format!("{} has the node send requests to `{host}`; {level}", who(&offence)))
            .unsafe_fix("send the request to the pod", vec![offence.at.remove()]);
    }
}
