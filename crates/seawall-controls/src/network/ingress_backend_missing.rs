use crate::support::network::namespace_words;
use crate::{IngressAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report, WellKnown};
use seawall_network::Service;

/// # ingress-backend-missing
///
/// ## What it finds
/// An Ingress backend with a port that its Service does not have, or, where the whole cluster is known, with a Service
/// that does not exist.
///
/// ## Why it matters
/// The host is published and leads nowhere. Whoever may create a Service of that name in the namespace gets its
/// requests, with the certificate of the real owner.
///
/// ## Fix
/// Name a Service that exists and one of its ports, or remove the rule.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["exposure", "application-ports"],
    aliases = ["kube-linter:dangling-ingress", "kube-score:ingress-targets-service"]
)]
pub fn ingress_backend_missing(ingress: IngressAt<'_>, world: &World, out: &mut Report) {
    let namespace = ingress.object().namespace();
    for backend in backends(ingress.0) {
        let name = backend.get("service.name");
        let (name, port) = if name.exists() {
            (name, backend.get("service.port"))
        } else {
            (backend.key("serviceName"), backend.key("servicePort"))
        };
        let Some(text) = name.str() else { continue };
        let Some(service) = world.cluster().find(WellKnown::Service, namespace, text) else {
            if world.coverage().is_complete(WellKnown::Service, namespace) {
                out.finding(name, format!("there is no Service `{text}` in {}", namespace_words(namespace)));
            }
            continue;
        };
        let (number, port_name) = wanted(port);
        let at = [number, port_name].into_iter().find(|at| at.exists()).unwrap_or(port);
        let (number, port_name) = (number.int(), port_name.str());
        let mut ports = Service::new(service).ports();
        let has = ports.any(|port| {
            let same_number = number.is_some() && port.port.map(i64::from) == number;
            same_number || port_name.is_some_and(|name| port.at.key("name").str() == Some(name))
        });
        if !has && (number.is_some() || port_name.is_some()) && Service::new(service).kind() != "ExternalName"
        {
            let shown = number.map(|number| number.to_string()).or(port_name.map(|name| format!("`{name}`")));
            out.finding(at, format!("Service `{text}` has no port {}", shown.unwrap_or_default()))
                .related(service.at().get("spec.ports"), "its ports");
        }
    }
}

/// Where the number and the name of a port stand, in today's shape and that of `v1beta1`.
fn wanted(port: At<'_>) -> (At<'_>, At<'_>) {
    if port.nearest().is_mapping() && port.exists() {
        (port.key("number"), port.key("name"))
    } else {
        (port, port)
    }
}

fn backends(ingress: At<'_>) -> impl Iterator<Item = At<'_>> {
    let spec = ingress.key("spec");
    let paths = spec.key("rules").items().flat_map(|rule| rule.get("http.paths").items());
    let defaults = [spec.key("defaultBackend"), spec.key("backend")].into_iter().filter(|at| at.exists());
    defaults.chain(paths.map(|path| path.key("backend")))
}
