//! No ports of the node (`policy/check_hostPorts.go`).

use super::check::{Forbidden, Revision};
use super::text::{container_names, containers, pluralize};
use super::{Check, Level, Offence};
use seawall_model::PodAt;
use std::collections::BTreeSet;

/// Baseline: no `hostPort` but 0.
pub static HOST_PORTS: Check = Check {
    id: "hostPorts",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: ports }],
};

fn ports(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let mut offences = Vec::new();
    // Sorted as texts, as upstream: 30000 comes before 8080.
    let mut numbers = BTreeSet::new();
    for container in pod.containers() {
        for port in container.get("ports").items() {
            let at = port.key("hostPort");
            if let Some(number) = at.int().filter(|&number| number != 0) {
                numbers.insert(number.to_string());
                offences.push(Offence::container(container, at, "hostPort"));
            }
        }
    }
    (!offences.is_empty()).then(|| {
        let names = container_names(&offences);
        let numbers: Vec<String> = numbers.into_iter().collect();
        Forbidden {
            reason: "hostPort",
            detail: format!(
                "{} {} {} {}",
                containers(&names),
                pluralize("uses", "use", names.len()),
                pluralize("hostPort", "hostPorts", numbers.len()),
                numbers.join(", ")
            ),
            offences,
        }
    })
}
