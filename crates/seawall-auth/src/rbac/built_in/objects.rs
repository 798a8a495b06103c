//! The built-in roles and bindings as objects, so that everything that looks at objects can look at them too.

use super::{StaticRule, table};
use seawall_model::{Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::fmt::Write;
use std::sync::{Arc, OnceLock};

/// The roles and bindings that an API server of this version makes for itself with default feature gates, in an
/// invented document named like `Kubernetes 1.36`. The rules of aggregated roles are left to the aggregation.
pub fn built_in_objects(version: Version) -> &'static [Arc<Object>] {
    static OBJECTS: [OnceLock<Vec<Arc<Object>>>; Version::COUNT] =
        [const { OnceLock::new() }; Version::COUNT];
    OBJECTS.get(version.index()).map_or(&[], |slot| slot.get_or_init(|| objects(version)))
}

/// Whether a role or binding is one that the API server of some known version makes, and still says what it made: its
/// label, rules, role and subjects. The label alone would let anybody hide one.
pub fn is_as_made(object: &Object) -> bool {
    if object.label("kubernetes.io/bootstrapping") != Some("rbac-defaults") {
        return false;
    }
    let content = |object: &Object| {
        let mut text = String::new();
        for key in ["rules", "roleRef", "subjects"] {
            match object.root().get(key) {
                Some(value) => value.write_json(&mut text),
                None => text.push('-'),
            }
        }
        text
    };
    let same = |made: &&Arc<Object>| made.name() == object.name() && made.identity() == object.identity();
    let mut made = Version::all().filter_map(|version| built_in_objects(version).iter().find(same));
    made.any(|made| content(made) == content(object))
}

fn objects(version: Version) -> Vec<Arc<Object>> {
    let source = Source::new(format!("Kubernetes {version}"), text(version));
    let Ok(document) = parse_one(&source) else { return Vec::new() };
    let objects = objects_of(&Arc::new(document), &Origin::File).unwrap_or_default();
    objects.into_iter().map(Arc::new).collect()
}

fn text(version: Version) -> String {
    let mut out = String::from("apiVersion: v1\nkind: List\nitems:\n");
    for role in table::roles().iter().filter(|role| role.minors.has(version)) {
        head(&mut out, role.kind, role.namespace, role.name);
        for label in &role.carried {
            let _ = writeln!(out, "      rbac.authorization.k8s.io/aggregate-to-{label}: \"true\"");
        }
        if !role.selects.is_empty() {
            let _ = writeln!(
                out,
                "  aggregationRule:\n    clusterRoleSelectors:\n    - matchLabels:\n        \
                 rbac.authorization.k8s.io/aggregate-to-{}: \"true\"",
                role.selects
            );
        }
        out.push_str(if role.rules.is_empty() { "  rules: []\n" } else { "  rules:\n" });
        for rule in role.rules {
            write_rule(&mut out, rule);
        }
    }
    for binding in table::bindings(version) {
        head(&mut out, binding.kind, binding.namespace, binding.name);
        let _ = writeln!(
            out,
            "  roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {}, name: {:?}}}",
            binding.role_kind, binding.role
        );
        out.push_str(if binding.subjects.is_empty() { "  subjects: []\n" } else { "  subjects:\n" });
        for (kind, namespace, name) in binding.subjects {
            let _ = match namespace {
                "" => {
                    writeln!(out, "  - {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name:?}}}")
                }
                _ => writeln!(out, "  - {{kind: {kind}, namespace: {namespace:?}, name: {name:?}}}"),
            };
        }
    }
    out
}

fn head(out: &mut String, kind: &str, namespace: &str, name: &str) {
    let _ = writeln!(out, "- apiVersion: rbac.authorization.k8s.io/v1\n  kind: {kind}\n  metadata:");
    let _ = writeln!(out, "    name: {name:?}");
    if !namespace.is_empty() {
        let _ = writeln!(out, "    namespace: {namespace:?}");
    }
    out.push_str("    annotations:\n      rbac.authorization.kubernetes.io/autoupdate: \"true\"\n");
    out.push_str("    labels:\n      kubernetes.io/bootstrapping: rbac-defaults\n");
}

fn write_rule(out: &mut String, rule: &StaticRule) {
    let _ = writeln!(out, "  - verbs: {:?}", rule.verbs);
    for (key, list) in [
        ("apiGroups", rule.api_groups),
        ("resources", rule.resources),
        ("resourceNames", rule.resource_names),
        ("nonResourceURLs", rule.non_resource_urls),
    ] {
        if !list.is_empty() {
            let _ = writeln!(out, "    {key}: {list:?}");
        }
    }
}
