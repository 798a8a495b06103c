//! A seccomp profile is set (`policy/check_seccompProfile_restricted.go`).

use super::check::{Forbidden, Revision};
use super::seccomp_profile_baseline::fields;
use super::text::{container_names, join_quoted, pluralize};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Restricted, from 1.19: the pod or every container sets `RuntimeDefault` or `Localhost`. Windows pods are free of
/// it from 1.25.
pub static SECCOMP_PROFILE_RESTRICTED: Check = Check {
    id: "seccompProfile_restricted",
    level: Level::Restricted,
    revisions: &[
        Revision { since: 19, overrides: OVERRIDES, run: required },
        Revision {
            since: 25,
            overrides: OVERRIDES,
            run: |pod| if pod.is_windows() { None } else { required(pod) },
        },
    ],
};

const OVERRIDES: &[&str] = &["seccompProfile_baseline"];

fn required(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    // Forbidden profiles hide missing ones in upstream's answer.
    if let Some(explicit) = fields(pod) {
        return Some(explicit);
    }
    if pod.security_context().key("seccompProfile").exists() {
        return None;
    }
    let missing = pod.containers().filter_map(|container| {
        let at = container.security_context().key("seccompProfile");
        (!at.exists()).then(|| Offence::container(container, at.key("type"), "type"))
    });
    let offences: Vec<_> = missing.collect();
    (!offences.is_empty()).then(|| {
        let names = container_names(&offences);
        Forbidden {
            reason: "seccompProfile",
            detail: format!(
                "pod or {} {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
                pluralize("container", "containers", names.len()),
                join_quoted(names)
            ),
            offences,
        }
    })
}
