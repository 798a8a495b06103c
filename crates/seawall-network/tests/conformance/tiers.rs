//! The conformance manifests of the network policy API (`kubernetes-sigs/network-policy-api`, `conformance/base`) and what
//! its tests expect of them (`conformance/tests/admin-network-policy-standard-*.go`), as data. Rules that the tests swap
//! while they run are swapped here, too.

use super::{data, objects_of_text};
use seawall_model::Cluster;
use seawall_network::{Dialect, Network, Protocol, Reach};

/// From and to by house, protocol, port, and whether it must get through.
type Probe = (&'static str, &'static str, &'static str, u16, bool);

/// A step of a test: which rules are swapped (field, one, other) and what must hold then.
struct Step {
    swapped: &'static [(&'static str, usize, usize)],
    probes: &'static [Probe],
}

const GRYFFINDOR: &str = "gryffindor/harry-potter";
const SLYTHERIN: &str = "slytherin/draco-malfoy";
const HUFFLEPUFF: &str = "hufflepuff/cedric-diggory";
const RAVENCLAW: &str = "ravenclaw/luna-lovegood";

const INGRESS_TCP: &[Step] = &[
    Step {
        swapped: &[],
        probes: &[
            (RAVENCLAW, GRYFFINDOR, "TCP", 80, true),
            (RAVENCLAW, GRYFFINDOR, "TCP", 8080, true),
            (HUFFLEPUFF, GRYFFINDOR, "TCP", 80, true),
            (HUFFLEPUFF, GRYFFINDOR, "TCP", 8080, false),
            (GRYFFINDOR, RAVENCLAW, "TCP", 80, true),
            (GRYFFINDOR, SLYTHERIN, "TCP", 80, true),
            (SLYTHERIN, GRYFFINDOR, "TCP", 80, false),
            (SLYTHERIN, GRYFFINDOR, "TCP", 8080, true),
        ],
    },
    Step {
        swapped: &[("ingress", 0, 1)],
        probes: &[(RAVENCLAW, GRYFFINDOR, "TCP", 80, false), (RAVENCLAW, GRYFFINDOR, "TCP", 8080, false)],
    },
    Step {
        swapped: &[("ingress", 0, 1), ("ingress", 0, 2), ("ingress", 3, 4)],
        probes: &[
            (RAVENCLAW, GRYFFINDOR, "TCP", 80, true),
            (RAVENCLAW, GRYFFINDOR, "TCP", 8080, true),
            (SLYTHERIN, GRYFFINDOR, "TCP", 80, true),
            (SLYTHERIN, GRYFFINDOR, "TCP", 8080, true),
        ],
    },
];

const GRESS: &[Step] = &[
    Step {
        swapped: &[],
        probes: &[
            (GRYFFINDOR, RAVENCLAW, "TCP", 80, true),
            (GRYFFINDOR, RAVENCLAW, "UDP", 53, true),
            (GRYFFINDOR, RAVENCLAW, "SCTP", 9003, true),
            (RAVENCLAW, GRYFFINDOR, "TCP", 80, true),
            (RAVENCLAW, GRYFFINDOR, "UDP", 53, true),
            (RAVENCLAW, GRYFFINDOR, "SCTP", 9003, true),
            (GRYFFINDOR, HUFFLEPUFF, "TCP", 8080, true),
            (GRYFFINDOR, HUFFLEPUFF, "TCP", 80, false),
            (GRYFFINDOR, HUFFLEPUFF, "UDP", 5353, true),
            (GRYFFINDOR, HUFFLEPUFF, "UDP", 53, false),
            (GRYFFINDOR, HUFFLEPUFF, "SCTP", 9003, true),
            (GRYFFINDOR, HUFFLEPUFF, "SCTP", 9005, false),
            (HUFFLEPUFF, GRYFFINDOR, "TCP", 80, true),
            (HUFFLEPUFF, GRYFFINDOR, "TCP", 8080, false),
            (HUFFLEPUFF, GRYFFINDOR, "UDP", 5353, true),
            (HUFFLEPUFF, GRYFFINDOR, "UDP", 53, false),
            (HUFFLEPUFF, GRYFFINDOR, "SCTP", 9003, true),
            (HUFFLEPUFF, GRYFFINDOR, "SCTP", 9005, false),
        ],
    },
    Step {
        swapped: &[("egress", 0, 1), ("ingress", 0, 1)],
        probes: &[
            (GRYFFINDOR, RAVENCLAW, "TCP", 80, false),
            (GRYFFINDOR, RAVENCLAW, "UDP", 53, false),
            (GRYFFINDOR, RAVENCLAW, "SCTP", 9003, false),
            (RAVENCLAW, GRYFFINDOR, "TCP", 80, false),
            (RAVENCLAW, GRYFFINDOR, "UDP", 53, false),
            (RAVENCLAW, GRYFFINDOR, "SCTP", 9003, false),
            (GRYFFINDOR, SLYTHERIN, "TCP", 80, false),
            (GRYFFINDOR, SLYTHERIN, "TCP", 8080, true),
            (GRYFFINDOR, SLYTHERIN, "UDP", 53, false),
            (GRYFFINDOR, SLYTHERIN, "UDP", 5353, true),
        ],
    },
];

/// A manifest with rules swapped, beside the houses.
fn reach(houses: &str, policies: &str) -> Reach {
    let text = format!("{houses}\n---\n{policies}");
    let cluster = Cluster::new(objects_of_text("conformance.yaml", &text));
    Reach::new(&cluster, &Network::new(&cluster), Dialect::UPSTREAM)
}

fn check(reach: &Reach, name: &str, probes: &[Probe]) {
    for &(from, to, protocol, port, wanted) in probes {
        let find = |house: &str| reach.find(&format!("network-policy-conformance-{house}")).unwrap();
        let told = reach.between(find(from), find(to)).allows(Protocol::parse(protocol).unwrap(), port);
        assert_eq!(told, Some(wanted), "{name}: {from} to {to} {protocol} {port}");
    }
}

/// Swaps two rules of a field; every rule begins with its name.
fn swap(text: &str, field: &str, one: usize, other: usize) -> String {
    let mut lines = text.lines();
    let mut before: Vec<&str> =
        lines.by_ref().take_while(|line| line.trim() != format!("{field}:")).collect();
    let title = format!("  {field}:");
    before.push(&title);
    let mut rules: Vec<Vec<&str>> = Vec::new();
    let mut rest = Vec::new();
    for line in lines {
        if line.starts_with("  - name") && rest.is_empty() {
            rules.push(Vec::new());
        }
        let ends = !rest.is_empty()
            || (line.starts_with("  ") && !line.starts_with("   ") && !line.starts_with("  -"));
        match rules.last_mut() {
            Some(rule) if !ends => rule.push(line),
            _ => rest.push(line),
        }
    }
    rules.swap(one, other);
    [before, rules.concat(), rest].concat().join("\n")
}

#[test]
fn tiers_answer_as_the_conformance_tests_expect() {
    let Some(base) = data("network/network-policy-api/base") else { return };
    let read = |name: &str| std::fs::read_to_string(base.join(name)).unwrap();
    let houses = read("manifests.yaml");
    let tests = [
        ("admin_tier/standard-ingress-tcp-rules.yaml", INGRESS_TCP),
        ("admin_tier/standard-gress-rules-combined.yaml", GRESS),
    ];
    for (name, steps) in tests {
        for step in steps {
            let policies = step
                .swapped
                .iter()
                .fold(read(name), |text, &(field, one, other)| swap(&text, field, one, other));
            check(&reach(&houses, &policies), name, step.probes);
            // The same rules decide in the other tier, where nothing else speaks.
            let baseline = policies.replace("tier: Admin", "tier: Baseline");
            check(&reach(&houses, &baseline), name, step.probes);
        }
    }
}

#[test]
fn tiers_pass_on_to_network_policies_and_to_the_baseline() {
    let Some(base) = data("network/network-policy-api/base") else { return };
    let read = |name: &str| std::fs::read_to_string(base.join(name)).unwrap();
    let houses = read("manifests.yaml");
    let text = read("api_integration/standard-anp-np-banp.yaml");
    let all = |wanted| {
        [
            (SLYTHERIN, GRYFFINDOR, 80),
            (SLYTHERIN, GRYFFINDOR, 8080),
            (GRYFFINDOR, SLYTHERIN, 80),
            (GRYFFINDOR, SLYTHERIN, 8080),
        ]
        .map(|(from, to, port)| (from, to, "TCP", port, wanted))
    };
    check(&reach(&houses, &text), "deny", &all(false));
    let marked = "\"Deny\" # test will update to pass";
    assert_eq!(text.matches(marked).count(), 2);
    let passing = text.replace(marked, "\"Pass\"");
    check(&reach(&houses, &passing), "pass to the NetworkPolicy", &all(true));
    let without: Vec<&str> =
        passing.split("---\n").filter(|document| !document.contains("kind: NetworkPolicy")).collect();
    check(&reach(&houses, &without.join("---\n")), "pass to the baseline", &all(false));
}
