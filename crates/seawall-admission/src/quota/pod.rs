//! Pods in quotas (`pkg/quota/v1/evaluator/core/pods.go`).

use super::evaluator::{Missing, Scope};
use crate::amount::{Amount, Amounts, amounts};
use crate::json::Json;
use crate::plugin::is_extended_resource;
use crate::pod_resources;
use crate::settings::Settings;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What versions and gates change.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pod_level: bool,
    updates: bool,
}

/// Resources that, once counted, every container must ask for.
const MANDATORY: [&str; 6] =
    ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"];

const OWN: [&str; 11] = [
    "count/pods",
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
];

/// `MatchingResources`.
pub(super) fn counts(name: &str) -> bool {
    let native = !name.contains('/') || name.contains("kubernetes.io/");
    OWN.contains(&name)
        || name.starts_with("hugepages-")
        || name.starts_with("requests.hugepages-")
        || name.starts_with("requests.")
            && (!native || name.starts_with("requests.deviceclass.resource.kubernetes.io/"))
}

impl Rules {
    pub(super) fn of(settings: &Settings<'_>) -> Self {
        Self {
            pod_level: settings.gate("PodLevelResources"),
            // 1.33: a pod that gets or loses a deadline changes scope.
            updates: settings.version.minor() >= 33,
        }
    }

    pub(super) fn changes_scope(&self, old: &Value, new: &Value) -> bool {
        self.updates && is_terminating(old) != is_terminating(new)
    }

    /// `Constraints`.
    pub(super) fn missing(&self, restricted: &[&str], pod: &Value) -> Option<Missing> {
        if self.pod_level && pod_resources::has_pod_level(pod) {
            return None;
        }
        let required: BTreeSet<&str> =
            restricted.iter().copied().filter(|name| MANDATORY.contains(name)).collect();
        let mut missing: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut fields = Vec::new();
        for list in ["containers", "initContainers"] {
            for (index, container) in pod.list(&format!("spec.{list}")).iter().enumerate() {
                let (requests, limits) =
                    (amounts(container, "resources.requests"), amounts(container, "resources.limits"));
                let used = compute(&requests, &limits);
                for name in required.iter().filter(|name| !used.contains_key(**name)) {
                    missing.entry(name).or_default().insert(container.text("name").to_owned());
                    let own = name.strip_prefix("requests.").unwrap_or(name);
                    let place = own
                        .strip_prefix("limits.")
                        .map_or(format!("requests.{own}"), |own| format!("limits.{own}"));
                    fields.push(format!("spec.{list}[{index}].resources.{place}"));
                }
            }
        }
        if missing.is_empty() {
            return None;
        }
        let parts: Vec<String> = missing
            .into_iter()
            .map(|(name, containers)| {
                format!("{name} for: {}", containers.into_iter().collect::<Vec<_>>().join(","))
            })
            .collect();
        Some(Missing { text: parts.join("; "), fields })
    }

    /// `podMatchesScopeFunc`.
    pub(super) fn in_scope(&self, scope: &Scope<'_>, pod: &Value) -> bool {
        let best_effort = || pod_resources::quality(pod, self.pod_level) == "BestEffort";
        match scope.name {
            "Terminating" => is_terminating(pod),
            "NotTerminating" => !is_terminating(pod),
            "BestEffort" => best_effort(),
            "NotBestEffort" => !best_effort(),
            "PriorityClass" => {
                scope.holds(Some(pod.text("spec.priorityClassName")).filter(|name| !name.is_empty()))
            }
            "CrossNamespacePodAffinity" => crosses_namespaces(pod),
            _ => false,
        }
    }

    /// `PodUsageFunc`. Pods past their deletion's grace count until the clock says so, which is not asked here.
    pub(super) fn usage(&self, pod: &Value) -> Amounts {
        let mut usage = Amounts::from([("count/pods".to_owned(), Amount::whole(1))]);
        if matches!(pod.text("status.phase"), "Failed" | "Succeeded") {
            return usage;
        }
        let supported: fn(&str) -> bool = pod_resources::is_pod_level;
        let pod_level = self.pod_level.then_some(supported);
        let requests = pod_resources::with_overhead(pod, "requests", pod_level);
        let limits = pod_resources::with_overhead(pod, "limits", pod_level);
        usage.extend(compute(&requests, &limits));
        usage
    }
}

/// `podComputeUsageHelper`.
fn compute(requests: &Amounts, limits: &Amounts) -> Amounts {
    let mut usage = Amounts::from([("pods".to_owned(), Amount::whole(1))]);
    for (name, amount) in requests {
        let both =
            matches!(name.as_str(), "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-");
        if both {
            usage.insert(name.clone(), amount.clone());
        }
        if both || is_extended_resource(name) || name.starts_with("deviceclass.resource.kubernetes.io/") {
            usage.insert(format!("requests.{name}"), amount.clone());
        }
    }
    for (name, amount) in limits {
        if matches!(name.as_str(), "cpu" | "memory" | "ephemeral-storage") {
            usage.insert(format!("limits.{name}"), amount.clone());
        }
    }
    usage
}

fn is_terminating(pod: &Value) -> bool {
    pod.int("spec.activeDeadlineSeconds").is_some_and(|seconds| seconds >= 0)
}

fn crosses_namespaces(pod: &Value) -> bool {
    let crosses =
        |term: &Value| !term.list("namespaces").is_empty() || term.at("namespaceSelector").is_some();
    ["spec.affinity.podAffinity", "spec.affinity.podAntiAffinity"].into_iter().any(|path| {
        let Some(affinity) = pod.at(path) else { return false };
        affinity.list("requiredDuringSchedulingIgnoredDuringExecution").iter().any(crosses)
            || affinity
                .list("preferredDuringSchedulingIgnoredDuringExecution")
                .iter()
                .filter_map(|term| term.at("podAffinityTerm"))
                .any(crosses)
    })
}
