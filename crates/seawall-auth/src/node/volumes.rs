//! The secrets of a PersistentVolume (upstream: `pkg/api/v1/persistentvolume/util.go`).

use seawall_model::{At, Object};
use std::sync::Arc;

/// Volume types whose secret lies in the claim's namespace unless the reference names another one.
const IN_CLAIMS: [&str; 5] = ["cephfs", "flexVolume", "rbd", "scaleIO", "iscsi"];
/// The order in which upstream looks for a type.
const TYPES: [&str; 9] =
    ["azureFile", "cephfs", "cinder", "flexVolume", "rbd", "scaleIO", "iscsi", "storageos", "csi"];
/// The secrets of CSI volumes that kubelets need; those of controllers are not for nodes.
const CSI: [&str; 3] = ["nodePublishSecretRef", "nodeStageSecretRef", "nodeExpandSecretRef"];

/// Calls `found` with namespace and name of each secret that kubelets need for the volume.
pub(super) fn visit(volume: &Arc<Object>, found: &mut dyn FnMut(&str, &str)) {
    let spec = volume.at().key("spec");
    let claims = spec.get("claimRef.namespace").str().unwrap_or("");
    let Some(kind) = TYPES.into_iter().find(|kind| spec.key(kind).exists()) else { return };
    let source = spec.key(kind);
    let text = |at: At<'_>, key| at.key(key).str().unwrap_or("").to_owned();
    let mut add = |namespace: &str, name: &str| {
        if !name.is_empty() {
            found(namespace, name);
        }
    };
    let own_or = |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
    match kind {
        "azureFile" => {
            add(&own_or(&text(source, "secretNamespace"), claims), &text(source, "secretName"));
        }
        "csi" => {
            for reference in CSI.map(|key| source.key(key)) {
                add(&text(reference, "namespace"), &text(reference, "name"));
            }
        }
        _ => {
            let reference = source.key("secretRef");
            let other = if IN_CLAIMS.contains(&kind) { claims } else { "" };
            add(&own_or(&text(reference, "namespace"), other), &text(reference, "name"));
        }
    }
}
