//! Makes the changes of `seawall cut -o json` in the cluster.

use super::Lab;
use crate::kube::Request;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// Makes them, the later fields of an object first: each of its places counts as before.
pub(super) fn apply(lab: &mut Lab<'_>, changes: &[Value]) -> Result<()> {
    let mut changes: Vec<&Value> = changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse(last_number(change["field"].as_str().unwrap_or(""))));
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

fn last_number(field: &str) -> u64 {
    let digits: String = field.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
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
