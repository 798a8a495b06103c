use super::policy;
use crate::{Direction::*, Policy, PortSpec};

#[test]
fn policy_types_are_defaulted_as_the_api_server_does() {
    for (spec, ingress, egress) in [
        ("{}", true, false),
        ("{egress: []}", true, false),
        ("{egress: [{}]}", true, true),
        ("{egress: [null]}", true, true),
        ("{policyTypes: [], egress: [{}]}", true, true),
        ("{policyTypes: null}", true, false),
        ("{policyTypes: [Egress]}", false, true),
        ("{policyTypes: [Egress], ingress: [{}]}", false, true),
        ("{policyTypes: [Ingress], egress: [{}]}", true, false),
        ("{policyTypes: [Ingress, Egress]}", true, true),
    ] {
        let object = policy(spec);
        let policy = Policy::new(&object);
        assert_eq!((policy.isolates(Ingress), policy.isolates(Egress)), (ingress, egress), "{spec}");
        assert_eq!(
            policy.rules(Egress).count(),
            if egress { policy.written_rules(Egress).count() } else { 0 }
        );
    }
}

#[test]
fn ports() {
    let show = |ports: &str| {
        let object = policy(&format!("{{ingress: [{{ports: {ports}}}]}}"));
        let rule = Policy::new(&object).rules(Ingress).next().unwrap();
        let refused = rule.ports().filter(|port| matches!(port.spec(), PortSpec::Refused(..))).count();
        (
            rule.port_set(|protocol, name| (name == "web").then_some(8080 + protocol as u16)).to_string(),
            refused,
        )
    };
    for (ports, expected, refused) in [
        ("null", "all", 0),
        ("[]", "all", 0),
        ("[{port: 80}]", "TCP 80", 0),
        ("[null]", "TCP", 0),
        ("[{protocol: UDP}]", "UDP", 0),
        ("[{port: 53, protocol: UDP}, {port: 53}]", "TCP 53; UDP 53", 0),
        ("[{port: 1000, endPort: 2000}]", "TCP 1000-2000", 0),
        ("[{port: 1000, endPort: 1000}]", "TCP 1000", 0),
        ("[{port: web}]", "TCP 8080", 0),
        ("[{port: web, protocol: SCTP}]", "SCTP 8082", 0),
        ("[{port: other}]", "none", 0),
        ("[{port: 2000, endPort: 1000}]", "none", 1),
        ("[{endPort: 1000}]", "none", 1),
        ("[{port: web, endPort: 1000}]", "none", 1),
        ("[{port: '80'}]", "none", 1),
        ("[{port: 0}]", "none", 1),
        ("[{port: 70000}]", "none", 1),
        ("[{port: Web}]", "none", 1),
        ("[{port: 80, protocol: tcp}]", "none", 1),
        ("[{protocol: TCP}, {protocol: UDP}, {protocol: SCTP}]", "all", 0),
    ] {
        assert_eq!(show(ports), (expected.to_owned(), refused), "{ports}");
    }
}

#[test]
fn peers() {
    let object = policy(
        "{ingress: [{from: [{}, {podSelector: {}}, {namespaceSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, \
         except: [10.1.0.0/16]}}, {ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}, {from: []}, {}, null]}",
    );
    let rules: Vec<_> = Policy::new(&object).rules(Ingress).collect();
    let peers: Vec<_> = rules[0].peers().collect();
    assert_eq!(
        peers.iter().map(|peer| peer.problem().is_some()).collect::<Vec<_>>(),
        [true, false, false, false, true]
    );
    assert_eq!(
        peers.iter().map(|peer| peer.is_pods()).collect::<Vec<_>>(),
        [false, true, true, false, false]
    );
    let address = |text: &str| crate::parse_address(text).unwrap();
    let block = peers[3].ip_block().unwrap();
    assert!(block.contains(address("10.2.3.4")));
    assert!(!block.contains(address("10.1.3.4")));
    assert!(!block.contains(address("::1")));
    assert!(peers[4].ip_block().is_none());
    assert!(!rules[0].is_for_everyone() && !rules[0].is_for_address(address("10.1.3.4")));
    for rule in &rules[1..] {
        assert!(rule.is_for_everyone() && rule.is_for_all_ports() && rule.is_for_address(address("::1")));
    }
}
