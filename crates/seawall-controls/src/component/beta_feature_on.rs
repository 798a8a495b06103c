use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{
    Report,
    tables::gates::{self, Stage},
};

/// # beta-feature-on
///
/// ## What it finds
/// A component with a beta feature gate switched on that is off by default, or with `AllBeta=true`.
///
/// ## Why it matters
/// Beta features that are off by default still change, and are off because something about them is open: cost,
/// safety, or a missing part elsewhere.
///
/// ## Fix
/// Switch it on only where it is used, and read its notes before each upgrade.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/#feature-stages
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["feature-gates"]
)]
pub fn beta_feature_on(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    for gate in component.gates().iter().filter(|gate| gate.enabled) {
        let (program, version) = (component.program(), component.version());
        if gate.name == "AllBeta" {
            out.finding(gate.at, format!("{program}: every beta feature is on"));
        } else if gates::lookup(version, gate.name)
            .is_some_and(|known| known.stage == Stage::Beta && !known.default)
        {
            out.finding(
                gate.at,
                format!(
                    "{program}: `{}` is on, a beta feature of {version} that is off by default",
                    gate.name
                ),
            );
        }
    }
}
