//! Containers are required not to run as root (`policy/check_runAsNonRoot.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, join_quoted, pluralize, setters};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Restricted: `runAsNonRoot: true` in the pod or in every container, false nowhere; from 1.35 not asked of pods in
/// a user namespace. Windows pods are not exempt.
pub static RUN_AS_NON_ROOT: Check = Check {
    id: "runAsNonRoot",
    level: Level::Restricted,
    revisions: &[
        Revision { since: 0, overrides: &[], run: required },
        Revision {
            since: 35,
            overrides: &[],
            run: |pod| if pod.has_user_namespace() { None } else { required(pod) },
        },
    ],
};

const FIELD: &str = "runAsNonRoot";

fn required(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let of_pod = pod.security_context().key(FIELD);
    let mut explicit: Vec<Offence<'_>> =
        of_pod.when(false).map(|at| Offence::pod(at, FIELD)).into_iter().collect();
    let mut implicit = Vec::new();
    for container in pod.containers() {
        let at = container.security_context().key(FIELD);
        if at.is_false() {
            explicit.push(Offence::container(container, at, FIELD));
        } else if !at.exists() && !of_pod.is_true() {
            implicit.push(Offence::container(container, at, FIELD));
        }
    }
    let reason = "runAsNonRoot != true";
    if !explicit.is_empty() {
        let setters = setters(&explicit).join(" and ");
        let detail = format!("{setters} must not set securityContext.runAsNonRoot=false");
        return Some(Forbidden { reason, detail, offences: explicit });
    }
    (!implicit.is_empty()).then(|| {
        let names = container_names(&implicit);
        let detail = format!(
            "pod or {} {} must set securityContext.runAsNonRoot=true",
            pluralize("container", "containers", names.len()),
            join_quoted(names)
        );
        Forbidden { reason, detail, offences: implicit }
    })
}
