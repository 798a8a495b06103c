use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # admission-always-admit
///
/// ## What it finds
/// A kube-apiserver with the admission plugin AlwaysAdmit.
///
/// ## Why it matters
/// The plugin does nothing, and has been deprecated since 1.13. It mostly stands in old configurations where it
/// took the place of real plugins: look at what else is missing.
///
/// ## Fix
/// Remove AlwaysAdmit from `--enable-admission-plugins`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwaysadmit
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["authorization"],
    cis = ["1.2.10"],
    aliases = ["KCV-0011", "CKV_K8S_79"],
    fix = Safe
)]
pub fn admission_always_admit(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    for name in ["enable-admission-plugins", "admission-control"] {
        let setting = server.setting(name);
        let Some(plugins) = setting.list().filter(|plugins| plugins.contains(&"AlwaysAdmit")) else {
            continue;
        };
        let rest: Vec<&str> = plugins.iter().copied().filter(|plugin| *plugin != "AlwaysAdmit").collect();
        let changes = if rest.is_empty() {
            setting.removal()
        } else {
            setting.change(&rest.join(",")).into_iter().collect()
        };
        let found = out.finding(
            setting.at(),
            "kube-apiserver runs the admission plugin `AlwaysAdmit`, which checks nothing",
        );
        // Several flags add up to one list: which of them to change is for people to say.
        if !changes.is_empty() && setting.occurrences() == 1 {
            found.safe_fix("remove the plugin that does nothing", changes);
        }
    }
}
