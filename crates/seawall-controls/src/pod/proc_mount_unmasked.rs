use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::PROC_MOUNT;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # proc-mount-unmasked
///
/// ## What it finds
/// A container with a `procMount` other than `Default`. From 1.35 on it is accepted in pods with a user namespace.
///
/// ## Why it matters
/// The unmasked `/proc` shows kernel memory layout, timers and settings of the node, and those under `/proc/sys`
/// can be written by root.
///
/// ## Fix
/// Remove the field. Builders of container images that need it should run with `hostUsers: false`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
/// - https://kep.k8s.io/4265
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security", "container-privileges"],
    pss = "baseline",
    aliases = ["KSV-0027", "kube-linter:unsafe-proc-mount", "polaris:procMount"],
    fix = Unsafe
)]
pub fn proc_mount_unmasked(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &PROC_MOUNT, world) {
        finding(out, &offence, format!("{} sees `/proc` unmasked", who(&offence)))
            .unsafe_fix("mask `/proc`", vec![offence.at.set("Default")]);
    }
}
