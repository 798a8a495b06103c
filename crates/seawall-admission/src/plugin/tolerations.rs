//! Merging tolerations (`pkg/util/tolerations/tolerations.go`).

use crate::json::Json;
use serde_json::Value;

/// Equality after decoding: missing is empty.
fn same(one: &Value, other: &Value) -> bool {
    ["key", "operator", "value", "effect"].iter().all(|field| one.text(field) == other.text(field))
        && one.int("tolerationSeconds") == other.int("tolerationSeconds")
}

/// Whether everything that `small` tolerates `large` tolerates too (`isSuperset`).
fn covers(large: &Value, small: &Value) -> bool {
    if same(large, small) {
        return true;
    }
    let (key, operator) = (large.text("key"), large.text("operator"));
    if small.text("key") != key && !(key.is_empty() && operator == "Exists") {
        return false;
    }
    let effect = large.text("effect");
    if small.text("effect") != effect && !effect.is_empty() {
        return false;
    }
    if effect == "NoExecute"
        && let Some(most) = large.int("tolerationSeconds")
        && small.int("tolerationSeconds").is_none_or(|seconds| seconds > most)
    {
        return false;
    }
    match operator {
        "Equal" | "" => small.text("operator") == "Equal" && small.text("value") == large.text("value"),
        "Exists" => true,
        _ => false,
    }
}

/// `MergeTolerations`.
pub(super) fn merge(first: &[Value], second: &[Value]) -> Vec<Value> {
    let all: Vec<&Value> = first.iter().chain(second).collect();
    let mut merged: Vec<Value> = Vec::new();
    for (index, one) in all.iter().enumerate() {
        let kept = merged.iter().any(|other| covers(other, one));
        let later = all.iter().skip(index + 1).any(|other| !same(one, other) && covers(other, one));
        if !kept && !later {
            merged.push((*one).clone());
        }
    }
    merged
}

/// `VerifyAgainstWhitelist`.
pub(super) fn within(tolerations: &[Value], allowed: &[Value]) -> bool {
    allowed.is_empty() || tolerations.iter().all(|one| allowed.iter().any(|other| covers(other, one)))
}
