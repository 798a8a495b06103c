//! The fields that would make a pod pass a Pod Security level, tried on a copy.

use crate::json::object_of;
use crate::pod_security::{Level, PolicyVersion, Violation, evaluate};
use serde_json::{Map, Value, json};

/// Rounds of changes: what one change uncovers, the next mends.
const ROUNDS: usize = 8;

/// What would have to change.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mending {
    /// `FIELD: VALUE` to set, or `FIELD: removed`, in the order in which they were made.
    pub changes: Vec<String>,
    /// Whether the changed object passes; checked, not assumed.
    pub passes: bool,
}

/// Changes a copy of a pod or workload until it passes, as far as a field can do it: volumes of the host, profiles and
/// sysctls that somebody chose are left alone.
pub fn mend(object: &Value, level: Level, version: PolicyVersion) -> Mending {
    let mut value = object.clone();
    let mut mending = Mending::default();
    for _ in 0..ROUNDS {
        let Some(found) = object_of(&value) else { return mending };
        let Some(pod) = found.pods().next() else { return mending };
        let violations = evaluate(pod, level, version);
        if violations.is_empty() {
            mending.passes = true;
            return mending;
        }
        let before = mending.changes.len();
        let actions: Vec<(String, Option<Value>)> = violations.iter().flat_map(actions).collect();
        // From the end, so that removing an element leaves the places of those before it.
        for (path, new) in actions.into_iter().rev() {
            let word = match &new {
                Some(new) => format!("{path}: {new}"),
                None => format!("{path}: removed"),
            };
            if change(&mut value, &path, new) && !mending.changes.contains(&word) {
                mending.changes.push(word);
            }
        }
        if mending.changes.len() == before {
            return mending;
        }
    }
    mending
}

/// The field to set or (`None`) to remove for every offence of a violation.
fn actions(violation: &Violation<'_>) -> Vec<(String, Option<Value>)> {
    let each = |new: fn() -> Option<Value>| {
        violation.offences.iter().map(|offence| (offence.at.field_ref().field(), new())).collect()
    };
    match violation.check.id {
        "allowPrivilegeEscalation" | "privileged" | "hostNamespaces" | "windowsHostProcess" => {
            each(|| Some(false.into()))
        }
        "runAsNonRoot" => each(|| Some(true.into())),
        "runAsUser" | "hostPorts" | "procMount" | "procMount_restricted" | "capabilities_baseline" => {
            each(|| None)
        }
        "seccompProfile_restricted" | "seccompProfile_baseline" => violation
            .offences
            .iter()
            .map(|offence| offence.at.field_ref().field())
            .filter(|field| field.contains("seccompProfile"))
            .map(|field| {
                let end = field.find("seccompProfile").map_or(field.len(), |at| at + "seccompProfile".len());
                (field.chars().take(end).collect(), Some(json!({"type": "RuntimeDefault"})))
            })
            .collect(),
        "capabilities_restricted" => violation
            .offences
            .iter()
            .map(|offence| offence.at.field_ref().field())
            .map(|field| if field.contains(".add[") { (field, None) } else { (field, Some(json!(["ALL"]))) })
            .collect(),
        _ => Vec::new(),
    }
}

/// Sets or removes a value by its path; whether that changed something.
fn change(value: &mut Value, path: &str, new: Option<Value>) -> bool {
    let mut at = value;
    let parts: Vec<Part<'_>> = parts(path);
    let Some((last, parents)) = parts.split_last() else { return false };
    for part in parents {
        let next = match part {
            Part::Key(key) => {
                if at.is_null() {
                    *at = Value::Object(Map::new());
                }
                let Some(map) = at.as_object_mut() else { return false };
                map.entry(*key).or_insert(Value::Null)
            }
            Part::Index(index) => {
                let Some(item) = at.get_mut(*index) else { return false };
                item
            }
        };
        at = next;
    }
    match (last, new) {
        (Part::Key(key), Some(new)) => {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let Some(map) = at.as_object_mut() else { return false };
            map.insert((*key).to_owned(), new.clone()) != Some(new)
        }
        (Part::Key(key), None) => at.as_object_mut().is_some_and(|map| map.remove(*key).is_some()),
        (Part::Index(index), None) => at.as_array_mut().is_some_and(|list| {
            let there = *index < list.len();
            if there {
                list.remove(*index);
            }
            there
        }),
        (Part::Index(_), Some(_)) => false,
    }
}

enum Part<'p> {
    Key(&'p str),
    Index(usize),
}

fn parts(path: &str) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    for piece in path.split('.') {
        let (key, rest) = piece.split_once('[').map_or((piece, ""), |(key, rest)| (key, rest));
        if !key.is_empty() {
            out.push(Part::Key(key));
        }
        out.extend(
            rest.split('[').filter_map(|index| index.strip_suffix(']')?.parse().ok()).map(Part::Index),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_can_mend_is_mended_and_checked() {
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {
            "hostNetwork": true,
            "containers": [{"name": "c", "image": "a", "securityContext": {
                "privileged": true, "capabilities": {"add": ["NET_ADMIN", "NET_BIND_SERVICE"]}}}]}});
        let mending = mend(&pod, Level::Restricted, PolicyVersion::Latest);
        assert!(mending.passes, "{mending:?}");
        assert!(mending.changes.contains(&"spec.hostNetwork: false".to_owned()), "{mending:?}");
        let mut host = pod.clone();
        host["spec"]["volumes"] = json!([{"name": "v", "hostPath": {"path": "/"}}]);
        assert!(!mend(&host, Level::Baseline, PolicyVersion::Latest).passes);
    }
}
