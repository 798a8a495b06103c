//! The smallest role that reads everything analyses use.

use super::kinds::WANTED;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The name of role, binding and service account.
const NAME: &str = "seawall-reader";

/// A ClusterRole that lists exactly [`WANTED`], and a binding to a service account, as YAML.
pub fn role() -> String {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for wanted in WANTED {
        groups.entry(wanted.group).or_default().push(wanted.resource);
    }
    let mut out = format!(
        "# What seawall reads from a cluster, and nothing else: `list` alone, no `get`, no `watch`.\n\
         # The API discovery is open to every authenticated user by Kubernetes' own `system:discovery`.\n\
         # Whoever may list Secrets has their values: seawall keeps types, keys and sizes. Leave them out of the\n\
         # role, and what depends on them is reported as unknown.\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: {NAME}\nrules:\n"
    );
    for (group, mut resources) in groups {
        resources.sort_unstable();
        let _ = writeln!(out, "  - apiGroups: [{group:?}]\n    resources:");
        for resource in resources {
            let _ = writeln!(out, "      - {resource}");
        }
        out.push_str("    verbs: [\"list\"]\n");
    }
    let _ = write!(
        out,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: {NAME}\n\
         roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: {NAME}\n\
         subjects:\n  # Whoever runs seawall; change it to your user, group or service account.\n  - kind: ServiceAccount\n    \
         name: {NAME}\n    namespace: kube-system\n"
    );
    out
}

/// The rule to add for one resource, on one line of YAML.
pub(super) fn rule(group: &str, resource: &str) -> String {
    format!("{{apiGroups: [{group:?}], resources: [{resource:?}], verbs: [\"list\"]}}")
}
