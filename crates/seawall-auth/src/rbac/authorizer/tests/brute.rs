//! Upstream's form: all bindings, one after the other, on the text.

use super::*;

/// Whether anything grants the request, and the reasons that upstream might give.
pub(super) fn authorize(
    objects: &[Arc<Object>],
    who: Subject<'_>,
    attributes: &Attributes<'_>,
) -> (bool, Vec<String>) {
    let mut missing = Vec::new();
    for kind in [WellKnown::ClusterRoleBinding, WellKnown::RoleBinding] {
        let mut reasons = Vec::new();
        for binding in objects.iter().filter(|object| object.well_known() == kind) {
            let namespace = binding.namespace().unwrap_or("");
            if kind == WellKnown::RoleBinding
                && (attributes.namespace().is_empty() || namespace != attributes.namespace())
            {
                continue;
            }
            let Some(subject) = subjects_of(binding).find(|subject| subject.applies_to(who)) else {
                continue;
            };
            let reference = binding.at().key("roleRef");
            let (role_kind, name) =
                (reference.key("kind").str().unwrap_or(""), reference.key("name").str().unwrap_or(""));
            let role = objects.iter().find(|object| {
                object.kind() == role_kind
                    && object.name() == name
                    && match role_kind {
                        "ClusterRole" => true,
                        "Role" => object.namespace() == Some(namespace),
                        _ => false,
                    }
            });
            let Some(role) = role else {
                missing.push(match role_kind {
                    "Role" | "ClusterRole" => {
                        format!("{}.rbac.authorization.k8s.io {name:?} not found", role_kind.to_lowercase())
                    }
                    _ => format!("unsupported role reference kind: {role_kind:?}"),
                });
                continue;
            };
            if rules_of(role).any(|rule| matches(&rule, attributes)) {
                let suffix = if namespace.is_empty() { String::new() } else { format!("/{namespace}") };
                let subject_kind = subject.at().key("kind").str().unwrap_or("");
                let subject = match subject_kind {
                    "ServiceAccount" => {
                        format!("{}/{}", subject.name(), subject.own_namespace().unwrap_or(namespace))
                    }
                    _ => subject.name().to_owned(),
                };
                reasons.push(format!(
                    "RBAC: allowed by {} \"{}{suffix}\" of {role_kind} {name:?} to {subject_kind} {subject:?}",
                    binding.kind(),
                    binding.name()
                ));
            }
        }
        if !reasons.is_empty() {
            return (true, reasons);
        }
    }
    missing.sort();
    missing.dedup();
    let reason = match missing.as_slice() {
        [] => String::new(),
        [one] => format!("RBAC: {one}"),
        several => format!("RBAC: [{}]", several.join(", ")),
    };
    (false, vec![reason])
}

/// How many rules grant a request, over all bindings of all scopes: what the proofs must number.
pub(super) fn count(objects: &[Arc<Object>], who: Subject<'_>, attributes: &Attributes<'_>) -> usize {
    let bindings = objects.iter().filter(|object| match object.well_known() {
        WellKnown::ClusterRoleBinding => true,
        WellKnown::RoleBinding => {
            !attributes.namespace().is_empty() && object.namespace() == Some(attributes.namespace())
        }
        _ => false,
    });
    let held = bindings.filter(|binding| subjects_of(binding).any(|subject| subject.applies_to(who)));
    held.filter_map(|binding| {
        let reference = binding.at().key("roleRef");
        let kind = reference.key("kind").str()?;
        objects.iter().find(|object| {
            object.kind() == kind
                && Some(object.name()) == reference.key("name").str()
                && (kind == "ClusterRole" || kind == "Role" && object.namespace() == binding.namespace())
        })
    })
    .map(|role| rules_of(role).filter(|rule| matches(rule, attributes)).count())
    .sum()
}

/// The verbs of all rules: keeps the generator honest.
pub(super) fn verbs(objects: &[Arc<Object>]) -> usize {
    let roles = objects.iter().filter(|object| object.kind().ends_with("Role"));
    roles.flat_map(rules_of).map(|rule| rule.verbs().count()).sum()
}
