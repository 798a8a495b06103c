use super::*;
use crate::Attributes;
use crate::authorizer::Decision;
use crate::rbac::{PolicyRule, Subject, matches, rules_of, subjects_of};
use seawall_model::{Cluster, Origin, WellKnown, objects_of};
use seawall_yaml::{Source, parse_one};

mod aggregation;
mod beyond;
mod brute;
mod worlds;
mod wrong;

/// The objects of a text of documents.
pub(super) fn objects(text: &str) -> Vec<Arc<Object>> {
    text.split("\n---\n")
        .filter(|text| !text.trim().is_empty())
        .flat_map(|text| {
            let document = parse_one(&Source::new("test.yaml", text)).expect(text);
            objects_of(&Arc::new(document), &Origin::File).expect(text)
        })
        .map(Arc::new)
        .collect()
}

pub(super) fn stored(text: &str) -> RbacAuthorizer {
    RbacAuthorizer::new(&Cluster::new(objects(text)), Options::stored(Version::NEWEST))
}

fn files(text: &str) -> RbacAuthorizer {
    RbacAuthorizer::new(&Cluster::new(objects(text)), Options::files(Version::NEWEST))
}

const GROUP: &str = "apiVersion: rbac.authorization.k8s.io/v1\n";

fn role(head: &str, rules: &str) -> String {
    format!("{GROUP}{head}\nrules: {rules}\n---\n")
}

fn binding(head: &str, role: &str, subjects: &str) -> String {
    format!("{GROUP}{head}\nroleRef: {role}\nsubjects: {subjects}\n---\n")
}

const fn user(name: &str) -> Subject<'_> {
    Subject { user: name, groups: &[] }
}

#[test]
fn reasons_are_upstreams() {
    let reader = "[{apiGroups: [''], resources: [pods], verbs: [get]}]";
    let text = role("kind: ClusterRole\nmetadata: {name: r}", reader)
        + &role("kind: Role\nmetadata: {name: r, namespace: ns}", reader)
        + &binding(
            "kind: ClusterRoleBinding\nmetadata: {name: \"a\\tb\"}",
            "{kind: ClusterRole, name: r}",
            "[{kind: User, name: 'q\"'}, {kind: Group, name: g}]",
        )
        + &binding(
            "kind: RoleBinding\nmetadata: {name: rb, namespace: ns}",
            "{kind: Role, name: r}",
            "[{kind: ServiceAccount, name: sa}, {kind: ServiceAccount, name: sa2, namespace: other}]",
        )
        + &binding(
            "kind: RoleBinding\nmetadata: {name: gone, namespace: ns}",
            "{kind: Role, name: gone}",
            "[{kind: User, name: lost}]",
        )
        + &binding(
            "kind: ClusterRoleBinding\nmetadata: {name: gone}",
            "{kind: ClusterRole, name: \"g\\u200b\"}",
            "[{kind: User, name: lost}]",
        );
    let rbac = stored(&text);
    let get = Attributes::resource("get", "", "pods").in_namespace("ns");
    for (who, reason) in [
        (user("q\""), r#"RBAC: allowed by ClusterRoleBinding "a\tb" of ClusterRole "r" to User "q\"""#),
        (
            Subject { user: "x", groups: &["g"] },
            r#"RBAC: allowed by ClusterRoleBinding "a\tb" of ClusterRole "r" to Group "g""#,
        ),
        (
            user("system:serviceaccount:ns:sa"),
            r#"RBAC: allowed by RoleBinding "rb/ns" of Role "r" to ServiceAccount "sa/ns""#,
        ),
        (
            user("system:serviceaccount:other:sa2"),
            r#"RBAC: allowed by RoleBinding "rb/ns" of Role "r" to ServiceAccount "sa2/other""#,
        ),
    ] {
        let answer = rbac.authorize(who, &get);
        assert_eq!((answer.decision, answer.reason.as_str()), (Decision::Allow, reason));
    }
    let answer = rbac.authorize(user("lost"), &get);
    assert_eq!(answer.decision, Decision::NoOpinion);
    assert_eq!(
        answer.reason,
        r#"RBAC: [clusterrole.rbac.authorization.k8s.io "g\u200b" not found, role.rbac.authorization.k8s.io "gone" not found]"#
    );
    let elsewhere = Attributes::resource("get", "", "pods");
    let answer = rbac.authorize(user("lost"), &elsewhere);
    assert_eq!(answer.reason, r#"RBAC: clusterrole.rbac.authorization.k8s.io "g\u200b" not found"#);
    assert_eq!(rbac.authorize(user("nobody"), &get).reason, "");
}

#[test]
fn proofs_name_places() {
    let text = role(
        "kind: ClusterRole\nmetadata: {name: part, labels: {a: b}}",
        "[{apiGroups: ['*'], resources: [x], verbs: [get]}, {apiGroups: [''], resources: [secrets], verbs: ['*'], resourceNames: [k]}]",
    ) + &format!(
        "{GROUP}kind: ClusterRole\nmetadata: {{name: sum}}\naggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{a: b}}}}]}}\n---\n"
    ) + &binding(
        "kind: RoleBinding\nmetadata: {name: b}",
        "{kind: ClusterRole, name: sum}",
        "[{kind: Group, name: z}, {kind: User, name: u}]",
    );
    let rbac = files(&text);
    let ask = Attributes::resource("delete", "", "secrets").in_namespace("default").named("k");
    let proofs = rbac.proofs(user("u"), &ask, 10);
    let [proof] = proofs.as_slice() else { panic!("{proofs:?}") };
    assert_eq!((proof.subject, proof.rule, proof.namespace), (1, 1, Some("default")));
    assert_eq!((proof.role.object.name(), proof.source.object.name()), ("sum", "part"));
    assert_eq!(proof.rule_at().field_ref().field(), "rules[1]");
    assert_eq!(proof.subject_at().field_ref().field(), "subjects[1]");
    assert!(!proof.binding_built_in && !proof.role.built_in);
}

#[test]
fn built_in_roles_and_bindings_are_assumed_for_files_only() {
    let text = binding(
        "kind: RoleBinding\nmetadata: {name: b, namespace: ns}",
        "{kind: ClusterRole, name: edit}",
        "[{kind: User, name: u}]",
    );
    let ask = Attributes::resource("get", "", "secrets").in_namespace("ns");
    assert_eq!(stored(&text).decide(user("u"), &ask), Decision::NoOpinion);
    let rbac = files(&text);
    let proofs = rbac.proofs(user("u"), &ask, 10);
    assert!(proofs[0].role.built_in && !proofs[0].binding_built_in);
    assert_eq!(proofs[0].source.object.name(), "system:aggregate-to-edit");
    let anyone = Subject { user: "x", groups: &["system:authenticated"] };
    let proofs = rbac.proofs(anyone, &Attributes::path("get", "/apis/apps/v1"), 10);
    assert!(proofs[0].binding_built_in);
    assert_eq!(proofs[0].binding.name(), "system:discovery");
    // The cluster's own object of a built-in name counts, and the API server's again when it goes.
    let mut rbac = rbac;
    let own = objects(&role("kind: ClusterRole\nmetadata: {name: edit}", "[]")).remove(0);
    rbac.set(&own);
    assert_eq!(rbac.decide(user("u"), &ask), Decision::NoOpinion);
    rbac.remove(&own);
    assert_eq!(rbac.decide(user("u"), &ask), Decision::Allow);
}

#[test]
fn what_the_api_would_not_decode_is_unknown() {
    let grant = "[{apiGroups: [''], resources: [pods], verbs: [get]}]";
    let ask = Attributes::resource("get", "", "pods").in_namespace("ns");
    let bound = |subjects: &str| {
        binding("kind: RoleBinding\nmetadata: {name: b, namespace: ns}", "{kind: Role, name: r}", subjects)
    };
    let head = "kind: Role\nmetadata: {name: r, namespace: ns}";
    for rules in ["[{apiGroups: [''], resources: [pods], verbs: get}]", "{}", "[get]", "[{verbs: [1]}]", "no"]
    {
        let rbac = stored(&(role(head, rules) + &bound("[{kind: User, name: u}]")));
        let answer = rbac.authorize(user("u"), &ask);
        assert_eq!(answer.decision, Decision::Unknown, "{rules}");
        assert!(answer.unknown.unwrap().starts_with("Role `r`: `rules"), "{rules}");
        assert_eq!(rbac.decide(user("other"), &ask), Decision::NoOpinion);
        assert_eq!(rbac.decide(user("u"), &ask.in_namespace("other")), Decision::NoOpinion);
    }
    for subjects in ["[{kind: User, name: 5}]", "{}", "[u]", "[{kind: User, name: u, apiGroup: []}]"] {
        let rbac = stored(&(role(head, grant) + &bound(subjects)));
        assert_eq!(rbac.decide(user("u"), &ask), Decision::Unknown, "{subjects}");
        let other = Attributes::resource("list", "", "pods").in_namespace("ns");
        assert_eq!(rbac.decide(user("u"), &other), Decision::NoOpinion, "{subjects}");
        assert_eq!(rbac.decide(user("u"), &ask.in_namespace("other")), Decision::NoOpinion);
    }
    // Nulls are empty, as in the decoder.
    let rbac = stored(&(role(head, "[null, {verbs: null, resources: [null]}]") + &bound("[null]")));
    assert_eq!(rbac.authorize(user("u"), &ask).decision, Decision::NoOpinion);
}

#[test]
fn the_nearest_grants_say_what_is_missing() {
    let text = role(
        "kind: ClusterRole\nmetadata: {name: r}",
        "[{apiGroups: [apps], resources: [deployments], verbs: [get, list]}, {apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [a]}]",
    ) + &role(
        "kind: ClusterRole\nmetadata: {name: free}",
        "[{apiGroups: [apps], resources: [deployments], verbs: ['*']}]",
    ) + &binding(
        "kind: RoleBinding\nmetadata: {name: b, namespace: ns}",
        "{kind: ClusterRole, name: r}",
        "[{kind: User, name: u}]",
    );
    let rbac = stored(&text);
    let gaps = |ask: Attributes<'static>| -> Vec<Gap<'_>> {
        rbac.nearest(user("u"), &ask, 9).into_iter().map(|near| near.gap).collect()
    };
    let deployments = |verb| Attributes::resource(verb, "apps", "deployments");
    assert_eq!(
        gaps(deployments("delete").in_namespace("ns")),
        [Gap::Verb(vec!["get", "list"]), Gap::Unbound]
    );
    assert_eq!(gaps(deployments("get").in_namespace("other"))[0], Gap::Namespace("ns"));
    let secrets = Attributes::resource("get", "", "secrets").in_namespace("ns");
    assert_eq!(gaps(secrets.named("b")), [Gap::Name(vec!["a"])]);
    let scale = Attributes::resource("get", "apps", "deployments/scale").in_namespace("ns");
    assert_eq!(gaps(scale)[0], Gap::Resource("deployments"));
    let extensions = Attributes::resource("get", "extensions", "deployments").in_namespace("ns");
    assert_eq!(gaps(extensions), [Gap::Group(vec!["apps"])]);
    assert!(rbac.nearest(user("nobody"), &deployments("get"), 9).iter().all(|near| near.gap == Gap::Unbound));
}

#[test]
fn ten_thousand_bindings_to_one_group() {
    let mut text = String::from("apiVersion: v1\nkind: List\nitems:\n");
    for number in 0..10_000 {
        text.push_str(&format!(
            "- {{{} kind: ClusterRoleBinding, metadata: {{name: b{number}}}, roleRef: {{kind: ClusterRole, name: r{}}}, subjects: [{{kind: Group, name: g}}]}}\n",
            "apiVersion: rbac.authorization.k8s.io/v1,", number % 5000
        ));
    }
    for number in 0..5_000 {
        text.push_str(&format!(
            "- {{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {{name: r{number}}}, rules: [{{apiGroups: [''], resources: [x{number}], verbs: [get]}}]}}\n"
        ));
    }
    let rbac = stored(&text);
    let who = Subject { user: "u", groups: &["g"] };
    let answer = rbac.authorize(who, &Attributes::resource("get", "", "x77"));
    assert_eq!(
        answer.reason,
        r#"RBAC: allowed by ClusterRoleBinding "b5077" of ClusterRole "r77" to Group "g""#
    );
    assert_eq!(rbac.proofs(who, &Attributes::resource("get", "", "x77"), 10).len(), 2);
    assert_eq!(rbac.decide(who, &Attributes::resource("list", "", "x77")), Decision::NoOpinion);
}
