//! Only volumes that reach nothing outside the pod's own objects (`policy/check_restrictedVolumes.go`).

use super::check::{Forbidden, Revision};
use super::text::{join_quoted, pluralize, string};
use super::{Check, Level, Offence};
use seawall_model::{At, PodAt};
use std::collections::BTreeSet;

/// Restricted: volumes are of nine kinds only. A volume without a known source is an `emptyDir`, as the API server
/// fills in before admission (kubernetes `pkg/apis/core/v1/defaults.go` `SetDefaults_Volume`).
pub static RESTRICTED_VOLUMES: Check = Check {
    id: "restrictedVolumes",
    level: Level::Restricted,
    revisions: &[Revision { since: 0, overrides: &["hostPathVolumes"], run: volumes }],
};

const ALLOWED: [&str; 9] = [
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// In the order in which upstream looks for the first one that is set.
const FORBIDDEN: [&str; 21] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "gitRepo",
    "nfs",
    "iscsi",
    "glusterfs",
    "rbd",
    "flexVolume",
    "cinder",
    "cephfs",
    "flocker",
    "fc",
    "azureFile",
    "vsphereVolume",
    "quobyte",
    "azureDisk",
    "photonPersistentDisk",
    "portworxVolume",
    "scaleIO",
    "storageos",
];

fn offence(volume: At<'_>) -> Option<Offence<'_>> {
    if ALLOWED.iter().any(|&source| volume.key(source).exists()) {
        return None;
    }
    let source = FORBIDDEN.iter().find(|&&source| volume.key(source).exists())?;
    Some(Offence::pod(volume.key(source), source))
}

fn volumes(pod: PodAt<'_>) -> Option<Forbidden<'_>> {
    let bad: Vec<_> = pod.volumes().filter_map(|volume| Some((volume, offence(volume)?))).collect();
    (!bad.is_empty()).then(|| {
        let sources: BTreeSet<&str> = bad.iter().map(|(_, offence)| offence.field).collect();
        Forbidden {
            reason: "restricted volume types",
            detail: format!(
                "{} {} {} {} {}",
                pluralize("volume", "volumes", bad.len()),
                join_quoted(bad.iter().map(|(volume, _)| string(volume.key("name")))),
                pluralize("uses", "use", bad.len()),
                pluralize("restricted volume type", "restricted volume types", sources.len()),
                join_quoted(sources)
            ),
            offences: bad.into_iter().map(|(_, offence)| offence).collect(),
        }
    })
}
