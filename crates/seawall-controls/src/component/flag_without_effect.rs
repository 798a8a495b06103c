use crate::support::component::shown;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{Fate, Report};

/// # flag-without-effect
///
/// ## What it finds
/// A flag that kube-proxy or kube-scheduler ignores because it reads a configuration file.
///
/// ## Why it matters
/// Somebody believes that the flag counts. kube-proxy takes next to nothing from flags once `--config` is
/// given; kube-scheduler drops `--profiling`, `--kubeconfig` and its other deprecated ones.
///
/// ## Fix
/// Write the setting into the configuration file and remove the flag.
///
/// ## References
/// - https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"]
)]
pub fn flag_without_effect(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    for flag in component.given_flags().filter(|flag| flag.fate == Fate::Ignored) {
        let (program, name) = (component.program(), shown(flag.name));
        out.finding(
            flag.at,
            format!("{program} ignores `--{name}`: it reads its configuration file instead"),
        );
    }
}
