//! What else a change takes away, as far as the objects show it.

use super::{CutChange, CutKind};
use seawall_auth::rbac::authorizer::RbacAuthorizer;
use seawall_model::{Cluster, Object};
use std::sync::Arc;

/// Names that are listed, at most.
const MOST: usize = 5;

impl CutChange {
    /// What else would stop working: subjects that lose the role, other holders of the rule, pods that use the secret
    /// or get no token any more.
    pub fn effects(&self, cluster: &Cluster, rbac: &RbacAuthorizer) -> Vec<String> {
        let object = &self.at.object;
        match self.kind {
            CutKind::Binding => {
                let others = bound(rbac, |binding| Arc::ptr_eq(binding, object));
                vec![format!("{} the role through it", lose(&others))]
            }
            CutKind::Subject => vec!["the subject loses every right that this binding gives".to_owned()],
            CutKind::Rule | CutKind::Role => {
                let same = |name: &Arc<Object>| refers_to(name, object);
                let holders = bound(rbac, same);
                let what = if self.kind == CutKind::Rule {
                    "what the rule grants"
                } else {
                    "every right of the role"
                };
                vec![format!("{} {what}", lose(&holders))]
            }
            CutKind::Secret => {
                let users: Vec<String> = cluster
                    .objects()
                    .filter(|other| other.namespace() == object.namespace())
                    .filter(|other| other.pods().any(|pod| uses(pod, object.name())))
                    .map(|other| format!("{} {}", other.kind(), other.name()))
                    .collect();
                if users.is_empty() { Vec::new() } else { vec![format!("{} use it", list(&users))] }
            }
            CutKind::Automount => {
                let users: Vec<String> = if object.kind() == "ServiceAccount" {
                    let runs = |other: &&Arc<Object>| {
                        let account = |pod: seawall_model::PodAt<'_>| pod.service_account() == object.name();
                        other.namespace() == object.namespace() && other.pods().any(account)
                    };
                    cluster
                        .objects()
                        .filter(runs)
                        .map(|one| format!("{} {}", one.kind(), one.name()))
                        .collect()
                } else {
                    vec![format!("{} {}", object.kind(), object.name())]
                };
                vec![format!("{} can no longer use the API with a mounted token", list(&users))]
            }
            CutKind::Field => Vec::new(),
        }
    }
}

fn uses(pod: seawall_model::PodAt<'_>, secret: &str) -> bool {
    pod.volumes().any(|volume| {
        let mut sources = volume.get("projected.sources").items();
        volume.get("secret.secretName").str() == Some(secret)
            || sources.any(|source| source.get("secret.name").str() == Some(secret))
    }) || pod.containers().any(|one| {
        let mut env = one.get("env").items();
        let mut from = one.get("envFrom").items();
        env.any(|at| at.get("valueFrom.secretKeyRef.name").str() == Some(secret))
            || from.any(|at| at.get("secretRef.name").str() == Some(secret))
    })
}

fn refers_to(binding: &Arc<Object>, role: &Arc<Object>) -> bool {
    let reference = binding.at().key("roleRef");
    let same =
        reference.key("kind").str() == Some(role.kind()) && reference.key("name").str() == Some(role.name());
    same && (role.kind() == "ClusterRole" || binding.namespace() == role.namespace())
}

/// The subjects of the bindings that fit.
fn bound(rbac: &RbacAuthorizer, fits: impl Fn(&Arc<Object>) -> bool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for bound in rbac.all_bound().filter(|bound| fits(bound.binding)) {
        for (_, group, name) in bound.subjects {
            let sort = if group { "group" } else { "user" };
            let text = match seawall_auth::rbac::service_account_of(name) {
                Some((namespace, name)) if !group => format!("service account {namespace}/{name}"),
                _ => format!("{sort} {name}"),
            };
            if !out.contains(&text) && out.len() <= MOST * 20 {
                out.push(text);
            }
        }
    }
    out
}

fn lose(names: &[String]) -> String {
    match names {
        [] => "nobody loses".to_owned(),
        [one] => format!("{one} loses"),
        several => format!("{} lose", list(several)),
    }
}

fn list(names: &[String]) -> String {
    let shown = names.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
