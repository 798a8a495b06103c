//! PodTolerationRestriction (`plugin/pkg/admission/podtolerationrestriction/admission.go`). A configuration of its own,
//! which stands in for annotations that a namespace does not have, is not read: the answer is unknown then.

use super::{Plugin, namespace_lifecycle, tolerations};
use crate::json::{Json, set};
use crate::pass::{Pass, Step};
use crate::pod_resources;
use crate::request::Operation;
use serde_json::{Value, json};

const NAME: &str = "PodTolerationRestriction";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

fn concerned(pass: &Pass<'_>) -> bool {
    pass.request.is_pod() && matches!(pass.request.operation, Operation::Create | Operation::Update)
}

/// The tolerations of a namespace's annotation: `None` where it has none or they are not known.
fn annotated(pass: &mut Pass<'_>, key: &str) -> Result<Option<Vec<Value>>, crate::Denial> {
    let metadata = match namespace_lifecycle::metadata(pass) {
        Ok(metadata) => metadata,
        Err(why) => {
            pass.doubt(NAME, why);
            return Ok(None);
        }
    };
    match metadata.entry("annotations", key) {
        None => Ok(None),
        Some("") => Ok(Some(Vec::new())),
        Some(text) => match serde_json::from_str::<Vec<Value>>(text) {
            Ok(list) => Ok(Some(list)),
            Err(_) => {
                // Upstream's text is that of Go's JSON decoder.
                pass.doubt(
                    NAME,
                    format!("the annotation `{key}` of the namespace is no list of tolerations"),
                );
                Ok(None)
            }
        },
    }
}

fn admit(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    let mut more = Vec::new();
    if pass.request.operation == Operation::Create {
        more.extend(annotated(pass, "scheduler.alpha.kubernetes.io/defaultTolerations")?.unwrap_or_default());
    }
    if pod_resources::quality(&pass.object, pass.settings.gate("PodLevelResources")) != "BestEffort" {
        more.push(json!({"key": "node.kubernetes.io/memory-pressure", "operator": "Exists", "effect": "NoSchedule"}));
    }
    if !more.is_empty() {
        let merged = tolerations::merge(pass.object.list("spec.tolerations"), &more);
        set(&mut pass.object, "spec.tolerations", merged);
    }
    validate(pass)
}

fn validate(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) || pass.object.list("spec.tolerations").is_empty() {
        return Ok(());
    }
    let allowed = annotated(pass, "scheduler.alpha.kubernetes.io/tolerationsWhitelist")?.unwrap_or_default();
    if !tolerations::within(pass.object.list("spec.tolerations"), &allowed) {
        let text = "pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist";
        let mut denial = pass.plain(NAME, text);
        denial.fields = vec!["spec.tolerations".to_owned()];
        return Err(denial);
    }
    Ok(())
}
