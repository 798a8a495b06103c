//! The default AppArmor profile must not be switched off (`policy/check_appArmorProfile.go`).

use super::check::{Forbidden, Revision};
use super::text::{go_quoted, join_quoted, pluralize, setters, string, values};
use super::{Check, Level, Offence};
use seawall_model::{At, PodAt};
use std::collections::BTreeMap;

/// Baseline: no AppArmor profile but `RuntimeDefault` and `Localhost`, in fields and in the old annotations, which
/// count even for containers that do not exist.
pub static APP_ARMOR_PROFILE: Check = Check {
    id: "appArmorProfile",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: profiles }],
};

const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

fn is_bad(context: At<'_>) -> Option<At<'_>> {
    let profile = context.key("appArmorProfile");
    let at = profile.key("type");
    (profile.exists() && !matches!(string(at), "RuntimeDefault" | "Localhost")).then_some(at)
}

fn is_allowed_annotation(value: &str) -> bool {
    value.is_empty() || value == "runtime/default" || value.starts_with("localhost/")
}

fn profiles(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences: Vec<Offence<'_>> =
        is_bad(pod.security_context()).map(|at| Offence::pod(at, "type")).into_iter().collect();
    offences.extend(pod.containers().filter_map(|container| {
        is_bad(container.security_context()).map(|at| Offence::container(container, at, "type"))
    }));
    // By key, so that of repeated keys the last one counts, as everywhere.
    let annotations: BTreeMap<&str, At<'_>> =
        pod.metadata().key("annotations").entries().filter(|(key, _)| key.starts_with(ANNOTATION)).collect();
    let forbidden: Vec<_> =
        annotations.into_iter().filter(|&(_, at)| !is_allowed_annotation(string(at))).collect();
    if offences.is_empty() && forbidden.is_empty() {
        return None;
    }
    let mut bad_setters = setters(&offences);
    let mut written: Vec<String> =
        forbidden.iter().map(|&(key, at)| format!("{key}={}", go_quoted(string(at)))).collect();
    written.sort_unstable();
    let mut bad_values: Vec<&str> = values(&offences).into_iter().collect();
    bad_values.extend(written.iter().map(String::as_str));
    if !forbidden.is_empty() {
        bad_setters.push(pluralize("annotation", "annotations", forbidden.len()).to_owned());
    }
    let detail = format!(
        "{} must not set AppArmor profile type to {}",
        bad_setters.join(" and "),
        join_quoted(bad_values.iter().copied())
    );
    let reason = pluralize("forbidden AppArmor profile", "forbidden AppArmor profiles", bad_values.len());
    offences.extend(forbidden.into_iter().map(|(_, at)| Offence::pod(at, "annotation")));
    Some(Forbidden { reason, detail, offences })
}
