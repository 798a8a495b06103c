//! The seccomp profile is not switched off (`policy/check_seccompProfile_baseline.go`).

use super::check::{Forbidden, Revision};
use super::text::{go_quoted, join_quoted, pluralize, setters, string, values};
use super::{Check, Level, Offence};
use seawall_model::{At, PodAt};
use std::collections::BTreeMap;

/// Baseline: no seccomp profile but `RuntimeDefault` and `Localhost`. Before 1.19 the annotations of existing
/// containers count, since then the fields.
pub static SECCOMP_PROFILE_BASELINE: Check = Check {
    id: "seccompProfile_baseline",
    level: Level::Baseline,
    revisions: &[
        Revision { since: 0, overrides: &[], run: annotations },
        Revision { since: 19, overrides: &[], run: fields },
    ],
};

const POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";

fn is_valid_annotation(value: &str) -> bool {
    matches!(value, "runtime/default" | "docker/default") || value.starts_with("localhost/")
}

fn annotations(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let annotations: BTreeMap<&str, At<'_>> = pod.metadata().key("annotations").entries().collect();
    let mut offences: Vec<Offence<'_>> = Vec::new();
    let mut forbidden = std::collections::BTreeSet::new();
    let mut look = |key: &str, container| {
        let Some(&at) = annotations.get(key) else { return };
        if !is_valid_annotation(string(at)) {
            forbidden.insert(format!("{key}={}", go_quoted(string(at))));
            offences.push(Offence { at, field: "annotation", container });
        }
    };
    look(POD, None);
    for container in pod.containers() {
        look(&format!("{CONTAINER}{}", container.name()), Some(container));
    }
    (!offences.is_empty()).then(|| {
        let forbidden: Vec<String> = forbidden.into_iter().collect();
        Forbidden {
            reason: "seccompProfile",
            detail: format!(
                "forbidden {} {}",
                pluralize("annotation", "annotations", forbidden.len()),
                forbidden.join(", ")
            ),
            offences,
        }
    })
}

/// The place of the profile's type when the profile is set to something forbidden.
pub(super) fn bad_profile(context: At<'_>) -> Option<At<'_>> {
    let profile = context.key("seccompProfile");
    let at = profile.key("type");
    (profile.exists() && !matches!(string(at), "RuntimeDefault" | "Localhost")).then_some(at)
}

/// Everyone who sets a forbidden profile.
pub(super) fn fields(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences: Vec<Offence<'_>> =
        bad_profile(pod.security_context()).map(|at| Offence::pod(at, "type")).into_iter().collect();
    offences.extend(pod.containers().filter_map(|container| {
        Some(Offence::container(container, bad_profile(container.security_context())?, "type"))
    }));
    (!offences.is_empty()).then(|| Forbidden {
        reason: "seccompProfile",
        detail: format!(
            "{} must not set securityContext.seccompProfile.type to {}",
            setters(&offences).join(" and "),
            join_quoted(values(&offences))
        ),
        offences,
    })
}
