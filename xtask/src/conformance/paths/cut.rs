//! Makes the changes of `seawall cut -o json` in the cluster.

use super::Lab;
use crate::kube::Request;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Makes them, the later fields of an object first: each of its places counts as before.
pub(super) fn apply(lab: &mut Lab<'_>, changes: &[Value]) -> Result<()> {
    let mut changes: Vec<&Value> = changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(last_number(change)));
    changes.into_iter().try_for_each(|change| one(lab, change))
}

fn one(lab: &mut Lab<'_>, change: &Value) -> Result<()> {
    let object = &change["object"];
    let path = path(object)?;
    let field = change["field"].as_str().unwrap_or("");
    let request = match change["change"].as_str() {
        Some(what) if what.starts_with("delete ") => Request::new("DELETE", &path),
        Some("set to false") => patch(&path, &json!([{"op": "add", "path": pointer(field), "value": false}])),
        Some(what) if what.starts_with("remove ") => {
            patch(&path, &json!([{"op": "remove", "path": pointer(field)}]))
        }
        _ => bail!("nobody knows how to make the change {change}"),
    };
    lab.admin.send(&request)?.successful(&path).with_context(|| change.to_string())?;
    Ok(())
}

fn patch(path: &str, operations: &Value) -> Request {
    let mut request = Request::new("PATCH", path).header("Content-Type", "application/json-patch+json");
    request.body = operations.to_string().into_bytes();
    request
}

/// `rules[2]` as `/rules/2`.
fn pointer(field: &str) -> String {
    field
        .split('.')
        .fold(String::new(), |out, part| format!("{out}/{}", part.replace(']', "").replace('[', "/")))
}

/// The place in its list of what a change is about: later ones are to be changed first.
pub(crate) fn last_number(change: &Value) -> u64 {
    let field = change["field"].as_str().unwrap_or("");
    let digits: String = field.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

/// Makes a change that is no deletion of the object in its text.
pub(crate) fn edit(object: &mut Value, change: &Value) -> Result<()> {
    let pointer = pointer(change["field"].as_str().unwrap_or(""));
    let (parent, last) = pointer.rsplit_once('/').context("a field")?;
    let parent = object.pointer_mut(parent).with_context(|| format!("there is no {pointer}"))?;
    let set = change["change"] == "set to false";
    match parent {
        Value::Array(list) if !set => drop(list.remove(last.parse()?)),
        Value::Object(map) if set => drop(map.insert(last.to_owned(), false.into())),
        Value::Object(map) => drop(map.remove(last)),
        _ => bail!("nobody knows how to make the change {change}"),
    }
    Ok(())
}

fn path(object: &Value) -> Result<String> {
    let text = |key: &str| object[key].as_str().unwrap_or_default();
    let (kind, name) = (text("kind"), text("name"));
    let group = match text("apiVersion") {
        "v1" => "/api/v1".to_owned(),
        version => format!("/apis/{version}"),
    };
    let plural = format!("{}s", kind.to_ascii_lowercase());
    let scoped = matches!(kind, "ClusterRole" | "ClusterRoleBinding");
    let namespace = if scoped { String::new() } else { format!("/namespaces/{}", text("namespace")) };
    anyhow::ensure!(!name.is_empty(), "the change names no object: {object}");
    Ok(format!("{group}{namespace}/{plural}/{name}"))
}
