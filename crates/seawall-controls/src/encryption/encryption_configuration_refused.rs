use crate::support::encryption::read;
use crate::support::server_file;
use crate::{EncryptionConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # encryption-configuration-refused
///
/// ## What it finds
/// An EncryptionConfiguration that kube-apiserver refuses: unknown fields, names it does not take, entries
/// behind a wildcard that already covers them, keys of a wrong length, a KMS v1 provider without its feature
/// gate.
///
/// ## Why it matters
/// The API server does not start with such a file. With automatic reload it goes on with the old keys and
/// says so only in a metric, so that a rotation silently does not happen.
///
/// ## Fix
/// Correct the named place, and try the file on one API server before the others.
///
/// ## References
/// - https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["encryption-at-rest"]
)]
pub fn encryption_configuration_refused(
    file: EncryptionConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    if let Err(refusals) = read(*file, world) {
        server_file::report(out, "encryption configuration", &refusals);
    }
}
