//! No capabilities beyond the runtime's default set (`policy/check_capabilities_baseline.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, containers, join_quoted, values};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Baseline: only capabilities of the runtime's default set, without NET_RAW, may be added.
pub static CAPABILITIES_BASELINE: Check = Check {
    id: "capabilities_baseline",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: added }],
};

/// Names are exact: `CAP_CHOWN` and `chown` are not among them.
const ALLOWED: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

fn added(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let offences = additions(pod, |name| ALLOWED.contains(&name));
    (!offences.is_empty()).then(|| Forbidden {
        reason: "non-default capabilities",
        detail: must_not_include(&offences),
        offences,
    })
}

/// The added capabilities that are not allowed.
pub(super) fn additions(pod: PodAt<'_>, allowed: fn(&str) -> bool) -> Vec<Offence<'_>> {
    let mut offences = Vec::new();
    for container in pod.containers() {
        let items = container.security_context().get("capabilities.add").items();
        let bad = items.filter(|item| !allowed(super::text::string(*item)));
        offences.extend(bad.map(|at| Offence::container(container, at, "add")));
    }
    offences
}

pub(super) fn must_not_include(offences: &[Offence<'_>]) -> String {
    format!(
        "{} must not include {} in securityContext.capabilities.add",
        containers(&container_names(offences)),
        join_quoted(values(offences))
    )
}
