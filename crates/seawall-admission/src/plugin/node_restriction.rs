//! NodeRestriction (`plugin/pkg/admission/noderestriction/admission.go`): what a kubelet's identity may write.

mod labels;
mod pods;

use super::Plugin;
use crate::json::Json;
use crate::outcome::Denial;
use crate::pass::{Pass, Step};
use crate::pod_security::go_quoted;
use crate::request::Operation;
use serde_json::Value;

const NAME: &str = "NodeRestriction";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: None };

fn admit(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if request.operation == Operation::Connect {
        return Ok(());
    }
    let Some(node) = request.user.node() else { return Ok(()) };
    if node.is_empty() {
        let text = format!("could not determine node from user {}", go_quoted(&request.user.name));
        return Err(refuse(pass, &text));
    }
    match (&*request.group, &*request.resource) {
        ("", "pods") => match &*request.subresource {
            "" => pods::pod(pass, node),
            "status" => pods::status(pass, node),
            "eviction" => pods::eviction(pass, node),
            other => Err(refuse(
                pass,
                &format!(
                    "unexpected pod subresource {}, only 'status' and 'eviction' are allowed",
                    go_quoted(other)
                ),
            )),
        },
        ("", "nodes") => node_object(pass, node),
        ("", "persistentvolumeclaims") if request.subresource != "status" => {
            Err(refuse(pass, "may only update PVC status"))
        }
        ("coordination.k8s.io", "leases") => lease(pass, node),
        ("storage.k8s.io", "csinodes") => {
            own_name(pass, node, "can only access CSINode with the same name as the requesting node")
        }
        ("resource.k8s.io", "resourceslices") => slice(pass, node),
        ("certificates.k8s.io", "certificatesigningrequests") => certificate(pass),
        ("", "persistentvolumeclaims" | "serviceaccounts")
        | ("certificates.k8s.io", "podcertificaterequests") => {
            pass.doubt(NAME, format!("what it decides about {} of nodes is not modelled", request.resource));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn refuse(pass: &Pass<'_>, why: &str) -> Denial {
    pass.forbidden(NAME, why, &[])
}

/// On creation the name stands in the object.
fn own_name(pass: &Pass<'_>, node: &str, text: &str) -> Step {
    let name = match pass.request.operation {
        Operation::Create => pass.object.text("metadata.name"),
        _ => &pass.request.name,
    };
    if name == node { Ok(()) } else { Err(refuse(pass, text)) }
}

fn lease(pass: &Pass<'_>, node: &str) -> Step {
    if pass.request.namespace != "kube-node-lease" {
        return Err(refuse(pass, "can only access leases in the \"kube-node-lease\" system namespace"));
    }
    own_name(pass, node, "can only access node lease with the same name as the requesting node")
}

fn slice(pass: &Pass<'_>, node: &str) -> Step {
    let (slice, word) = match pass.request.operation {
        Operation::Create => (Some(&pass.object), "create"),
        Operation::Delete => (pass.request.old.as_ref(), "delete"),
        _ => return Ok(()),
    };
    if slice.is_some_and(|slice| slice.text("spec.nodeName") == node) {
        return Ok(());
    }
    Err(refuse(pass, &format!("can only {word} ResourceSlice with the same NodeName as the requesting node")))
}

fn certificate(pass: &mut Pass<'_>) -> Step {
    const SIGNERS: [&str; 2] =
        ["kubernetes.io/kubelet-serving", "kubernetes.io/kube-apiserver-client-kubelet"];
    let created = pass.request.operation == Operation::Create && pass.request.subresource.is_empty();
    if created
        && pass.settings.version.minor() >= 31
        && SIGNERS.contains(&pass.object.text("spec.signerName"))
    {
        // The name stands in a certificate request, which is not decoded here.
        pass.doubt(NAME, "the common name in the certificate request is not read");
    }
    Ok(())
}

/// `admitNode`.
fn node_object(pass: &Pass<'_>, node: &str) -> Step {
    let request = pass.request;
    let quoted = go_quoted(node);
    if request.name != node {
        let text = format!("node {quoted} is not allowed to modify node {}", go_quoted(&request.name));
        return Err(refuse(pass, &text));
    }
    match (request.operation, &request.old) {
        (Operation::Create, _) => {
            if pass.object.at("spec.configSource").is_some() {
                let text = format!("node {quoted} is not allowed to create pods with a non-nil configSource");
                return Err(refuse(pass, &text));
            }
            let forbidden = labels::forbidden(&pass.object, &Value::Null);
            if !forbidden.is_empty() {
                let text = format!(
                    "node {quoted} is not allowed to set the following labels: {}",
                    forbidden.join(", ")
                );
                return Err(pass.forbidden(NAME, &text, &["metadata.labels"]));
            }
            Ok(())
        }
        (Operation::Update, Some(old)) => update(pass, &quoted, old),
        _ => Ok(()),
    }
}

fn update(pass: &Pass<'_>, quoted: &str, old: &Value) -> Step {
    let source = "spec.configSource";
    if pass.object.at(source).is_some() && pass.object.at(source) != old.at(source) {
        let text =
            format!("node {quoted} is not allowed to update configSource to a new non-nil configSource");
        return Err(refuse(pass, &text));
    }
    if pass.object.list("spec.taints") != old.list("spec.taints") {
        let text = format!("node {quoted} is not allowed to modify taints");
        return Err(pass.forbidden(NAME, &text, &["spec.taints"]));
    }
    let owners = "metadata.ownerReferences";
    if pass.settings.version.minor() >= 31 && pass.object.list(owners) != old.list(owners) {
        let text = format!("node {quoted} is not allowed to modify ownerReferences");
        return Err(pass.forbidden(NAME, &text, &[owners]));
    }
    let forbidden = labels::forbidden(&pass.object, old);
    if !forbidden.is_empty() {
        // Upstream forgot the node in this text.
        let text = format!("is not allowed to modify labels: {}", forbidden.join(", "));
        return Err(pass.forbidden(NAME, &text, &["metadata.labels"]));
    }
    Ok(())
}
