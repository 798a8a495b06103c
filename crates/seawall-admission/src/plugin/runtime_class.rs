//! RuntimeClass (`plugin/pkg/admission/runtimeclass/admission.go`).

use super::{Plugin, tolerations};
use crate::amount::{Amounts, amounts};
use crate::json::{Json, map_mut, set, value_of};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use crate::stored::Found;
use seawall_model::WellKnown;
use serde_json::Value;

const NAME: &str = "RuntimeClass";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

fn concerned(pass: &Pass<'_>) -> bool {
    pass.request.is_pod() && pass.request.operation == Operation::Create
}

/// The class: `Ok(None)` for none named, `Err(None)` where it is not known.
fn class(pass: &mut Pass<'_>) -> Result<Option<Value>, Option<crate::Denial>> {
    let Some(name) = pass.object.at("spec.runtimeClassName").and_then(Value::as_str).map(str::to_owned)
    else {
        return Ok(None);
    };
    match pass.stored.find(WellKnown::RuntimeClass, None, &name) {
        Found::Here(object) => Ok(Some(value_of(&object))),
        Found::Unknown(why) => {
            pass.doubt(NAME, why);
            Err(None)
        }
        Found::Absent => {
            let text =
                format!("pod rejected: RuntimeClass {} not found", crate::pod_security::go_quoted(&name));
            Err(Some(pass.forbidden(NAME, &text, &["spec.runtimeClassName"])))
        }
    }
}

fn admit(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    let class = match class(pass) {
        Ok(Some(class)) => class,
        Ok(None) | Err(None) => return Ok(()),
        Err(Some(denial)) => return Err(denial),
    };
    if class.at("overhead").is_some() {
        let own = amounts(&pass.object, "spec.overhead");
        if !own.is_empty() && !same(&own, &fixed(&class)) {
            let text = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
            return Err(pass.forbidden(NAME, text, &["spec.overhead"]));
        }
        let overhead: serde_json::Map<String, Value> =
            fixed(&class).into_iter().map(|(name, amount)| (name, amount.to_string().into())).collect();
        set(&mut pass.object, "spec.overhead", overhead);
    }
    if class.at("scheduling").is_none() {
        return Ok(());
    }
    let mut selectors: Vec<(&String, &str)> = class
        .map("scheduling.nodeSelector")
        .iter()
        .map(|(key, value)| (key, value.as_str().unwrap_or("")))
        .collect();
    selectors.sort_unstable();
    for (key, value) in &selectors {
        if let Some(own) = pass.object.entry("spec.nodeSelector", key).filter(|own| own != value) {
            let text = format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}"
            );
            return Err(pass.forbidden(NAME, &text, &[&format!("spec.nodeSelector.{key}")]));
        }
    }
    if !selectors.is_empty() {
        let map = map_mut(&mut pass.object, "spec.nodeSelector");
        for (key, value) in selectors {
            map.insert(key.clone(), value.into());
        }
    }
    let merged =
        tolerations::merge(pass.object.list("spec.tolerations"), class.list("scheduling.tolerations"));
    set(&mut pass.object, "spec.tolerations", merged);
    Ok(())
}

/// The overhead as it is stored.
fn fixed(class: &Value) -> Amounts {
    amounts(class, "overhead.podFixed").into_iter().map(|(name, amount)| (name, amount.to_milli())).collect()
}

fn same(one: &Amounts, other: &Amounts) -> bool {
    one.len() == other.len()
        && one
            .iter()
            .all(|(name, amount)| other.get(name).is_some_and(|other| other.quantity == amount.quantity))
}

fn validate(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    let class = match class(pass) {
        Ok(class) => class,
        Err(None) => return Ok(()),
        Err(Some(denial)) => return Err(denial),
    };
    let own = amounts(&pass.object, "spec.overhead");
    let text = match class.filter(|class| class.at("overhead").is_some()) {
        Some(class) if !same(&own, &fixed(&class)) => {
            "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
        }
        None if !own.is_empty() => {
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
        }
        _ => return Ok(()),
    };
    Err(pass.forbidden(NAME, text, &["spec.overhead"]))
}
