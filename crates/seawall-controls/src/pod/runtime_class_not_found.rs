use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # runtime-class-not-found
///
/// ## What it finds
/// A pod that names a RuntimeClass that does not exist in the cluster.
///
/// ## Why it matters
/// The pod is refused, and the usual repair is to remove the class, and with it the sandbox that it was meant to
/// run in.
///
/// ## Fix
/// Create the RuntimeClass, or name one that exists.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/runtime-class/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["runtime-class"]
)]
pub fn runtime_class_not_found(pod: PodAt<'_>, world: &World, out: &mut Report) {
    let at = pod.get("runtimeClassName");
    let Some(name) = at.str().filter(|name| !name.is_empty()) else { return };
    let known = world.cluster().find(WellKnown::RuntimeClass, None, name).is_some();
    if !known && world.coverage().is_complete(WellKnown::RuntimeClass, None) {
        out.finding(at, format!("there is no RuntimeClass `{name}`"));
    }
}
