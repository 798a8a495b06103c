//! The object as Go writes it: unset and empty fields are left out.

use crate::amount::Amount;
use crate::json::Json;
use seawall_model::Version;
use seawall_model::schema::{Schema, Shape, Type};
use serde_json::Value;

/// Deeper values (only schemas of CRDs are) are left as they are.
const DEPTH: u32 = 100;

/// Fields without a pointer in Go, which are left out when they are false.
const FLAGS: [&str; 9] = [
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "readOnly",
    "stdin",
    "stdinOnce",
    "tty",
    "unschedulable",
    "globalDefault",
];

/// The same for zero.
const NUMBERS: [&str; 3] = ["hostPort", "initialDelaySeconds", "nodePort"];

/// The same for the empty text.
const TEXTS: [&str; 20] = [
    "nodeName",
    "hostname",
    "subdomain",
    "serviceAccountName",
    "serviceAccount",
    "priorityClassName",
    "subPath",
    "workingDir",
    "value",
    "key",
    "operator",
    "effect",
    "hostIP",
    "image",
    "namespace",
    "generateName",
    "schedulerName",
    "externalName",
    "clusterIP",
    "loadBalancerIP",
];

/// Leaves out what Go would not write, and what the server makes itself.
pub(crate) fn prune(object: &mut Value, version: Version) {
    let (api_version, kind) = (object.text("apiVersion").to_owned(), object.text("kind").to_owned());
    let (group, name) = api_version.rsplit_once('/').unwrap_or(("", &api_version));
    let schema = Schema::for_version(version);
    if let Some(kind) = schema.kind(group, name, &kind) {
        of_type(object, kind.type_info(), 0);
    }
}

fn of_type(value: &mut Value, fields: Type, depth: u32) {
    let Value::Object(map) = value else { return };
    if depth > DEPTH {
        return;
    }
    map.retain(|name, value| {
        // What the type does not have is dropped by the decoder.
        let Some(field) = fields.field(name) else { return matches!(name.as_str(), "apiVersion" | "kind") };
        of_shape(value, field.shape(), depth + 1);
        !is_unset(name, value, field.shape())
    });
}

fn of_shape(value: &mut Value, shape: Shape, depth: u32) {
    match shape {
        Shape::Object(fields) => of_type(value, fields, depth),
        Shape::Array(element) => {
            for item in value.as_array_mut().into_iter().flatten() {
                of_shape(item, element.shape(), depth);
            }
        }
        // Quantities are written canonically, whatever they looked like.
        Shape::Quantity => {
            if let Some(amount) = Amount::of(value).filter(|_| !value.is_null()) {
                *value = amount.to_string().into();
            }
        }
        Shape::Map(element) => {
            for item in value.as_object_mut().into_iter().flat_map(|map| map.values_mut()) {
                of_shape(item, element.shape(), depth);
            }
        }
        _ => {}
    }
}

fn is_unset(name: &str, value: &Value, shape: Shape) -> bool {
    match (value, shape) {
        (Value::Null, _) => true,
        (Value::Array(list), Shape::Array(_)) => list.is_empty(),
        (Value::Object(map), Shape::Map(_)) => map.is_empty(),
        (Value::Bool(false), _) => FLAGS.contains(&name),
        (Value::String(text), _) => text.is_empty() && TEXTS.contains(&name),
        (Value::Number(number), _) => number.as_i64() == Some(0) && NUMBERS.contains(&name),
        _ => false,
    }
}
