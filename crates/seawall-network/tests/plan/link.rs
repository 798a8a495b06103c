//! Pods on a bridge also have addresses that only their link knows, and can speak to all at once: no policy knows these,
//! and none of them is a way around one.

use super::lab::{Host, Lab, Place, Probe, link_address};
use super::model::{v4, v6};
use super::reach;
use seawall_network::Protocol;
use seawall_network::plan::{NodePlan, PodNetwork};
use std::net::IpAddr;

const MANIFESTS: &str = r#"
{apiVersion: v1, kind: Namespace, metadata: {name: shut}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shut}, spec: {podSelector: {}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: free}, spec: {nodeName: n1, containers: []}, status: {podIPs: [{ip: 10.0.1.1}, {ip: "fd00::8"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shut}, spec: {nodeName: n1, containers: []}, status: {podIPs: [{ip: 10.0.1.2}, {ip: "fd00::9"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: c, namespace: free}, spec: {nodeName: n1, containers: []}, status: {podIPs: [{ip: 10.0.1.3}, {ip: "fd00::a"}]}}
"#;

pub(crate) fn no_way_around() {
    let host = |name: &str, place, addresses: [IpAddr; 2]| Host {
        name: name.into(),
        place,
        addresses: addresses.to_vec(),
    };
    let mut hosts = vec![
        host("n0", Place::Node, [v4(172, 16, 0, 1), v6(0x100)]),
        host("n1", Place::Node, [v4(172, 16, 0, 2), v6(0x101)]),
    ];
    for (number, name) in (0..).zip(["a", "b", "c"]) {
        let mut pod = host(name, Place::Bridge, [v4(10, 0, 1, 1 + number), v6(8 + u16::from(number))]);
        pod.addresses.push(link_address(2 + usize::from(number)));
        hosts.push(pod);
    }
    let mut lab = Lab::new(hosts, &[80]);
    lab.listen(3, 81);
    let reach = reach(MANIFESTS);
    let probe = |from: usize, source: IpAddr, to: usize, target: IpAddr, protocol| Probe {
        from: (from, source),
        to: (to, target),
        protocol,
        port: if target.to_string().ends_with("255") { 81 } else { 80 },
    };
    let (a, b, c) = (2, 3, 4);
    let ways = [
        probe(a, v4(10, 0, 1, 1), b, v4(10, 0, 1, 2), Protocol::Tcp),
        probe(a, v6(8), b, v6(9), Protocol::Sctp),
        probe(a, link_address(a), b, link_address(b), Protocol::Tcp),
        probe(a, link_address(a), b, link_address(b), Protocol::Udp),
        probe(a, link_address(a), b, link_address(b), Protocol::Sctp),
        probe(a, v4(10, 0, 1, 1), b, v4(255, 255, 255, 255), Protocol::Udp),
        probe(a, v4(10, 0, 1, 1), b, v4(10, 0, 1, 255), Protocol::Udp),
    ];
    let free: Vec<Probe> = Protocol::ALL
        .into_iter()
        .flat_map(|protocol| {
            [
                probe(a, v4(10, 0, 1, 1), c, v4(10, 0, 1, 3), protocol),
                probe(c, v6(10), a, v6(8), protocol),
                probe(b, v6(9), a, v6(8), protocol),
            ]
        })
        .collect();
    assert_eq!(lab.probe(&ways, 3_000), [true; 7], "without rules");
    for (network, sees) in [(PodNetwork::BridgedFiltered, "1"), (PodNetwork::Bridged, "0")] {
        for name in ["iptables", "ip6tables"] {
            lab.set(1, &format!("net/bridge/bridge-nf-call-{name}"), sees);
        }
        lab.load(1, &NodePlan::new(&reach, "n1", network).plan.text());
        assert_eq!(lab.probe(&ways, 500), [false; 7], "{network:?}");
        assert!(lab.probe(&free, 3_000).iter().all(|&open| open), "{network:?}");
    }
}
