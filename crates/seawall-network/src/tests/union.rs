use super::policy;
use crate::{Direction::*, Family, Policy, Union, parse_address};

fn egress(rules: &[&str], test: impl Fn(Union<'_>)) {
    let objects: Vec<_> =
        rules.iter().map(|rules| policy(&format!("{{policyTypes: [Egress], egress: {rules}}}"))).collect();
    test(Union::new(objects.iter().map(Policy::new), Egress));
}

#[test]
fn an_address_is_open_if_any_rule_opens_it() {
    let metadata = parse_address("169.254.169.254").unwrap();
    let ports = |rules: &[&str]| {
        let mut shown = String::new();
        let objects: Vec<_> = rules
            .iter()
            .map(|rules| policy(&format!("{{policyTypes: [Egress], egress: {rules}}}")))
            .collect();
        shown.push_str(
            &Union::new(objects.iter().map(Policy::new), Egress).ports_for_address(metadata).to_string(),
        );
        shown
    };
    assert_eq!(ports(&[]), "all");
    assert_eq!(ports(&["[]"]), "none");
    assert_eq!(ports(&["[{}]"]), "all");
    assert_eq!(ports(&["[{to: [{namespaceSelector: {}}]}]"]), "none");
    assert_eq!(ports(&["[{ports: [{port: 443}, {port: web}]}]"]), "TCP 443");
    let careful = "[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]";
    assert_eq!(ports(&[careful]), "none");
    assert_eq!(ports(&[careful, "[{to: [{ipBlock: {cidr: 169.0.0.0/8}}], ports: [{port: 80}]}]"]), "TCP 80");
    assert_eq!(ports(&["[{to: [{ipBlock: {cidr: '::/0'}}]}]"]), "none");
}

#[test]
fn rules_are_open_to_everyone_together() {
    let show = |union: &Union<'_>| {
        [Family::V4, Family::V6].map(|family| union.ports_for_everyone(family).to_string()).join(" | ")
    };
    for (rules, expected) in [
        (vec!["[{}]"], "all | all"),
        (vec!["[{to: []}]"], "all | all"),
        (vec!["[]"], "none | none"),
        (vec!["[{to: [{namespaceSelector: {}}]}]"], "none | none"),
        (vec!["[{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]"], "all | none"),
        (vec!["[{to: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]}]"], "all | all"),
        (
            vec!["[{to: [{ipBlock: {cidr: 0.0.0.0/1}}]}]", "[{to: [{ipBlock: {cidr: 128.0.0.0/1}}]}]"],
            "all | none",
        ),
        (
            vec!["[{to: [{ipBlock: {cidr: 0.0.0.0/1}}]}]", "[{to: [{ipBlock: {cidr: 128.0.0.0/2}}]}]"],
            "none | none",
        ),
        (vec!["[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]"], "none | none"),
        (
            vec![
                "[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]}]",
                "[{to: [{ipBlock: {cidr: 10.0.0.0/7}}]}]",
            ],
            "all | none",
        ),
        (vec!["[{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [0.0.0.0/8, 255.0.0.0/8]}}]}]"], "none | none"),
        (vec!["[{ports: [{port: 80}]}, {ports: [{port: 443}]}]"], "TCP 80,443 | TCP 80,443"),
        (
            vec![
                "[{to: [{ipBlock: {cidr: 0.0.0.0/1}}], ports: [{port: 1, endPort: 100}]}]",
                "[{to: [{ipBlock: {cidr: 128.0.0.0/1}}], ports: [{port: 50, endPort: 200}]}]",
            ],
            "TCP 50-100 | none",
        ),
        (vec!["[{ports: [{protocol: TCP}]}]", "[{ports: [{protocol: UDP}, {protocol: SCTP}]}]"], "all | all"),
    ] {
        egress(&rules, |union| assert_eq!(show(&union), expected, "{rules:?}"));
    }
}

#[test]
fn name_lookups() {
    for (rules, expected) in [
        (vec![], true),
        (vec!["[]"], false),
        (vec!["[{}]"], true),
        (vec!["[{ports: [{port: 443}]}]"], false),
        (vec!["[{ports: [{port: 443}]}]", "[{ports: [{port: 53, protocol: UDP}]}]"], true),
        (vec!["[{ports: [{port: dns, protocol: UDP}]}]"], true),
        (vec!["[{ports: [{port: 5353, protocol: UDP}]}]"], true),
        (vec!["[{ports: [{port: 1, endPort: 1024}]}]"], true),
        (vec!["[{to: [{podSelector: {}}]}]"], true),
    ] {
        egress(&rules, |union| assert_eq!(union.may_allow_dns(), expected, "{rules:?}"));
    }
}

#[test]
fn many_ranges_stay_bounded() {
    let mut rules = String::from("[");
    for number in 0..5_000 {
        let (a, b) = (number / 256 % 256, number % 256);
        rules.push_str(&format!(
            "{{to: [{{ipBlock: {{cidr: 10.{a}.{b}.0/24}}}}], ports: [{{port: {}}}]}}, ",
            number % 60_000 + 1
        ));
    }
    rules.push(']');
    let start = std::time::Instant::now();
    egress(&[&rules], |union| assert!(union.ports_for_everyone(Family::V4).is_empty()));
    assert!(start.elapsed().as_secs() < 30);
}
