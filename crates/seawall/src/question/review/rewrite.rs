//! Roles and bindings as a manifest. Texts are quoted as JSON does, which is YAML, too.

use std::fmt::Write as _;

/// A rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rule {
    pub(super) verbs: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) resources: Vec<String>,
    pub(super) names: Vec<String>,
    pub(super) urls: Vec<String>,
}

/// What a binding or role is called; without a namespace it is one of the whole cluster.
pub(super) struct Named<'a> {
    pub(super) namespace: Option<&'a str>,
    pub(super) name: &'a str,
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

fn head(kind: &str, named: &Named<'_>, out: &mut String) {
    let prefix = if named.namespace.is_none() { "Cluster" } else { "" };
    let _ = writeln!(out, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {prefix}{kind}\nmetadata:");
    let _ = writeln!(out, "  name: {}", quoted(named.name));
    if let Some(namespace) = named.namespace {
        let _ = writeln!(out, "  namespace: {}", quoted(namespace));
    }
}

/// A Role or ClusterRole.
pub(super) fn role(named: &Named<'_>, rules: &[Rule], out: &mut String) {
    head("Role", named, out);
    out.push_str("rules:\n");
    for rule in rules {
        let lists = [
            ("apiGroups", &rule.groups),
            ("resources", &rule.resources),
            ("resourceNames", &rule.names),
            ("nonResourceURLs", &rule.urls),
            ("verbs", &rule.verbs),
        ];
        let mut sign = "  - ";
        for (key, words) in lists.iter().filter(|(_, words)| !words.is_empty()) {
            let _ = writeln!(out, "{sign}{key}: {}", list(words));
            sign = "    ";
        }
    }
}

/// A RoleBinding or ClusterRoleBinding of service accounts, each a namespace and a name.
pub(super) fn binding(
    named: &Named<'_>,
    (kind, role): (&str, &str),
    accounts: &[(String, String)],
    out: &mut String,
) {
    head("RoleBinding", named, out);
    let _ = writeln!(
        out,
        "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: {}",
        quoted(role)
    );
    out.push_str("subjects:\n");
    for (namespace, name) in accounts {
        let _ = writeln!(
            out,
            "  - kind: ServiceAccount\n    name: {}\n    namespace: {}",
            quoted(name),
            quoted(namespace)
        );
    }
}
