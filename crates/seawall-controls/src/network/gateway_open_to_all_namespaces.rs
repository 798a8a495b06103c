use crate::{GatewayAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # gateway-open-to-all-namespaces
///
/// ## What it finds
/// A Gateway listener with `allowedRoutes.namespaces.from: All`.
///
/// ## Why it matters
/// Whoever may write a route in any namespace can attach it, publish a workload under the Gateway's address and
/// certificate, and take paths or hosts of another team where the listener has no host of its own.
///
/// ## Fix
/// Use `from: Selector` with a label that only those namespaces have, or `from: Same`, which is the default.
///
/// ## References
/// - https://gateway-api.sigs.k8s.io/concepts/security-model/
#[control(since = "0.1.0", severity = Low, practices = ["exposure", "team-isolation"])]
pub fn gateway_open_to_all_namespaces(gateway: GatewayAt<'_>, _: &World, out: &mut Report) {
    for listener in gateway.get("spec.listeners").items() {
        let from = listener.get("allowedRoutes.namespaces.from");
        let name = listener.key("name").text().unwrap_or("");
        if from.str() == Some("All") {
            out.finding(from, format!("listener `{name}` takes routes from every namespace"));
        }
    }
}
