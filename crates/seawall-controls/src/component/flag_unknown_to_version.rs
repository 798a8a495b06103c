use crate::support::component::shown;
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{
    Fate, Report,
    tables::flags::{self, FlagState},
};

/// # flag-unknown-to-version
///
/// ## What it finds
/// A flag that the component does not have in this version: removed in an earlier one, not there yet, or
/// misspelt.
///
/// ## Why it matters
/// The program refuses to start with an unknown flag. In a manifest that waits for the next restart or upgrade
/// this is an outage, and what the flag was meant to protect is not protected: `--insecure-port=0` has said
/// nothing since 1.24.
///
/// ## Fix
/// Remove the flag; look in the release notes for what took its place.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/deprecation-policy/#deprecating-a-flag-or-cli
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"],
    aliases = ["KCV-0004", "CKV_K8S_69", "CKV_K8S_71", "CKV_K8S_86", "CKV_K8S_88"]
)]
pub fn flag_unknown_to_version(component: ComponentAt<'_>, _: &World, out: &mut Report) {
    for flag in component.given_flags().filter(|flag| flag.fate == Fate::Unknown) {
        let (program, version, name) = (component.program(), component.version(), shown(flag.name));
        let message = match flags::lookup(component.kind(), version, flag.name) {
            FlagState::Removed(minor) => {
                format!("{program} has no flag `--{name}` since {minor}: it refuses to start")
            }
            FlagState::NotYet(minor) => {
                format!("{program} has the flag `--{name}` only from {minor} on: it refuses to start")
            }
            _ => format!("{program} {version} has no flag `--{name}`: it refuses to start"),
        };
        out.finding(flag.at, message);
    }
}
