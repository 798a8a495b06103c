use super::*;
use crate::authorizer::Decision;

const FILE: &str = r#"
# comment
{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"user": "alice", "namespace": "*", "resource": "*", "apiGroup": "*"}}
{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"user": "bob", "group": "dev", "namespace": "ns", "resource": "pods", "readonly": true}}
{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", "spec": {"group": "*", "nonResourcePath": "/healthz*", "readonly": true}}
{"user": "old", "resource": "events"}
{"readonly": true, "namespace": "public"}
"#;

#[test]
fn decides_as_upstream() {
    let policies = load(FILE).unwrap();
    assert_eq!(policies.0.iter().map(|policy| policy.line).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    let asked = |user, groups: &[&str], attributes: Attributes<'_>| {
        policies.find(Subject { user, groups }, &attributes).map(|policy| policy.line)
    };
    let pods = |verb| Attributes::resource(verb, "", "pods").in_namespace("ns");
    let authenticated = &["system:authenticated"];
    for (user, groups, attributes, line) in [
        ("alice", &[][..], Attributes::resource("delete", "apps", "deployments"), Some(3)),
        ("alice", &[], Attributes::resource("create", "", "pods/exec").in_namespace("x"), Some(3)),
        ("alice", &[], Attributes::path("get", "/healthz"), None),
        ("bob", &["dev"], pods("get"), Some(4)),
        ("bob", &["dev"], pods("create"), None),
        ("bob", &[], pods("get"), None),
        ("eve", &["dev"], pods("get"), None),
        ("bob", &["dev"], Attributes::resource("get", "", "pods"), None),
        ("x", authenticated, Attributes::path("get", "/healthz/etcd"), Some(5)),
        ("x", authenticated, Attributes::path("post", "/healthz"), None),
        ("x", &[], Attributes::path("get", "/healthz"), None),
        ("old", &[], Attributes::resource("create", "events.k8s.io", "events").in_namespace("a"), Some(6)),
        ("old", &[], Attributes::path("get", "/healthz"), None),
        ("x", authenticated, Attributes::resource("list", "", "secrets").in_namespace("public"), Some(7)),
        ("x", authenticated, Attributes::resource("list", "", "secrets"), None),
    ] {
        assert_eq!(asked(user, groups, attributes), line, "{user} {attributes:?}");
    }
    let answer = policies.authorize(Subject { user: "x", groups: &[] }, &pods("get"));
    assert_eq!((answer.decision, answer.reason.as_str()), (Decision::NoOpinion, "No policy matched."));
}

#[test]
fn refuses_what_the_api_server_refuses() {
    for (text, line) in [("{}\n{", 2), ("[]", 1), ("{\"user\": 5}", 1), ("\n\n{\"readonly\": \"yes\"}", 3)] {
        assert_eq!(load(text).unwrap_err().line, line, "{text}");
    }
    assert_eq!(load(&format!("{{}}\n{}", " ".repeat(70_000))).unwrap_err().line, 2);
}
