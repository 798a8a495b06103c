//! LimitPodHardAntiAffinityTopology (`plugin/pkg/admission/antiaffinity/admission.go`).

use super::Plugin;
use crate::json::Json;
use crate::pass::{Pass, Step};
use crate::request::Operation;

const NAME: &str = "LimitPodHardAntiAffinityTopology";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: None, validate: Some(validate) };

fn validate(pass: &mut Pass<'_>) -> Step {
    let writes = matches!(pass.request.operation, Operation::Create | Operation::Update);
    if !pass.request.is_pod() || !writes {
        return Ok(());
    }
    let path = "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    for (index, term) in pass.object.list(path).iter().enumerate() {
        let key = term.text("topologyKey");
        if key != "kubernetes.io/hostname" {
            let text = format!(
                "affinity.PodAntiAffinity.RequiredDuringScheduling has TopologyKey {key} but only key kubernetes.io/hostname is allowed"
            );
            return Err(pass.forbidden(NAME, &text, &[&format!("{path}[{index}].topologyKey")]));
        }
    }
    Ok(())
}
