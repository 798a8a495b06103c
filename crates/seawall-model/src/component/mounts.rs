//! Which ConfigMap does a container see under a path?

use super::Component;
use crate::{At, Cluster, ContainerAt, WellKnown};

/// What stands under a path of a container.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mounted<'c> {
    /// The text of a ConfigMap that is in the input.
    ConfigMap { namespace: Option<&'c str>, name: &'c str, key: &'c str },
    /// Anything else: the image, the node's files, a ConfigMap that is not in the input.
    NotAtHand,
}

/// What the component's container sees under `path`, symbolic links left out.
pub(super) fn find<'c>(cluster: &'c Cluster, component: &'c Component, path: &'c str) -> Mounted<'c> {
    let container = component.object.pods().flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let mut containers = container.filter(|one| one.at().nearest().id() == component.anchor);
    let found = containers.next().and_then(|container| config_map(cluster, container, path));
    found.unwrap_or(Mounted::NotAtHand)
}

fn config_map<'c>(cluster: &'c Cluster, container: ContainerAt<'c>, path: &'c str) -> Option<Mounted<'c>> {
    // The innermost mount hides the others.
    let mounts = container.get("volumeMounts").items().filter_map(|mount| {
        let at = mount.key("mountPath").str()?.trim_end_matches('/');
        let rest = path.strip_prefix(at)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((at.len(), mount, rest.trim_start_matches('/')))
    });
    let (_, mount, rest) = mounts.max_by_key(|(length, ..)| *length)?;
    let file = match (mount.key("subPath").str().unwrap_or(""), rest) {
        ("", rest) => rest,
        (sub_path, "") => sub_path,
        // A folder of the volume; items may have such paths, and nobody writes them.
        _ => return None,
    };
    let wanted = mount.key("name").str()?;
    let pod = container.pod();
    let volume = pod.get("volumes").items().find(|volume| volume.key("name").str() == Some(wanted))?;
    let sources = projected(volume).chain([volume.key("configMap")]);
    let namespace = pod.namespace();
    let mut found = sources.filter(|source| source.exists()).filter_map(|source| {
        let name = source.key("name").str()?;
        let key = key_of(source, file)?;
        // Without the ConfigMap nothing is known of the file.
        cluster.find(WellKnown::ConfigMap, namespace, name)?;
        Some(Mounted::ConfigMap { namespace, name, key })
    });
    found.next()
}

fn projected(volume: At<'_>) -> impl Iterator<Item = At<'_>> {
    volume.get("projected.sources").items().map(|source| source.key("configMap"))
}

/// The key that a ConfigMap volume shows as `file`: `items` chooses and renames, without them each key is a file.
fn key_of<'c>(source: At<'c>, file: &'c str) -> Option<&'c str> {
    let items = source.key("items");
    if items.items().next().is_none() {
        return Some(file);
    }
    let mut items = items.items();
    items.find(|item| item.key("path").str() == Some(file))?.key("key").str()
}
