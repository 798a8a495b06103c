//! Inputs, and expressions made by hand: each function and operator, and the edges that generators do not reach.

use serde_json::{Value, json};

/// Requests for authorization as match conditions see them.
pub(super) fn requests() -> Vec<Value> {
    vec![
        json!({
            "user": "system:serviceaccount:kube-system:job-controller",
            "groups": ["system:serviceaccounts", "system:authenticated"],
            "uid": "b2ab8a1d-1c3d-4c8a-9e69-0b1d6f7d2a11",
            "extra": {"authentication.kubernetes.io/credential-id": ["JTI=1"]},
            "resourceAttributes": {
                "namespace": "default", "verb": "get", "group": "apps", "version": "v1",
                "resource": "deployments", "subresource": "", "name": "web",
                "labelSelector": {"requirements": [
                    {"key": "app", "operator": "In", "values": ["a", "b"]},
                    {"key": "tier", "operator": "Exists", "values": []}
                ]}
            }
        }),
        json!({
            "user": "alice", "groups": [], "uid": "", "extra": {},
            "nonResourceAttributes": {"verb": "get", "path": "/healthz"}
        }),
        json!({
            "user": "ünï", "groups": ["dev", "ops", "dev"], "uid": "1", "extra": {"k": []},
            "resourceAttributes": {
                "namespace": "", "verb": "list", "group": "", "version": "v1", "resource": "pods",
                "subresource": "log", "name": "", "fieldSelector": {"rawSelector": "spec.nodeName=n"}
            }
        }),
    ]
}

/// Claims of tokens.
pub(super) fn claims() -> Vec<Value> {
    vec![
        json!({
            "sub": "1234", "aud": ["a", "b"], "exp": 1_700_000_000_i64, "email": "u@example.com",
            "email_verified": true, "groups": ["dev", "ops"], "n": 1.5, "nothing": null,
            "foo.bar": "dotted", "nested": {"a.b": {"c": [1, {"d.e": "deep"}]}, "list": [{"x": 1}, {"x": 2}]},
            "empty": {}, "none": []
        }),
        json!({"only": ["x"]}),
        json!({}),
    ]
}

/// Users.
pub(super) fn users() -> Vec<Value> {
    vec![
        json!({"username": "alice", "uid": "1", "groups": ["dev", "system:authenticated"],
               "extra": {"example.com/role": ["admin", "viewer"]}}),
        json!({"username": "", "uid": "", "groups": [], "extra": {}}),
    ]
}

/// Expressions by the variable they are for: a JSON string on each line of the files.
pub(super) fn expressions() -> impl Iterator<Item = (&'static str, String)> {
    let files = [
        ("claims", include_str!("table/general.jsonl")),
        ("claims", include_str!("table/libraries.jsonl")),
        ("claims", include_str!("table/claims.jsonl")),
        ("request", include_str!("table/request.jsonl")),
        ("user", include_str!("table/user.jsonl")),
    ];
    let lines = files.into_iter().flat_map(|(variable, text)| text.lines().map(move |line| (variable, line)));
    lines.filter_map(|(variable, line)| Some((variable, serde_json::from_str(line).ok()?)))
}
