//! The unit tables of kube-network-policies as manifests and one connection each (`conformance/network`). Where that project
//! reads the specification otherwise the case carries what upstream says and why; a reason that is none any more fails.

use super::{objects_of_text, text_of};
use seawall_model::Cluster;
use seawall_network::{Dialect, Network, Protocol, Reach};
use serde_json::Value;
use std::fmt::Write;

const TABLE: &str = include_str!("../../../../conformance/network/kube-network-policies.json");

#[test]
fn kube_network_policies() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    let cases = table["cases"].as_array().unwrap();
    let mut differences = Vec::new();
    let mut exceptions = 0;
    for case in cases {
        let mut manifests = String::new();
        for name in case["objects"].as_array().unwrap() {
            let _ = writeln!(manifests, "---\n{}", table["objects"][text_of(name)]);
        }
        let cluster = Cluster::new(objects_of_text("table.yaml", &manifests));
        let reach = Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM);
        let end = |field: &str| reach.find(text_of(&case[field])).unwrap();
        let (protocol, port) = text_of(&case["port"]).split_once('/').unwrap();
        let told = reach
            .between(end("from"), end("to"))
            .allows(Protocol::parse(protocol).unwrap(), port.parse().unwrap());
        let theirs = case["allowed"].as_bool();
        let wanted = match case.get("ours") {
            Some(ours) => {
                exceptions += 1;
                assert!(!text_of(&case["why"]).is_empty());
                assert_ne!(ours.as_bool(), theirs, "{}: no exception", case["name"]);
                ours.as_bool()
            }
            None => theirs,
        };
        if told != wanted {
            differences.push(format!("{}: wanted {wanted:?}, ours {told:?}\n{manifests}", case["name"]));
        }
    }
    eprintln!(
        "conformance network: kube-network-policies: {} cases, {exceptions} of them read otherwise by upstream's text, \
         no other difference",
        cases.len()
    );
    assert!(cases.len() >= 84);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
