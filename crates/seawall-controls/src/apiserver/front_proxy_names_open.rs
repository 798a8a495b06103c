use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # front-proxy-names-open
///
/// ## What it finds
/// A kube-apiserver with `--requestheader-client-ca-file` that accepts every certificate of that CA as a front
/// proxy, because `--requestheader-allowed-names` is empty; worse, when that CA also signs ordinary client
/// certificates.
///
/// ## Why it matters
/// A front proxy names the user of a request by a header. Who holds a certificate that counts as one can be
/// anybody, `system:masters` included. With a CA shared with clients each kubelet can.
///
/// ## Fix
/// Use a CA for the front proxy alone and set `--requestheader-allowed-names=front-proxy-client`.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#ca-reusage-and-conflicts
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication"]
)]
pub fn front_proxy_names_open(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let authority = server.setting("requestheader-client-ca-file");
    let names = server.setting("requestheader-allowed-names");
    let Some(path) = authority.text().filter(|path| !path.is_empty()) else { return };
    if names.list().is_none_or(|names| !names.is_empty()) {
        return;
    }
    let clients = server.setting("client-ca-file");
    if clients.text() == Some(path) {
        out.finding(
            authority.at(),
            "every client certificate of the cluster may name any user: front proxies and clients share a CA",
        )
        .severity(Severity::Critical)
        .related(clients.at(), "the same file");
    } else {
        out.finding(
            authority.at(),
            "every certificate of the front proxy CA may name any user: no names are set",
        );
    }
}
