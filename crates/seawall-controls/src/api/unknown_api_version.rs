use crate::support::api::api_version;
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_model::schema::Schema;
use seawall_model::tables::lifecycle::{Served, served};

/// # unknown-api-version
///
/// ## What it finds
/// An object of a kind that the Kubernetes version asked for does not have: it comes with a later version,
/// or the API version or kind is misspelt.
///
/// ## Why it matters
/// The API server refuses it: what it was to protect or to limit is missing.
///
/// ## Fix
/// Correct `apiVersion` and `kind`, or ask for the version that the cluster has.
///
/// ## References
/// - https://kubernetes.io/docs/reference/kubernetes-api/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["versions"]
)]
pub fn unknown_api_version(object: ObjectAt<'_>, world: &World, out: &mut Report) {
    let own = object.object();
    // What is read from files by components is no object of the API; neither are the files of kubectl and kustomize.
    let is_file =
        own.well_known().is_configuration() || matches!(own.kind(), "Config" | "Kustomization" | "Component");
    if is_file {
        return;
    }
    let message = match served(world.version(), own.group(), own.version(), own.kind()) {
        Served::NotYet { since } => {
            format!("{} of `{}` comes with Kubernetes {since}", own.kind(), own.api_version())
        }
        Served::Never => {
            let known =
                Schema::for_version(world.version()).versions_of(own.kind()).find(|i| i.resource().is_some());
            let hint = known.map_or(String::new(), |info| format!("; `{}` has one", api_version(info)));
            format!("there is no {} in `{}`{hint}", shown(own.kind()), shown(own.api_version()))
        }
        _ => return,
    };
    out.finding(object.key("apiVersion"), message);
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}
