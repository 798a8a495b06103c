use crate::support::pod_security::{finding, offences, who};
use crate::{PodAt, World};
use seawall_admission::pod_security::APP_ARMOR_PROFILE;
use seawall_controls_macros::control;
use seawall_model::Report;

/// # apparmor-unconfined
///
/// ## What it finds
/// A pod or container whose AppArmor profile is switched off, in the field or in the annotation used before 1.30.
///
/// ## Why it matters
/// The default profile keeps containers from mounting and from writing to dangerous parts of `/proc` and `/sys`.
/// Without it an added capability or a kernel bug goes further.
///
/// ## Fix
/// Remove the field or annotation, or use `RuntimeDefault` or a `Localhost` profile.
///
/// ## References
/// - https://kubernetes.io/docs/tutorials/security/apparmor/
/// - https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["pod-security", "container-privileges"],
    pss = "baseline",
    aliases = ["KSV-0002"],
    fix = Unsafe
)]
pub fn apparmor_unconfined(pod: PodAt<'_>, world: &World, out: &mut Report) {
    for offence in offences(pod, &APP_ARMOR_PROFILE, world) {
        let fix =
            if offence.field == "type" { offence.at.set("RuntimeDefault") } else { offence.at.remove() };
        finding(out, &offence, format!("{} runs without its AppArmor profile", who(&offence)))
            .unsafe_fix("use the runtime's default profile", vec![fix]);
    }
}
