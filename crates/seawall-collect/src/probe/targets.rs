//! Which addresses are this cluster's: those that its own objects name.

use seawall_model::{Cluster, ComponentKind, Components, Object, WellKnown};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// Listeners that are asked, at most.
const MOST: usize = 20_000;
/// Nodes on which a NodePort is tried: each node answers for all.
const NODES_OF_PORT: usize = 2;

/// What listens there, or what is asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Role {
    /// kube-apiserver.
    ApiServer,
    /// A kubelet's port for the API server.
    Kubelet,
    /// A kubelet's port 10255.
    KubeletReadOnly,
    /// etcd's port for clients.
    Etcd,
    /// A NodePort of a Service.
    NodePort,
    /// The API server, asked as this node to change another one; a dry run.
    NodeWrite {
        /// The other node.
        other: String,
    },
}

impl Role {
    /// As objects and people call it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ApiServer => "apiServer",
            Self::Kubelet => "kubelet",
            Self::KubeletReadOnly => "kubeletReadOnly",
            Self::Etcd => "etcd",
            Self::NodePort => "nodePort",
            Self::NodeWrite { .. } => "nodeWrite",
        }
    }
}

/// Something to ask.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProbeTarget {
    /// What it is.
    pub role: Role,
    /// A name or an address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The node it runs on, or that is impersonated.
    pub node: Option<String>,
    /// The Service of a NodePort, as `namespace/name`.
    pub service: Option<String>,
}

impl ProbeTarget {
    /// `10.0.0.1:10250`, `[fd00::1]:10250`.
    pub fn address(&self) -> String {
        match self.host.parse::<IpAddr>() {
            Ok(IpAddr::V6(address)) => format!("[{address}]:{}", self.port),
            _ => format!("{}:{}", self.host, self.port),
        }
    }

    /// Told apart from all others, and readable.
    pub fn name(&self) -> String {
        match (&self.role, &self.node, &self.service) {
            (Role::NodeWrite { other }, Some(node), _) => format!("{node} changes {other}"),
            (role, Some(node), None) => format!("{} of {node} at {}", role.word(), self.address()),
            (role, _, Some(service)) => format!("{} of {service} at {}", role.word(), self.address()),
            (role, ..) => format!("{} at {}", role.word(), self.address()),
        }
    }

    /// What would be done, as a sentence.
    pub fn plan(&self) -> String {
        let what = match &self.role {
            Role::ApiServer => "TLS versions and certificate".to_owned(),
            Role::Kubelet => "TLS versions and certificate; GET /pods without credentials".to_owned(),
            Role::KubeletReadOnly => "GET /pods without TLS".to_owned(),
            Role::Etcd => {
                "TLS versions and certificate; GET /version without and with a foreign certificate".to_owned()
            }
            Role::NodePort => "a connection, closed at once".to_owned(),
            Role::NodeWrite { other } => {
                format!(
                    "a dry run of PATCH nodes/{other}, impersonating system:node:{}",
                    self.node.as_deref().unwrap_or("")
                )
            }
        };
        format!("{}: {what}", self.name())
    }
}

/// The targets that the objects of a cluster name; `server` is the API server's URL in the kubeconfig.
pub fn targets(objects: &[Arc<Object>], server: &str) -> Vec<ProbeTarget> {
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    let (host, port) = host_and_port(server);
    // A node's loopback is not ours; but where the API server is on this machine, the cluster is.
    let here = is_loopback(&host);
    let mut add = |role: Role, host: &str, port: u16, node: Option<&str>, service: Option<String>| {
        let target =
            ProbeTarget { role, host: host.to_owned(), port, node: node.map(str::to_owned), service };
        let usable = port != 0 && !host.is_empty() && (here || !is_loopback(host)) && !is_nobody(host);
        if usable && out.len() < MOST && seen.insert(target.name()) {
            out.push(target);
        }
    };
    add(Role::ApiServer, &host, port, None, None);
    let cluster = Cluster::new(objects.iter().cloned());
    for slice in cluster.in_namespace(WellKnown::EndpointSlice, Some("default")) {
        if slice.label("kubernetes.io/service-name") == Some("kubernetes") {
            let port = slice.at().get("ports").items().find_map(|port| port.key("port").int());
            let port = port.and_then(|port| u16::try_from(port).ok()).unwrap_or(6443);
            for address in slice.at().get("endpoints").items().flat_map(|one| one.key("addresses").items()) {
                add(Role::ApiServer, address.str().unwrap_or(""), port, None, None);
            }
        }
    }
    let nodes: Vec<(&str, &str)> =
        cluster.of(WellKnown::Node).filter_map(|node| Some((node.name(), internal(node)?))).collect();
    for node in cluster.of(WellKnown::Node) {
        let Some(address) = internal(node) else { continue };
        let port = node.at().get("status.daemonEndpoints.kubeletEndpoint.Port").int();
        let port = port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0).unwrap_or(10_250);
        add(Role::Kubelet, address, port, Some(node.name()), None);
        add(Role::KubeletReadOnly, address, 10_255, Some(node.name()), None);
    }
    for component in Components::of(&cluster).iter().filter(|one| one.kind() == ComponentKind::Etcd) {
        let etcd = component.in_version(seawall_model::Version::NEWEST);
        let node = component.object().at().get("spec.nodeName").str();
        let urls = etcd.setting("advertise-client-urls").text().unwrap_or_default().to_owned();
        for url in urls.split(',') {
            let (host, port) = host_and_port(url);
            add(Role::Etcd, &host, port, node, None);
        }
    }
    for service in cluster.of(WellKnown::Service) {
        let name = format!("{}/{}", service.namespace().unwrap_or("default"), service.name());
        for port in service.at().get("spec.ports").items() {
            let tcp = port.key("protocol").str().is_none_or(|protocol| protocol == "TCP");
            let number = port.key("nodePort").int().and_then(|port| u16::try_from(port).ok()).unwrap_or(0);
            for (_, address) in nodes.iter().take(NODES_OF_PORT).filter(|_| tcp) {
                add(Role::NodePort, address, number, None, Some(name.clone()));
            }
        }
    }
    if let [(one, _), (other, _), ..] = nodes.as_slice() {
        add(Role::NodeWrite { other: (*other).to_owned() }, &host, port, Some(one), None);
    }
    out
}

fn internal(node: &Arc<Object>) -> Option<&str> {
    let mut addresses = node.at().get("status.addresses").items();
    addresses.find(|one| one.key("type").str() == Some("InternalIP"))?.key("address").str()
}

/// Of a URL such as `https://[fd00::1]:6443/path`; the port of its scheme where it names none.
fn host_and_port(url: &str) -> (String, u16) {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("https", url));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let usual = if scheme == "http" { 80 } else { 443 };
    if let Some((host, rest)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port = rest.strip_prefix(':').and_then(|port| port.parse().ok());
        return (host.to_owned(), port.unwrap_or(usual));
    }
    match authority.rsplit_once(':') {
        Some((host, port)) => (host.to_owned(), port.parse().unwrap_or(0)),
        None => (authority.to_owned(), usual),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// Addresses that are no machine's: an object may hold anything.
fn is_nobody(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok_and(|address| match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_unspecified()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_link_local()
        }
        IpAddr::V6(address) => address.is_unspecified() || address.is_multicast(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_model::{Origin, objects_of};
    use seawall_yaml::{Source, parse_documents};

    fn plan(text: &str, server: &str) -> Vec<String> {
        let documents = parse_documents(&Source::new("x", text.to_owned())).into_iter().map(Result::unwrap);
        let objects: Vec<_> = documents
            .flat_map(|one| objects_of(&Arc::new(one), &Origin::File).unwrap())
            .map(Arc::new)
            .collect();
        targets(&objects, server).iter().map(ProbeTarget::name).collect()
    }

    const NODES: &str = "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {addresses: [{type: InternalIP, address: \
                         10.0.0.1}]}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\nstatus: {addresses: [{type: \
                         Hostname, address: b}, {type: InternalIP, address: 127.0.0.1}, {type: InternalIP, address: \
                         10.0.0.2}], daemonEndpoints: {kubeletEndpoint: {Port: 4194}}}\n";

    #[test]
    fn addresses_of_the_cluster_alone() {
        assert_eq!(
            plan(NODES, "https://api.example:6443"),
            [
                "apiServer at api.example:6443",
                "kubelet of a at 10.0.0.1:10250",
                "kubeletReadOnly of a at 10.0.0.1:10255",
                "a changes b",
            ],
            "the loopback of a node is not ours"
        );
        assert!(plan(NODES, "https://127.0.0.1:6443").contains(&"kubelet of b at 127.0.0.1:4194".to_owned()));
        let etcd = "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd-a, namespace: kube-system}\nspec: {nodeName: a, \
                    containers: [{name: etcd, image: etcd, command: [etcd, '--advertise-client-urls=https://10.0.0.1:2379,\
                    https://169.254.169.254:80', --name=a]}]}\n";
        assert_eq!(
            plan(etcd, "https://[fd00::1]/x"),
            ["apiServer at [fd00::1]:443", "etcd of a at 10.0.0.1:2379"]
        );
        let service = format!(
            "{NODES}---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {{ports: [{{port: 80, \
             nodePort: 30080}}, {{port: 53, nodePort: 30053, protocol: UDP}}]}}\n"
        );
        assert!(plan(&service, "https://x").contains(&"nodePort of shop/web at 10.0.0.1:30080".to_owned()));
        assert!(!plan(&service, "https://x").iter().any(|name| name.contains("30053")));
    }
}
