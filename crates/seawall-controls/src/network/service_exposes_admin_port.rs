use crate::support::reach::refuses_outside;
use crate::{ServiceAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};
use seawall_network::{Exposure, Protocol, Service, Target};

/// # service-exposes-admin-port
///
/// ## What it finds
/// A Service of type NodePort or LoadBalancer (internal ones left out), or with external addresses, that leads to a
/// port of a Kubernetes component, of the Docker API, of a database or of a remote shell.
///
/// ## Why it matters
/// Such ports are scanned for all the time. The kubelet, etcd and the Docker API give the node or the whole cluster;
/// databases and caches are often without a password inside a cluster.
///
/// ## Fix
/// Use ClusterIP and reach the port through `kubectl port-forward` or a private network.
///
/// ## References
/// - https://kubernetes.io/docs/reference/networking/ports-and-protocols/
#[control(since = "0.1.0", severity = High, practices = ["exposure", "application-ports", "etcd", "kubelet"])]
pub fn service_exposes_admin_port(service: ServiceAt<'_>, world: &World, out: &mut Report) {
    let view = Service::new(service.object());
    let outside = world.network().exposures_of_service(view).into_iter().any(|exposure| {
        matches!(exposure, Exposure::NodePort(_) | Exposure::LoadBalancer(_) | Exposure::ExternalIp(_))
    });
    if !outside || refuses_outside(view, world) {
        return;
    }
    for port in view.ports().filter(|port| port.protocol == Some(Protocol::Tcp)) {
        let target = match port.target {
            Target::Number(number) => Some(number),
            Target::Name(_) | Target::Invalid => None,
        };
        let known =
            [target, port.port].into_iter().flatten().find_map(|number| Some((number, admin_port(number)?)));
        if let Some((number, (what, severity))) = known {
            out.finding(port.at, format!("opens port {number} ({what}) to the outside")).severity(severity);
        }
    }
}

/// What listens on a port by convention, and how bad it is to publish it.
fn admin_port(port: u16) -> Option<(&'static str, Severity)> {
    Some(match port {
        10250 | 10255 => ("kubelet", Severity::High),
        2379 | 2380 => ("etcd", Severity::High),
        10257 | 10259 => ("controller manager or scheduler", Severity::High),
        10249 | 10256 => ("kube-proxy", Severity::Medium),
        2375 | 2376 => ("Docker API", Severity::High),
        22 => ("SSH", Severity::Medium),
        23 => ("Telnet", Severity::High),
        3389 => ("remote desktop", Severity::Medium),
        5900 => ("VNC", Severity::Medium),
        873 => ("rsync", Severity::Medium),
        1433 | 1521 | 3306 | 5432 => ("SQL database", Severity::Medium),
        5984 | 7000 | 7001 | 9042 | 27017 | 27018 => ("database", Severity::Medium),
        6379 | 11211 => ("cache without password by default", Severity::High),
        9200 | 9300 => ("Elasticsearch", Severity::Medium),
        2181 => ("ZooKeeper", Severity::Medium),
        5672 | 9092 | 15672 => ("message broker", Severity::Medium),
        _ => return None,
    })
}
