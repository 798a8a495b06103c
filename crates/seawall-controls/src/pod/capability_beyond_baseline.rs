use crate::support::capabilities::{NAMED, added, removal};
use crate::{PodAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// Known ways out of the container, or into other pods.
const REACHING: [&str; 12] = [
    "AUDIT_CONTROL",
    "BPF",
    "DAC_READ_SEARCH",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "NET_ADMIN",
    "PERFMON",
    "SYS_BOOT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYSLOG",
    "CHECKPOINT_RESTORE",
];

/// # capability-beyond-baseline
///
/// ## What it finds
/// A container that adds a capability outside of the set that the baseline level allows. High for those that reach
/// beyond the container: reading any file or process, raw devices, the network of the node.
///
/// ## Why it matters
/// Each capability takes away one of the limits that make root in a container less than root on the node.
///
/// ## Fix
/// Remove the capability, or find a narrower one.
///
/// ## References
/// - https://man7.org/linux/man-pages/man7/capabilities.7.html
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    cis = ["5.2.9"],
    pss = "baseline",
    aliases = ["KSV-0022", "CKV_K8S_25", "polaris:insecureCapabilities"],
    fix = Unsafe
)]
pub fn capability_beyond_baseline(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for (offence, name) in added(pod, world) {
        if NAMED.contains(&name.as_str()) {
            continue;
        }
        let finding = removal(out, &offence, &name);
        if REACHING.contains(&name.as_str()) {
            finding.severity(Severity::High);
        }
    }
}
