use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, FindingBuilder, Report};
use std::collections::HashMap;

/// # etcd-shares-cluster-ca
///
/// ## What it finds
/// An etcd whose clients' CA is the file that the API server trusts for its own clients, seen from either side
/// (`--trusted-ca-file`, `--etcd-cafile`, `--client-ca-file`).
///
/// ## Why it matters
/// Every certificate of the cluster then opens etcd: each kubelet and each person with a client certificate
/// reads and writes everything, past RBAC.
///
/// ## Fix
/// Use a CA for etcd alone, as kubeadm does, and reissue etcd's and the API server's etcd certificates from it.
///
/// ## References
/// - https://kubernetes.io/docs/setup/best-practices/certificates/#single-root-ca
/// - https://etcd.io/docs/v3.6/op-guide/security/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["etcd"],
    cis = ["2.7"]
)]
pub fn etcd_shares_cluster_ca(world: &World, _: &World, out: &mut Report) {
    let version = world.version();
    let mut of_clients: HashMap<String, ComponentAt<'_>> = HashMap::new();
    for component in
        world.components().iter().filter(|component| component.kind() == ComponentKind::ApiServer)
    {
        let server = component.in_version(version);
        let (clients, etcd) = (server.setting("client-ca-file"), server.setting("etcd-cafile"));
        let Some(path) = clients.text().filter(|path| !path.is_empty()) else { continue };
        if etcd.is_set() && etcd.text() == Some(path) {
            let message = "the API server trusts one CA for its clients and for etcd: every client certificate may open etcd";
            let found = out.finding(etcd.at(), message).related(clients.at(), "the same file");
            name_container(found, component.container());
        }
        of_clients.entry(path.to_owned()).or_insert(server);
    }
    for component in world.components().iter().filter(|component| component.kind() == ComponentKind::Etcd) {
        let etcd = component.in_version(version);
        let trusted = etcd.setting("trusted-ca-file");
        let Some(server) = trusted.text().and_then(|path| of_clients.get(path)).filter(|_| trusted.is_set())
        else {
            continue;
        };
        let found = out.finding(
            trusted.at(),
            "etcd takes every client certificate of the cluster: its CA is the API server's",
        );
        name_container(
            found.related(server.setting("client-ca-file").at(), "the same file"),
            component.container(),
        );
    }
}

fn name_container(found: FindingBuilder<'_>, container: Option<&str>) {
    if let Some(name) = container {
        found.container(name);
    }
}
