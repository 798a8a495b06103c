use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # front-proxy-ca-shared
///
/// ## What it finds
/// A kube-apiserver whose front proxy CA and client CA are the same file, though names are set.
///
/// ## Why it matters
/// A client certificate whose common name is one of the allowed names may then name any user by a header.
/// Whoever gets a certificate request with that name approved is `system:masters`.
///
/// ## Fix
/// Use a CA for the front proxy alone, as kubeadm does.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#ca-reusage-and-conflicts
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication", "api-tls"]
)]
pub fn front_proxy_ca_shared(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let (proxy, clients) = (server.setting("requestheader-client-ca-file"), server.setting("client-ca-file"));
    let named = server.setting("requestheader-allowed-names").list().is_some_and(|names| !names.is_empty());
    if named && proxy.text().is_some_and(|path| !path.is_empty() && clients.text() == Some(path)) {
        out.finding(
            proxy.at(),
            "front proxies and clients share a CA: a client certificate with the right name may be anybody",
        )
        .related(clients.at(), "the same file");
    }
}
