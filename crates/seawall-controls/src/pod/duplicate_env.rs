use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use std::collections::HashMap;

/// # duplicate-env
///
/// ## What it finds
/// A container that sets an environment variable twice.
///
/// ## Why it matters
/// Only the last one counts. The first is often the one that was meant, for example the hardened setting, and tools
/// that apply changes may drop either.
///
/// ## Fix
/// Remove one of them.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = [],
    aliases = ["kube-linter:duplicate-env-var", "kube-score:environment-variable-key-duplication"]
)]
pub fn duplicate_env(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let mut seen = HashMap::new();
    for variable in container.get("env").items() {
        let at = variable.key("name");
        let Some(name) = at.text() else { continue };
        if let Some(first) = seen.insert(name, at) {
            out.finding(at, format!("container `{}` sets `{name}` a second time", container.name()))
                .related(first, "set here first");
        }
    }
}
