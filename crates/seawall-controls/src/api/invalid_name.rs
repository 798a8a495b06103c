use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::tables::lifecycle::{Served, served};
use seawall_model::{Report, WellKnown, decode};

/// # invalid-name
///
/// ## What it finds
/// An object without a name, or with one that the API server refuses.
///
/// ## Why it matters
/// The object is not made: what it was to protect or to limit is missing.
///
/// ## Fix
/// Names consist of lower-case letters, digits, `-` and `.`; those of Namespaces and Services have no dots,
/// and 63 characters at most.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["versions"]
)]
pub fn invalid_name(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    let served = served(world.version(), own.group(), own.version(), own.kind());
    let known = match served {
        Served::Yes(info) => info.resource().is_some(),
        Served::Foreign => false,
        _ => return,
    };
    let metadata = object.key("metadata");
    let name = metadata.key("name");
    let text = name.text().unwrap_or("");
    // Filled in later by the tool that installs the file.
    if text.contains("$(") || text.contains("${") {
        return;
    }
    if text.is_empty() {
        // Reviews are asked, not stored.
        let stored = !own.kind().ends_with("Review") && own.kind() != "Binding" && own.kind() != "Eviction";
        if known && stored && metadata.key("generateName").text().unwrap_or("").is_empty() {
            out.finding(name, format!("the {} has no name", own.kind()));
        }
        return;
    }
    if !is_valid(own.well_known(), known, text) {
        let shown: String = text.chars().take(80).collect();
        out.finding(name, format!("`{shown}` is no name for a {}", own.kind()));
    }
}

/// Whether the API server takes the name (`pkg/apis/core/validation` and siblings).
fn is_valid(kind: WellKnown, known: bool, name: &str) -> bool {
    use WellKnown::*;
    match kind {
        Namespace | Service => decode::dns1123_label(name),
        // Any one segment of a path.
        Role | ClusterRole | RoleBinding | ClusterRoleBinding | APIService => {
            !matches!(name, "." | "..") && !name.contains(['/', '%'])
        }
        // The Jobs it makes add eleven characters to the name.
        CronJob => name.len() <= 52 && decode::dns1123_subdomain(name),
        // Kinds of Kubernetes with names of their own sort.
        Other if known => true,
        _ => decode::dns1123_subdomain(name),
    }
}
