//! No privileged containers (`policy/check_privileged.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, containers};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Baseline: `privileged` stays false.
pub static PRIVILEGED: Check = Check {
    id: "privileged",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: privileged }],
};

fn privileged(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let bad = pod.containers().filter_map(|container| {
        let at = container.security_context().key("privileged").when(true)?;
        Some(Offence::container(container, at, "privileged"))
    });
    let offences: Vec<_> = bad.collect();
    (!offences.is_empty()).then(|| Forbidden {
        reason: "privileged",
        detail: format!(
            "{} must not set securityContext.privileged=true",
            containers(&container_names(&offences))
        ),
        offences,
    })
}
