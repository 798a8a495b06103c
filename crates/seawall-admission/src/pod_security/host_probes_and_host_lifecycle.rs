//! Probes and lifecycle handlers do not name a host: the kubelet would send requests from the node to any address
//! (`policy/check_hostProbesAndhostLifecycle.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, containers, join_quoted, pluralize, string, values};
use super::{Check, Level, Offence};
use seawall_model::PodAt;
use std::collections::BTreeSet;

/// Baseline, from 1.34: no `host` in probes and lifecycle handlers, `127.0.0.1` included.
pub static HOST_PROBES_AND_HOST_LIFECYCLE: Check = Check {
    id: "hostProbesAndHostLifecycle",
    level: Level::Baseline,
    revisions: &[Revision { since: 34, overrides: &[], run: hosts }],
};

const HANDLERS: [&str; 5] =
    ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"];

fn hosts(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences = Vec::new();
    for container in pod.containers() {
        for handler in HANDLERS {
            for action in ["httpGet", "tcpSocket"] {
                let at = container.get(handler).key(action).key("host");
                if !string(at).is_empty() {
                    offences.push(Offence::container(container, at, "host"));
                }
            }
        }
    }
    (!offences.is_empty()).then(|| {
        // A set upstream, unlike in the other checks.
        let names: BTreeSet<&str> = container_names(&offences).into_iter().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let hosts = values(&offences);
        Forbidden {
            reason: "probe or lifecycle host",
            detail: format!(
                "{} {} {} {}",
                containers(&names),
                pluralize("uses", "use", names.len()),
                pluralize("probe or lifecycle host", "probe or lifecycle hosts", hosts.len()),
                join_quoted(hosts)
            ),
            offences,
        }
    })
}
