//! From outside to pods, by what the input exposes.

use super::policed::Policed;
use crate::builder::{Builder, field, namespace_of};
use crate::evidence::Evidence;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;
use seawall_model::WellKnown;
use seawall_network::{Direction, Exposure};

const FLAW: &str = "the program that listens has a flaw that runs the attacker's commands";
const POLICIES: &str = "the policies that select the pod let the address in";
const INSIDE: &str = "somebody outside reaches the private network of the load balancer";
const SNIPPETS: &str = "the Ingress controller takes snippets of configuration from annotations";

pub(super) fn build(b: &mut Builder<'_>) {
    exposed(b);
    ingress(b);
}

/// NW-1.
fn exposed(b: &mut Builder<'_>) {
    let network = b.input.network;
    let internet = b.vertex(Fact::Internet);
    let mut policed = Policed::new(b);
    for unit in b.pods.clone() {
        let Some(pod) = unit.pod() else { continue };
        if policed.is_policed(pod, Direction::Ingress)
            && let Some(ways) = policed.ways(pod)
        {
            for way in ways.iter().filter(|way| !way.possible.is_empty()) {
                let unsure = way.open.is_empty().then_some(POLICIES);
                let (evidence, extra) = way_in(&way.through);
                let requires = [FLAW].into_iter().chain(extra).chain(unsure);
                b.step(Row::Endpoint, &[internet], unit.vertex, [evidence], requires);
            }
            continue;
        }
        for exposure in network.exposures_of(pod) {
            let is_host = matches!(exposure, Exposure::HostNetwork(_));
            if is_host && pod.containers().all(|one| one.get("ports").items().next().is_none()) {
                // What the program opens is not said.
                continue;
            }
            let (evidence, extra) = way_in(&exposure);
            b.step(Row::Endpoint, &[internet], unit.vertex, [evidence], [FLAW].into_iter().chain(extra));
        }
    }
}

/// What opens a way, and what else it needs.
fn way_in(exposure: &Exposure<'_>) -> (Evidence, Option<&'static str>) {
    match exposure {
        Exposure::HostNetwork(at) | Exposure::HostPort(at) => (field(*at), None),
        Exposure::Ingress(_, at) | Exposure::Route(_, at) => (field(*at), None),
        Exposure::InternalLoadBalancer(service) => (field(service.get("type")), Some(INSIDE)),
        Exposure::NodePort(service) | Exposure::LoadBalancer(service) => (field(service.get("type")), None),
        Exposure::ExternalIp(service) => (field(service.get("externalIPs")), None),
    }
}

/// NW-5: controllers of ingress-nginx that say that they take snippets.
fn ingress(b: &mut Builder<'_>) {
    let key = "allow-snippet-annotations";
    let settings: Vec<(Name, Evidence)> = (b.input.cluster.of(WellKnown::ConfigMap))
        .filter(|object| object.at().get("data").key(key).text() == Some("true"))
        .map(|object| (namespace_of(object).to_owned(), field(object.at().get("data").key(key))))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|(namespace, evidence)| (b.name(&namespace), evidence))
        .collect();
    for unit in b.pods.clone() {
        let Some(pod) = unit.pod() else { continue };
        let nginx = pod
            .containers()
            .any(|one| one.image().is_some_and(|image| image.contains("ingress-nginx/controller")));
        let Some((_, evidence)) =
            settings.iter().find(|(namespace, _)| nginx && *namespace == unit.namespace)
        else {
            continue;
        };
        for namespace in b.namespaces.clone() {
            let can = b.can(Right::ChangeIngresses, namespace);
            b.step(Row::IngressCtrl, &[can], unit.vertex, [evidence.clone()], [SNIPPETS]);
        }
    }
}
