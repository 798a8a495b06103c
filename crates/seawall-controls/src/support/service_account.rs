//! Which pods get a token of which service account.

use crate::World;
use seawall_admission::service_account::should_automount;
use seawall_auth::rbac::subjects_of;
use seawall_model::{At, Object, PodAt, WellKnown};
use std::collections::HashMap;
use std::sync::Arc;

/// A pod whose containers get a token.
pub(crate) struct Mounted<'a> {
    /// The pod.
    pub(crate) pod: PodAt<'a>,
    /// `automountServiceAccountToken` of the pod, set to true or missing.
    pub(crate) at: At<'a>,
    /// The service account, if it is in the input.
    pub(crate) account: Option<&'a Arc<Object>>,
}

/// Whether the fields say that the pod's containers get a token ([`should_automount`]). Where that is not known it is
/// not reported.
pub(crate) fn mounted<'a>(pod: PodAt<'a>, world: &'a World) -> Option<Mounted<'a>> {
    let name = pod.service_account();
    let account = world.cluster().find(WellKnown::ServiceAccount, pod.namespace(), name);
    let at = pod.get("automountServiceAccountToken");
    let answer = should_automount(pod, name, world.cluster()) == Some(true);
    answer.then_some(Mounted { pod, at, account })
}

/// Every pod whose containers get a token.
pub(crate) fn all_mounted(world: &World) -> impl Iterator<Item = Mounted<'_>> {
    // Static pods get no service account.
    let pods = world.cluster().objects().flat_map(Object::pods);
    pods.filter(|pod| !crate::engine::is_control_plane(pod.object(), world))
        .filter_map(|pod| mounted(pod, world))
}

/// The service accounts that some binding names, with the first such place, by namespace and name.
pub(crate) fn bound(world: &World) -> HashMap<(Option<&str>, &str), At<'_>> {
    let mut out = HashMap::new();
    for kind in [WellKnown::ClusterRoleBinding, WellKnown::RoleBinding] {
        for binding in world.cluster().of(kind) {
            for subject in subjects_of(binding) {
                if let Some((namespace, name)) = subject.service_account() {
                    out.entry((Some(namespace), name)).or_insert(subject.at());
                }
                if subject.own_namespace().is_none() {
                    out.entry((None, subject.name())).or_insert(subject.at());
                }
            }
        }
    }
    out
}
