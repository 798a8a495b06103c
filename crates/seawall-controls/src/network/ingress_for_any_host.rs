use crate::{IngressAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # ingress-for-any-host
///
/// ## What it finds
/// An Ingress rule without host, or for a wildcard host such as `*.example.com`.
///
/// ## Why it matters
/// The rule takes requests for every name that reaches the controller and that nobody else claims: names of other
/// teams that are misspelt or not set up yet, and requests by address. Cookies and certificates of the real owner
/// then reach the wrong program.
///
/// ## Fix
/// Name each host that is served.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards
#[control(since = "0.1.0", severity = Low, practices = ["exposure", "team-isolation"])]
pub fn ingress_for_any_host(ingress: IngressAt<'_>, _: &World, out: &mut Report) {
    for rule in ingress.get("spec.rules").items() {
        let host = rule.key("host");
        match host.str() {
            Some(name) if name.starts_with('*') => {
                out.finding(host, format!("takes every host of `{name}`"));
            }
            Some("") | None if rule.get("http.paths").items().next().is_some() => {
                out.finding(host, "takes every host that nobody else claims");
            }
            _ => {}
        }
    }
}
