use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # default-namespace-used
///
/// ## What it finds
/// An object whose manifest puts it into the namespace `default`. Objects that name no namespace are left
/// out: they may be meant for any.
///
/// ## Why it matters
/// The namespace is shared by everything nobody placed with care: its policies, quotas and rights fit none
/// of it, and cannot be tightened without breaking something.
///
/// ## Fix
/// Make a namespace for the application.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["team-isolation"],
    cis = ["5.6.4"],
    aliases = ["KSV-0110", "CKV_K8S_21", "kube-linter:use-namespace"]
)]
pub fn default_namespace_used(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    let own = object.object();
    let at = object.get("metadata.namespace");
    // What Kubernetes itself puts there.
    let made = matches!((own.kind(), own.name()), ("Service" | "Endpoints" | "EndpointSlice", "kubernetes"))
        || matches!(
            (own.kind(), own.name()),
            ("ServiceAccount", "default") | ("ConfigMap", "kube-root-ca.crt")
        );
    // Policies for the namespace itself are what it needs.
    let guards = matches!(own.kind(), "NetworkPolicy" | "ResourceQuota" | "LimitRange" | "Event");
    if at.str() == Some("default") && own.well_known().cluster_scoped() != Some(true) && !made && !guards {
        out.finding(at, format!("{} `{}` lives in the namespace `default`", own.kind(), own.name()));
    }
}
