//! Nobody asks for the root user (`policy/check_runAsUser.go`).

use super::check::{Forbidden, Revision};
use super::text::setters;
use super::{Check, Level, Offence};
use seawall_model::{At, PodAt};

/// Restricted, from 1.23: `runAsUser` is not 0; from 1.35 not asked of pods in a user namespace. Windows pods are
/// not exempt.
pub static RUN_AS_USER: Check = Check {
    id: "runAsUser",
    level: Level::Restricted,
    revisions: &[
        Revision { since: 23, overrides: &[], run: not_root },
        Revision {
            since: 35,
            overrides: &[],
            run: |pod| if pod.has_user_namespace() { None } else { not_root(pod) },
        },
    ],
};

fn root(context: At<'_>) -> Option<At<'_>> {
    let at = context.key("runAsUser");
    (at.int() == Some(0)).then_some(at)
}

fn not_root(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences: Vec<Offence<'_>> =
        root(pod.security_context()).map(|at| Offence::pod(at, "runAsUser")).into_iter().collect();
    offences.extend(pod.containers().filter_map(|container| {
        Some(Offence::container(container, root(container.security_context())?, "runAsUser"))
    }));
    (!offences.is_empty()).then(|| Forbidden {
        reason: "runAsUser=0",
        detail: format!("{} must not set runAsUser=0", setters(&offences).join(" and ")),
        offences,
    })
}
