//! Pods of a node: mirror pods, their status, their eviction.

use super::{NAME, refuse};
use crate::json::{Json, value_of};
use crate::outcome::Denial;
use crate::pass::{Pass, Step};
use crate::plugin::service_account::names_a_secret;
use crate::pod_security::go_quoted;
use crate::request::Operation;
use crate::stored::Found;
use seawall_model::WellKnown;
use serde_json::Value;

const MIRROR: &str = "kubernetes.io/config.mirror";

/// `admitPod`.
pub(super) fn pod(pass: &mut Pass<'_>, node: &str) -> Step {
    let quoted = go_quoted(node);
    match pass.request.operation {
        Operation::Create => create(pass, node),
        Operation::Delete => on_node(
            pass,
            node,
            &format!("node {quoted} can only delete pods with spec.nodeName set to itself"),
        ),
        other => {
            let text = format!(
                "unexpected operation \"{}\", node {quoted} can only create and delete mirror pods",
                other.as_str()
            );
            Err(refuse(pass, &text))
        }
    }
}

/// The pod of the request must run on the node.
fn on_node(pass: &mut Pass<'_>, node: &str, text: &str) -> Step {
    let request = pass.request;
    match pass.stored.find(WellKnown::Pod, Some(&request.namespace), &request.name) {
        Found::Here(pod) if pod.at().get("spec.nodeName").str() == Some(node) => Ok(()),
        Found::Here(_) => Err(refuse(pass, text)),
        Found::Absent => Err(not_found(format!("pods \"{}\" not found", request.name))),
        Found::Unknown(why) => {
            pass.doubt(NAME, why);
            Ok(())
        }
    }
}

fn not_found(message: String) -> Denial {
    Denial { by: NAME, code: 404, reason: "NotFound", message, causes: Vec::new(), fields: Vec::new() }
}

fn create(pass: &mut Pass<'_>, node: &str) -> Step {
    let quoted = go_quoted(node);
    let object = &pass.object;
    if object.entry("metadata.annotations", MIRROR).is_none() {
        let text =
            format!("pod does not have \"{MIRROR}\" annotation, node {quoted} can only create mirror pods");
        return Err(refuse(pass, &text));
    }
    if object.text("spec.nodeName") != node {
        let text = format!("node {quoted} can only create pods with spec.nodeName set to itself");
        return Err(refuse(pass, &text));
    }
    let only = match object.list("metadata.ownerReferences") {
        [only] => only.clone(),
        [] => {
            let text = format!("node {quoted} can only create pods with an owner reference set to itself");
            return Err(refuse(pass, &text));
        }
        _ => {
            let text =
                format!("node {quoted} can only create pods with a single owner reference set to itself");
            return Err(refuse(pass, &text));
        }
    };
    owner(pass, node, &only)?;
    match reference(pass) {
        Some(what) => Err(refuse(pass, &format!("node {quoted} can not create pods that reference {what}"))),
        None => Ok(()),
    }
}

fn owner(pass: &mut Pass<'_>, node: &str, owner: &Value) -> Step {
    let quoted = go_quoted(node);
    let is_node =
        owner.text("apiVersion") == "v1" && owner.text("kind") == "Node" && owner.text("name") == node;
    if !is_node {
        let text = format!("node {quoted} can only create pods with an owner reference set to itself");
        return Err(refuse(pass, &text));
    }
    if owner.flag("controller") != Some(true) {
        let text =
            format!("node {quoted} can only create pods with a controller owner reference set to itself");
        return Err(refuse(pass, &text));
    }
    if owner.flag("blockOwnerDeletion") == Some(true) {
        let text = format!("node {quoted} must not set blockOwnerDeletion on an owner reference");
        return Err(refuse(pass, &text));
    }
    match pass.stored.find(WellKnown::Node, None, node) {
        Found::Here(object) => {
            let stored = value_of(&object);
            let (expected, found) = (owner.text("uid"), stored.text("metadata.uid"));
            if expected != found {
                let text = format!("node {node} UID mismatch: expected {expected} got {found}");
                return Err(refuse(pass, &text));
            }
            Ok(())
        }
        Found::Absent => Err(not_found(format!("nodes \"{node}\" not found"))),
        Found::Unknown(why) => {
            pass.doubt(NAME, why);
            Ok(())
        }
    }
}

/// `podutil.HasAPIObjectReference`, and what stood in its place before 1.34.
fn reference(pass: &Pass<'_>) -> Option<&'static str> {
    let pod = &pass.object;
    let minor = pass.settings.version.minor();
    let volumes = pod.list("spec.volumes");
    if !pod.text("spec.serviceAccountName").is_empty() {
        return Some(if minor >= 34 { "serviceaccounts" } else { "a service account" });
    }
    if names_a_secret(pod) {
        return Some("secrets");
    }
    if names_a_config_map(pod) {
        return Some("configmaps");
    }
    let claims = !pod.list("spec.resourceClaims").is_empty();
    if minor >= 34 {
        return if claims { Some("resourceclaims") } else { volumes.iter().find_map(of_volume) };
    }
    let bundles = |volume: &Value| {
        volume.list("projected.sources").iter().any(|one| one.at("clusterTrustBundle").is_some())
    };
    if volumes.iter().any(bundles) {
        return Some("clustertrustbundles");
    }
    if volumes.iter().any(|volume| volume.at("persistentVolumeClaim").is_some()) {
        return Some("persistentvolumeclaims");
    }
    (claims && minor >= 32).then_some("resourceclaims")
}

fn of_volume(volume: &Value) -> Option<&'static str> {
    let sources = [
        ("csi", "csidrivers (via CSI volumes)"),
        ("glusterfs", "endpoints (via glusterFS volumes)"),
        ("persistentVolumeClaim", "persistentvolumeclaims"),
        ("ephemeral", "persistentvolumeclaims (via ephemeral volumes)"),
        ("azureFile", "secrets (via azureFile volumes)"),
    ];
    let own = sources.into_iter().find(|(field, _)| volume.at(field).is_some());
    own.map(|(_, word)| word).or_else(|| {
        let sources = [
            ("serviceAccountToken", "serviceaccounts (via projected volumes)"),
            ("clusterTrustBundle", "clustertrustbundles"),
            ("podCertificate", "podcertificates"),
        ];
        volume
            .list("projected.sources")
            .iter()
            .find_map(|one| sources.into_iter().find(|(field, _)| one.at(field).is_some()))
            .map(|(_, word)| word)
    })
}

/// `VisitPodConfigmapNames`.
fn names_a_config_map(pod: &Value) -> bool {
    let of_container = |container: &Value| {
        container.list("envFrom").iter().any(|from| from.at("configMapRef").is_some())
            || container.list("env").iter().any(|env| env.at("valueFrom.configMapKeyRef").is_some())
    };
    let of_volume = |volume: &Value| {
        volume.at("configMap").is_some()
            || volume.list("projected.sources").iter().any(|source| source.at("configMap").is_some())
    };
    pod.list("spec.volumes").iter().any(of_volume)
        || ["spec.containers", "spec.initContainers", "spec.ephemeralContainers"]
            .into_iter()
            .any(|list| pod.list(list).iter().any(of_container))
}

/// `admitPodStatus`.
pub(super) fn status(pass: &Pass<'_>, node: &str) -> Step {
    let quoted = go_quoted(node);
    let request = pass.request;
    let (Operation::Update, Some(old)) = (request.operation, &request.old) else {
        return Err(refuse(pass, &format!("unexpected operation \"{}\"", request.operation.as_str())));
    };
    if old.text("spec.nodeName") != node {
        let text =
            format!("node {quoted} can only update pod status for pods with spec.nodeName set to itself");
        return Err(refuse(pass, &text));
    }
    if pass.object.map("metadata.labels") != old.map("metadata.labels") {
        return Err(refuse(pass, &format!("node {quoted} cannot update labels through pod status")));
    }
    let claims = "status.resourceClaimStatuses";
    if pass.object.list(claims) != old.list(claims) {
        return Err(refuse(pass, &format!("node {quoted} cannot update resource claim statues")));
    }
    let extended = "status.extendedResourceClaimStatus";
    if pass.settings.version.minor() >= 34 && pass.object.at(extended) != old.at(extended) {
        return Err(refuse(pass, &format!("node {quoted} cannot update extended resource claim status")));
    }
    Ok(())
}

/// `admitPodEviction`.
pub(super) fn eviction(pass: &mut Pass<'_>, node: &str) -> Step {
    if pass.request.operation != Operation::Create {
        return Err(refuse(pass, &format!("unexpected operation {}", pass.request.operation.as_str())));
    }
    on_node(pass, node, &format!("node {node} can only evict pods with spec.nodeName set to itself"))
}
