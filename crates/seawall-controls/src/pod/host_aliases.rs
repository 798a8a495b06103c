use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # host-aliases
///
/// ## What it finds
/// A pod with `hostAliases`.
///
/// ## Why it matters
/// Entries in `/etc/hosts` send connections elsewhere than the name service says, unseen by those who look at DNS:
/// a way to redirect traffic of the pod, and one to forget.
///
/// ## Fix
/// Use DNS, or a Service without selector.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/network/customize-hosts-file-for-pods/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["network-policy"],
    aliases = ["KSV-0007"]
)]
pub fn host_aliases(pod: PodAt<'_>, _: &World, out: &mut Report) {
    let at = pod.get("hostAliases");
    if at.items().next().is_some() {
        out.finding(at, "the pod has entries of its own in `/etc/hosts`");
    }
}
