use crate::World;
use crate::support::running::{images, pods_with_owner};
use seawall_controls_macros::control;
use seawall_model::{Object, Report, WellKnown};
use std::collections::BTreeMap;
use std::sync::Arc;

/// # pod-image-changed-in-place
///
/// ## What it finds
/// A pod whose container runs another image than the template of the ReplicaSet that made it names, while other pods of
/// the same ReplicaSet run another one than it does, or nothing changes pods on their way in.
///
/// ## Why it matters
/// The template of a ReplicaSet is what its pods are made from. A pod that differs was changed afterwards, by somebody
/// who may update pods: a way to run one's own code as the pod's service account that no Deployment shows.
///
/// ## Fix
/// Find out who changed it (the audit log names patches of pods), delete the pod, and take the right to update pods
/// away.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
#[control(since = "0.1.0", severity = High, practices = ["image-signing", "authorization", "escalation"])]
pub fn pod_image_changed_in_place(world: &World, _: &World, out: &mut Report) {
    let sets = pods_with_owner(world).filter(|(_, owner)| owner.well_known() == WellKnown::ReplicaSet);
    let mut pods: BTreeMap<(Option<&str>, &str), Made<'_>> = BTreeMap::new();
    for (pod, set) in sets {
        pods.entry((set.namespace(), set.name())).or_insert((set, Vec::new())).1.push(pod);
    }
    let mutated = mutates_pods(world);
    for (set, pods) in pods.values() {
        let template: BTreeMap<&str, &str> =
            images(set.at().get("spec.template.spec")).map(|(name, image, _)| (name, image)).collect();
        let runs = |name: &str, image: &str| {
            let alike =
                |pod: &&&Arc<Object>| images(pod.at().key("spec")).any(|(n, i, _)| (n, i) == (name, image));
            pods.iter().filter(alike).count()
        };
        for pod in pods {
            for (name, image, at) in images(pod.at().key("spec")) {
                let Some(wanted) = template.get(name).filter(|wanted| **wanted != image) else { continue };
                // An admission webhook that rewrites images does it to all of them alike.
                if mutated && runs(name, image) * 2 > pods.len() {
                    continue;
                }
                let (shown, wanted) =
                    (seawall_model::decode::shown(image), seawall_model::decode::shown(wanted));
                out.finding(
                    at,
                    format!("pod `{}` runs `{shown}` where its ReplicaSet says `{wanted}`", pod.name()),
                )
                .container(name)
                .related(set.at().get("spec.template.spec.containers"), "the template it was made from");
            }
        }
    }
}

/// A ReplicaSet and its pods.
type Made<'w> = (&'w Arc<Object>, Vec<&'w Arc<Object>>);

/// Whether something may change pods on their way in, or what does is not known.
fn mutates_pods(world: &World) -> bool {
    let kinds = [WellKnown::MutatingWebhookConfiguration, WellKnown::MutatingAdmissionPolicy];
    kinds
        .into_iter()
        .any(|kind| world.cluster().of(kind).next().is_some() || !world.coverage().is_complete(kind, None))
}
