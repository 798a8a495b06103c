//! Random roles and bindings, made so that near misses are common: the same few words everywhere, in other cases,
//! with stars in the wrong places, with names that need quoting.

use super::super::generate::Random;
use serde_json::{Map, Value, json};

/// The namespaces that worlds use; they are made once.
pub(crate) const NAMESPACES: [&str; 4] = ["team-a", "team-b", "a", "kube-system"];
/// The label of everything that belongs to a world.
pub(crate) const LABEL: &str = "seawall-world";
pub(crate) const VERBS: [&str; 19] = [
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "use",
    "Get",
    "*",
    "",
    "post",
    "head",
    "get*",
    "GET",
    "proxy",
];
pub(crate) const GROUPS: [&str; 8] =
    ["", "", "apps", "apps", "*", "Apps", "rbac.authorization.k8s.io", "extensions"];
pub(crate) const RESOURCES: [&str; 34] = [
    "pods",
    "pods",
    "pods/exec",
    "pods/log",
    "deployments",
    "deployments/scale",
    "*/scale",
    "*",
    "*/*",
    "pods/*",
    "pod",
    "Pods",
    "",
    "/",
    "pods/",
    "**",
    "*/",
    "*/log",
    "secrets",
    "configmaps",
    "nodes",
    "nodes/proxy",
    "scale",
    "/scale",
    "serviceaccounts/token",
    "pods/exec/x",
    "*/exec/x",
    "*s",
    "pods*",
    "*/exec*",
    "*/*/exec",
    "pods/scale",
    "roles",
    "clusterroles",
];
pub(crate) const NAMES: [&str; 12] =
    ["a", "b", "c", "A", "*", "", "a b", "é", "a/b", "\"q\"", "a*", "team-a"];
pub(crate) const URLS: [&str; 24] = [
    "/metrics",
    "/metrics/",
    "/metrics/*",
    "*",
    "/api",
    "/api/*",
    "/apis/*",
    "/**",
    "/healthz*",
    "/healthz/**",
    "",
    "metrics",
    "/é",
    "/%2A",
    "//",
    "/",
    "/*",
    "/api/v1/namespaces/*/pods",
    "/healthz",
    "/healthz/ping",
    "**",
    "/METRICS",
    "/metrics*x",
    "/api*/v1",
];
pub(crate) const USERS: [&str; 20] = [
    "alice",
    "bob",
    "Alice",
    "*",
    "system:anonymous",
    "system:serviceaccount:team-a:builder",
    "system:serviceaccount:team-b:builder",
    "system:serviceaccount:a:builder",
    "system:serviceaccount:team-a:",
    "system:serviceaccount::builder",
    "system:serviceaccount:team-a",
    "system:serviceaccount:team:a:builder",
    "system:serviceaccount:kube-system:default",
    "alice ",
    "o\"brien\\",
    "zoë",
    "tab\there",
    "zero\u{200b}width",
    "system:kube-scheduler",
    "system:serviceaccount:Team-A:builder",
];
pub(crate) const GROUP_NAMES: [&str; 14] = [
    "devs",
    "ops",
    "Devs",
    "system:authenticated",
    "system:unauthenticated",
    "system:serviceaccounts",
    "system:serviceaccounts:team-a",
    "system:serviceaccounts:team-b",
    "*",
    "de\"vs",
    "gr\u{fc}n",
    "alice",
    "system:nodes",
    "line\nbreak",
];
const ACCOUNTS: [&str; 4] = ["builder", "default", "builder.x", "a"];
const ACCOUNT_NAMESPACES: [&str; 8] =
    ["team-a", "team-b", "a", "kube-system", "team:a", "team", "Team-A", "team-a:x"];
const AGGREGATE: [&str; 5] = [
    "rbac.authorization.k8s.io/aggregate-to-view",
    "rbac.authorization.k8s.io/aggregate-to-edit",
    "rbac.authorization.k8s.io/aggregate-to-admin",
    "test/one",
    "test/two",
];
pub(crate) const RBAC: &str = "rbac.authorization.k8s.io";
const API: &str = "rbac.authorization.k8s.io/v1";

/// Roles and bindings of one world.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The value of [`LABEL`] on all of them.
    pub(crate) id: String,
    pub(crate) objects: Vec<Value>,
}

impl World {
    /// A random world.
    pub(crate) fn random(id: String, random: &mut Random) -> Self {
        let mut world = Self { id, objects: Vec::new() };
        let names: Vec<String> = (0..8).map(|_| name(random)).collect();
        let size = 4 + random.below(12);
        for _ in 0..size {
            let role = world.cluster_role(&names, random);
            world.push(role);
        }
        for _ in 0..random.below(12) {
            let rules = rules(false, random);
            let role =
                json!({"kind": "Role", "metadata": world.metadata(&names, true, random), "rules": rules});
            world.push(role);
        }
        // A world without grants by cluster shows more of the namespaced ones.
        for _ in 0..random.below(size) {
            let binding = world.binding(&names, "ClusterRoleBinding", random);
            world.push(binding);
        }
        for _ in 0..4 + random.below(20) {
            let binding = world.binding(&names, "RoleBinding", random);
            world.push(binding);
        }
        world
    }

    /// Adds a ClusterRole.
    pub(crate) fn add_role(&mut self, name: &str, rules: Value) {
        let metadata = json!({"name": name, "labels": {LABEL: self.id}});
        self.push(json!({"kind": "ClusterRole", "metadata": metadata, "rules": rules}));
    }

    /// Adds a binding of a ClusterRole to a subject (its kind and name), in a namespace or in the whole cluster.
    pub(crate) fn bind(&mut self, name: &str, subject: (&str, &str), namespace: Option<&str>, role: &str) {
        let mut metadata = json!({"name": name, "labels": {LABEL: self.id}});
        if let Some(namespace) = namespace {
            metadata["namespace"] = namespace.into();
        }
        self.push(json!({
            "kind": if namespace.is_some() { "RoleBinding" } else { "ClusterRoleBinding" },
            "metadata": metadata,
            "subjects": [{"kind": subject.0, "name": subject.1, "apiGroup": RBAC}],
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role},
        }));
    }

    /// Adds an object unless its kind, namespace and name are taken.
    fn push(&mut self, mut object: Value) {
        object["apiVersion"] = API.into();
        if !self.objects.iter().any(|other| identity(other) == identity(&object)) {
            self.objects.push(object);
        }
    }

    fn metadata(&self, names: &[String], namespaced: bool, random: &mut Random) -> Value {
        let mut name = names[random.below(names.len())].clone();
        if !namespaced {
            // Cluster-wide names must not meet those of the server's own objects.
            name.push_str("-of-world");
        }
        let mut metadata = json!({"name": name, "labels": {LABEL: self.id}});
        if namespaced {
            metadata["namespace"] = random.pick(&NAMESPACES).into();
        }
        metadata
    }

    fn cluster_role(&self, names: &[String], random: &mut Random) -> Value {
        let mut metadata = self.metadata(names, false, random);
        if random.below(3) == 0 {
            let value = *random.pick(&[&"true", &"true", &"false"]);
            metadata["labels"][*random.pick(&AGGREGATE.each_ref())] = value.into();
        }
        // Upstream's controller never fills a role whose name holds control characters: its own apply patch is
        // refused ("yaml: control characters are not allowed").
        let plain = metadata["name"]
            .as_str()
            .is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || " -.:".contains(c)));
        let mut role = json!({"kind": "ClusterRole", "metadata": metadata});
        if plain && random.below(4) == 0 {
            let selectors: Vec<Value> = (0..1 + random.below(2)).map(|_| self.selector(random)).collect();
            role["aggregationRule"] = json!({"clusterRoleSelectors": selectors});
        } else {
            role["rules"] = rules(true, random);
        }
        role
    }

    /// Selects roles of this world, or of the server's own.
    fn selector(&self, random: &mut Random) -> Value {
        let label = *random.pick(&AGGREGATE.each_ref());
        match random.below(4) {
            0 => json!({"matchExpressions": [
                {"key": label, "operator": "Exists"}, {"key": LABEL, "operator": "In", "values": [self.id]},
            ]}),
            1 => json!({"matchLabels": {LABEL: self.id}, "matchExpressions": [
                {"key": label, "operator": "NotIn", "values": ["true"]},
            ]}),
            _ => json!({"matchLabels": {label: "true"}}),
        }
    }

    fn binding(&self, names: &[String], kind: &str, random: &mut Random) -> Value {
        let namespaced = kind == "RoleBinding";
        let subjects: Vec<Value> =
            (0..[0, 1, 1, 1, 2, 2, 3, 5][random.below(8)]).map(|_| subject(namespaced, random)).collect();
        let of_namespace = namespaced && random.below(2) == 0;
        let mut role = names[random.below(names.len())].clone();
        let existing: Vec<&Value> = self
            .objects
            .iter()
            .filter(|object| object["kind"] == if of_namespace { "Role" } else { "ClusterRole" })
            .collect();
        match random.below(24) {
            6.. if !existing.is_empty() => {
                let found = existing[random.below(existing.len())];
                role = found["metadata"]["name"].as_str().unwrap_or_default().to_owned();
            }
            0 | 3 if !of_namespace => {
                role = (*random.pick(&["view", "edit", "admin", "cluster-admin", "system:discovery"])).into()
            }
            1 => role = "gone".into(),
            2 => role = "quo\"ted \\ gone".into(),
            _ if !of_namespace => role.push_str("-of-world"),
            _ => {}
        }
        json!({
            "kind": kind, "metadata": self.metadata(names, namespaced, random), "subjects": subjects,
            "roleRef": {
                "apiGroup": RBAC,
                "kind": if of_namespace { "Role" } else { "ClusterRole" },
                "name": role,
            },
        })
    }
}

/// Kind, namespace and name.
pub(crate) fn identity(object: &Value) -> (&str, &str, &str) {
    let metadata = &object["metadata"];
    (
        object["kind"].as_str().unwrap_or_default(),
        metadata["namespace"].as_str().unwrap_or_default(),
        metadata["name"].as_str().unwrap_or_default(),
    )
}

/// A name of a role or binding: any text but `.`, `..`, `/` and `%`; often one that Go would quote.
fn name(random: &mut Random) -> String {
    const PLAIN: [&str; 10] =
        ["reader", "writer", "ops", "x", "system:x", "a.b", "Reader", "reader ", "re\"ader", "bäck\\slash"];
    if random.below(3) > 0 {
        return (*random.pick(&PLAIN)).to_owned();
    }
    let mut out = String::from("u");
    for _ in 0..1 + random.below(4) {
        let bound = [0x80, 0x800, 0x3100, 0x1_0000, 0x11_0000][random.below(5)];
        let found = char::from_u32(random.below(bound) as u32);
        out.push(found.filter(|c| !matches!(c, '/' | '%')).unwrap_or('\u{fffd}'));
    }
    out
}

fn words(from: &[&str], most: usize, random: &mut Random) -> Value {
    (0..1 + random.below(most)).map(|_| from[random.below(from.len())]).collect()
}

fn rules(cluster: bool, random: &mut Random) -> Value {
    let count = [0, 1, 1, 1, 2, 3][random.below(6)];
    (0..count).map(|_| rule(cluster, random)).collect()
}

/// A rule that the API accepts.
pub(crate) fn rule(cluster: bool, random: &mut Random) -> Value {
    let mut rule = Map::new();
    rule.insert("verbs".into(), words(&VERBS, 3, random));
    if cluster && random.below(4) == 0 {
        rule.insert("nonResourceURLs".into(), words(&URLS, 3, random));
        return rule.into();
    }
    rule.insert("apiGroups".into(), words(&GROUPS, 2, random));
    rule.insert("resources".into(), words(&RESOURCES, 3, random));
    if random.below(3) == 0 {
        rule.insert("resourceNames".into(), words(&NAMES, 3, random));
    }
    rule.into()
}

fn subject(namespaced: bool, random: &mut Random) -> Value {
    match random.below(5) {
        0 | 1 => {
            let mut subject = json!({"kind": "ServiceAccount", "name": *random.pick(&ACCOUNTS)});
            if !namespaced || random.below(2) == 0 {
                subject["namespace"] = (*random.pick(&ACCOUNT_NAMESPACES)).into();
            }
            subject
        }
        2 => json!({"kind": "Group", "name": *random.pick(&GROUP_NAMES)}),
        _ => json!({"kind": "User", "name": *random.pick(&USERS)}),
    }
}
