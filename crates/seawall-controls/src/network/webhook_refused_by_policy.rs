use crate::World;
use crate::support::reach::{MOST, has_policies, named, policies_of, port_words};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report, WellKnown};
use seawall_network::{Direction, End, Protocol, Reach, Service, target_in};
use std::collections::BTreeMap;
use std::sync::Arc;

/// # webhook-refused-by-policy
///
/// ## What it finds
/// A webhook for admission or conversion, or a server behind an APIService, whose pods' policies surely let no address in
/// that is no pod's, nor pods on their node's network: the API server, which calls it, is one of these.
///
/// ## Why it matters
/// The API server cannot call it. With `failurePolicy: Fail` nothing can be created any more; with `Ignore` whatever the
/// webhook forbids passes unseen.
///
/// ## Fix
/// Open the port of the pods to the addresses of the control plane, or to everybody where these are not known.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy", "third-party"])]
pub fn webhook_refused_by_policy(world: &World, _: &World, out: &mut Report) {
    use WellKnown::{
        APIService, CustomResourceDefinition, MutatingWebhookConfiguration, ValidatingWebhookConfiguration,
    };
    if !has_policies(world) {
        return;
    }
    let mut called: Vec<(At<'_>, i64)> = Vec::new();
    for kind in [ValidatingWebhookConfiguration, MutatingWebhookConfiguration] {
        for object in world.cluster().of(kind) {
            called.extend(
                object.at().key("webhooks").items().map(|one| (one.get("clientConfig.service"), 443)),
            );
        }
    }
    for object in world.cluster().of(APIService) {
        called.push((object.at().get("spec.service"), 443));
    }
    for object in world.cluster().of(CustomResourceDefinition) {
        called.push((object.at().get("spec.conversion.webhook.clientConfig.service"), 443));
    }
    // One finding a Service: a server mostly answers many webhooks.
    let mut servers: BTreeMap<(Option<&str>, &str, i64), Vec<At<'_>>> = BTreeMap::new();
    for (at, port) in called.into_iter().filter(|(at, _)| at.exists()) {
        let port = at.key("port").int().unwrap_or(port);
        let name = at.key("name").str().unwrap_or("");
        servers.entry((at.key("namespace").str(), name, port)).or_default().push(at);
    }
    for ((namespace, name, port), places) in servers.into_iter().take(MOST) {
        let Some(&at) = places.first() else { continue };
        let service = world.cluster().find(WellKnown::Service, namespace, name);
        let Some((pod, asked)) = service.and_then(|service| refused(world, service, port)) else { continue };
        let reach = world.reach();
        let message =
            format!("the policies of {} let no API server in on {}", named(reach, pod), port_words(asked));
        let mut finding = out.finding(at, message);
        for policy in policies_of(reach, pod, Direction::Ingress).into_iter().take(3) {
            finding = finding.related(policy.get("metadata.name"), "this policy isolates the pods");
        }
        for other in places.iter().skip(1).take(3) {
            finding = finding.related(*other, "is called at the same Service");
        }
    }
}

/// A pod behind the Service and its port, where all of them refuse.
fn refused(world: &World, service: &Arc<Object>, port: i64) -> Option<(usize, (Protocol, u16))> {
    let service = Service::new(service);
    let port = service.ports().find(|one| one.port.map(i64::from) == Some(port))?;
    let reach = world.reach();
    let mut first = None;
    for pod in world.network().pods_of_service(service).take(64) {
        let number = reach.number_of(pod)?;
        let asked = target_in(pod, port.protocol?, port.target)?;
        if !reach.isolates(number, Direction::Ingress) || lets_in(reach, number, asked) {
            return None;
        }
        first = first.or(Some((number, asked)));
    }
    first
}

/// Whether an address outside, or a pod on its node's network, may come in.
fn lets_in(reach: &Reach, pod: usize, port: (Protocol, u16)) -> bool {
    !reach.addresses(pod, Direction::Ingress, Some(port), true).is_empty()
        || reach.samples().filter(|(_, host)| *host).any(|(host, _)| {
            reach.between(End::Pod(host), End::Pod(pod)).allows(port.0, port.1) != Some(false)
        })
}
