//! Admission webhooks and policies: which requests their rules match (upstream:
//! `pkg/admission/plugin/webhook/predicates/rules/rules.go`), and the defaults of their fields
//! (`pkg/apis/admissionregistration/v1/defaults.go`, `v1beta1/defaults.go`).

use seawall_model::{At, LabelSelector, Labels, Object, WellKnown};
use std::sync::Arc;

/// A request as rules see it; versions are left aside.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT`.
    pub operation: &'a str,
    /// API group, `""` for core.
    pub group: &'a str,
    /// Resource, `/` and subresource included.
    pub resource: &'a str,
    /// Whether the object lives in a namespace.
    pub namespaced: bool,
}

impl<'a> Target<'a> {
    /// The creation of a namespaced object.
    pub fn create(group: &'a str, resource: &'a str) -> Self {
        Self { operation: "CREATE", group, resource, namespaced: true }
    }
}

/// Whether one rule (an element of `rules` or `resourceRules`) matches. `*` in `resources` leaves subresources out;
/// `*/*` takes them in.
pub fn rule_matches(rule: At<'_>, target: Target<'_>) -> bool {
    let any = |list: &'static str, wanted: &str| {
        rule.get(list).items().any(|at| matches!(at.str(), Some(word) if word == "*" || word == wanted))
    };
    let (resource, subresource) = split(target.resource);
    let scope = match rule.key("scope").str() {
        Some("Namespaced") => target.namespaced,
        Some("Cluster") => !target.namespaced,
        _ => true,
    };
    scope
        && any("operations", target.operation)
        && any("apiGroups", target.group)
        && rule
            .key("resources")
            .items()
            .filter_map(At::str)
            .map(split)
            .any(|(left, right)| (left == "*" || left == resource) && (right == "*" || right == subresource))
}

fn split(resource: &str) -> (&str, &str) {
    resource.split_once('/').unwrap_or((resource, ""))
}

/// One element of `webhooks`.
#[derive(Clone, Copy, Debug)]
pub struct Webhook<'a> {
    at: At<'a>,
}

/// The webhooks of a configuration, in order.
pub fn webhooks(configuration: &Arc<Object>) -> impl Iterator<Item = Webhook<'_>> {
    configuration.at().key("webhooks").items().map(|at| Webhook { at })
}

impl<'a> Webhook<'a> {
    /// Its mapping.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.at.key("name").text().unwrap_or("")
    }

    /// Whether it belongs to a ValidatingWebhookConfiguration.
    pub fn is_validating(self) -> bool {
        self.at.object().well_known() == WellKnown::ValidatingWebhookConfiguration
    }

    fn is_beta(self) -> bool {
        self.at.object().version() == "v1beta1"
    }

    /// Whether requests pass when it cannot be asked: `failurePolicy: Ignore`, the default of v1beta1 alone.
    pub fn fails_open(self) -> bool {
        match self.at.key("failurePolicy").str() {
            Some(policy) => policy == "Ignore",
            None => self.is_beta(),
        }
    }

    /// How many seconds it may take; unset 10, in v1beta1 30.
    pub fn timeout(self) -> i64 {
        self.at.key("timeoutSeconds").int().unwrap_or(if self.is_beta() { 30 } else { 10 })
    }

    /// Whether one of its rules matches.
    pub fn covers(self, target: Target<'_>) -> bool {
        self.at.key("rules").items().any(|rule| rule_matches(rule, target))
    }

    /// Whether its `namespaceSelector` takes the namespace; `None` if that depends on unknown labels.
    pub fn takes_namespace(self, labels: Labels<'_>) -> Option<bool> {
        LabelSelector::or_everything(self.at.key("namespaceSelector")).matches(labels)
    }

    /// The namespace of the service that answers, if it is a service.
    pub fn service_namespace(self) -> Option<&'a str> {
        self.at.get("clientConfig.service.namespace").str()
    }
}
