use crate::support::admission_configuration::pod_security_place;
use crate::{ObjectAt, World};
use seawall_admission::configuration::pod_security;
use seawall_admission::pod_security::{Level, Mode};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # pod-security-default-privileged
///
/// ## What it finds
/// A PodSecurity configuration whose default for `enforce` is `privileged`, set or left unset.
///
/// ## Why it matters
/// Namespaces without labels then take any pod. That is upstream's own default; since a configuration is
/// written anyway, a stricter default closes the gap for every namespace that nobody labelled.
///
/// ## Fix
/// Set `defaults.enforce: baseline`, and exempt or label the namespaces of the system.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["pod-security"],
    fix = Unsafe
)]
pub fn pod_security_default_privileged(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    if let Some(Ok(configuration)) = pod_security_place(*object).map(pod_security)
        && configuration.enforce.level == Level::Privileged
    {
        let at = configuration.level_at(Mode::Enforce);
        out.finding(at, "namespaces without Pod Security labels take privileged pods")
            .unsafe_fix("enforce baseline by default", vec![at.set("baseline")]);
    }
}
