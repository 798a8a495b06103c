//! The admission plugins, one file each.

mod always_pull_images;
mod anti_affinity;
mod certificate_subject;
mod default_class;
mod default_tolerations;
mod deny_external_ips;
mod extended_resource_toleration;
mod foreign;
mod limit_ranger;
mod namespace_lifecycle;
mod node_restriction;
mod node_taint;
mod owner_references;
mod pod_node_selector;
mod pod_security;
mod pod_toleration_restriction;
mod priority;
mod quota;
mod runtime_class;
mod service_account;
mod storage_protection;
mod tolerations;

use crate::pass::{Pass, Step};
pub(crate) use extended_resource_toleration::is_extended as is_extended_resource;

/// A plugin of the chain.
pub(crate) struct Plugin {
    /// Its name.
    pub(crate) name: &'static str,
    /// Its turn in the pass that may change the object.
    pub(crate) admit: Option<fn(&mut Pass<'_>) -> Step>,
    /// Its turn in the pass that may not.
    pub(crate) validate: Option<fn(&mut Pass<'_>) -> Step>,
}

/// The plugins that are modelled.
pub(crate) const PLUGINS: &[Plugin] = &[
    namespace_lifecycle::PLUGIN,
    anti_affinity::PLUGIN,
    limit_ranger::PLUGIN,
    service_account::PLUGIN,
    node_restriction::PLUGIN,
    node_taint::PLUGIN,
    always_pull_images::PLUGIN,
    pod_security::PLUGIN,
    pod_node_selector::PLUGIN,
    priority::PLUGIN,
    default_tolerations::PLUGIN,
    pod_toleration_restriction::PLUGIN,
    extended_resource_toleration::PLUGIN,
    default_class::STORAGE,
    storage_protection::PLUGIN,
    owner_references::PLUGIN,
    runtime_class::PLUGIN,
    certificate_subject::PLUGIN,
    default_class::INGRESS,
    deny_external_ips::PLUGIN,
    quota::PLUGIN,
];

/// What a plugin that is not modelled may do to which requests; `None`: nothing to this one.
pub(crate) fn unmodelled(name: &'static str, pass: &Pass<'_>) -> Option<String> {
    let request = pass.request;
    let concerned = match name {
        "AlwaysDeny" => true,
        "ImagePolicyWebhook" => request.is_pod(),
        "EventRateLimit" => request.resource == "events",
        "PersistentVolumeClaimResize" => request.is("", "persistentvolumeclaims") && request.old.is_some(),
        "PersistentVolumeLabel" => request.is("", "persistentvolumes"),
        "CertificateApproval" => {
            request.resource == "certificatesigningrequests" && request.subresource == "approval"
        }
        "CertificateSigning" => {
            request.resource == "certificatesigningrequests" && request.subresource == "status"
        }
        "ClusterTrustBundleAttest" => request.resource == "clustertrustbundles",
        "PodTopologyLabels" => request.is_of("", "pods") && request.subresource == "binding",
        "PodResizeValidator" => request.is_of("", "pods") && request.subresource == "resize",
        "NodeDeclaredFeatureValidator" => request.is_of("", "pods") && request.old.is_some(),
        "PodGroupProtection" | "PodGroupWorkloadExists" => request.resource == "podgroups",
        "JobValidation" => request.is("batch", "jobs") && request.old.is_some(),
        "MutatingAdmissionWebhook"
        | "ValidatingAdmissionWebhook"
        | "MutatingAdmissionPolicy"
        | "ValidatingAdmissionPolicy" => return foreign::taker(name, pass),
        _ => false,
    };
    concerned.then(|| format!("what {name} does with {} is not modelled", request.group_resource()))
}
