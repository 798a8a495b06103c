//! What runs, compared with what was asked for.

use seawall_model::{At, Object, WellKnown};
use seawall_world::World;
use std::sync::Arc;

/// The object that controls another by kind, name and UID, if it is in the input.
pub(crate) fn owner<'w>(object: &Object, world: &'w World) -> Option<&'w Arc<Object>> {
    crate::owner::controller(object, world)
}

/// Name and image of the containers and init containers of a pod spec.
pub(crate) fn images<'a>(spec: At<'a>) -> impl Iterator<Item = (&'a str, &'a str, At<'a>)> {
    ["initContainers", "containers"].into_iter().flat_map(move |list| spec.key(list).items()).filter_map(
        |one| {
            let image = one.key("image");
            Some((one.key("name").str()?, image.str()?, image))
        },
    )
}

/// The digest of the content that a container of a pod runs (`status.containerStatuses[].imageID`).
pub(crate) fn digest<'a>(pod: &'a Arc<Object>, container: &str) -> Option<&'a str> {
    let lists = ["status.containerStatuses", "status.initContainerStatuses"];
    let mut statuses = lists.into_iter().flat_map(|list| pod.at().get(list).items());
    let status = statuses.find(|one| one.key("name").str() == Some(container))?;
    let id = status.key("imageID").str()?;
    let at = id.rfind("sha256:")?;
    id.get(at..).filter(|digest| digest.len() == 71)
}

/// The pods of the input with their controller, if that is in the input.
pub(crate) fn pods_with_owner(world: &World) -> impl Iterator<Item = (&Arc<Object>, &Arc<Object>)> {
    world.cluster().of(WellKnown::Pod).filter_map(|pod| Some((pod, owner(pod, world)?)))
}
