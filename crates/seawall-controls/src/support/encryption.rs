//! EncryptionConfiguration as the API servers of the input read it.

use super::server_file::servers;
use crate::World;
use seawall_keys::encryption::{EncryptionConfiguration, Options, load};
use seawall_model::At;
use seawall_model::decode::Refusal;

const FLAG: &str = "encryption-provider-config";

/// The file at `at`, read with the flags of the API server that uses it where one does.
pub(crate) fn read<'a>(at: At<'a>, world: &World) -> Result<EncryptionConfiguration<'a>, Vec<Refusal<'a>>> {
    let mut options = Options { version: world.version(), kms_v1: None, reload: false };
    if let Some(server) = servers(world, at, FLAG).first() {
        let gate = server.gates().iter().find(|gate| gate.name == "KMSv1").map(|gate| gate.enabled);
        options.kms_v1 = gate.or(Some(false));
        options.reload = server.setting("encryption-provider-config-automatic-reload").bool() == Some(true);
    }
    load(at, options)
}

/// A resource as people write it: `secrets`, `deployments.apps`.
pub(crate) fn written(resource: &str, group: &str) -> String {
    match (resource, group) {
        ("*", "") => "*.".into(),
        (resource, "") => seawall_model::decode::shown(resource),
        _ => seawall_model::decode::shown(&format!("{resource}.{group}")),
    }
}
