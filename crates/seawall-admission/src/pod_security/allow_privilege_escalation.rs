//! `allowPrivilegeEscalation` must be false: setuid programs must not raise privileges
//! (`policy/check_allowPrivilegeEscalation.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, containers};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Restricted: every container sets `allowPrivilegeEscalation: false`. Windows pods are free of it from 1.25.
pub static ALLOW_PRIVILEGE_ESCALATION: Check = Check {
    id: "allowPrivilegeEscalation",
    level: Level::Restricted,
    revisions: &[
        Revision { since: 8, overrides: &[], run: every_container },
        Revision {
            since: 25,
            overrides: &[],
            run: |pod| if pod.is_windows() { None } else { every_container(pod) },
        },
    ],
};

fn every_container(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let field = "allowPrivilegeEscalation";
    let bad = pod.containers().filter_map(|container| {
        let at = container.security_context().key(field);
        (!at.is_false()).then(|| Offence::container(container, at, field))
    });
    let offences: Vec<_> = bad.collect();
    (!offences.is_empty()).then(|| Forbidden {
        reason: "allowPrivilegeEscalation != false",
        detail: format!(
            "{} must set securityContext.allowPrivilegeEscalation=false",
            containers(&container_names(&offences))
        ),
        offences,
    })
}
