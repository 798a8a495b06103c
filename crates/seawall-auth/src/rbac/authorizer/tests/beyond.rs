use super::worlds::{Dice, question, world};
use super::{binding, files, role, stored};
use crate::authorizer::Decision;
use crate::rbac::authorizer::{Beyond, RbacAuthorizer};
use crate::rbac::{Subject, matches};
use crate::user::User;

const STEPS: u64 = 10_000_000;

fn gained<'a>(new: &'a RbacAuthorizer, old: &'a RbacAuthorizer) -> Vec<Beyond<'a>> {
    new.beyond(old, &mut STEPS.clone())
}

/// `name in namespace: verbs on resources`.
fn words(found: &[Beyond<'_>]) -> Vec<String> {
    let mut out = Vec::new();
    for one in found {
        for (part, _) in &one.rights {
            let what = [&part.resources, &part.urls].map(|words| words.join(",")).concat();
            let place = one.namespace.unwrap_or("*");
            out.push(format!("{} in {place}: {} on {what}", one.name, part.verbs.join(",")));
        }
    }
    out
}

fn bound(name: &str, rules: &str, subject: &str) -> String {
    role(&format!("kind: ClusterRole\nmetadata: {{name: {name}}}"), rules)
        + &binding(
            &format!("kind: RoleBinding\nmetadata: {{name: {name}, namespace: shop}}"),
            &format!("{{kind: ClusterRole, name: {name}}}"),
            &format!("[{subject}]"),
        )
}

const WEB: &str = "{kind: ServiceAccount, name: web}";
const ACCOUNTS: &str = "{kind: Group, name: 'system:serviceaccounts:shop'}";

#[test]
fn moved_rights_are_no_change() {
    let rules = "[{apiGroups: [''], resources: [pods, secrets], verbs: [get, list]}]";
    let apart = "[{apiGroups: [''], resources: [pods], verbs: [list, get]}, \
                  {apiGroups: [''], resources: [secrets], verbs: ['*']}]";
    let (old, same) = (files(&bound("a", rules, WEB)), files(&bound("b", rules, WEB)));
    assert!(gained(&same, &old).is_empty() && gained(&old, &same).is_empty());
    let more = files(&bound("a", apart, WEB));
    let user = "system:serviceaccount:shop:web";
    assert_eq!(words(&gained(&more, &old)), [format!("{user} in shop: * on secrets")]);
    assert!(gained(&old, &more).is_empty());
}

#[test]
fn what_implied_groups_hold_is_neither_lost_nor_gained() {
    let rules = "[{apiGroups: [''], resources: [pods], verbs: [get]}]";
    let (one, all) = (files(&bound("a", rules, WEB)), files(&bound("a", rules, ACCOUNTS)));
    assert_eq!(words(&gained(&all, &one)), ["system:serviceaccounts:shop in shop: get on pods"]);
    assert!(gained(&one, &all).is_empty());
}

#[test]
fn what_a_role_binding_cannot_grant_is_no_right() {
    let rules =
        "[{apiGroups: [''], resources: [nodes], verbs: [get]}, {nonResourceURLs: ['*'], verbs: [get]}]";
    assert!(gained(&files(&bound("a", rules, WEB)), &files("")).is_empty());
}

#[test]
fn a_role_that_does_not_exist_is_said_once() {
    let text = bound("a", "[]", WEB)
        .replace("roleRef: {kind: ClusterRole, name: a}", "roleRef: {kind: Role, name: x}");
    let (with, without) = (files(&text), files(""));
    assert_eq!(gained(&with, &without)[0].missing, [("Role", "x")]);
    assert!(gained(&with, &with).is_empty());
}

#[test]
fn whatever_is_allowed_in_addition_is_said() {
    let mut dice = Dice::new(7);
    let mut said = 0;
    for round in 0..300 {
        let (old, new) = (stored(&world(&mut dice)), stored(&world(&mut dice)));
        assert!(gained(&new, &new).is_empty());
        let found = gained(&new, &old);
        for _ in 0..100 {
            let asked = question(&mut dice);
            for granted in new.who_can(&asked, 1).into_iter().filter(|one| !one.group) {
                let user = User::named(granted.name).with_implied_groups();
                let groups = user.group_names();
                let who = Subject { user: &user.name, groups: &groups };
                if old.decide(who, &asked) != Decision::NoOpinion {
                    continue;
                }
                let is_said = found.iter().any(|one| {
                    let means = if one.group { groups.contains(&one.name) } else { one.name == user.name };
                    let here = one.namespace.is_none_or(|namespace| namespace == asked.namespace());
                    means && here && one.rights.iter().any(|(part, _)| matches(part, &asked))
                });
                assert!(is_said, "{round}: {} {asked:?} {:?}", user.name, words(&found));
                said += 1;
            }
        }
    }
    assert!(said > 500, "{said}");
}
