//! OwnerReferencesPermissionEnforcement (`plugin/pkg/admission/gc/gc_admission.go`).

use super::Plugin;
use crate::json::Json;
use crate::pass::{Pass, Step};
use crate::request::Operation;
use crate::stored::{Answered, Question};
use seawall_model::schema::Schema;
use serde_json::Value;

const NAME: &str = "OwnerReferencesPermissionEnforcement";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: None, validate: Some(validate) };

const FIELD: &str = "metadata.ownerReferences";

fn ask(pass: &mut Pass<'_>, question: &Question<'_>) -> Option<Answered> {
    let answer = pass.stored.authorizer.and_then(|asked| asked.allows(&pass.request.user, question));
    if answer.is_none() {
        let text = format!("whether the user may {} {} is not known", question.verb, question.resource);
        pass.doubt(NAME, text);
    }
    answer
}

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if !matches!(request.operation, Operation::Create | Operation::Update) {
        return Ok(());
    }
    // Pods, and RCs and Nodes before it, are whitelisted in their status alone: their metadata is that of the object.
    if request.is_of("", "pods") && request.subresource == "status" {
        return Ok(());
    }
    let old = request.old.as_ref().map_or(&[][..], |old| old.list(FIELD));
    let new = pass.object.list(FIELD).to_vec();
    if same(old, &new) {
        return Ok(());
    }
    if request.operation != Operation::Create {
        let question = Question {
            verb: "delete",
            group: &request.group,
            version: &request.version,
            resource: &request.resource,
            subresource: &request.subresource,
            namespace: &request.namespace,
            name: &request.name,
        };
        let Some(answer) = ask(pass, &question) else { return Ok(()) };
        if !answer.allowed {
            let text = format!(
                "cannot set an ownerRef on a resource you can't delete: {}, {}",
                answer.reason, answer.error
            );
            return Err(pass.forbidden(NAME, &text, &[FIELD]));
        }
    }
    blocking(pass, &newly_blocking(&new, old, request.old.is_some()))
}

/// Equality after decoding.
fn same(old: &[Value], new: &[Value]) -> bool {
    let fields = |owner: &Value| {
        let texts = ["apiVersion", "kind", "name", "uid"].map(|field| owner.text(field).to_owned());
        (texts, owner.flag("controller"), owner.flag("blockOwnerDeletion"))
    };
    old.iter().map(fields).eq(new.iter().map(fields))
}

/// `newBlockingOwnerDeletionRefs`.
fn newly_blocking(new: &[Value], old: &[Value], updates: bool) -> Vec<Value> {
    let blocks = |owner: &&Value| owner.flag("blockOwnerDeletion") == Some(true);
    let was = |owner: &Value| {
        let known = old.iter().rfind(|other| other.text("uid") == owner.text("uid"));
        updates && known.is_some_and(|known| known.flag("blockOwnerDeletion") == Some(true))
    };
    new.iter().filter(blocks).filter(|owner| !was(owner)).cloned().collect()
}

fn blocking(pass: &mut Pass<'_>, owners: &[Value]) -> Step {
    if owners.is_empty() {
        return Ok(());
    }
    let anything = Question {
        verb: "update",
        group: "*",
        version: "*",
        resource: "*",
        subresource: "finalizers",
        namespace: "",
        name: "*",
    };
    match ask(pass, &anything) {
        Some(answer) if answer.allowed => return Ok(()),
        Some(_) => {}
        None => return Ok(()),
    }
    for owner in owners {
        let api_version = owner.text("apiVersion");
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let schema = Schema::for_version(pass.settings.version);
        let Some(kind) = schema.kind(group, version, owner.text("kind")) else {
            let text = format!("the resource of owner {} {api_version} is not known", owner.text("kind"));
            pass.doubt(NAME, text);
            continue;
        };
        let namespace = if kind.namespaced() { pass.request.namespace.clone() } else { String::new() };
        let question = Question {
            verb: "update",
            group,
            version,
            resource: kind.resource().unwrap_or(""),
            subresource: "finalizers",
            namespace: &namespace,
            name: owner.text("name"),
        };
        let Some(answer) = ask(pass, &question) else { continue };
        if !answer.allowed {
            let text = format!(
                "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on: {}, {}",
                answer.reason, answer.error
            );
            return Err(pass.forbidden(NAME, &text, &[FIELD]));
        }
    }
    Ok(())
}
