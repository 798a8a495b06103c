//! Which ConfigMap does a container see under a path?

use super::Component;
use crate::{At, Cluster, WellKnown};

/// What stands under a path of a container.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mounted<'c> {
    /// The text of a ConfigMap that is in the input.
    ConfigMap { namespace: Option<&'c str>, name: &'c str, key: &'c str },
    /// Anything else: the image, the node's files, a ConfigMap that is not in the input.
    NotAtHand,
}

/// Volumes of a pod that are looked at: every container of a huge pod may ask.
const VOLUMES: usize = 512;

/// What the component's container sees under `path`, symbolic links left out.
pub(super) fn find<'c>(cluster: &'c Cluster, component: &'c Component, path: &'c str) -> Mounted<'c> {
    let container = At::new(&component.object, component.anchor);
    // The anchor of other components is no container and has no mounts.
    let spec = container.nearest().parent().and_then(|list| list.parent());
    let found = spec.and_then(|spec| config_map(cluster, container, container.child(spec), path));
    found.unwrap_or(Mounted::NotAtHand)
}

fn config_map<'c>(
    cluster: &'c Cluster,
    container: At<'c>,
    spec: At<'c>,
    path: &'c str,
) -> Option<Mounted<'c>> {
    // The innermost mount hides the others.
    let mounts = container.key("volumeMounts").items().filter_map(|mount| {
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
    let mut volumes = spec.key("volumes").items().take(VOLUMES);
    let volume = volumes.find(|volume| volume.key("name").str() == Some(wanted))?;
    let sources = projected(volume).chain([volume.key("configMap")]);
    let namespace = container.object().namespace();
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
