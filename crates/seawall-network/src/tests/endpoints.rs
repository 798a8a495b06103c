//! Services without selector are followed through EndpointSlices and Endpoints.

use super::cluster;
use crate::{Dialect, End, Network, PortSet, Protocol, Reach, Side, declared, generate, prove};

const WORLD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: db-0, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: i}]}
status: {podIP: 10.0.0.5}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: i, env: [{name: DB, value: 'sql:5432'}, {name: API, value: 'https://billing.shop.svc'}]}]}
status: {podIP: 10.0.0.6}
---
apiVersion: v1
kind: Service
metadata: {name: sql, namespace: shop}
spec: {ports: [{name: sql, port: 5432, targetPort: 1}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: sql-1, namespace: shop, labels: {kubernetes.io/service-name: sql}}
addressType: IPv4
ports: [{name: sql, port: 15432}]
endpoints:
- addresses: [10.0.0.5]
- addresses: [192.0.2.9]
- addresses: [192.0.2.10]
  conditions: {ready: false}
---
apiVersion: v1
kind: Service
metadata: {name: billing, namespace: shop}
spec: {ports: [{port: 443}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: billing, namespace: shop}
subsets: [{addresses: [{ip: 198.51.100.1}, {ip: 198.51.100.2}], ports: [{port: 8443}]}]
---
apiVersion: v1
kind: Service
metadata: {name: door, namespace: shop}
spec: {type: LoadBalancer, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: door-1, namespace: shop, labels: {kubernetes.io/service-name: door}}
addressType: IPv4
ports: [{name: '', port: 8080}]
endpoints: [{addresses: [10.99.99.99], targetRef: {kind: Pod, name: web}}]
";

#[test]
fn endpoints_lead_to_pods_and_to_addresses() {
    let cluster = cluster(WORLD);
    let network = Network::new(&cluster);
    let reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
    let (mut wanted, notes) = declared(&cluster, &network, &reach);
    assert_eq!(notes, Vec::<String>::new());
    wanted.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    let workload = |name: &str| {
        Side::Workload(reach.workloads().iter().position(|workload| &*workload.name == name).unwrap())
    };
    let block = |text: &str| Side::Block(crate::Cidr::parse(text).unwrap());
    let found: Vec<(Side, Side, String)> =
        wanted.iter().map(|one| (one.from.clone(), one.to.clone(), one.ports.to_string())).collect();
    let web = workload("web");
    assert_eq!(
        found,
        [
            (web.clone(), workload("db-0"), "TCP 15432".to_owned()),
            (web.clone(), block("192.0.2.9/32"), "TCP 15432".to_owned()),
            (web.clone(), block("198.51.100.1/32"), "TCP 8443".to_owned()),
            (web.clone(), block("198.51.100.2/32"), "TCP 8443".to_owned()),
            (Side::Anyone, web, "TCP 8080".to_owned()),
        ]
    );
    let generated = generate(&cluster, &reach, &wanted, |_| true);
    let (after, proof) = prove(&cluster, &reach, &wanted, &generated).unwrap();
    assert_eq!((proof.missing, proof.extra.len()), (Vec::new(), 0));
    let (web, db) = (after.find("shop/web").unwrap(), after.find("shop/db-0").unwrap());
    let asks = |from, to, port| after.between(from, to).allows(Protocol::Tcp, port);
    assert_eq!((asks(web, db, 15432), asks(web, db, 5432)), (Some(true), Some(false)));
    assert_eq!(asks(web, after.find("198.51.100.2").unwrap(), 8443), Some(true));
    assert_eq!(asks(web, after.find("192.0.2.10").unwrap(), 15432), Some(false));
    assert_eq!(asks(End::Internet, web, 8080), Some(true));
}

#[test]
fn ways_in_lead_through_endpoints() {
    let cluster = cluster(WORLD);
    let network = Network::new(&cluster);
    let reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
    let entries = reach.entries(&network);
    assert_eq!(entries.len(), 1);
    assert_eq!(reach.pods()[entries[0].pod].name(), "web");
    assert_eq!(entries[0].ports, PortSet::one(Protocol::Tcp, 8080));
    let web = reach.pods()[entries[0].pod].at().unwrap();
    assert_eq!(network.services_of(web).map(|one| one.object().name()).collect::<Vec<_>>(), ["door"]);
}

#[test]
fn slices_of_the_controller_say_nothing_new() {
    let managed = WORLD.replace(
        "labels: {kubernetes.io/service-name: door}",
        "labels: {kubernetes.io/service-name: door, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}",
    )
    .replace("{type: LoadBalancer,", "{type: LoadBalancer, selector: {app: nobody},");
    let cluster = cluster(&managed);
    let network = Network::new(&cluster);
    assert_eq!(Reach::new(&cluster, &network, Dialect::UPSTREAM).entries(&network).len(), 0);
    for broken in ["endpoints: 7", "endpoints: [7, {addresses: x}]", "ports: [{port: 0}]\nendpoints: [{}]"] {
        let text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: n}}\nspec: {{ports: [{{port: 1}}]}}\n---\napiVersion: \
             discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: s-1, namespace: n, labels: \
             {{kubernetes.io/service-name: s}}}}\n{broken}\n"
        );
        let cluster = super::cluster(&text);
        let network = Network::new(&cluster);
        let reach = Reach::new(&cluster, &network, Dialect::UPSTREAM);
        assert_eq!(declared(&cluster, &network, &reach).0, []);
    }
}
