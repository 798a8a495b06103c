//! Audit policies: accepted or refused, and what every sort of request is logged at.

use super::generate::Random;
use super::structured::{Ours, Suite, maybe, object, one, some};
use seawall_detect::audit_policy::{Attributes, Policy, Target, load};
use seawall_model::{Object, Version};
use serde_json::Value;
use std::sync::Arc;

/// The files and what seawall makes of them.
pub(crate) const SUITE: Suite = Suite {
    mode: "audit",
    make,
    strings: &[
        "None",
        "Metadata",
        "Request",
        "RequestResponse",
        "metadata",
        "level",
        "verbs",
        "users",
        "userGroups",
        "group",
        "resources",
        "resourceNames",
        "namespaces",
        "nonResourceURLs",
        "omitStages",
        "omitManagedFields",
        "rules",
        "RequestReceived",
        "Panic",
        "Started",
        "/healthz*",
        "/a*b",
        "healthz",
        "*",
        "pods/*",
        "*/log",
        "*/*",
        "secrets",
        "apps/v1",
        "Apps",
        "",
        "audit.k8s.io/v1beta1",
        "2026-01-31T00:00:00Z",
    ],
    lenient: true,
    ours,
};

const STAGES: &[&str] = &["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

fn make(random: &mut Random) -> Value {
    let rules = (0..=random.below(5)).map(|_| rule(random)).collect();
    let metadata =
        object(vec![("name", "default".into()), ("creationTimestamp", "2026-01-31T00:00:00Z".into())]);
    let stages = some(random, STAGES, 3);
    object(vec![
        ("apiVersion", "audit.k8s.io/v1".into()),
        ("kind", "Policy".into()),
        ("metadata", maybe(random, 3, metadata)),
        ("omitStages", maybe(random, 2, stages)),
        ("omitManagedFields", maybe(random, 3, true.into())),
        ("rules", Value::Array(rules)),
    ])
}

fn rule(random: &mut Random) -> Value {
    let level = one(random, &["None", "Metadata", "Request", "RequestResponse"]);
    let users = some(random, &["ann", "system:kube-proxy", "", "bob"], 2);
    let groups = some(random, &["dev", "system:nodes", "system:authenticated"], 2);
    let verbs = some(random, &["get", "create", "watch", "list"], 3);
    let namespaces = some(random, &["shop", "kube-system", "", "other"], 2);
    let urls = some(random, &["/healthz*", "/version", "*", "/", "/healthz/**", "/api*"], 3);
    let stages = some(random, STAGES, 2);
    let resources = Value::Array((0..=random.below(2)).map(|_| resources(random)).collect());
    let paths = random.below(5) == 0;
    let managed = Value::Bool(random.below(2) == 0);
    object(vec![
        ("level", level),
        ("users", maybe(random, 4, users)),
        ("userGroups", maybe(random, 4, groups)),
        ("verbs", maybe(random, 2, verbs)),
        ("resources", if paths { Value::Null } else { maybe(random, 2, resources) }),
        ("namespaces", if paths { Value::Null } else { maybe(random, 3, namespaces) }),
        ("nonResourceURLs", if paths { urls } else { Value::Null }),
        ("omitStages", maybe(random, 4, stages)),
        ("omitManagedFields", maybe(random, 4, managed)),
    ])
}

fn resources(random: &mut Random) -> Value {
    const PATTERNS: &[&str] = &[
        "pods",
        "pods/log",
        "pods/*",
        "*",
        "*/log",
        "*/scale",
        "secrets",
        "deployments",
        "deployments/scale",
        "*/*",
        "roles",
        "pods/",
        "/log",
        "",
    ];
    let patterns = some(random, PATTERNS, 3);
    let names = some(random, &["x", "y", ""], 2);
    let list = if random.below(4) == 0 { Value::Null } else { patterns };
    let named = if list.is_null() { Value::Null } else { maybe(random, 4, names) };
    let group = one(random, &["", "", "apps", "*", "rbac.authorization.k8s.io"]);
    object(vec![("group", maybe(random, 2, group)), ("resources", list), ("resourceNames", named)])
}

type User = Option<(&'static str, &'static [&'static str])>;

const USERS: [User; 4] = [
    None,
    Some(("ann", &["dev", "system:authenticated"])),
    Some(("system:kube-proxy", &["system:nodes"])),
    Some(("", &[""])),
];
const RESOURCES: [[&str; 3]; 7] = [
    ["", "pods", ""],
    ["", "pods", "log"],
    ["", "pods", "exec"],
    ["", "secrets", ""],
    ["apps", "deployments", ""],
    ["apps", "deployments", "scale"],
    ["rbac.authorization.k8s.io", "roles", ""],
];

fn ours(object: &Arc<Object>) -> Ours {
    let loaded = match load(object.at(), Version::NEWEST) {
        Ok(loaded) => loaded,
        Err(refusals) => return Ours::refused(&refusals),
    };
    let mut meaning = Vec::new();
    for user in USERS {
        for verb in ["get", "create", "watch"] {
            for namespace in ["", "shop", "kube-system"] {
                for [group, resource, subresource] in RESOURCES {
                    for name in ["", "x"] {
                        let target = Target::Resource { namespace, group, resource, subresource, name };
                        meaning.push(verdict(&loaded.policy, &Attributes { user, verb, target }));
                    }
                }
            }
            for path in ["/", "/healthz", "/healthz/etcd", "/version", "/metrics", "/api*"] {
                meaning.push(verdict(&loaded.policy, &Attributes { user, verb, target: Target::Path(path) }));
            }
        }
    }
    Ours::Accepted { meaning, open: false }
}

fn verdict(policy: &Policy<'_>, request: &Attributes<'_>) -> String {
    let verdict = policy.evaluate(request);
    let mut stages: Vec<&str> = verdict.omit_stages.names().collect();
    stages.sort_unstable();
    let mut line = vec![verdict.level.as_str()];
    line.extend(stages);
    if verdict.omit_managed_fields {
        line.push("omitManagedFields");
    }
    line.join(" ")
}
