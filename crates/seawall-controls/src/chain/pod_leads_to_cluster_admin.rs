use crate::World;
use crate::engine::is_control_plane;
use crate::owner::follows_owner;
use crate::support::chain::{MOST, report, report_unread, to_cluster_admin};
use crate::support::effective::{UNNAMED, has_bindings};
use seawall_controls_macros::control;
use seawall_model::{Object, PodAt, Report, Severity};
use seawall_paths::Place;
use std::collections::HashMap;

/// # pod-leads-to-cluster-admin
///
/// ## What it finds
/// A workload outside kube-system whose takeover gives the whole cluster: by the token in the pod, by breaking out to
/// its node and taking what is there, or by several such steps.
///
/// ## Why it matters
/// One hole in the program, or in a library of it, and the attacker is cluster administrator. The finding lists the
/// steps, what each rests on, and what is assumed.
///
/// ## Fix
/// Break one step: a smaller role for the account, `automountServiceAccountToken: false`, no privileges on the node.
/// `seawall cut --from pod:NAMESPACE/NAME --to cluster-admin` computes the smallest change.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
/// - https://kubernetes.io/docs/concepts/security/service-accounts/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["escalation", "authorization", "container-privileges"]
)]
pub fn pod_leads_to_cluster_admin(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let mut starts: HashMap<Place, PodAt<'_>> = HashMap::new();
    for pod in world.cluster().objects().flat_map(Object::pods) {
        let object = pod.object();
        let namespace = pod.namespace().unwrap_or(UNNAMED);
        // Who has kube-system has the cluster: see `system-namespace-taken-over`.
        if namespace != "kube-system" && !is_control_plane(object, world) && !follows_owner(object, world) {
            starts.entry(Place::Pod(namespace.to_owned(), object.name().to_owned())).or_insert(pod);
        }
    }
    let mut sources: Vec<Place> = starts.keys().cloned().collect();
    sources.sort();
    for path in to_cluster_admin(world, &sources) {
        let Some(pod) = starts.get(&path.from) else { continue };
        let object = pod.object();
        let who = format!("whoever takes over a pod of {} `{}`", object.kind(), object.name());
        report(out, pod.service_account_at(), &who, &path, (Severity::High, Severity::Medium));
    }
    if starts.len() <= MOST {
        let first = sources.first().and_then(|first| starts.get(first)).map(|pod| pod.spec());
        report_unread(world, first, "pod that leads to cluster-admin", out);
    }
}
