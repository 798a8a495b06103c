//! AlwaysPullImages (`plugin/pkg/admission/alwayspullimages/admission.go`).

use super::Plugin;
use crate::json::{Json, list_mut, set};
use crate::pass::{Pass, Step};
use crate::request::Operation;
use serde_json::Value;
use std::collections::HashSet;

const NAME: &str = "AlwaysPullImages";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: Some(admit), validate: Some(validate) };

/// Upstream's order of visits.
const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

fn concerned(pass: &Pass<'_>) -> bool {
    let images = |pod: &Value| -> HashSet<String> {
        let all = LISTS.iter().flat_map(|list| pod.list(&format!("spec.{list}")).to_vec());
        all.map(|container| container.text("image").to_owned()).collect()
    };
    let request = pass.request;
    let writes = matches!(request.operation, Operation::Create | Operation::Update);
    let same = || request.old.as_ref().is_some_and(|old| images(&pass.object).is_subset(&images(old)));
    request.is_pod() && writes && !(request.operation == Operation::Update && same())
}

fn admit(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    for list in LISTS {
        for container in list_mut(&mut pass.object, &format!("spec.{list}")) {
            set(container, "imagePullPolicy", "Always");
        }
    }
    // Image volumes since KEP-4639.
    if pass.settings.version.minor() >= 32 {
        for volume in list_mut(&mut pass.object, "spec.volumes") {
            if volume.at("image").is_some() {
                set(volume, "image.pullPolicy", "Always");
            }
        }
    }
    Ok(())
}

fn validate(pass: &mut Pass<'_>) -> Step {
    if !concerned(pass) {
        return Ok(());
    }
    for list in LISTS {
        for (index, container) in pass.object.list(&format!("spec.{list}")).iter().enumerate() {
            let policy = container.text("imagePullPolicy");
            if policy != "Always" {
                // Only a later plugin can have changed what this one set; none that is modelled does.
                let field = format!("spec.{list}[{index}].imagePullPolicy");
                let text = format!("{field}: Unsupported value: \"{policy}\": supported values: \"Always\"");
                return Err(pass.forbidden(NAME, &text, &[&field]));
            }
        }
    }
    Ok(())
}
