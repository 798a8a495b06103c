//! Webhooks and policies in CEL: whether one takes the request is known, what it answers is not.

use super::namespace_lifecycle;
use crate::json::object_of;
use crate::pass::Pass;
use crate::webhook::{Target, rule_matches, webhooks};
use seawall_model::{At, LabelSelector, Labels, WellKnown};

/// Resources that no webhook and no policy is asked about (`pkg/admission/plugin/webhook/predicates`).
const NEVER: [&str; 6] = [
    "validatingwebhookconfigurations",
    "mutatingwebhookconfigurations",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "mutatingadmissionpolicies",
    "mutatingadmissionpolicybindings",
];

/// The first webhook or policy of this plugin that takes the request, and why its answer is not known.
pub(super) fn taker(name: &str, pass: &Pass<'_>) -> Option<String> {
    let request = pass.request;
    if request.group == "admissionregistration.k8s.io" && NEVER.contains(&&*request.resource) {
        return None;
    }
    let resource = match &*request.subresource {
        "" => request.resource.clone(),
        subresource => format!("{}/{subresource}", request.resource),
    };
    let target = Target {
        operation: request.operation.as_str(),
        group: &request.group,
        resource: &resource,
        namespaced: !request.namespace.is_empty() && request.resource != "namespaces",
    };
    match name {
        "MutatingAdmissionWebhook" => webhook(pass, WellKnown::MutatingWebhookConfiguration, target),
        "ValidatingAdmissionWebhook" => webhook(pass, WellKnown::ValidatingWebhookConfiguration, target),
        "MutatingAdmissionPolicy" => {
            let kinds = [WellKnown::MutatingAdmissionPolicyBinding, WellKnown::MutatingAdmissionPolicy];
            policy(pass, kinds, target)
        }
        "ValidatingAdmissionPolicy" => {
            let kinds = [WellKnown::ValidatingAdmissionPolicyBinding, WellKnown::ValidatingAdmissionPolicy];
            policy(pass, kinds, target)
        }
        _ => None,
    }
}

fn webhook(pass: &Pass<'_>, kind: WellKnown, target: Target<'_>) -> Option<String> {
    for configuration in pass.stored.cluster.of(kind) {
        for webhook in webhooks(configuration).filter(|webhook| webhook.covers(target)) {
            let at = webhook.at();
            if in_namespace(pass, at.key("namespaceSelector")) && has_labels(pass, at.key("objectSelector")) {
                return Some(format!(
                    "webhook `{}` of {} is asked, and answers for itself",
                    webhook.name(),
                    configuration.name()
                ));
            }
        }
    }
    None
}

/// Whether the request's namespace may fulfil a selector; a namespace counts by its own labels.
fn in_namespace(pass: &Pass<'_>, selector: At<'_>) -> bool {
    let selector = LabelSelector::or_everything(selector);
    if pass.request.namespace.is_empty() {
        return true;
    }
    let metadata = if pass.request.resource == "namespaces" {
        pass.object.get("metadata").cloned()
    } else {
        namespace_lifecycle::metadata(pass).ok()
    };
    let Some(metadata) = metadata else { return true };
    let namespace = serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata});
    object_of(&namespace).is_none_or(|object| selector.matches(Labels::of_namespace(&object)) != Some(false))
}

/// Whether the new or the old object may fulfil a selector.
fn has_labels(pass: &Pass<'_>, selector: At<'_>) -> bool {
    let selector = LabelSelector::or_everything(selector);
    let fulfils = |value: &serde_json::Value| {
        object_of(value).is_none_or(|object| {
            selector.matches(Labels::of(object.at().get("metadata.labels"))) != Some(false)
        })
    };
    pass.object.is_object() && fulfils(&pass.object) || pass.request.old.as_ref().is_some_and(fulfils)
}

fn policy(pass: &Pass<'_>, [binding, kind]: [WellKnown; 2], target: Target<'_>) -> Option<String> {
    for binding in pass.stored.cluster.of(binding) {
        let name = binding.at().get("spec.policyName").str().unwrap_or("");
        let Some(policy) = pass.stored.cluster.find(kind, None, name) else { continue };
        let constraints = policy.at().get("spec.matchConstraints");
        let takes = constraints.key("resourceRules").items().any(|rule| rule_matches(rule, target));
        // Rules of another version of the same resource count, too (`matchPolicy: Equivalent`), which rule_matches
        // respects by leaving versions aside.
        if takes
            && in_namespace(pass, constraints.key("namespaceSelector"))
            && has_labels(pass, constraints.key("objectSelector"))
        {
            return Some(format!("policy `{name}` is evaluated, which is not modelled yet"));
        }
    }
    None
}
