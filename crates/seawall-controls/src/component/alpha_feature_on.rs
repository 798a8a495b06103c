use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{
    Report,
    tables::gates::{self, Stage},
};

/// # alpha-feature-on
///
/// ## What it finds
/// A component with an alpha feature gate switched on, or with `AllAlpha=true`.
///
/// ## Why it matters
/// Alpha features are off by default because they are unfinished: they may have holes, change their behaviour
/// without notice, or vanish with the data they hold.
///
/// ## Fix
/// Switch it off in clusters that matter.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/#feature-stages
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["feature-gates"]
)]
pub fn alpha_feature_on(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    for gate in component.gates().iter().filter(|gate| gate.enabled) {
        let (program, version) = (component.program(), component.version());
        if gate.name == "AllAlpha" {
            out.finding(gate.at, format!("{program}: every alpha feature is on"));
        } else if gates::lookup(version, gate.name)
            .is_some_and(|known| known.stage == Stage::Alpha && !known.default)
        {
            out.finding(gate.at, format!("{program}: `{}` is on, an alpha feature of {version}", gate.name));
        }
    }
}
