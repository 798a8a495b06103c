use crate::support::admission_configuration::pod_security_place;
use crate::support::server_file;
use crate::{ObjectAt, World};
use seawall_admission::configuration::{event_rate_limit, load, pod_security};
use seawall_controls_macros::control;
use seawall_model::{Report, WellKnown};

/// # admission-configuration-refused
///
/// ## What it finds
/// An AdmissionConfiguration, or the configuration of PodSecurity or EventRateLimit in it, that kube-
/// apiserver refuses: unknown fields, an unknown level or version, an API version that the plugin does not
/// take.
///
/// ## Why it matters
/// The API server does not start with such a file.
///
/// ## Fix
/// Correct the named place.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-admission-controller/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security"]
)]
pub fn admission_configuration_refused(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    if let Some(Err(refusals)) = pod_security_place(*object).map(pod_security) {
        server_file::report(out, "configuration of PodSecurity", &refusals);
    }
    if object.object().well_known() != WellKnown::AdmissionConfiguration {
        return;
    }
    match load(*object) {
        Err(refusals) => server_file::report(out, "admission configuration", &refusals),
        Ok(configuration) => {
            let limits = configuration.plugin("EventRateLimit").and_then(|plugin| plugin.configuration);
            if let Some(Err(refusals)) = limits.map(event_rate_limit) {
                server_file::report(out, "configuration of EventRateLimit", &refusals);
            }
        }
    }
}
