//! `/proc` stays masked (`policy/check_procMount_baseline.go`, `policy/check_procMount_restricted.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, containers, join_quoted, string, values};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Baseline: `procMount` is unset or `Default`; from 1.35 pods in a user namespace may choose.
pub static PROC_MOUNT: Check = Check {
    id: "procMount",
    level: Level::Baseline,
    revisions: &[
        Revision { since: 0, overrides: &[], run: masked },
        Revision {
            since: 35,
            overrides: &[],
            run: |pod| if pod.has_user_namespace() { None } else { masked(pod) },
        },
    ],
};

/// Restricted, from 1.35: `procMount` is unset or `Default` even in a user namespace.
pub static PROC_MOUNT_RESTRICTED: Check = Check {
    id: "procMount_restricted",
    level: Level::Restricted,
    revisions: &[Revision { since: 35, overrides: &["procMount"], run: masked }],
};

fn masked(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let bad = pod.containers().filter_map(|container| {
        let at = container.security_context().key("procMount");
        (at.exists() && string(at) != "Default").then(|| Offence::container(container, at, "procMount"))
    });
    let offences: Vec<_> = bad.collect();
    (!offences.is_empty()).then(|| Forbidden {
        reason: "procMount",
        detail: format!(
            "{} must not set securityContext.procMount to {}",
            containers(&container_names(&offences)),
            join_quoted(values(&offences))
        ),
        offences,
    })
}
