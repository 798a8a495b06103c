//! Upstream's tables about RBAC, as data: the cases and what is expected of them.
//!
//! Ported: `plugin/pkg/auth/authorizer/rbac/rbac_test.go` (`TestAuthorizer`, `TestRuleMatches`) of Kubernetes 1.36.3
//! and `auth/rbac/validation/policy_comparator_test.go` of component-helpers 0.36.3 (all of it). Elsewhere: the node
//! authorizer's table (`node/upstream.rs`), `requestinfo_test.go` (`request_info/tests.rs`), authentication
//! (`authentication/tests.rs`, with its own list), impersonation (`impersonation/tests.rs`).
//!
//! Not ported, because a suite of `cargo xtask conformance auth` asks a real server about the same rows at random:
//! `pkg/registry/rbac/validation/rule_test.go` and `subject_locator_test.go` (`rbac`, `rule-reviews`),
//! `policy_compact_test.go` and `reconcile_{role,rolebindings}_test.go` (`grants`: the compacted rules stand in the
//! texts; and the built-in roles of each version are compared with a server's), `filters/authorization_test.go`
//! (`requests`), `union_test.go` (`authorizer/tests.rs` has the same cases), `authorization/path` (paths that are always
//! allowed are asked by `requests`). `webhook_v1_test.go` needs a webhook, whose answers are unknown here.

use super::authorizer::{Options, RbacAuthorizer};
use super::lists::Lists;
use super::{Atom, AtomObject, Subject, covers, matches, uncovered, url_matches};
use crate::Attributes;
use crate::authorizer::Decision;
use seawall_model::{Cluster, Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// Rules written as `verbs|groups|resources|names|paths`.
fn rules(text: &str) -> Vec<Lists<'_>> {
    text.split(" ; ")
        .filter(|rule| !rule.is_empty())
        .map(|rule| {
            let mut parts = rule.split('|').map(words);
            Lists(std::array::from_fn(|_| parts.next().unwrap()))
        })
        .collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split(',').filter(|word| !word.is_empty()).collect()
}

fn lines(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

fn attributes<'a>(verb: &'a str, group: &'a str, what: &'a str) -> Attributes<'a> {
    if what.starts_with('/') { Attributes::path(verb, what) } else { Attributes::resource(verb, group, what) }
}

#[test]
fn rules_allow_as_upstream() {
    let mut rows = 0;
    for line in lines(include_str!("upstream/rules.tsv")) {
        let [rule, verb, group, what, expected] = line[..] else { panic!("{line:?}") };
        let rule = &rules(rule)[0];
        assert_eq!(matches(rule, &attributes(verb, group, what)), expected == "true", "{line:?}");
        rows += 1;
    }
    assert_eq!(rows, 70);
}

#[test]
fn rules_cover_as_upstream() {
    let atoms = |rules: &[Lists<'_>]| -> BTreeSet<String> {
        let none: &[Lists<'_>] = &[];
        rules.iter().flat_map(|rule| uncovered(none, rule).map(text).collect::<Vec<_>>()).collect()
    };
    let mut rows = 0;
    for line in lines(include_str!("upstream/covers.tsv")) {
        let [_, owner, servant, covered, missing] = line[..] else { panic!("{line:?}") };
        let (owner, servant) = (rules(owner), rules(servant));
        assert_eq!(covers(&owner, &servant), covered == "true", "{line:?}");
        let found: BTreeSet<String> =
            servant.iter().flat_map(|rule| uncovered(&owner, rule).map(text).collect::<Vec<_>>()).collect();
        assert_eq!(found, atoms(&rules(missing)), "{line:?}");
        rows += 1;
    }
    assert_eq!(rows, 23);
}

fn text(atom: Atom<'_>) -> String {
    match atom.object {
        AtomObject::Path(path) => format!("{} {path}", atom.verb),
        AtomObject::Resource { group, resource, name } => {
            format!("{} {group} {resource} {name:?}", atom.verb)
        }
    }
}

#[test]
fn paths_cover_as_upstream() {
    let mut rows = 0;
    for line in lines(include_str!("upstream/urls.tsv")) {
        let [owned, asked, expected] = line[..] else { panic!("{line:?}") };
        assert_eq!(url_matches(owned, asked), expected == "true", "{line:?}");
        rows += 1;
    }
    assert_eq!(rows, 14);
}

#[test]
fn requests_are_decided_as_upstream() {
    let mut worlds: BTreeMap<&str, (String, Vec<Vec<&str>>)> = BTreeMap::new();
    for line in lines(include_str!("upstream/authorizer.tsv")) {
        let world = worlds.entry(line[0]).or_default();
        match line[1..] {
            ["role", name, list] => role(&mut world.0, name, &rules(list)),
            ["binding", namespace, role, subjects] => binding(&mut world.0, namespace, role, subjects),
            _ => world.1.push(line[1..].to_vec()),
        }
    }
    let mut rows = 0;
    for (objects, asks) in worlds.values() {
        let rbac = RbacAuthorizer::new(&cluster(objects), Options::stored(Version::NEWEST));
        for ask in asks {
            let [expected, user, groups, verb, what, namespace, group] = ask[..] else { panic!("{ask:?}") };
            let groups = words(groups);
            let asked = attributes(verb, group, what).in_namespace(namespace);
            let allowed = rbac.decide(Subject { user, groups: &groups }, &asked) == Decision::Allow;
            assert_eq!(allowed, expected == "pass", "{ask:?}");
            rows += 1;
        }
    }
    assert_eq!((worlds.len(), rows), (4, 34));
}

fn role(out: &mut String, name: &str, rules: &[Lists<'_>]) {
    let _ = write!(
        out,
        "- {{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {{name: {name}}}, rules: ["
    );
    for rule in rules {
        let [verbs, groups, resources, _, urls] = &rule.0;
        // A rule for resources of no group means the core group.
        let groups = if groups.is_empty() { &vec![""] } else { groups };
        let _ = write!(
            out,
            "{{verbs: {verbs:?}, apiGroups: {groups:?}, resources: {resources:?}, nonResourceURLs: {urls:?}}}, "
        );
    }
    out.push_str("]}\n");
}

fn binding(out: &mut String, namespace: &str, role: &str, subjects: &str) {
    let kind = if namespace.is_empty() { "ClusterRoleBinding" } else { "RoleBinding" };
    let _ = write!(
        out,
        "- {{apiVersion: rbac.authorization.k8s.io/v1, kind: {kind}, metadata: {{name: {role}, namespace: '{namespace}'}}, \
         roleRef: {{kind: ClusterRole, name: {role}}}, subjects: ["
    );
    for (kind, name) in words(subjects).into_iter().filter_map(|subject| subject.split_once(':')) {
        let _ = write!(out, "{{kind: {kind}, name: {name}}}, ");
    }
    out.push_str("]}\n");
}

fn cluster(items: &str) -> Cluster {
    let text = format!("apiVersion: v1\nkind: List\nitems:\n{items}");
    let document = Arc::new(parse_one(&Source::new("world.yaml", text)).unwrap());
    let objects: Vec<Object> = objects_of(&document, &Origin::File).unwrap();
    Cluster::new(objects.into_iter().map(Arc::new))
}
