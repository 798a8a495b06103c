//! No volumes from the node's file system (`policy/check_hostPathVolumes.go`).

use super::check::{Forbidden, Revision};
use super::text::{join_quoted, pluralize, string};
use super::{Check, Level, Offence};
use seawall_model::{At, PodAt};

/// Baseline: no `hostPath` volumes.
pub static HOST_PATH_VOLUMES: Check = Check {
    id: "hostPathVolumes",
    level: Level::Baseline,
    revisions: &[Revision { since: 0, overrides: &[], run: volumes }],
};

fn volumes(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let bad: Vec<At<'_>> = pod.volumes().filter(|volume| volume.key("hostPath").exists()).collect();
    (!bad.is_empty()).then(|| Forbidden {
        reason: "hostPath volumes",
        detail: format!(
            "{} {}",
            pluralize("volume", "volumes", bad.len()),
            join_quoted(bad.iter().map(|volume| string(volume.key("name"))))
        ),
        offences: bad.iter().map(|volume| Offence::pod(volume.key("hostPath"), "hostPath")).collect(),
    })
}
