use crate::World;
use crate::support::reach::{MOST, has_policies, named, policies_of, port_words};
use seawall_controls_macros::control;
use seawall_model::{PodAt, Report};
use seawall_network::{Direction, ServicePort, target_in};

/// # service-refused-by-policy
///
/// ## What it finds
/// A port of a Service that leads to pods whose NetworkPolicies open it to nobody: neither to pods of today or to come,
/// nor to any address.
///
/// ## Why it matters
/// Every connection through the Service is dropped. Such an outage is often ended by removing the policy, and then the
/// pods stand open.
///
/// ## Fix
/// Open the port in a policy for those who need it, or remove it from the Service. Policies are asked about the port of
/// the pod, not that of the Service.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/
#[control(since = "0.1.0", severity = Low, practices = ["network-policy", "application-ports"])]
pub fn service_refused_by_policy(world: &World, _: &World, out: &mut Report) {
    if !has_policies(world) {
        return;
    }
    let mut left = MOST;
    for namespace in world.network().namespaces().iter().filter(|one| one.policies().next().is_some()) {
        for service in namespace.services() {
            let pods: Vec<PodAt<'_>> = world.network().pods_of_service(service).take(MOST_PODS).collect();
            for port in service.ports() {
                if left > 0 && refused(world, port, &pods, out) {
                    left -= 1;
                }
            }
        }
    }
}

/// Pods of one Service looked at, at most.
const MOST_PODS: usize = 200;

fn refused(world: &World, port: ServicePort<'_>, pods: &[PodAt<'_>], out: &mut Report) -> bool {
    let reach = world.reach();
    let mut first = None;
    for pod in pods {
        let Some((number, target)) = reach
            .number_of(*pod)
            .zip(port.protocol.and_then(|protocol| target_in(*pod, protocol, port.target)))
        else {
            return false;
        };
        let is_closed = reach.isolates(number, Direction::Ingress)
            && !reach.opened(number, Direction::Ingress).contains(target.0, target.1);
        if !is_closed {
            return false;
        }
        first = first.or(Some((number, target)));
    }
    let Some((pod, target)) = first else { return false };
    let message =
        format!("no policy opens {} of {}: nobody gets through", port_words(target), named(reach, pod));
    let mut finding = out.finding(port.at, message);
    for policy in policies_of(reach, pod, Direction::Ingress).into_iter().take(3) {
        finding = finding.related(policy.get("metadata.name"), "this policy isolates the pods");
    }
    true
}
