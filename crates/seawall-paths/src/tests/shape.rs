//! What an answer looks like.

use super::{ADMIN, World, right, rule};
use crate::Place;
use std::collections::BTreeSet;

#[test]
fn steps_follow_each_other_and_name_objects_of_the_input() {
    let text = format!(
        "{}{}{ADMIN}",
        right("sa:shop/web", Some("ci"), &rule("", "pods", "create")),
        right("sa:ci/build", Some("ops"), &rule("", "serviceaccounts/token", "create")),
    );
    let found = World::new(&text).find("sa:shop/web", "cluster-admin", 5);
    assert!(found.complete);
    let path = &found.paths[0];
    let names: Vec<String> = path.steps.iter().map(|step| step.to.to_string()).collect();
    assert_eq!(names, ["sa:ci/build", "sa:ops/admin", "cluster-admin"]);
    assert_eq!(
        (path.steps[0].from.to_string(), path.steps[2].from.to_string()),
        ("sa:shop/web".into(), "sa:ops/admin".into())
    );
    for step in &path.steps {
        assert!(!step.because.is_empty(), "{step:?}");
        assert!(step.because.iter().all(|one| one.object().file() == "world.yaml"));
    }
    // The account is only named by a binding.
    assert!(path.steps[0].requires.iter().any(|text| text.contains("exists")));
}

#[test]
fn two_origins_are_told() {
    let text = format!(
        "{}{}{}{ADMIN}",
        right("sa:shop/web", Some("shop"), &rule("", "serviceaccounts/token", "create")),
        right("sa:shop/one", Some("ops"), &rule("", "secrets", "create")),
        right("sa:shop/two", Some("ops"), &rule("", "secrets", "get")),
    );
    let found = World::new(&text).find("sa:shop/web", "sa:ops/admin", 1);
    let path = &found.paths[0];
    let rows: Vec<_> = path.steps.iter().map(|step| step.row.info().name).collect();
    assert_eq!(rows, ["TOKEN_CREATE", "TOKEN_CREATE", "TOKEN_SECRET_FORGE"]);
    for pair in path.steps.windows(2) {
        assert_eq!(pair[0].to, pair[1].from);
    }
    let uses: BTreeSet<String> = path.steps[2].uses.iter().map(Place::to_string).collect();
    assert_eq!(uses, BTreeSet::from(["sa:shop/one".to_owned(), "sa:shop/two".to_owned()]));
}

#[test]
fn equal_pods_are_one_way() {
    let mut text = right(
        "sa:shop/web",
        Some("ops"),
        &format!("{}, {}", rule("", "pods/exec", "create"), rule("", "pods", "list")),
    );
    for number in 0..5 {
        text += &format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: d-{number}, namespace: ops, ownerReferences: [{{kind: \
             ReplicaSet, name: d, controller: true}}]}}, spec: {{nodeName: n{number}, serviceAccountName: admin, \
             containers: [{{name: c, image: i}}]}}}}\n"
        );
    }
    text += ADMIN;
    let found = World::new(&text).find("sa:shop/web", "cluster-admin", 10);
    assert_eq!(found.paths.len(), 1);
    assert_eq!(found.paths[0].steps[0].alike, 5);
}

#[test]
fn more_than_one_way_shortest_first() {
    let text = format!(
        "{}{}{ADMIN}",
        right("sa:shop/web", Some("ops"), &rule("", "serviceaccounts/token", "create")),
        right("sa:shop/web", Some("ops"), &rule("", "pods", "create")),
    );
    let found = World::new(&text).find("sa:shop/web", "cluster-admin", 10);
    let first: BTreeSet<&str> = found.paths.iter().map(|path| path.steps[0].row.info().name).collect();
    assert!(first.contains("TOKEN_CREATE") && first.contains("POD_CREATE_SA"));
    assert!(found.paths.is_sorted_by_key(|path| path.steps.len()));
    assert_eq!(World::new(&text).find("sa:shop/web", "sa:shop/web", 10).paths.len(), 0);
}

#[test]
fn words_of_places() {
    for text in [
        "cluster-admin",
        "internet",
        "sa:a/b",
        "user:x",
        "group:system:masters",
        "node:n",
        "pod:a/b",
        "secrets:a",
    ] {
        assert_eq!(text.parse::<Place>().unwrap().to_string(), text);
    }
    assert_eq!("user:system:serviceaccount:a:b".parse::<Place>().unwrap().to_string(), "sa:a/b");
    for text in ["", "x", "sa:a", "pod:/x", "node:", "secrets", "root:x"] {
        assert!(text.parse::<Place>().is_err(), "{text}");
    }
}
