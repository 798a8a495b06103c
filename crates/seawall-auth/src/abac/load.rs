//! Reads a policy file: one JSON object on each line.

use super::{Policies, Policy};
use serde_json::{Map, Value};

/// Why the API server does not start with a policy file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct PolicyError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// The longest line that Go's scanner takes, in bytes.
const LINE: usize = 64 * 1024;

/// Reads the text of a policy file.
///
/// # Errors
/// At the first line that the API server refuses.
pub fn load(text: &str) -> Result<Policies, PolicyError> {
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let error = |message: String| PolicyError { line: number + 1, message };
        if line.len() >= LINE {
            return Err(error("the line is too long".into()));
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let value: Value = serde_json::from_str(line).map_err(|found| error(found.to_string()))?;
        let Value::Object(object) = value else { return Err(error("not a JSON object".into())) };
        let policy = policy(&object).map_err(error)?;
        out.push(Policy { line: number + 1, ..policy });
    }
    Ok(Policies(out))
}

fn policy(object: &Map<String, Value>) -> Result<Policy, String> {
    let api_version = text(object, "apiVersion")?;
    let kind = text(object, "kind")?;
    if api_version == "abac.authorization.kubernetes.io/v1beta1" && kind == "Policy" {
        let empty = Map::new();
        let spec = match object.get("spec") {
            None | Some(Value::Null) => &empty,
            Some(Value::Object(spec)) => spec,
            Some(_) => return Err("`spec` is not an object".into()),
        };
        return v1beta1(spec);
    }
    unversioned(object)
}

fn v1beta1(spec: &Map<String, Value>) -> Result<Policy, String> {
    let mut policy = Policy {
        line: 0,
        user: text(spec, "user")?,
        group: text(spec, "group")?,
        readonly: boolean(spec, "readonly")?,
        api_group: text(spec, "apiGroup")?,
        resource: text(spec, "resource")?,
        namespace: text(spec, "namespace")?,
        non_resource_path: text(spec, "nonResourcePath")?,
    };
    // `Convert_v1beta1_Policy_To_abac_Policy`: everybody is everybody who is authenticated.
    if policy.user == "*" || policy.group == "*" {
        policy.user = String::new();
        policy.group = "system:authenticated".into();
    }
    Ok(policy)
}

/// The form before versions (`Convert_v0_Policy_To_abac_Policy`): what is left out is everything.
fn unversioned(object: &Map<String, Value>) -> Result<Policy, String> {
    let (user, group) = (text(object, "user")?, text(object, "group")?);
    let (namespace, resource) = (text(object, "namespace")?, text(object, "resource")?);
    let or_all = |text: &str| if text.is_empty() { "*".to_owned() } else { text.to_owned() };
    let everybody = user.is_empty() && group.is_empty() || user == "*" || group == "*";
    Ok(Policy {
        line: 0,
        non_resource_path: if namespace.is_empty() && resource.is_empty() {
            "*".into()
        } else {
            String::new()
        },
        user: if user == "*" || group == "*" { String::new() } else { user },
        group: if everybody { "system:authenticated".into() } else { group },
        readonly: boolean(object, "readonly")?,
        api_group: "*".into(),
        resource: or_all(&resource),
        namespace: or_all(&namespace),
    })
}

fn text(object: &Map<String, Value>, key: &str) -> Result<String, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("`{key}` is not a string")),
    }
}

fn boolean(object: &Map<String, Value>, key: &str) -> Result<bool, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(format!("`{key}` is not a boolean")),
    }
}
