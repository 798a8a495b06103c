use crate::support::rights::{Named, Rights, WRITE, report_rights, right};
use crate::{RoleAt, World};
use seawall_controls_macros::control;
use seawall_model::{Report, Severity};

/// # api-extension-writable
///
/// ## What it finds
/// A rule that lets its holder change APIServices or CustomResourceDefinitions without naming them.
///
/// ## Why it matters
/// An APIService sends all requests for an API group to a server of the writer's choice, with the users'
/// identities in them. The conversion webhook of a CustomResourceDefinition sees and rewrites every stored
/// object of its kind.
///
/// ## Fix
/// Install such objects with the deployment pipeline. An operator that keeps its own definitions up to date
/// gets them by `resourceNames`.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
/// - https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization", "escalation", "third-party"]
)]
pub fn api_extension_writable(role: RoleAt<'_>, world: &World, out: &mut Report) {
    report_rights(role, world, out, &RIGHTS);
}

const RIGHTS: Rights = Rights {
    any: &[
        right(WRITE, "apiregistration.k8s.io", "apiservices"),
        right(WRITE, "apiextensions.k8s.io", "customresourcedefinitions"),
    ],
    cluster: Severity::Medium,
    namespace: Severity::Medium,
    named: Named::Fine,
    effect: "it takes over API groups or reads custom resources as they are converted",
};
