use crate::support::encryption::{read, written};
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use std::collections::HashMap;

/// # encryption-entry-never-writes
///
/// ## What it finds
/// A resource that several entries name. The API server joins their providers: the first entry's first
/// provider writes, the later entries only read.
///
/// ## Why it matters
/// The later entry looks as if it protected the resource with its own key. It does not, and a rotation made
/// there changes nothing.
///
/// ## Fix
/// Keep one entry for each resource.
///
/// ## References
/// - https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_entry_never_writes(file: EncryptionConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(configuration) = read(*file, world) else { return };
    let mut first = HashMap::new();
    for name in configuration.entries.iter().flat_map(|entry| &entry.resources) {
        let Some(earlier) = first.insert((name.resource, name.group), name.at) else { continue };
        first.insert((name.resource, name.group), earlier);
        let resource = written(name.resource, name.group);
        let message =
            format!("an earlier entry names `{resource}`: the providers of this one never write it");
        out.finding(name.at, message).related(earlier, "the entry that writes");
    }
}
