//! ResourceQuotas: which requests and limits a quota makes mandatory (upstream: `pkg/quota/v1/evaluator/core/pods.go`
//! `Constraints`).

use seawall_model::{At, ContainerAt, Object, Quantity, WellKnown};
use std::sync::Arc;

/// A resource that a quota counts, and where containers say how much of it they want.
#[derive(Clone, Copy, Debug)]
pub struct Mandatory<'a> {
    /// The entry of `spec.hard`.
    pub at: At<'a>,
    /// `requests` or `limits`.
    pub list: &'static str,
    /// `cpu` or `memory`.
    pub resource: &'static str,
}

impl Mandatory<'_> {
    /// As upstream names it: `limits.cpu`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.list, self.resource)
    }
}

/// CPU and memory that the quota counts: pods whose containers do not ask for an amount are refused. A quota with
/// scopes holds for some pods only and yields nothing here.
pub fn mandatory(quota: &Arc<Object>) -> impl Iterator<Item = Mandatory<'_>> {
    let spec = quota.at().key("spec");
    let scoped = spec.key("scopes").items().next().is_some() || spec.key("scopeSelector").exists();
    let hard = (!scoped).then(|| spec.key("hard").entries()).into_iter().flatten();
    hard.filter_map(|(name, at)| {
        let (list, resource) = match name {
            "cpu" | "requests.cpu" => ("requests", "cpu"),
            "memory" | "requests.memory" => ("requests", "memory"),
            "limits.cpu" => ("limits", "cpu"),
            "limits.memory" => ("limits", "memory"),
            _ => return None,
        };
        Some(Mandatory { at, list, resource })
    })
}

/// Whether the container asks for an amount: itself (requests are defaulted from limits), by the pod's own
/// resources, or by a default of a LimitRange of its namespace.
pub fn is_given(container: ContainerAt<'_>, wanted: &Mandatory<'_>, limit_ranges: &[Arc<Object>]) -> bool {
    let pod = container.pod().spec();
    let given = |at: At<'_>| {
        at.key("resources").key(wanted.list).key(wanted.resource).exists()
            || wanted.list == "requests" && at.key("resources").key("limits").key(wanted.resource).exists()
    };
    if given(container.at()) || given(pod) {
        return true;
    }
    limit_ranges.iter().flat_map(super::limit_range::items).filter(|item| item.kind() == "Container").any(
        |item| {
            let default = match wanted.list {
                "limits" => item.default_limit(wanted.resource),
                _ => item.default_request(wanted.resource),
            };
            default.is_some()
        },
    )
}

/// The limit of a quota on a resource name such as `limits.cpu`; `cpu` and `requests.cpu` are the same.
pub fn hard<'a>(quota: &'a Arc<Object>, name: &'a str) -> Option<(At<'a>, Quantity)> {
    if quota.well_known() != WellKnown::ResourceQuota {
        return None;
    }
    let hard = quota.at().get("spec.hard");
    let at = std::iter::once(name)
        .chain(name.strip_prefix("requests."))
        .map(|key| hard.key(key))
        .find(|at| at.exists())?;
    Some((at, Quantity::of(at.node()?).ok()?))
}
