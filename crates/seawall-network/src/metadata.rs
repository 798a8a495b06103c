//! What stands between a pod and the metadata service of its cloud beside policies: programs on the node that answer in
//! its place, and the number of hops that its answers may take.

use seawall_model::{At, Cluster, WellKnown};

/// A program on nodes that takes connections to the metadata service.
#[derive(Clone, Copy, Debug)]
pub struct MetadataProxy<'a> {
    /// What it is called.
    pub name: &'static str,
    /// Whether it takes the connection by rewriting its address before policies are asked, so that what they close is
    /// open to it.
    pub is_before_policies: bool,
    /// What shows that it runs.
    pub at: At<'a>,
}

/// Objects looked at.
const MOST: usize = 20_000;

/// The programs that answer for the metadata service, each once.
pub fn metadata_proxies(cluster: &Cluster) -> Vec<MetadataProxy<'_>> {
    let mut found: Vec<MetadataProxy<'_>> = Vec::new();
    for object in cluster.of(WellKnown::DaemonSet).take(MOST) {
        for container in object.pods().flat_map(|pod| pod.containers().collect::<Vec<_>>()) {
            let image = container.image().and_then(|image| image.split(['@', ':']).next());
            let Some(name) = image.and_then(|image| image.rsplit('/').next()) else { continue };
            let (name, is_before_policies) = match name {
                // Both write a rule for prerouting (uswitch/kiam, jtblin/kube2iam); policies see the node as the end.
                "kiam" => ("kiam", true),
                "kube2iam" => ("kube2iam", true),
                "nmi" => ("the managed identity of AAD Pod Identity", true),
                "gke-metadata-server" => ("the metadata server of GKE", false),
                _ => continue,
            };
            add(&mut found, MetadataProxy { name, is_before_policies, at: container.at().key("image") });
        }
    }
    for node in cluster.of(WellKnown::Node).take(MOST) {
        let label = node.at().get("metadata.labels").key("iam.gke.io/gke-metadata-server-enabled");
        if label.str() == Some("true") {
            let name = "the metadata server of GKE";
            add(&mut found, MetadataProxy { name, is_before_policies: false, at: label });
        }
    }
    found
}

fn add<'a>(found: &mut Vec<MetadataProxy<'a>>, proxy: MetadataProxy<'a>) {
    if found.iter().all(|known| known.name != proxy.name) {
        found.push(proxy);
    }
}

/// Whether answers of the service end on the node, so that pods with a network of their own get none: `Some(true)` where
/// every class of nodes of the input says so, `Some(false)` with a place where one does not; `None`: the input does not say.
/// Karpenter's EC2NodeClass has both settings (`karpenter.k8s.aws/v1` `MetadataOptions`, whose defaults are 1 and
/// `required`).
pub fn metadata_hop_limit(cluster: &Cluster) -> Option<(bool, At<'_>)> {
    let classes = cluster
        .of(WellKnown::Other)
        .filter(|object| object.group() == "karpenter.k8s.aws" && object.kind() == "EC2NodeClass");
    let mut answer = None;
    for class in classes {
        let options = class.at().key("spec").key("metadataOptions");
        let hops = options.key("httpPutResponseHopLimit").int().unwrap_or(1);
        let tokens = options.key("httpTokens").str().unwrap_or("required");
        if hops > 1 || tokens != "required" {
            return Some((false, options));
        }
        answer = Some((true, options));
    }
    answer
}
