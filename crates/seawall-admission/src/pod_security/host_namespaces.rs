//! The host's network, process and IPC namespaces are not shared (`policy/check_hostNamespaces.go`).

use super::check::{Forbidden, Revision};
use super::{Check, Level, Offence};
use seawall_model::PodAt;

/// Baseline: `hostNetwork`, `hostPID` and `hostIPC` stay false.
pub static HOST_NAMESPACES: Check = Check {
    id: "hostNamespaces",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: shared }],
};

fn shared(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let fields = ["hostNetwork", "hostPID", "hostIPC"];
    let shared =
        fields.into_iter().filter_map(|field| Some(Offence::pod(pod.spec().key(field).when(true)?, field)));
    let offences: Vec<_> = shared.collect();
    (!offences.is_empty()).then(|| {
        let set: Vec<String> = offences.iter().map(|offence| format!("{}=true", offence.field)).collect();
        Forbidden { reason: "host namespaces", detail: set.join(", "), offences }
    })
}
