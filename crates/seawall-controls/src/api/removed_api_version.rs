use crate::support::api::api_version;
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_model::tables::lifecycle::{Served, served};

/// # removed-api-version
///
/// ## What it finds
/// An object in an API version that the Kubernetes version asked for no longer serves.
///
/// ## Why it matters
/// The object cannot be made or changed any more. Where it protected something, as a PodSecurityPolicy or a
/// NetworkPolicy, the protection is missing.
///
/// ## Fix
/// Write the object in the version that replaces it; some fields have moved.
///
/// ## References
/// - https://kubernetes.io/docs/reference/using-api/deprecation-guide/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["versions"],
    aliases = ["KSV-0107", "kube-linter:no-extensions-v1beta", "kube-score:stable-version"],
    fix = Unsafe
)]
pub fn removed_api_version(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    if let Served::Removed { since, replacement } =
        served(world.version(), own.group(), own.version(), own.kind())
    {
        let at = object.key("apiVersion");
        let api = own.api_version();
        let finding =
            out.finding(at, format!("Kubernetes {since} and later have no {} of `{api}`", own.kind()));
        if let Some(info) = replacement {
            let next = api_version(info);
            let same = info.kind() == own.kind() && at.exists();
            let finding = finding.evidence(format!("use `{}` of `{next}`", info.kind()));
            if same {
                finding.unsafe_fix(format!("use `{next}`"), vec![at.set(next)]);
            }
        }
    }
}
