//! `ValidateObjectMeta`.

use super::form::{is_label_key, is_label_value};
use crate::json::Json;
use crate::request::Request;
use seawall_model::decode::{dns1123_label, dns1123_subdomain};
use serde_json::Value;

/// All annotations together (`TotalAnnotationSizeLimitB`).
const MOST_ANNOTATIONS: usize = 256 * 1024;

/// Adds what may be refused.
pub(super) fn check(object: &Value, request: &Request, open: &mut Vec<String>) {
    let name = object.text("metadata.name");
    let generated = object.text("metadata.generateName");
    let label = matches!(
        (&*request.group, &*request.resource),
        ("", "namespaces" | "services" | "replicationcontrollers")
    ) || request.resource == "statefulsets";
    // Names of roles and bindings may be any segment of a path (`ValidatePathSegmentName`).
    let segment = request.group == "rbac.authorization.k8s.io";
    let is_segment = |name: &str| !matches!(name, "." | "..") && !name.contains(['/', '%']);
    let is_name = |name: &str| {
        if segment {
            is_segment(name)
        } else if label {
            dns1123_label(name)
        } else {
            dns1123_subdomain(name)
        }
    };
    let fits = match (name, generated) {
        ("", "") => false,
        // The random end is of letters and digits.
        ("", generated) => generated.len() <= 57 && is_name(&format!("{generated}x")),
        (name, _) => {
            is_name(name)
                && (request.resource != "services" || !name.starts_with(|c: char| c.is_ascii_digit()))
        }
    };
    if !fits {
        open.push(format!("metadata.name `{}` may be refused", seawall_model::decode::shown(name)));
    }
    check_maps(object, "metadata", open);
    let known = [
        "name",
        "generateName",
        "namespace",
        "labels",
        "annotations",
        "creationTimestamp",
        "uid",
        "resourceVersion",
        "generation",
        "managedFields",
        "selfLink",
    ];
    for field in object.map("metadata").keys() {
        let owners = matches!(field.as_str(), "ownerReferences" | "finalizers");
        if owners && object.list(&format!("metadata.{field}")).iter().all(is_sure) {
            continue;
        }
        if !known.contains(&field.as_str()) {
            open.push(format!("metadata.{field} is not validated here"));
        }
    }
    if object.at("metadata.resourceVersion").is_some() && request.old.is_none() {
        open.push("metadata.resourceVersion of a new object is refused".to_owned());
    }
}

/// A finalizer or an owner that is surely accepted.
fn is_sure(item: &Value) -> bool {
    match item {
        Value::String(finalizer) => is_label_key(finalizer) && finalizer.contains('/'),
        owner => {
            let filled =
                ["apiVersion", "kind", "name", "uid"].iter().all(|field| !owner.text(field).is_empty());
            filled && owner.text("kind") != "Event"
        }
    }
}

/// Labels and annotations below `path`.
pub(super) fn check_maps(object: &Value, path: &str, open: &mut Vec<String>) {
    for (key, value) in object.map(&format!("{path}.labels")) {
        if !is_label_key(key) || !is_label_value(value.as_str().unwrap_or("")) {
            open.push(format!("{path}.labels[{}] may be refused", seawall_model::decode::shown(key)));
        }
    }
    let mut size = 0;
    for (key, value) in object.map(&format!("{path}.annotations")) {
        size += key.len() + value.as_str().map_or(0, str::len);
        // Of pods some keys are validated by what they mean (`ValidatePodSpecificAnnotations`).
        let special = key.contains("seccomp.security.alpha")
            || key.contains("apparmor.security.beta")
            || key == "scheduler.alpha.kubernetes.io/tolerations";
        if !is_label_key(&key.to_ascii_lowercase()) || special {
            open.push(format!("{path}.annotations[{}] may be refused", seawall_model::decode::shown(key)));
        }
    }
    if size > MOST_ANNOTATIONS {
        open.push(format!("{path}.annotations are too large"));
    }
}
