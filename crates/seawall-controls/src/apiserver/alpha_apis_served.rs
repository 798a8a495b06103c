use crate::support::component::shown;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # alpha-apis-served
///
/// ## What it finds
/// A kube-apiserver whose `--runtime-config` serves alpha or beta API versions: single ones
/// (`batch/v2alpha1=true`), or all of them (`api/all`, `api/alpha`, `api/beta`).
///
/// ## Why it matters
/// Alpha APIs are untested, may have holes that nobody looks for, and may vanish with the data they hold at the
/// next upgrade. Beta ones are low: known, but off by default since 1.24 for good reason.
///
/// ## Fix
/// Serve only what is used, by name, and plan its replacement.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/#api-versioning
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["feature-gates"]
)]
pub fn alpha_apis_served(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let setting = server.setting("runtime-config");
    for entry in setting.list().unwrap_or_default() {
        let (name, value) = entry.split_once('=').unwrap_or((entry, "true"));
        let version = name.split('/').nth(1).unwrap_or(name);
        let alpha =
            matches!(name, "api/all" | "api/alpha") || version.contains("alpha") && !name.starts_with("api/");
        let beta = name == "api/beta" || version.contains("beta") && !name.starts_with("api/");
        if !matches!(value, "true" | "1" | "") || !(alpha || beta) {
            continue;
        }
        let (stage, severity) = if alpha { ("alpha", Severity::Medium) } else { ("beta", Severity::Low) };
        let message = format!("kube-apiserver serves {stage} APIs: `{}`", shown(entry));
        out.finding(setting.at(), message).severity(severity);
    }
}
