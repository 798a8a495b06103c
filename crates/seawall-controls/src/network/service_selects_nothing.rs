use crate::support::network::{knows_pods, namespace_words};
use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::Service;

/// # service-selects-nothing
///
/// ## What it finds
/// A Service whose selector matches no workload of its namespace, while workloads of that namespace are in the input.
///
/// ## Why it matters
/// The Service leads nowhere. Whoever may create a pod with its labels in the namespace gets the traffic that its
/// clients and Ingresses send.
///
/// ## Fix
/// Make the selector match the labels in the workload's pod template, or remove the Service.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/service/#defining-a-service
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["application-ports"],
    aliases = ["kube-linter:dangling-service", "kube-score:service-targets-pod"]
)]
pub fn service_selects_nothing(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    let Some(namespace) = world.network().namespace(service.object().namespace()) else { return };
    if !view.selects() || world.network().pods_of_service(view).next().is_some() {
        return;
    }
    let (selector, words) = (view.get("selector"), namespace_words(namespace.name()));
    if knows_pods(namespace, world) {
        out.finding(selector, format!("selects no workload of {words}"));
    } else if let (true, Some(maker)) = (namespace.has_pods(), namespace.may_have_more_pods()) {
        let kind = maker.object().kind();
        out.unknown(
            selector,
            format!("selects no workload of {words} that is in the input"),
            format!(
                "whether the controller of {kind} `{}` makes pods with these labels",
                maker.object().name()
            ),
        );
    }
}
