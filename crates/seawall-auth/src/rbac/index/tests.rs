use super::super::{PolicyRule, Subject, matches, rules_of, subjects_of};
use super::*;
use crate::Attributes;
use seawall_model::{Origin, objects_of};
use seawall_yaml::{Source, parse_documents};

fn cluster(text: &str) -> Cluster {
    let documents = parse_documents(&Source::new("test.yaml", text));
    let objects = documents
        .into_iter()
        .flat_map(|document| objects_of(&Arc::new(document.unwrap()), &Origin::File).unwrap());
    Cluster::new(objects.map(Arc::new))
}

fn role<'c>(cluster: &'c Cluster, name: &str) -> &'c Arc<Object> {
    let kinds = [WellKnown::ClusterRole, WellKnown::Role];
    kinds.into_iter().flat_map(|kind| cluster.of(kind)).find(|role| role.name() == name).unwrap()
}

const WORLD: &str = "
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader},
 rules: [{apiGroups: [''], resources: [pods, '*/log'], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader, namespace: a}, rules: []}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: own, namespace: a},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader},
 subjects: [{kind: ServiceAccount, name: app}, {kind: Group, name: ops}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: shared, namespace: b},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader},
 subjects: [{kind: User, name: system:serviceaccount:a:app}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: wide},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader},
 subjects: [{kind: ServiceAccount, name: app}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: nobody},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: known},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin},
 subjects: [{kind: User, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: dangling, namespace: b},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader},
 subjects: [{kind: User, name: '*'}]}
";

#[test]
fn uses_of_roles_by_scope() {
    let cluster = cluster(WORLD);
    let index = Rbac::new(&cluster);
    let of = |kind: WellKnown| -> Vec<String> {
        let role = cluster.of(kind).next().unwrap();
        index.uses(role).map(|found| found.binding.name().to_owned()).collect()
    };
    assert_eq!(of(WellKnown::ClusterRole), ["wide", "shared"]);
    assert_eq!(of(WellKnown::Role), ["own"]);
}

#[test]
fn references_resolve_in_their_own_namespace() {
    let cluster = cluster(WORLD);
    let index = Rbac::new(&cluster);
    let resolve = |kind, name: &str| {
        let binding = cluster.of(kind).find(|binding| binding.name() == name).unwrap();
        index.resolve(&cluster, binding)
    };
    assert!(
        matches!(resolve(WellKnown::RoleBinding, "own"), Resolved::Object(role) if role.kind() == "Role")
    );
    assert!(
        matches!(resolve(WellKnown::RoleBinding, "shared"), Resolved::Object(role) if role.kind() == "ClusterRole")
    );
    assert!(matches!(resolve(WellKnown::RoleBinding, "dangling"), Resolved::Missing));
    let Resolved::BuiltIn(Some(admin)) = resolve(WellKnown::ClusterRoleBinding, "known") else {
        panic!("built in")
    };
    assert!(matches(&admin.rules[0], &Attributes::resource("get", "x.example", "things/status")));
    assert!(matches(&admin.rules[1], &Attributes::path("post", "/anything")));
}

#[test]
fn subjects_match_by_kind_and_name() {
    let cluster = cluster(WORLD);
    let applies = |name: &str, user, groups: &[&str]| {
        let binding = [WellKnown::RoleBinding, WellKnown::ClusterRoleBinding]
            .into_iter()
            .flat_map(|kind| cluster.of(kind));
        let binding = binding.into_iter().find(|binding| binding.name() == name).unwrap();
        subjects_of(binding).any(|subject| subject.applies_to(Subject { user, groups }))
    };
    assert!(applies("own", "system:serviceaccount:a:app", &[]));
    assert!(!applies("own", "system:serviceaccount:b:app", &[]));
    assert!(applies("own", "jane", &["ops"]));
    assert!(applies("shared", "system:serviceaccount:a:app", &[]));
    // No namespace and no binding's namespace either: nobody.
    assert!(!applies("wide", "system:serviceaccount:default:app", &[]));
    assert!(!applies("dangling", "jane", &["*"]));
}

#[test]
fn rules_say_where_a_right_is_granted() {
    let cluster = cluster(WORLD);
    let role = role(&cluster, "reader");
    let rule = rules_of(role).next().unwrap();
    let grant = rule.grants(&["create", "get"], "", "nodes/log").unwrap();
    assert_eq!(grant.resource.field_ref().field(), "rules[0].resources[1]");
    assert_eq!(grant.verb.field_ref().field(), "rules[0].verbs[0]");
    assert!(rule.grants(&["list"], "", "pods").is_none() && rule.grants(&["get"], "apps", "pods").is_none());
    assert_eq!(rule.verbs().collect::<Vec<_>>(), ["get"]);
}

const AGGREGATED: &str = "
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: top}, rules: null,
 aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: top}}, {matchExpressions: [{key: x, operator: Exists}]}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: middle, labels: {to: top}},
 rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}],
 aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: middle}}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: leaf, labels: {to: middle}},
 rules: [{apiGroups: [''], resources: [pods], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: other, labels: {x: ''}},
 rules: [{apiGroups: [''], resources: [nodes], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole,
 metadata: {name: extends-view, labels: {rbac.authorization.k8s.io/aggregate-to-view: 'true'}}, rules: []}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b},
 roleRef: {kind: ClusterRole, name: top}, subjects: [{kind: User, name: u}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: c},
 roleRef: {kind: ClusterRole, name: admin}, subjects: [{kind: User, name: u}]}
";

#[test]
fn aggregation_reaches_its_fixpoint_whatever_is_written() {
    let cluster = cluster(AGGREGATED);
    let index = Rbac::new(&cluster);
    let sources = |name: &str| -> Vec<String> {
        index.sources(role(&cluster, name)).into_iter().map(|role| role.name().to_owned()).collect()
    };
    assert_eq!(sources("top"), ["leaf", "other"]);
    assert_eq!(sources("middle"), ["leaf"]);
    assert_eq!(index.aggregated_into("leaf"), ["middle", "top"]);
    let found = index.uses(role(&cluster, "leaf")).next().unwrap();
    assert_eq!((found.binding.name(), found.through), ("b", Some("top")));
    // The API server's own roles take labelled ones through view, edit and admin.
    assert_eq!(index.aggregated_into("extends-view"), ["admin", "edit", "view"]);
    assert_eq!(index.uses(role(&cluster, "extends-view")).next().unwrap().binding.name(), "c");
}
