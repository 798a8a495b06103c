//! NamespaceLifecycle (`k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go`).

use super::Plugin;
use crate::json::Json;
use crate::outcome::{Cause, Denial};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use crate::stored::Found;
use seawall_model::WellKnown;

const NAME: &str = "NamespaceLifecycle";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: None };

/// Namespaces that never go.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Namespaces that every API server makes.
const ALWAYS: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

fn admit(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    let deletes = request.operation == Operation::Delete;
    let is_namespace = request.group.is_empty() && request.kind == "Namespace";
    if deletes && is_namespace && IMMORTAL.contains(&&*request.name) {
        return Err(pass.forbidden(NAME, "this namespace may not be deleted", &[]));
    }
    let is_review = request.is_of("authorization.k8s.io", "localsubjectaccessreviews");
    if request.namespace.is_empty()
        || is_namespace
        || deletes
        || is_review
        || request.operation == Operation::Connect
    {
        return Ok(());
    }
    match pass.stored.find(WellKnown::Namespace, None, &request.namespace) {
        Found::Here(namespace) => {
            let ends = namespace.at().get("status.phase").str() == Some("Terminating")
                || namespace.at().get("metadata.deletionTimestamp").exists();
            if ends && request.operation == Operation::Create {
                return Err(terminating(pass));
            }
        }
        Found::Absent if ALWAYS.contains(&&*request.namespace) => {}
        Found::Absent => {
            return Err(Denial {
                by: NAME,
                code: 404,
                reason: "NotFound",
                message: format!("namespaces \"{}\" not found", request.namespace),
                causes: Vec::new(),
                fields: vec!["metadata.namespace".to_owned()],
            });
        }
        // Of files alone: the namespace is there, or somebody makes it. Its labels are asked for where they count.
        Found::Unknown(_) => {}
    }
    Ok(())
}

fn terminating(pass: &Pass<'_>) -> Denial {
    let namespace = &pass.request.namespace;
    let text =
        format!("unable to create new content in namespace {namespace} because it is being terminated");
    let mut denial = pass.forbidden(NAME, &text, &["metadata.namespace"]);
    denial.causes.push(Cause {
        reason: "NamespaceTerminating".to_owned(),
        message: format!("namespace {namespace} is being terminated"),
        field: "metadata.namespace".to_owned(),
    });
    denial
}

/// The labels and annotations of the request's namespace; `Err`: they are not known.
pub(super) fn metadata(pass: &Pass<'_>) -> Result<serde_json::Value, String> {
    let namespace = &pass.request.namespace;
    match pass.stored.find(WellKnown::Namespace, None, namespace) {
        Found::Here(object) => {
            let value = crate::json::value_of(&object);
            Ok(value.at("metadata").cloned().unwrap_or_default())
        }
        Found::Absent => Ok(serde_json::json!({"name": namespace})),
        Found::Unknown(why) => Err(why),
    }
}
