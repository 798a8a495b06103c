//! The resource that a question names, as kubectl understands it: plural, singular, kind or short name, with a
//! group after a dot and a subresource after a slash.

use super::Asked;
use seawall_model::schema::Schema;
use seawall_model::{At, WellKnown};

/// Short names that kubectl knows, with their resources and kinds (upstream: `ShortNames` of the registries).
const SHORT: [(&str, &str, &str); 36] = [
    ("cm", "configmaps", "ConfigMap"),
    ("cs", "componentstatuses", "ComponentStatus"),
    ("cj", "cronjobs", "CronJob"),
    ("crd", "customresourcedefinitions", "CustomResourceDefinition"),
    ("crds", "customresourcedefinitions", "CustomResourceDefinition"),
    ("csr", "certificatesigningrequests", "CertificateSigningRequest"),
    ("deploy", "deployments", "Deployment"),
    ("ds", "daemonsets", "DaemonSet"),
    ("ep", "endpoints", "Endpoints"),
    ("ev", "events", "Event"),
    ("hpa", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    ("ing", "ingresses", "Ingress"),
    ("ip", "ipaddresses", "IPAddress"),
    ("limits", "limitranges", "LimitRange"),
    ("netpol", "networkpolicies", "NetworkPolicy"),
    ("no", "nodes", "Node"),
    ("ns", "namespaces", "Namespace"),
    ("pc", "priorityclasses", "PriorityClass"),
    ("pdb", "poddisruptionbudgets", "PodDisruptionBudget"),
    ("po", "pods", "Pod"),
    ("pv", "persistentvolumes", "PersistentVolume"),
    ("pvc", "persistentvolumeclaims", "PersistentVolumeClaim"),
    ("quota", "resourcequotas", "ResourceQuota"),
    ("rc", "replicationcontrollers", "ReplicationController"),
    ("rs", "replicasets", "ReplicaSet"),
    ("sa", "serviceaccounts", "ServiceAccount"),
    ("sc", "storageclasses", "StorageClass"),
    ("sts", "statefulsets", "StatefulSet"),
    ("svc", "services", "Service"),
    ("role", "roles", "Role"),
    ("rolebinding", "rolebindings", "RoleBinding"),
    ("clusterrole", "clusterroles", "ClusterRole"),
    ("clusterrolebinding", "clusterrolebindings", "ClusterRoleBinding"),
    ("vac", "volumeattributesclasses", "VolumeAttributesClass"),
    ("endpoint", "endpoints", "Endpoints"),
    ("secret", "secrets", "Secret"),
];

/// The kind that a short name or plural stands for.
pub(super) fn short_kind(word: &str) -> Option<&'static str> {
    SHORT.iter().find(|(short, plural, _)| *short == word || *plural == word).map(|(.., kind)| *kind)
}

/// A resource as requests name it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Resource {
    pub(super) group: String,
    pub(super) resource: String,
    pub(super) subresource: String,
    /// Whether it lives in namespaces; `None`: it is not known.
    pub(super) namespaced: Option<bool>,
    /// What to tell about the reading.
    pub(super) note: Option<String>,
}

/// Reads `deployments.apps/scale`. What no API server of the version and no definition in the input knows is taken
/// as it is, as kubectl does, and said.
pub(super) fn read(word: &str, asked: &Asked) -> Resource {
    let (base, subresource) = word.split_once('/').unwrap_or((word, ""));
    let (name, group) = base.split_once('.').map_or((base, None), |(name, group)| (name, Some(group)));
    let found = |group: &str, resource: &str, namespaced: bool| Resource {
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: subresource.to_owned(),
        namespaced: Some(namespaced),
        note: None,
    };
    if name == "*" {
        return Resource {
            group: group.unwrap_or("*").to_owned(),
            resource: "*".to_owned(),
            subresource: subresource.to_owned(),
            namespaced: None,
            note: None,
        };
    }
    let lower = name.to_ascii_lowercase();
    let schema = Schema::for_version(asked.world.version());
    let plural =
        SHORT.iter().find(|(short, ..)| *short == lower).map_or(lower.as_str(), |(_, plural, _)| plural);
    let matches = |resource: &str, kind: &str| resource == plural || kind.to_ascii_lowercase() == lower;
    let mut known: Vec<_> = schema
        .resources()
        .filter(|info| !info.name().contains('/') && matches(info.name(), info.kind()))
        .filter(|info| {
            group.is_none_or(|group| {
                info.group() == group || group_and_version(info.group(), info.version(), group)
            })
        })
        .collect();
    // The order in which kubectl prefers groups: core first, old twins (events, extensions) last.
    known.sort_by_key(|info| (!info.group().is_empty(), info.group() == "extensions", info.group()));
    if let Some(info) = known.first() {
        return found(info.group(), info.name(), info.namespaced());
    }
    for definition in asked.world.cluster().of(WellKnown::CustomResourceDefinition) {
        let spec = definition.at().get("spec");
        let names = spec.get("names");
        let is = |at: At<'_>| at.str().is_some_and(|text| text.eq_ignore_ascii_case(name));
        let own = spec.get("group").str().unwrap_or("");
        let named = is(names.get("plural"))
            || is(names.get("singular"))
            || is(names.get("kind"))
            || names.get("shortNames").items().any(is);
        if named && group.is_none_or(|group| group == own) {
            let plural = names.get("plural").str().unwrap_or(name);
            return found(own, plural, spec.get("scope").str() != Some("Cluster"));
        }
    }
    let plurals = schema.resources().map(|info| info.name()).filter(|name| !name.contains('/'));
    let near = crate::select::nearest(name, plurals).map(|near| format!("; did you mean `{near}`?"));
    let note = match (virtual_resource(name), group) {
        (true, _) => None,
        (false, Some(_)) if near.is_none() => {
            Some(format!("`{base}` is taken as it is: nothing in the input defines it"))
        }
        _ => Some(format!("no API server of this version has `{base}`{}", near.unwrap_or_default())),
    };
    Resource {
        group: group.unwrap_or("").to_owned(),
        resource: name.to_owned(),
        subresource: subresource.to_owned(),
        namespaced: if virtual_resource(name) { Some(name == "serviceaccounts") } else { None },
        note,
    }
}

fn group_and_version(group: &str, version: &str, word: &str) -> bool {
    word.strip_prefix(version).and_then(|rest| rest.strip_prefix('.')) == Some(group)
}

/// What only rules know: the resources of impersonation and of certificates.
fn virtual_resource(name: &str) -> bool {
    matches!(name, "users" | "groups" | "uids" | "userextras" | "signers")
}
