use crate::World;
use crate::support::running::{images, pods_with_owner};
use seawall_controls_macros::control;
use seawall_model::{At, Object, Report, WellKnown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// # pods-older-than-template
///
/// ## What it finds
/// A StatefulSet or DaemonSet that does not replace its pods by itself (`OnDelete`, a partition) and has pods that run
/// another image than its template names.
///
/// ## Why it matters
/// The fix is in the template, and a review of it finds nothing, while the old program runs on until somebody deletes
/// its pods.
///
/// ## Fix
/// Delete the pods that the finding names, or let the strategy be `RollingUpdate` without a partition.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#update-strategies
/// - https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
#[control(since = "0.1.0", severity = Low, practices = ["versions", "image-scan"])]
pub fn pods_older_than_template(world: &World, _: &World, out: &mut Report) {
    let mut old: BTreeMap<(Option<&str>, &str, &str), Old<'_>> = BTreeMap::new();
    for (pod, owner) in pods_with_owner(world) {
        let Some(strategy) = waits(owner) else { continue };
        let template: BTreeMap<&str, &str> =
            images(owner.at().get("spec.template.spec")).map(|(name, image, _)| (name, image)).collect();
        let mut differing = images(pod.at().key("spec")).filter_map(|(name, image, _)| {
            Some((image, *template.get(name).filter(|wanted| **wanted != image)?))
        });
        let Some((image, wanted)) = differing.next() else { continue };
        let shown = seawall_model::decode::shown;
        let text = format!("`{}` where the template says `{}`", shown(image), shown(wanted));
        let key = (owner.namespace(), owner.kind(), owner.name());
        old.entry(key).or_insert((strategy, Vec::new(), text)).1.push(pod.name());
    }
    for ((_, kind, name), (at, pods, text)) in old {
        let more = if pods.len() > 3 { ", …" } else { "" };
        let names = pods.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let what = if pods.len() == 1 { "a pod runs" } else { "pods run" };
        out.finding(at, format!("{kind} `{name}`: {what} {text}")).evidence(format!("{names}{more}"));
    }
}

/// Where its workload says that it waits, the pods, and what the first one runs.
type Old<'w> = (At<'w>, Vec<&'w str>, String);

/// Where the workload says that it waits for somebody to delete its pods.
fn waits(owner: &Arc<Object>) -> Option<At<'_>> {
    let strategy = owner.at().get("spec.updateStrategy");
    let on_delete = strategy.key("type");
    match owner.well_known() {
        WellKnown::StatefulSet | WellKnown::DaemonSet if on_delete.str() == Some("OnDelete") => {
            Some(on_delete)
        }
        WellKnown::StatefulSet => {
            let partition = strategy.get("rollingUpdate.partition");
            partition.int().filter(|number| *number > 0).map(|_| partition)
        }
        _ => None,
    }
}
