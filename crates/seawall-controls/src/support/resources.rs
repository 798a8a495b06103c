//! Requests and limits as they come out after all defaulting.

use crate::World;
use seawall_model::{At, ContainerAt, ContainerSort, WellKnown};

/// More LimitRanges than this in one namespace are not looked at.
const LIMIT_RANGES: usize = 64;

/// The place of a missing request or limit (`side`: `requests` or `limits`) of `resource`; `None` if it is set or
/// comes out set:
/// - a request is taken from the container's limit (`pkg/apis/core/v1/defaults.go` `SetDefaults_Pod`),
/// - a LimitRange of the namespace gives defaults (`plugin/pkg/admission/limitranger`),
/// - the pod as a whole has one (KEP-2837; on by default from 1.34).
///
/// Ephemeral containers cannot have any.
pub(crate) fn missing<'a>(
    container: ContainerAt<'a>,
    world: &World,
    side: &'static str,
    resource: &'static str,
) -> Option<At<'a>> {
    if container.sort() == ContainerSort::Ephemeral {
        return None;
    }
    let own = container.at().key("resources");
    let at = own.key(side).key(resource);
    let set = |resources: At<'_>| {
        resources.key(side).key(resource).exists()
            || side == "requests" && resources.key("limits").key(resource).exists()
    };
    let of_pod = container.pod().spec().key("resources");
    let done = set(own)
        || world.version().at_least(34) && set(of_pod)
        || has_default(container.pod().namespace(), world, side, resource);
    (!done).then_some(at)
}

/// Whether a LimitRange gives containers of the namespace a default. What it leaves out follows from the rest: the
/// limit from `max`, the request from the default limit or `min` (`pkg/apis/core/v1/defaults.go`
/// `SetDefaults_LimitRangeItem`).
fn has_default(namespace: Option<&str>, world: &World, side: &str, resource: &str) -> bool {
    let ranges = world.cluster().in_namespace(WellKnown::LimitRange, namespace);
    let keys: &[&str] =
        if side == "limits" { &["default", "max"] } else { &["default", "max", "defaultRequest", "min"] };
    ranges.iter().take(LIMIT_RANGES).any(|range| {
        range.at().get("spec.limits").items().any(|item| {
            item.key("type").str() == Some("Container")
                && keys.iter().any(|key| item.key(key).key(resource).exists())
        })
    })
}
