use crate::support::component::finding;
use crate::support::component::unknown;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # etcd-server-unverified
///
/// ## What it finds
/// A kube-apiserver that talks to etcd in clear text (`http://` in `--etcd-servers`), or does not say which CA
/// etcd's certificate must come from (`--etcd-cafile`).
///
/// ## Why it matters
/// Everything passes between the two, secrets included. Without the CA any certificate of a public authority is
/// accepted; without TLS anybody between them reads and changes the cluster.
///
/// ## Fix
/// Use `https://` and set `--etcd-cafile` to etcd's own CA.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#securing-communication
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["etcd", "api-tls"],
    cis = ["1.2.26"],
    aliases = ["KCV-0029", "CKV_K8S_102"]
)]
pub fn etcd_server_unverified(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let (servers, authority) = (server.setting("etcd-servers"), server.setting("etcd-cafile"));
    let list = servers.list().unwrap_or_default();
    if list.iter().any(|url| url.starts_with("http://")) {
        let what = "secrets pass between the API server and etcd in clear text";
        finding(out, *server, &servers, what, None);
    } else if authority.text() == Some("") {
        out.finding(
            authority.at(),
            "kube-apiserver does not check that etcd's certificate comes from etcd's own CA",
        );
    } else {
        unknown(out, *server, &authority);
    }
}
