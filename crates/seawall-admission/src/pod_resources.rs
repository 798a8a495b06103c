//! What a pod asks for as a whole (`component-helpers/resource/helpers.go` and LimitRanger's copy of it).

use crate::amount::{Amounts, add, amounts, greatest};
use crate::json::Json;
use serde_json::Value;

/// Whether an init container keeps running beside the others (KEP-753).
fn is_sidecar(container: &Value) -> bool {
    container.text("restartPolicy") == "Always"
}

/// The sum over containers, or what init containers need at their largest, of `requests` or `limits`.
pub(crate) fn of_containers(pod: &Value, list: &str) -> Amounts {
    let path = format!("resources.{list}");
    let mut sum = Amounts::new();
    for container in pod.list("spec.containers") {
        add(&mut sum, &amounts(container, &path));
    }
    let (mut sidecars, mut most) = (Amounts::new(), Amounts::new());
    for container in pod.list("spec.initContainers") {
        let own = amounts(container, &path);
        if is_sidecar(container) {
            add(&mut sum, &own);
            add(&mut sidecars, &own);
            greatest(&mut most, &sidecars);
        } else {
            let mut together = own;
            add(&mut together, &sidecars);
            greatest(&mut most, &together);
        }
    }
    greatest(&mut sum, &most);
    sum
}

/// Resources that a pod may ask for itself. LimitRanger knows the first two only.
pub(crate) fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || name.starts_with("hugepages-")
}

/// Whether the pod asks for anything itself (`IsPodLevelResourcesSet`).
pub(crate) fn has_pod_level(pod: &Value) -> bool {
    ["spec.resources.requests", "spec.resources.limits"]
        .into_iter()
        .any(|path| pod.map(path).keys().any(|name| is_pod_level(name)))
}

/// The whole pod's `requests` or `limits`, its own resources over those of its containers where `pod_level` says
/// that the server knows them; without overhead.
pub(crate) fn of_pod(pod: &Value, list: &str, pod_level: Option<fn(&str) -> bool>) -> Amounts {
    let mut sum = of_containers(pod, list);
    if let Some(supports) = pod_level {
        for (name, amount) in amounts(pod, &format!("spec.resources.{list}")) {
            if supports(&name) {
                sum.insert(name, amount);
            }
        }
    }
    sum
}

/// The same with the overhead: to requests always, to limits only where there is a limit.
pub(crate) fn with_overhead(pod: &Value, list: &str, pod_level: Option<fn(&str) -> bool>) -> Amounts {
    let mut sum = of_pod(pod, list, pod_level);
    let overhead = amounts(pod, "spec.overhead");
    if list == "requests" {
        add(&mut sum, &overhead);
    } else {
        let limited: Amounts = overhead
            .into_iter()
            .filter(|(name, _)| sum.get(name).is_some_and(|amount| !amount.is_zero()))
            .collect();
        add(&mut sum, &limited);
    }
    sum
}

/// Whether nothing is asked for: quality of service BestEffort (`pkg/apis/core/v1/helper/qos`).
pub(crate) fn quality(pod: &Value, pod_level: bool) -> &'static str {
    let mut containers: Vec<&Value> = Vec::new();
    let own = pod_level && pod.at("spec.resources").is_some();
    if own {
        containers.extend(pod.at("spec"));
    } else {
        containers.extend(pod.list("spec.containers"));
        containers.extend(pod.list("spec.initContainers"));
    }
    let (mut requests, mut limits) = (Amounts::new(), Amounts::new());
    let mut guaranteed = true;
    for container in containers {
        let positive = |list: &str| -> Amounts {
            let all = amounts(container, &format!("resources.{list}"));
            let counts = |name: &str| matches!(name, "cpu" | "memory");
            all.into_iter()
                .filter(|(name, amount)| counts(name) && !amount.is_zero() && !amount.quantity.is_negative())
                .collect()
        };
        add(&mut requests, &positive("requests"));
        let own = positive("limits");
        guaranteed &= own.len() == 2;
        add(&mut limits, &own);
    }
    if requests.is_empty() && limits.is_empty() {
        return "BestEffort";
    }
    let equal = requests
        .iter()
        .all(|(name, amount)| limits.get(name).is_some_and(|limit| limit.quantity == amount.quantity));
    if guaranteed && equal && requests.len() == limits.len() { "Guaranteed" } else { "Burstable" }
}
