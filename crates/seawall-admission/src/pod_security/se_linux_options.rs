//! SELinux keeps its confinement (`policy/check_seLinuxOptions.go`).

use super::check::{Forbidden, Revision};
use super::text::{join_quoted, pluralize, setters, string};
use super::{Check, Level, Offence};
use seawall_model::{At, ContainerAt, PodAt};
use std::collections::BTreeSet;

/// Baseline: container types only, and neither user nor role. `container_engine_t` is allowed from 1.31.
pub static SE_LINUX_OPTIONS: Check = Check {
    id: "seLinuxOptions",
    level: Level::Baseline,
    revisions: &[
        Revision { since: 0, overrides: &[], run: |pod| options(pod, TYPES.get(..4).unwrap_or(&TYPES)) },
        Revision { since: 31, overrides: &[], run: |pod| options(pod, &TYPES) },
    ],
};

/// The last one came with 1.31.
const TYPES: [&str; 5] = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

fn offences_in<'a>(
    context: At<'a>,
    container: Option<ContainerAt<'a>>,
    types: &[&str],
    out: &mut Vec<Offence<'a>>,
) {
    let options = context.key("seLinuxOptions");
    let mut push = |field: &'static str, at| out.push(Offence { at, field, container });
    let kind = options.key("type");
    if !types.contains(&string(kind)) {
        push("type", kind);
    }
    for field in ["user", "role"] {
        let at = options.key(field);
        if !string(at).is_empty() {
            push(field, at);
        }
    }
}

fn options<'a>(pod: PodAt<'a>, types: &[&str]) -> Option<Forbidden<'a>> {
    let mut offences = Vec::new();
    offences_in(pod.security_context(), None, types, &mut offences);
    for container in pod.containers() {
        offences_in(container.security_context(), Some(container), types, &mut offences);
    }
    if offences.is_empty() {
        return None;
    }
    let of = |field: &'static str| offences.iter().filter(move |offence| offence.field == field);
    let mut data = Vec::new();
    let bad_types: BTreeSet<&str> = of("type").map(|offence| string(offence.at)).collect();
    if !bad_types.is_empty() {
        data.push(format!("{} {}", pluralize("type", "types", bad_types.len()), join_quoted(bad_types)));
    }
    for field in ["user", "role"] {
        if of(field).next().is_some() {
            data.push(format!("{field} may not be set"));
        }
    }
    let setters = setters(&offences).join(" and ");
    let detail = format!("{setters} set forbidden securityContext.seLinuxOptions: {}", data.join("; "));
    Some(Forbidden { reason: "seLinuxOptions", detail, offences })
}
