use super::review::{SubjectAccessReviewSpec, evaluation_error};
use super::*;
use crate::Attributes;
use crate::Selectors;
use crate::abac::Policies;
use crate::node::{NodeAuthorizer, NodeOptions};
use crate::rbac::authorizer::{Options, RbacAuthorizer};
use crate::request_info::FieldRequirement;
use crate::user::User;
use seawall_model::{Cluster, ComponentKind, Components, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};

fn engines() -> (NodeAuthorizer, RbacAuthorizer) {
    let cluster = Cluster::default();
    let node = NodeAuthorizer::new(&cluster, NodeOptions::new(Version::NEWEST, true));
    (node, RbacAuthorizer::new(&cluster, Options::files(Version::NEWEST)))
}

fn node_user() -> User {
    User {
        groups: vec!["system:nodes".into(), "system:authenticated".into()],
        ..User::named("system:node:n")
    }
}

fn link(engine: Engine<'_>) -> Link<'_> {
    Link { name: "x".into(), engine }
}

#[test]
fn masters_stand_before_every_chain() {
    let chain = Chain { links: vec![link(Engine::Unknown("?".into()))], assumed: false };
    let masters = User { groups: vec!["system:masters".into()], ..User::named("u") };
    let answer = chain.authorize(&masters, &Attributes::resource("delete", "", "nodes"));
    assert!(answer.masters && answer.answer == Answer::allow() && answer.answers.is_empty());
}

#[test]
fn the_first_to_decide_decides_and_reasons_are_joined() {
    let (node, rbac) = engines();
    let chain = Chain::usual(&node, &rbac);
    let answer = chain.authorize(&node_user(), &Attributes::resource("list", "", "services"));
    assert_eq!((answer.answer.decision, answer.decided_by), (Decision::Allow, Some(0)));
    let answer = chain.authorize(&node_user(), &Attributes::path("get", "/version"));
    assert_eq!((answer.answer.decision, answer.decided_by), (Decision::Allow, Some(1)));
    assert!(answer.answer.reason.starts_with("RBAC: allowed by ClusterRoleBinding \"system:discovery\""));
    let policies = Policies::default();
    let links = vec![
        link(Engine::AlwaysDeny),
        link(Engine::Node(&node)),
        link(Engine::Abac(&policies)),
        link(Engine::Rbac(&rbac)),
    ];
    let chain = Chain { links, assumed: false };
    let answer = chain.authorize(&node_user(), &Attributes::resource("list", "", "persistentvolumes"));
    assert_eq!(answer.answer.decision, Decision::NoOpinion);
    assert_eq!(
        answer.answer.reason,
        "Everything is forbidden.\ncan only get individual resources of this type\nNo policy matched."
    );
}

#[test]
fn what_a_webhook_says_is_unknown_unless_it_is_not_asked() {
    let (_, rbac) = engines();
    let user = User { groups: vec!["system:authenticated".into()], ..User::named("u") };
    let version = Attributes::path("get", "/version");
    let secrets = Attributes::resource("list", "", "secrets");
    let chain = |conditions: Option<Conditions>, failure_denies, before: bool| {
        let evaluate =
            |conditions: Conditions| -> super::Evaluate<'_> { Box::new(move |_, _| conditions.clone()) };
        let webhook = Engine::Webhook(Webhook { conditions: conditions.map(evaluate), failure_denies });
        let mut links = vec![link(webhook), link(Engine::Rbac(&rbac))];
        if !before {
            links.reverse();
        }
        Chain { links, assumed: false }
    };
    let decision = |chain: &Chain<'_>, ask: &Attributes<'_>| chain.authorize(&user, ask).answer.decision;
    // It may deny what RBAC would allow, and allow what RBAC would not.
    assert_eq!(decision(&chain(None, false, true), &version), Decision::Unknown);
    assert_eq!(decision(&chain(None, false, true), &secrets), Decision::Unknown);
    assert_eq!(decision(&chain(None, false, false), &version), Decision::Allow);
    assert_eq!(decision(&chain(None, false, false), &secrets), Decision::Unknown);
    assert_eq!(decision(&chain(Some(Conditions::Skip), true, true), &version), Decision::Allow);
    assert_eq!(decision(&chain(Some(Conditions::Skip), true, true), &secrets), Decision::NoOpinion);
    let fails = || Some(Conditions::Fail("e".into()));
    assert_eq!(decision(&chain(fails(), true, true), &version), Decision::Deny);
    assert_eq!(decision(&chain(fails(), false, true), &version), Decision::Allow);
    let answer = chain(fails(), false, true).authorize(&user, &secrets).answer;
    assert_eq!((answer.decision, answer.error.as_deref()), (Decision::NoOpinion, Some("e")));
}

#[test]
fn an_unknown_node_answer_does_not_hide_rbacs_grant() {
    let node = NodeAuthorizer::new(&Cluster::default(), NodeOptions::new(Version::NEWEST, false));
    let (_, rbac) = engines();
    let secret = Attributes::resource("get", "", "secrets").in_namespace("ns").named("s");
    let links = || vec![link(Engine::Node(&node)), link(Engine::Rbac(&rbac))];
    let chain = Chain { links: links(), assumed: false };
    assert_eq!(chain.authorize(&node_user(), &secret).answer.decision, Decision::Unknown);
    let mut all = links();
    all.push(link(Engine::AlwaysAllow));
    let chain = Chain { links: all, assumed: false };
    assert_eq!(chain.authorize(&node_user(), &secret).answer.decision, Decision::Allow);
}

#[test]
fn texts_of_refusals() {
    let nodes = Attributes::resource("get", "", "nodes").named("x");
    let text = "nodes \"x\" is forbidden: User \"u\" cannot get resource \"nodes\" in API group \"\" at the cluster scope";
    assert_eq!(forbidden(Version::NEWEST, "u", &nodes, ""), text);
    assert_eq!(forbidden(Version::NEWEST, "u", &nodes, "why"), format!("{text}: why"));
    let scale = Attributes::resource("update", "apps", "deployments/scale").in_namespace("d").named("x");
    assert_eq!(
        forbidden(Version::NEWEST, "<u>", &scale, ""),
        "deployments.apps \"x\" is forbidden: User \"&lt;u&gt;\" cannot update resource \"deployments/scale\" in API \
         group \"apps\" in the namespace \"d\""
    );
    assert_eq!(
        forbidden(Version::NEWEST, "u", &Attributes::path("get", "/metrics"), ""),
        "forbidden: User \"u\" cannot get path \"/metrics\""
    );
}

fn review(json: &str) -> SubjectAccessReviewSpec {
    serde_json::from_str(json).unwrap()
}

#[test]
fn reviews_are_validated_as_upstream() {
    let problems = |json: &str| -> Vec<String> {
        review(json).problems(true, true).into_iter().map(|problem| problem.field).collect()
    };
    let with = |selectors: &str| format!(r#"{{"user":"u","resourceAttributes":{{{selectors}}}}}"#);
    for (json, fields) in [
        ("{}".to_owned(), &["spec.resourceAttributes", "spec.user"][..]),
        (r#"{"groups":["g"],"resourceAttributes":{},"nonResourceAttributes":null}"#.into(), &[]),
        (
            r#"{"user":"u","resourceAttributes":{},"nonResourceAttributes":{}}"#.into(),
            &["spec.nonResourceAttributes"],
        ),
        (with(r#""fieldSelector":{}"#), &["spec.resourceAttributes.fieldSelector.requirements"]),
        (
            with(r#""labelSelector":{"rawSelector":"a","requirements":[{"key":"-","operator":"In"}]}"#),
            &[
                "spec.resourceAttributes.labelSelector.rawSelector",
                "spec.resourceAttributes.labelSelector.requirements[0].values",
                "spec.resourceAttributes.labelSelector.requirements[0].key",
            ],
        ),
        (with(r#""fieldSelector":{"requirements":[{"key":"a","operator":"New"}]}"#), &[]),
    ] {
        assert_eq!(problems(&json), fields, "{json}");
    }
    assert_eq!(review("{}").problems(false, true).len(), 1);
}

#[test]
fn selectors_that_cannot_be_read_are_ignored_and_said() {
    for (selector, fields, error) in [
        (r#""fieldSelector":{"rawSelector":"a=b,c!=d"}"#, 2, ""),
        (
            r#""fieldSelector":{"rawSelector":"a"}"#,
            0,
            "spec.resourceAttributes.fieldSelector ignored due to parse error",
        ),
        (
            r#""fieldSelector":{"requirements":[{"key":"a","operator":"In","values":["b"]},{"key":"a","operator":"Exists"}]}"#,
            1,
            "spec.resourceAttributes.fieldSelector partially ignored due to parse error",
        ),
        (
            r#""fieldSelector":{"requirements":[{"key":"a","operator":"In","values":["b","c"]}]},"labelSelector":{"requirements":[{"key":"a","operator":"Gt","values":["1"]}]}"#,
            0,
            "spec.resourceAttributes.fieldSelector ignored due to parse error; spec.resourceAttributes.labelSelector ignored due to parse error",
        ),
    ] {
        let review = review(&format!(r#"{{"user":"u","resourceAttributes":{{"verb":"list",{selector}}}}}"#));
        assert_eq!(review.problems(true, true), []);
        let selectors = review.selectors(true);
        assert_eq!(selectors.as_ref().map_or(0, |selectors| selectors.fields.len()), fields);
        assert_eq!(evaluation_error(None, selectors.as_ref()), error);
        assert_eq!(review.selectors(false), None);
        assert!(review.attributes(selectors.as_ref()).unwrap().selectors.is_some());
    }
}

#[test]
fn match_conditions_see_the_review() {
    let compile = |expressions: &[&str]| {
        MatchConditions::compile(expressions.iter().copied(), Version::NEWEST).unwrap()
    };
    let user = User {
        groups: vec!["dev".into()],
        extra: [("k".to_owned(), vec!["v".to_owned()])].into(),
        ..User::named("u")
    };
    let selectors = Selectors {
        fields: vec![FieldRequirement { field: "spec.nodeName".into(), equal: true, value: "n".into() }],
        ..Selectors::default()
    };
    let pods = Attributes::resource("list", "", "pods").in_namespace("ns");
    for (expressions, expected) in [
        (
            &["request.user == 'u' && 'dev' in request.groups && request.extra['k'] == ['v']"][..],
            Conditions::Match,
        ),
        (
            &["request.resourceAttributes.namespace == 'ns'", "request.resourceAttributes.version == '*'"],
            Conditions::Match,
        ),
        (&["has(request.nonResourceAttributes)"], Conditions::Skip),
        (&["request.nonResourceAttributes.path == '/'", "request.user == 'x'"], Conditions::Skip),
        (&["has(request.resourceAttributes.fieldSelector)"], Conditions::Skip),
    ] {
        assert_eq!(compile(expressions).evaluate(&user, &pods), expected, "{expressions:?}");
    }
    let failing = compile(&["request.nonResourceAttributes.path == '/'"]);
    assert!(
        matches!(failing.evaluate(&user, &pods), Conditions::Fail(error) if error.contains("no such key"))
    );
    let by_node = "request.resourceAttributes.fieldSelector.requirements.exists(r, r.key == 'spec.nodeName' && r.operator == 'In' && r.values == ['n'])";
    assert_eq!(compile(&[by_node]).evaluate(&user, &pods.with_selectors(&selectors)), Conditions::Match);
    assert!(
        MatchConditions::compile(["true", "request.user"], Version::NEWEST)
            .is_err_and(|(number, _)| number == 1)
    );
}

#[test]
fn the_chain_is_what_the_api_server_was_told() {
    let text = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system, labels: {component: kube-apiserver}}
spec: {containers: [{name: kube-apiserver, image: 'registry.k8s.io/kube-apiserver:v1.36.3', command: [kube-apiserver, '--authorization-config=/etc/kubernetes/authz.yaml']}]}
---
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: guard
  webhook: {failurePolicy: Deny, matchConditions: [{expression: \"!('system:nodes' in request.groups)\"}]}
- {type: Node, name: node}
- {type: RBAC, name: rbac}
";
    let objects = text.split("---\n").flat_map(|text| {
        let document = std::sync::Arc::new(parse_one(&Source::new("a.yaml", text)).unwrap());
        objects_of(&document, &Origin::File).unwrap()
    });
    let cluster = Cluster::new(objects.map(std::sync::Arc::new));
    let components = Components::of(&cluster);
    let server = components.iter().find(|component| component.kind() == ComponentKind::ApiServer).unwrap();
    let (node, rbac) = engines();
    let engines = Engines { rbac: &rbac, node: &node, abac: None, version: Version::NEWEST };
    let chain = Chain::configured(&server.in_version(Version::NEWEST).authorizers(), engines);
    let names: Vec<&str> = chain.links.iter().map(|link| link.name.as_str()).collect();
    assert_eq!(names, ["guard", "node", "rbac"]);
    let services = Attributes::resource("list", "", "services");
    assert_eq!(chain.authorize(&node_user(), &services).answer, Answer::allow());
    let answer = chain.authorize(&User::named("u"), &services).answer;
    assert_eq!(
        (answer.decision, answer.unknown.as_deref()),
        (Decision::Unknown, Some("guard: what the webhook answers"))
    );
}
