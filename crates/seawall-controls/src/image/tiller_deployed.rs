use crate::{ContainerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # tiller-deployed
///
/// ## What it finds
/// A container with the image of Tiller, the server of Helm 2.
///
/// ## Why it matters
/// Tiller takes commands from every pod without authentication and mostly runs as cluster-admin. It has had no
/// fixes since 2020.
///
/// ## Fix
/// Move to Helm 3 or later, which has no server, and delete the Deployment and its service account.
///
/// ## References
/// - https://helm.sh/docs/topics/v2_v3_migration/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["escalation", "third-party", "versions"],
    aliases = ["KSV-0102", "CKV_K8S_34"]
)]
pub fn tiller_deployed(container: ContainerAt<'_>, _: &World, out: &mut Report) {
    let at = container.get("image");
    let name = at.str().unwrap_or("").rsplit('/').next().unwrap_or("");
    if name.split([':', '@']).next() == Some("tiller") {
        out.finding(at, format!("container `{}` is Tiller, the server of Helm 2", container.name()));
    }
}
