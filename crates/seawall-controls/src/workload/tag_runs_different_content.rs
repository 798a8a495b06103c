use crate::World;
use crate::support::running::{digest, images, pods_with_owner};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report, WellKnown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// # tag-runs-different-content
///
/// ## What it finds
/// Pods of one workload, on nodes of the same architecture, that name the same image and run different content: the
/// digests that their nodes report differ.
///
/// ## Why it matters
/// Somebody moved the tag. Some pods run what nobody reviewed, or what an attacker pushed; the next restart decides
/// which.
///
/// ## Fix
/// Name the image by digest, and find out who pushed the tag. Pods that run the wrong content must be replaced.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/containers/images/#image-names
#[control(since = "0.1.0", severity = Medium, practices = ["image-signing", "image-scan"])]
pub fn tag_runs_different_content(world: &World, _: &World, out: &mut Report) {
    let mut running: BTreeMap<Key<'_>, BTreeMap<&str, (&Arc<Object>, At<'_>)>> = BTreeMap::new();
    for (pod, owner) in pods_with_owner(world) {
        let Some(platform) = platform(pod, world) else { continue };
        for (container, image, at) in images(pod.at().key("spec")) {
            if let Some(digest) = digest(pod, container) {
                let key = (pod.namespace(), owner.kind(), owner.name(), container, image, platform);
                running.entry(key).or_default().entry(digest).or_insert((pod, at));
            }
        }
    }
    for ((_, kind, name, container, image, _), contents) in &running {
        let mut contents = contents.iter();
        let (Some((first, (pod, at))), Some((second, (other, _)))) = (contents.next(), contents.next())
        else {
            continue;
        };
        let shown = seawall_model::decode::shown(image);
        out.finding(*at, format!("pods of {kind} `{name}` run different content as `{shown}`"))
            .container(container)
            .evidence(format!("pod `{}` runs {first}", pod.name()))
            .evidence(format!("pod `{}` runs {second}", other.name()));
    }
}

type Key<'w> = (Option<&'w str>, &'w str, &'w str, &'w str, &'w str, (&'w str, &'w str, &'w str));

/// Architecture, system and runtime of the pod's node: each may name the same content by another digest.
fn platform<'w>(pod: &Arc<Object>, world: &'w World) -> Option<(&'w str, &'w str, &'w str)> {
    let name = pod.at().get("spec.nodeName").str().map(str::to_owned)?;
    let info = world.cluster().find(WellKnown::Node, None, &name)?.at().get("status.nodeInfo");
    let text = |key| info.key(key).str();
    Some((text("architecture")?, text("operatingSystem")?, text("containerRuntimeVersion")?))
}
