use crate::World;
use crate::support::effective::{MOST, bounded};
use seawall_auth::rbac::{SubjectAt, SubjectKind, subjects_of};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report, WellKnown};
use std::collections::HashMap;
use std::sync::Arc;

/// # redundant-binding
///
/// ## What it finds
/// A subject that another binding gives the same role already: in the same namespace, or in the whole cluster.
///
/// ## Why it matters
/// Taking the right away by removing one of the two has no effect, and nobody notices.
///
/// ## Fix
/// Remove the subject from one of the bindings; the narrower one is usually meant.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["authorization"]
)]
pub fn redundant_binding(world: &World, _: &World, out: &mut Report) {
    let mut first: HashMap<Key<'_>, At<'_>> = HashMap::new();
    let mut left = MOST;
    for kind in [WellKnown::ClusterRoleBinding, WellKnown::RoleBinding] {
        for binding in world.cluster().of(kind) {
            let scope = (kind == WellKnown::RoleBinding).then(|| binding.namespace());
            for subject in subjects_of(binding) {
                let Some(key) = key(binding, subject, scope) else { continue };
                let whole = Key { scope: None, ..key };
                // Copies of one binding in several files are one binding.
                let other = [whole, key].into_iter().find_map(|key| first.get(&key).copied());
                let other = other.filter(|at| at.object().identity() != binding.identity());
                first.entry(key).or_insert(subject.at());
                let Some(other) = other else { continue };
                let Some(rest) = left.checked_sub(1) else { return };
                left = rest;
                let (text, role) = (subject.name(), key.role);
                let message = format!(
                    "`{text}` holds `{role}` by {} `{}` as well",
                    other.object().kind(),
                    other.object().name()
                );
                bounded(out.finding(subject.at(), message).related(other, "the other binding"), left);
            }
        }
    }
}

/// Who holds what, where.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct Key<'a> {
    kind: SubjectKind,
    namespace: Option<&'a str>,
    name: &'a str,
    role_kind: &'a str,
    role: &'a str,
    /// `None`: the whole cluster.
    scope: Option<Option<&'a str>>,
}

fn key<'a>(
    binding: &'a Arc<Object>,
    subject: SubjectAt<'a>,
    scope: Option<Option<&'a str>>,
) -> Option<Key<'a>> {
    let reference = binding.at().key("roleRef");
    let account = subject.kind() == SubjectKind::ServiceAccount;
    Some(Key {
        kind: subject.kind(),
        namespace: subject.namespace().filter(|_| account),
        name: Some(subject.name()).filter(|name| !name.is_empty())?,
        role_kind: reference.key("kind").str()?,
        role: reference.key("name").str()?,
        scope,
    })
}
