use crate::support::reach::refuses_outside;
use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_network::{Cidr, Service};

/// The annotation that counts where `loadBalancerSourceRanges` is empty (`k8s.io/cloud-provider/service/helpers`).
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

/// # load-balancer-open-to-world
///
/// ## What it finds
/// A Service of type LoadBalancer without `loadBalancerSourceRanges`, or with a range that holds every address. Load
/// balancers that the annotations of AWS, Azure, Google Cloud and others keep inside the private network are left out.
///
/// ## Why it matters
/// The cloud gives the Service a public address that everyone can connect to. For a website on ports 80 and 443 that
/// is mostly meant (severity low); databases, brokers and administration ports are found within minutes.
///
/// ## Fix
/// List the ranges that may connect, make the load balancer internal, or publish through an Ingress or Gateway.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer
/// - https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["exposure", "application-ports"],
    aliases = ["kube-linter:exposed-services"]
)]
pub fn load_balancer_open_to_world(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    if view.kind() != "LoadBalancer" || view.has_internal_load_balancer() || refuses_outside(view, world) {
        return;
    }
    let web = view.ports().all(|port| matches!(port.port, Some(80 | 443)));
    let severity = if web { Severity::Low } else { Severity::Medium };
    let everyone = |text: &str| Cidr::parse(text.trim()).is_ok_and(|cidr| cidr.is_everything());
    let ranges = view.get("loadBalancerSourceRanges");
    if ranges.items().next().is_some() {
        for range in ranges.items().filter(|range| range.str().is_some_and(everyone)) {
            out.finding(range, "the load balancer lets every address in").severity(severity);
        }
        return;
    }
    let annotation = service.object().annotation(SOURCE_RANGES).filter(|text| !text.trim().is_empty());
    match annotation {
        Some(text) if !text.split(',').any(everyone) => {}
        Some(_) => {
            let at = service.get("metadata.annotations").key(SOURCE_RANGES);
            out.finding(at, "the load balancer lets every address in").severity(severity);
        }
        None => {
            out.finding(
                view.get("type"),
                "the load balancer has no source ranges: every address may connect",
            )
            .severity(severity);
        }
    }
}
