use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_network::{Service, metadata_services, parse_address};

/// # external-name-points-inside
///
/// ## What it finds
/// A Service of type ExternalName that leads to the metadata service of a cloud, to the loopback address, to the
/// Kubernetes API, or, when an Ingress or a route uses it, to a Service of another namespace.
///
/// ## Why it matters
/// Whatever follows the name, above all an Ingress controller with its wide network rights, then connects to places
/// that its users cannot reach themselves: the node's credentials, the controller's own administration ports, the
/// workloads of another team.
///
/// ## Fix
/// Name a host outside the cluster. To lead to another namespace use a Gateway route with a ReferenceGrant, which
/// the other namespace has to give.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/service/#externalname
/// - https://gateway-api.sigs.k8s.io/api-types/referencegrant/
#[control(since = "0.1.0", severity = High, practices = ["exposure", "metadata-api", "team-isolation"])]
pub fn external_name_points_inside(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    let at = view.get("externalName");
    let Some(name) = at.str().filter(|_| view.kind() == "ExternalName") else { return };
    let host = name.trim_end_matches('.').to_ascii_lowercase();
    if let Some(what) = special(&host) {
        out.finding(at, format!("`{name}` is {what}"));
        return;
    }
    let mut parts = host.split('.');
    let (Some(target), Some(namespace), Some("svc")) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    if (target, namespace) == ("kubernetes", "default") {
        out.finding(at, format!("`{name}` is the Kubernetes API"));
    } else if service.object().namespace().is_some_and(|own| own != namespace) {
        let mut users = world.network().ingresses_of(view).chain(world.network().routes_of(view));
        if let Some(user) = users.next() {
            out.finding(at, format!("publishes Service `{target}` of namespace `{namespace}`"))
                .severity(Severity::Medium)
                .related(user, "leads to it from outside");
        }
    }
}

/// What a name is that should never be followed.
fn special(host: &str) -> Option<&'static str> {
    const METADATA: [&str; 4] =
        ["metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"];
    if METADATA.contains(&host) {
        return Some("the metadata service of a cloud");
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return Some("the loopback address of whoever follows it");
    }
    // Names such as 169.254.169.254.nip.io lead to the address in them.
    let embedded = [".nip.io", ".sslip.io"].into_iter().find_map(|suffix| host.strip_suffix(suffix));
    let address = parse_address(embedded.unwrap_or(host))?;
    if metadata_services().iter().any(|service| service.address == address) {
        Some("the metadata service of a cloud")
    } else if address.is_loopback() || address.is_unspecified() {
        Some("the loopback address of whoever follows it")
    } else {
        None
    }
}
