use crate::support::component::plugins::disabled;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # pod-security-admission-off
///
/// ## What it finds
/// A kube-apiserver with the admission plugin PodSecurity switched off; it is on by default.
///
/// ## Why it matters
/// The `pod-security.kubernetes.io/…` labels on namespaces are then decoration: privileged pods run in
/// namespaces that say `restricted`.
///
/// ## Fix
/// Remove PodSecurity from `--disable-admission-plugins`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#podsecurity
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["pod-security"],
    cis = ["5.2.1"],
    fix = Unsafe
)]
pub fn pod_security_admission_off(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    disabled(&server, out, "PodSecurity", "Pod Security labels on namespaces have no effect");
}
