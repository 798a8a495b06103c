//! PodNodeSelector (`plugin/pkg/admission/podnodeselector/admission.go`).

use super::{Plugin, namespace_lifecycle};
use crate::json::{Json, set};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use serde_json::Value;
use std::collections::BTreeMap;

const NAME: &str = "PodNodeSelector";
const ANNOTATION: &str = "scheduler.alpha.kubernetes.io/node-selector";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

type Labels = BTreeMap<String, String>;

/// `labels.ConvertSelectorToLabelsMap`: `a=b,c=d`; the text of its error.
fn labels(selector: &str) -> Result<Labels, String> {
    let mut out = Labels::new();
    if selector.is_empty() {
        return Ok(out);
    }
    for part in selector.split(',') {
        let mut words = part.split('=');
        match (words.next(), words.next(), words.next()) {
            (Some(key), Some(value), None) => {
                let (key, value) = (key.trim(), value.trim());
                if !crate::validate::is_label_key(key) || !crate::validate::is_label_value(value) {
                    return Err(format!("invalid selector: [{selector}]"));
                }
                out.insert(key.to_owned(), value.to_owned());
            }
            _ => return Err(format!("invalid selector: [{part}]")),
        }
    }
    Ok(out)
}

/// The selector of the namespace: its annotation, even an empty one, else the cluster's default.
fn of_namespace(pass: &mut Pass<'_>) -> Result<Option<Labels>, crate::Denial> {
    let metadata = match namespace_lifecycle::metadata(pass) {
        Ok(metadata) => metadata,
        Err(why) => {
            pass.doubt(NAME, why);
            return Ok(None);
        }
    };
    let default =
        || pass.settings.node_selectors.get("clusterDefaultNodeSelector").map_or("", String::as_str);
    let text = metadata.entry("annotations", ANNOTATION).unwrap_or_else(default);
    match labels(text) {
        Ok(found) => Ok(Some(found)),
        Err(why) => Err(pass.plain(NAME, &why)),
    }
}

fn own(pass: &Pass<'_>) -> Labels {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    pass.object.map("spec.nodeSelector").iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

fn conflict(one: &Labels, other: &Labels) -> bool {
    one.iter().any(|(key, value)| other.get(key).is_some_and(|other| other != value))
}

fn concerned(pass: &Pass<'_>) -> bool {
    pass.request.is_pod() && pass.request.operation == Operation::Create
}

fn admit(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    let Some(wanted) = of_namespace(pass)? else { return Ok(()) };
    let own = own(pass);
    if conflict(&wanted, &own) {
        let text = "pod node label selector conflicts with its namespace node label selector";
        return Err(pass.forbidden(NAME, text, &["spec.nodeSelector"]));
    }
    let mut merged = wanted;
    merged.extend(own);
    let merged: serde_json::Map<String, Value> =
        merged.into_iter().map(|(key, value)| (key, value.into())).collect();
    set(&mut pass.object, "spec.nodeSelector", merged);
    validate(pass)
}

fn validate(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    let Some(wanted) = of_namespace(pass)? else { return Ok(()) };
    let own = own(pass);
    if conflict(&wanted, &own) {
        let text = "pod node label selector conflicts with its namespace node label selector";
        return Err(pass.forbidden(NAME, text, &["spec.nodeSelector"]));
    }
    let listed = pass.settings.node_selectors.get(&pass.request.namespace).map_or("", String::as_str);
    let allowed = labels(listed).map_err(|why| pass.plain(NAME, &why))?;
    if !allowed.is_empty() && own.iter().any(|(key, value)| allowed.get(key) != Some(value)) {
        let text = "pod node label selector labels conflict with its namespace whitelist";
        return Err(pass.forbidden(NAME, text, &["spec.nodeSelector"]));
    }
    Ok(())
}
