use crate::support::reach::refuses_outside;
use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::{PodAt, Report};
use seawall_network::{Exposure, Service};

/// # sensitive-interface-exposed
///
/// ## What it finds
/// A Service, Ingress or route that publishes a pod with an administration interface known to be attacked: the
/// Kubernetes dashboard, Weave Scope, Portainer, Headlamp, Jupyter, phpMyAdmin, Adminer, Jenkins, Kubeflow's dashboard.
///
/// ## Why it matters
/// Such interfaces run code or change the cluster for whoever gets past a login page, and some have none as they are
/// installed. They are a usual way into clusters.
///
/// ## Fix
/// Keep the Service inside the cluster and reach it through `kubectl port-forward`, or put a proxy in front that
/// authenticates.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/access-application-cluster/web-ui-dashboard/
#[control(since = "0.1.0", severity = High, practices = ["exposure", "third-party"], aliases = ["C-0021"])]
pub fn sensitive_interface_exposed(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    let ways = world.network().exposures_of_service(view);
    let way = ways.iter().find_map(|exposure| match *exposure {
        Exposure::NodePort(service) => Some(("a node port", service.get("type"))),
        Exposure::LoadBalancer(service) => Some(("a load balancer", service.get("type"))),
        Exposure::ExternalIp(service) => Some(("external addresses", service.get("externalIPs"))),
        Exposure::Ingress(_, at) => Some(("an Ingress", at)),
        Exposure::Route(_, at) => Some(("a route", at)),
        Exposure::InternalLoadBalancer(_) | Exposure::HostPort(_) | Exposure::HostNetwork(_) => None,
    });
    let Some((what, at)) = way else { return };
    if refuses_outside(view, world) {
        return;
    }
    for pod in world.network().pods_of_service(view).take(MOST_PODS) {
        if let Some((image, interface)) = interface(pod) {
            out.finding(at, format!("publishes {interface} by {what}"))
                .related(image, "the interface")
                .related(service.get("metadata.name"), "the Service in between");
            return;
        }
    }
}

/// Pods of one Service looked at, at most.
const MOST_PODS: usize = 200;

/// The first container with a known interface: its image, and whose it is.
fn interface(pod: PodAt<'_>) -> Option<(seawall_model::At<'_>, &'static str)> {
    const INTERFACES: [(&str, &str); 14] = [
        ("kubernetesui/dashboard", "the Kubernetes dashboard"),
        ("kubernetesui/dashboard-web", "the Kubernetes dashboard"),
        ("kubernetesui/dashboard-api", "the Kubernetes dashboard"),
        ("kubernetes-dashboard-amd64", "the Kubernetes dashboard"),
        ("headlamp-k8s/headlamp", "Headlamp"),
        ("weaveworks/scope", "Weave Scope"),
        ("portainer/portainer-ce", "Portainer"),
        ("portainer/portainer-ee", "Portainer"),
        ("jupyter/base-notebook", "Jupyter"),
        ("jupyter/minimal-notebook", "Jupyter"),
        ("phpmyadmin", "phpMyAdmin"),
        ("adminer", "Adminer"),
        ("jenkins/jenkins", "Jenkins"),
        ("kubeflow/centraldashboard", "the Kubeflow dashboard"),
    ];
    pod.containers().find_map(|container| {
        let name = container.image()?.split('@').next()?;
        // A colon after the last slash starts the tag; one before it is a registry's port.
        let end = name.rfind('/').unwrap_or(0);
        let name = name.get(..end + name.get(end..)?.find(':').unwrap_or(name.len() - end))?;
        let known = INTERFACES.iter().find(|(image, _)| {
            name == *image || name.strip_suffix(image).is_some_and(|rest| rest.ends_with('/'))
        });
        known.map(|(_, interface)| (container.at().key("image"), *interface))
    })
}
