use crate::support::certificate::{Certificates, Shared};
use crate::{ComponentAt, World};
use seawall_controls_macros::control;
use seawall_model::{ComponentKind, FindingBuilder, Report};
use std::collections::HashMap;

/// # etcd-shares-cluster-ca
///
/// ## What it finds
/// An etcd whose clients' CA is the one that the API server trusts for its own clients, seen from either side
/// (`--trusted-ca-file`, `--etcd-cafile`, `--client-ca-file`): the same file, or, where the certificate files are
/// part of the input (`pki/ca.crt`, `pki/etcd/ca.crt`), files with the same public key.
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
    let certificates = Certificates::of(world);
    let mut of_clients: HashMap<String, ComponentAt<'_>> = HashMap::new();
    let mut in_order: Vec<(String, ComponentAt<'_>)> = Vec::new();
    for component in
        world.components().iter().filter(|component| component.kind() == ComponentKind::ApiServer)
    {
        let server = component.in_version(version);
        let (clients, etcd) = (server.setting("client-ca-file"), server.setting("etcd-cafile"));
        let Some(path) = clients.text().filter(|path| !path.is_empty()) else { continue };
        let shared = etcd.text().and_then(|of_etcd| certificates.shared(path, of_etcd));
        if let Some(shared) = shared.filter(|shared| etcd.is_set() || *shared == Shared::Key) {
            let message = "the API server trusts one CA for its clients and for etcd: every client certificate may open etcd";
            let found = out.finding(etcd.at(), message).related(clients.at(), shared.related());
            name_container(found, component.container());
        }
        if of_clients.insert(path.to_owned(), server).is_none() && in_order.len() < SERVERS {
            in_order.push((path.to_owned(), server));
        }
    }
    for component in world.components().iter().filter(|component| component.kind() == ComponentKind::Etcd) {
        let etcd = component.in_version(version);
        let trusted = etcd.setting("trusted-ca-file");
        let Some(path) = trusted.text().filter(|path| !path.is_empty()) else { continue };
        let by_path = of_clients.get(path).filter(|_| trusted.is_set()).map(|server| (server, Shared::Path));
        let by_key = || {
            let same = |other: &str| certificates.shared(other, path) == Some(Shared::Key);
            in_order.iter().find(|(other, _)| same(other)).map(|(_, server)| (server, Shared::Key))
        };
        let Some((server, shared)) = by_path.or_else(by_key) else { continue };
        let found = out.finding(
            trusted.at(),
            "etcd takes every client certificate of the cluster: its CA is the API server's",
        );
        name_container(
            found.related(server.setting("client-ca-file").at(), shared.related()),
            component.container(),
        );
    }
}

/// Client CAs of different paths whose keys are compared with an etcd's.
const SERVERS: usize = 16;

fn name_container(found: FindingBuilder<'_>, container: Option<&str>) {
    if let Some(name) = container {
        found.container(name);
    }
}
