use crate::{GatewayAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report, WellKnown};
use std::sync::Arc;

/// # gateway-listener-without-tls
///
/// ## What it finds
/// A Gateway listener of protocol HTTP, unless every route in the input that is attached to it only redirects to HTTPS.
///
/// ## Why it matters
/// Passwords, session cookies and data pass in the clear, and whoever sits between can change them.
///
/// ## Fix
/// Use protocol HTTPS with a certificate, and keep the HTTP listener for a route that only redirects.
///
/// ## References
/// - https://gateway-api.sigs.k8s.io/guides/tls/
#[control(since = "0.1.0", severity = Medium, practices = ["exposure", "application-ports"])]
pub fn gateway_listener_without_tls(gateway: GatewayAt<'_>, world: &World, out: &mut Report) {
    let routes: Vec<At<'_>> = world
        .cluster()
        .of(WellKnown::HTTPRoute)
        .filter(|route| parents(route, gateway.object()).next().is_some())
        .map(|route| route.at())
        .collect();
    for listener in gateway.get("spec.listeners").items() {
        let protocol = listener.key("protocol");
        if protocol.str() != Some("HTTP") {
            continue;
        }
        let mut attached =
            routes.iter().filter(|route| is_attached(**route, gateway.object(), listener)).peekable();
        if attached.peek().is_some() && attached.all(|route| only_redirects(*route)) {
            continue;
        }
        let name = listener.key("name").text().unwrap_or("");
        out.finding(protocol, format!("listener `{name}` serves without TLS"));
    }
}

/// The references of a route to a Gateway.
fn parents<'a>(route: &'a Arc<Object>, gateway: &'a Object) -> impl Iterator<Item = At<'a>> {
    route.at().get("spec.parentRefs").items().filter(move |parent| {
        parent.key("kind").str().unwrap_or("Gateway") == "Gateway"
            && parent.key("name").str() == Some(gateway.name())
            && parent.key("namespace").str().or(route.namespace()) == gateway.namespace()
    })
}

fn is_attached(route: At<'_>, gateway: &Object, listener: At<'_>) -> bool {
    parents(route.object(), gateway).any(|parent| {
        let section = parent.key("sectionName").str();
        let port = parent.key("port").int();
        section.is_none_or(|section| listener.key("name").str() == Some(section))
            && port.is_none_or(|port| listener.key("port").int() == Some(port))
    })
}

fn only_redirects(route: At<'_>) -> bool {
    let redirects = |filter: At<'_>| {
        filter.key("type").str() == Some("RequestRedirect")
            && filter.get("requestRedirect.scheme").str() == Some("https")
    };
    let mut rules = route.get("spec.rules").items().peekable();
    rules.peek().is_some() && rules.all(|rule| rule.key("filters").items().any(redirects))
}
