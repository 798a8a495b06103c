//! AuthenticationConfiguration as the API servers of the input read it.

use super::server_file::servers;
use crate::World;
use seawall_auth::authentication_config::{Loaded, Options, load};
use seawall_model::At;
use seawall_model::decode::Refusal;

/// The flag that names the file.
pub(crate) const FLAG: &str = "authentication-config";

/// The file at `at`, read with the flags of the API server that uses it where one does.
pub(crate) fn read<'a>(at: At<'a>, world: &World) -> Result<Loaded<'a>, Vec<Refusal<'a>>> {
    let users = servers(world, at, FLAG);
    let issuers: Vec<String> = users
        .iter()
        .filter_map(|server| {
            let setting = server.setting("service-account-issuer");
            Some(setting.list()?.into_iter().map(str::to_owned).collect::<Vec<_>>())
        })
        .flatten()
        .filter(|issuer| !issuer.is_empty())
        .collect();
    let issuers: Vec<&str> = issuers.iter().map(String::as_str).collect();
    let gate = users.first().and_then(|server| {
        let gates = server.gates();
        gates.iter().find(|gate| gate.name == "AnonymousAuthConfigurableEndpoints").map(|gate| gate.enabled)
    });
    load(at, &Options { version: world.version(), anonymous_gate: gate, service_account_issuers: &issuers })
}
