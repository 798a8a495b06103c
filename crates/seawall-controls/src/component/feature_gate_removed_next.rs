use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, Report, tables::gates};

/// # feature-gate-removed-next
///
/// ## What it finds
/// A feature gate that the next minor version no longer has.
///
/// ## Why it matters
/// After the upgrade the component refuses to start until the gate is taken out of its configuration.
///
/// ## Fix
/// Remove the gate before the upgrade. If it was set to false, find out first what relies on that.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["feature-gates", "versions"]
)]
pub fn feature_gate_removed_next(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    let version = component.version();
    let Some(next) = version.next().filter(|_| component.kind() != ComponentKind::Etcd) else { return };
    for gate in component.gates() {
        if gates::lookup(version, gate.name).is_some() && gates::lookup(next, gate.name).is_none() {
            let message =
                format!("{}: Kubernetes {next} has no feature gate `{}`", component.program(), gate.name);
            out.finding(gate.at, message);
        }
    }
}
