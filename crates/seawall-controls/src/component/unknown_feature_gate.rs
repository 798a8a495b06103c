use crate::support::component::shown;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report, tables::gates};

/// # unknown-feature-gate
///
/// ## What it finds
/// A feature gate that this version does not have: removed since, not there yet, or misspelt.
///
/// ## Why it matters
/// The component refuses to start. In a manifest that waits for the next restart or upgrade this is an outage.
///
/// ## Fix
/// Remove the gate; features that became stable need none.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["feature-gates", "versions"]
)]
pub fn unknown_feature_gate(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    if component.kind() == ComponentKind::Etcd {
        return;
    }
    for gate in component.gates() {
        let (program, version) = (component.program(), component.version());
        if gates::lookup(version, gate.name).is_none() {
            let why = match gates::removed_in(gate.name).filter(|minor| version.at_least(minor.0)) {
                Some(minor) => format!(" since {minor}"),
                None => String::new(),
            };
            out.finding(
                gate.at,
                format!(
                    "{program} {version} has no feature gate `{}`{why}: it refuses to start",
                    shown(gate.name)
                ),
            );
        }
    }
}
