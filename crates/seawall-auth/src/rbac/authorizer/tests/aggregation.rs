//! The fixpoint of aggregation against the controller, called again and again.

use super::worlds::Dice;
use super::*;
use crate::rbac::PolicyRuleAt;
use seawall_model::{LabelSelector, Labels};
use std::collections::{BTreeMap, BTreeSet};

fn aggregated(role: &Object) -> bool {
    role.root().get("aggregationRule").is_some_and(|rule| rule.is_mapping())
}

fn verbs_of<'a>(rules: impl Iterator<Item = PolicyRuleAt<'a>>) -> BTreeSet<String> {
    rules.flat_map(|rule| rule.verbs().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// What `syncClusterRole` makes of all roles, until nothing changes; each rule here has one verb of its own.
fn controller(roles: &[Arc<Object>]) -> BTreeMap<String, BTreeSet<String>> {
    let mut rules: BTreeMap<String, BTreeSet<String>> = roles
        .iter()
        .map(|role| {
            let own = if aggregated(role) { BTreeSet::new() } else { verbs_of(rules_of(role)) };
            (role.name().to_owned(), own)
        })
        .collect();
    loop {
        let before = rules.clone();
        for role in roles.iter().filter(|role| aggregated(role)) {
            let mut new = BTreeSet::new();
            for selector in role.at().get("aggregationRule.clusterRoleSelectors").items() {
                let selector = LabelSelector::or_everything(selector);
                for other in roles.iter().filter(|other| other.name() != role.name()) {
                    if selector.matches(Labels::of(other.at().get("metadata.labels"))) == Some(true) {
                        new.extend(rules[other.name()].iter().cloned());
                    }
                }
            }
            rules.insert(role.name().to_owned(), new);
        }
        if rules == before {
            return rules;
        }
    }
}

fn random(dice: &mut Dice) -> String {
    let mut text = String::new();
    for number in 0..3 + dice.below(8) {
        let labels: Vec<String> =
            (0..dice.below(3)).map(|at| format!("l{at}: {}", dice.of(&["a", "b", "''"]))).collect();
        let rule = match dice.below(2) {
            0 => format!("rules: [{{verbs: [v{number}], apiGroups: [''], resources: [r]}}]"),
            _ => {
                let selectors: Vec<&str> = (0..1 + dice.below(2))
                    .map(|_| {
                        dice.of(&[
                            "{matchLabels: {l0: a}}",
                            "{matchLabels: {l0: b, l1: a}}",
                            "{matchExpressions: [{key: l1, operator: In, values: [a, b]}]}",
                            "{matchExpressions: [{key: l0, operator: DoesNotExist}]}",
                            "{matchExpressions: [{key: l0, operator: NotIn, values: [a]}]}",
                            "{matchExpressions: [{key: l0, operator: In}]}",
                            "{matchLabels: {l0: ''}}",
                            "{}",
                        ])
                    })
                    .collect();
                let selectors = selectors.join(", ");
                format!(
                    "aggregationRule: {{clusterRoleSelectors: [{selectors}]}}\nrules: [{{verbs: [stale], apiGroups: [''], resources: [r]}}]"
                )
            }
        };
        text += &format!(
            "{GROUP}kind: ClusterRole\nmetadata: {{name: r{number}, labels: {{{}}}}}\n{rule}\n---\n",
            labels.join(", ")
        );
        text += &binding(
            &format!("kind: ClusterRoleBinding\nmetadata: {{name: b{number}}}"),
            &format!("{{kind: ClusterRole, name: r{number}}}"),
            &format!("[{{kind: User, name: u{number}}}]"),
        );
    }
    text
}

fn check(rbac: &RbacAuthorizer, roles: &[Arc<Object>], text: &str) -> usize {
    let expected = controller(roles);
    for (name, verbs) in &expected {
        let user = name.replace('r', "u");
        let held: BTreeSet<String> = rbac
            .access(Subject { user: &user, groups: &[] }, 9)
            .iter()
            .flat_map(|access| &access.rights)
            .flat_map(|right| right.verbs.iter().map(|verb| (*verb).to_owned()))
            .collect();
        assert_eq!(held, *verbs, "{name}\n{text}");
    }
    expected.values().map(BTreeSet::len).sum()
}

#[test]
fn as_the_controller_object_by_object() {
    let options = || Options { built_in: false, ..Options::files(Version::NEWEST) };
    let mut held = 0;
    for seed in 1..=80 {
        let mut dice = Dice::new(seed);
        let (text, next) = (random(&mut dice), random(&mut dice));
        let of = |text: &str| -> Vec<Arc<Object>> { objects(text) };
        let roles = |all: &[Arc<Object>]| -> Vec<Arc<Object>> {
            all.iter().filter(|object| object.kind() == "ClusterRole").cloned().collect()
        };
        let before = of(&text);
        let mut rbac = RbacAuthorizer::new(&Cluster::new(before.iter().cloned()), options());
        held += check(&rbac, &roles(&before), &text);
        let after = of(&next);
        for object in &after {
            rbac.set(object);
        }
        let gone: Vec<_> =
            before.iter().filter(|old| !after.iter().any(|new| new.identity() == old.identity())).collect();
        gone.into_iter().for_each(|old| rbac.remove(old));
        held += check(&rbac, &roles(&after), &next);
    }
    assert!(held > 600, "{held}");
}

#[test]
fn a_long_ring_of_roles_ends() {
    let mut text = String::from("apiVersion: v1\nkind: List\nitems:\n");
    for number in 0..3_000 {
        let next = (number + 1) % 3_000;
        text += &format!(
            "- {{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {{name: r{number}, labels: {{n: 'x{number}'}}}}, aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{n: 'x{next}'}}}}]}}}}\n"
        );
    }
    // Roles of a ring hold the same: going round once for each would take the square of its length.
    let head = "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole";
    text += &format!(
        "{head}, metadata: {{name: leaf, labels: {{n: x0}}}}, rules: [{{verbs: [get], apiGroups: [''], resources: [pods]}}]}}\n"
    );
    text += "- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r1500}, subjects: [{kind: User, name: u}]}\n";
    let rbac = files(&text);
    let decision = rbac.decide(user("u"), &Attributes::resource("get", "", "pods"));
    assert_eq!(decision, Decision::Allow);
}
