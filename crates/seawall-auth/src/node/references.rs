//! What a pod needs (upstream: `AddPod` in `graph.go`, `pkg/api/v1/pod/util.go`).

use super::graph::Vertex;
use seawall_model::{At, Object};
use std::sync::Arc;

/// The annotation of pods that a kubelet mirrors from its own files. They give no access to other objects.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Calls `found` with the sort and name of each object in the pod's namespace that its node may see.
pub(super) fn visit<'a>(pod: &'a Arc<Object>, found: &mut dyn FnMut(Vertex, &str)) {
    let annotations = pod.at().get("metadata.annotations");
    if annotations.entries().any(|(key, _)| key == MIRROR) {
        return;
    }
    let spec = pod.at().key("spec");
    let mut named = |vertex, at: At<'a>| {
        if let Some(name) = at.str().filter(|name| !name.is_empty()) {
            found(vertex, name);
        }
    };
    let account = spec.key("serviceAccountName");
    // The API server copies the old field into the new one.
    let old = account.str().is_none_or(str::is_empty);
    named(Vertex::ServiceAccount, if old { spec.key("serviceAccount") } else { account });
    for secret in spec.key("imagePullSecrets").items() {
        named(Vertex::Secret, secret.key("name"));
    }
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        spec.key(list).items().for_each(|at| container(at, &mut named));
    }
    spec.key("volumes").items().for_each(|at| volume(at, &mut named));
    for at in spec.key("volumes").items() {
        let generated = at.key("ephemeral").exists() && !at.key("persistentVolumeClaim").exists();
        if let Some(volume) = at.key("name").str().filter(|_| generated) {
            found(Vertex::Claim, &format!("{}-{volume}", pod.name()));
        }
    }
    resource_claims(pod, found);
}

fn container<'a>(at: At<'a>, named: &mut impl FnMut(Vertex, At<'a>)) {
    for source in at.key("envFrom").items() {
        named(Vertex::Secret, source.get("secretRef.name"));
        named(Vertex::ConfigMap, source.get("configMapRef.name"));
    }
    for variable in at.key("env").items() {
        named(Vertex::Secret, variable.get("valueFrom.secretKeyRef.name"));
        named(Vertex::ConfigMap, variable.get("valueFrom.configMapKeyRef.name"));
    }
}

/// Where the secret of a volume stands, by its type, in the order in which upstream looks for a type.
const SECRETS: [(&str, &str); 11] = [
    ("azureFile", "secretName"),
    ("cephfs", "secretRef.name"),
    ("cinder", "secretRef.name"),
    ("flexVolume", "secretRef.name"),
    ("projected", ""),
    ("rbd", "secretRef.name"),
    ("secret", "secretName"),
    ("scaleIO", "secretRef.name"),
    ("iscsi", "secretRef.name"),
    ("storageos", "secretRef.name"),
    ("csi", "nodePublishSecretRef.name"),
];

fn volume<'a>(at: At<'a>, named: &mut impl FnMut(Vertex, At<'a>)) {
    if let Some((kind, path)) = SECRETS.into_iter().find(|(kind, _)| at.key(kind).exists())
        && kind != "projected"
    {
        named(Vertex::Secret, at.key(kind).get(path));
    }
    let projected = at.key("projected");
    if projected.exists() {
        for source in projected.key("sources").items() {
            named(Vertex::Secret, source.get("secret.name"));
            named(Vertex::ConfigMap, source.get("configMap.name"));
        }
    } else {
        named(Vertex::ConfigMap, at.get("configMap.name"));
    }
    named(Vertex::Claim, at.get("persistentVolumeClaim.claimName"));
}

/// Claims by name, and those made from templates, whose names stand in the status
/// (`k8s.io/dynamic-resource-allocation/resourceclaim` `Name`).
fn resource_claims(pod: &Arc<Object>, found: &mut dyn FnMut(Vertex, &str)) {
    let status = pod.at().key("status");
    let made = |name: &str| {
        let entry = |at: &At<'_>| at.key("name").str() == Some(name);
        status.key("resourceClaimStatuses").items().find(entry)?.key("resourceClaimName").str()
    };
    for claim in pod.at().get("spec.resourceClaims").items() {
        // In 1.30 both fields stand below `source`.
        let field =
            |key| Some(claim.key(key)).filter(|at| at.exists()).unwrap_or(claim.key("source").key(key));
        let name = match field("resourceClaimName").str() {
            Some(name) => Some(name),
            None if field("resourceClaimTemplateName").exists() => claim.key("name").str().and_then(made),
            None => None,
        };
        name.into_iter().for_each(|name| found(Vertex::ResourceClaim, name));
    }
    let extended = status.get("extendedResourceClaimStatus.resourceClaimName");
    extended
        .str()
        .filter(|name| !name.is_empty())
        .into_iter()
        .for_each(|name| found(Vertex::ResourceClaim, name));
}
