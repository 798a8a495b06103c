//! The authorities that the API server believes for client certificates, as it publishes them itself.

use super::secret_object::private_key;
use crate::World;
use seawall_auth::authentication::{Certificate, certificates_held, certificates_of_pem};
use seawall_model::{At, Object, SEALED, WellKnown};
use std::sync::Arc;

/// Where a Secret holds the certificate of such an authority.
pub(crate) fn holds_client_ca<'a>(secret: &'a Arc<Object>, world: &World) -> Option<At<'a>> {
    let held = certificates_held(secret);
    if held.is_empty() {
        return None;
    }
    let authorities = client_authorities(world);
    let is_one = |certificate: &Certificate| authorities.iter().any(|one| one.shares_key(certificate));
    held.into_iter().find(|held| held.leaf().is_some_and(is_one)).map(|held| held.at)
}

/// `pkg/controlplane/controller/clusterauthenticationtrust` writes them.
fn client_authorities(world: &World) -> Vec<Certificate> {
    let map =
        world.cluster().find(WellKnown::ConfigMap, Some("kube-system"), "extension-apiserver-authentication");
    // A manifest that somebody wrote proves nothing: the API server's own object has a UID.
    let text = map
        .filter(|map| map.uid().is_some())
        .and_then(|map| map.at().key("data").key("client-ca-file").str());
    text.and_then(|text| certificates_of_pem(text).ok()).unwrap_or_default()
}

/// Whether a Secret holds a private key; of one whose values were left out the names and sizes say it.
pub(crate) fn has_private_key(secret: &Arc<Object>) -> bool {
    if !secret.is_sealed() {
        return private_key(secret).is_some();
    }
    // `{"tls.key":{"size":1675,…}}`: written by the reader, so its form is known.
    let sealed = secret.annotation(SEALED).unwrap_or_default();
    secret.at().key("data").entries().any(|(key, value)| {
        key.ends_with(".key")
            && !value.exists()
            && sealed.contains(&format!("\"{key}\":{{\"size\":"))
            && !sealed.contains(&format!("\"{key}\":{{\"size\":0,"))
    })
}
