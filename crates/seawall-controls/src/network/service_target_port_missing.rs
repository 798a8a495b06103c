use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::{PodAt, Report, Severity};
use seawall_network::{Network, Protocol, Service, Target};

/// # service-target-port-missing
///
/// ## What it finds
/// A Service port whose named `targetPort` no container of the selected pods has with that protocol; with severity
/// info a number that no container declares, though the pods declare others.
///
/// ## Why it matters
/// A name that resolves to nothing leaves the Service without endpoints on that port. A number that nobody declares
/// works if something listens, but whoever writes NetworkPolicies or reviews the ports does not see it.
///
/// ## Fix
/// Declare the port in the container's `ports`, with the name and protocol that the Service uses, or correct the
/// Service.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
#[control(since = "0.1.0", severity = Low, practices = ["application-ports"])]
pub fn service_target_port_missing(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    let pods: Vec<PodAt<'_>> = world.network().pods_of_service(view).take(MOST_PODS).collect();
    if pods.is_empty() || pods.len() == MOST_PODS {
        return;
    }
    for port in view.ports() {
        let Some(protocol) = port.protocol else { continue };
        let target = port.at.key("targetPort");
        let at = if target.exists() { target } else { port.at.key("port") };
        match port.target {
            Target::Name(name)
                if !pods.iter().any(|pod| Network::named_port(*pod, protocol, name).is_some()) =>
            {
                let message =
                    format!("no container of the selected pods has a {} port `{name}`", protocol.as_str());
                out.finding(at, message);
            }
            Target::Number(number) if undeclared(&pods, protocol, number) => {
                let message =
                    format!("no container of the selected pods declares {} port {number}", protocol.as_str());
                out.finding(at, message).severity(Severity::Info);
            }
            _ => {}
        }
    }
}

/// Pods of one Service looked at, at most: none of real Services has so many workloads.
const MOST_PODS: usize = 200;

/// Whether the pods declare ports of this protocol, and this is none of them. Pods that declare none leave it open.
fn undeclared(pods: &[PodAt<'_>], protocol: Protocol, number: u16) -> bool {
    let mut some = false;
    for pod in pods {
        let mut declares = false;
        for port in pod.containers().flat_map(|container| container.get("ports").items()) {
            if port.key("protocol").text().filter(|text| !text.is_empty()).unwrap_or("TCP")
                == protocol.as_str()
            {
                declares = true;
                if port.key("containerPort").int() == Some(i64::from(number)) {
                    return false;
                }
            }
        }
        if !declares {
            return false;
        }
        some = true;
    }
    some
}
