//! Priority (`plugin/pkg/admission/priority/admission.go`).

use super::Plugin;
use crate::json::{Json, set, value_of};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use crate::stored::Found;
use seawall_model::WellKnown;
use serde_json::Value;

const NAME: &str = "Priority";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

/// The classes that every API server makes (`pkg/apis/scheduling/v1/helpers.go`).
fn built_in(name: &str) -> Option<i64> {
    match name {
        "system-node-critical" => Some(2_000_001_000),
        "system-cluster-critical" => Some(2_000_000_000),
        _ => None,
    }
}

/// Name, value and preemption policy.
type Class = (String, i64, Option<String>);

fn admit(pass: &mut Pass<'_>) -> Step {
    if !pass.request.is_pod() {
        return Ok(());
    }
    match pass.request.operation {
        Operation::Update => {
            for path in ["spec.priority", "spec.preemptionPolicy"] {
                let old = pass.request.old.as_ref().and_then(|old| old.at(path)).cloned();
                if let Some(old) = old.filter(|_| pass.object.at(path).is_none()) {
                    set(&mut pass.object, path, old);
                }
            }
            Ok(())
        }
        Operation::Create => create(pass),
        _ => Ok(()),
    }
}

fn create(pass: &mut Pass<'_>) -> Step {
    let Some((name, value, policy)) = class(pass)? else { return Ok(()) };
    if !name.is_empty() {
        set(&mut pass.object, "spec.priorityClassName", name);
    }
    if let Some(own) = pass.object.int("spec.priority").filter(|own| *own != value) {
        let text = format!(
            "the integer value of priority ({own}) must not be provided in pod spec; priority admission controller computed {value} from the given PriorityClass name"
        );
        return Err(pass.forbidden(NAME, &text, &["spec.priority"]));
    }
    set(&mut pass.object, "spec.priority", value);
    if let Some(policy) = policy {
        let own = pass.object.text("spec.preemptionPolicy");
        if pass.object.at("spec.preemptionPolicy").is_some() && own != policy {
            let text = format!(
                "the string value of PreemptionPolicy ({own}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name"
            );
            return Err(pass.forbidden(NAME, &text, &["spec.preemptionPolicy"]));
        }
        set(&mut pass.object, "spec.preemptionPolicy", policy);
    }
    Ok(())
}

/// The class of the pod; `None` where it is not known.
fn class(pass: &mut Pass<'_>) -> Result<Option<Class>, crate::Denial> {
    let name = pass.object.text("spec.priorityClassName").to_owned();
    if name.is_empty() {
        if pass.stored.coverage.is_closed()
            && let Some(why) = pass.stored.gap(WellKnown::PriorityClass, None)
        {
            let why = format!("the PriorityClasses are not known: {why}");
            pass.doubt(NAME, why);
        }
        let default = default_class(pass);
        return Ok(Some(
            default.unwrap_or_else(|| (String::new(), 0, Some("PreemptLowerPriority".to_owned()))),
        ));
    }
    match pass.stored.find(WellKnown::PriorityClass, None, &name) {
        Found::Here(object) => Ok(Some(of(&value_of(&object)))),
        other => match (built_in(&name), other) {
            (Some(value), _) => Ok(Some((name, value, Some("PreemptLowerPriority".to_owned())))),
            (None, Found::Unknown(why)) => {
                pass.doubt(NAME, why);
                Ok(None)
            }
            _ => {
                let text = format!("no PriorityClass with name {name} was found");
                Err(pass.forbidden(NAME, &text, &["spec.priorityClassName"]))
            }
        },
    }
}

fn of(class: &Value) -> Class {
    let policy = match class.text("preemptionPolicy") {
        // API defaulting of the class.
        "" => "PreemptLowerPriority",
        policy => policy,
    };
    (class.text("metadata.name").to_owned(), class.int("value").unwrap_or(0), Some(policy.to_owned()))
}

/// The default class with the lowest value (`getDefaultPriorityClass`).
fn default_class(pass: &Pass<'_>) -> Option<Class> {
    let classes = pass.stored.cluster.of(WellKnown::PriorityClass).map(|object| value_of(object));
    classes
        .filter(|class| class.flag("globalDefault") == Some(true))
        .map(|class| of(&class))
        .min_by_key(|class| class.1)
}

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    let writes = matches!(request.operation, Operation::Create | Operation::Update);
    if !request.is("scheduling.k8s.io", "priorityclasses")
        || !writes
        || pass.object.flag("globalDefault") != Some(true)
    {
        return Ok(());
    }
    match default_class(pass) {
        Some((name, ..))
            if request.operation == Operation::Create || name != pass.object.text("metadata.name") =>
        {
            let text =
                format!("PriorityClass {name} is already marked as default. Only one default can exist");
            Err(pass.forbidden(NAME, &text, &["globalDefault"]))
        }
        _ => Ok(()),
    }
}
