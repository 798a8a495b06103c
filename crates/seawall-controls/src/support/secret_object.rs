//! Secret objects written in files.

use crate::support::secret::holds_secret;
use seawall_model::{At, Object, Origin, decode};
use std::sync::Arc;

/// What makes a Secret object of its own kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Sort {
    /// A token of a service account, or the request for one.
    ServiceAccountToken,
    /// Credentials for an image registry.
    Registry,
    /// A private key.
    PrivateKey,
    /// Anything else.
    Other,
}

/// The sort of a Secret, by type and content.
pub(crate) fn sort(secret: &Arc<Object>) -> Sort {
    match secret.at().key("type").str() {
        Some("kubernetes.io/service-account-token") => Sort::ServiceAccountToken,
        Some("kubernetes.io/dockerconfigjson" | "kubernetes.io/dockercfg") => Sort::Registry,
        _ if private_key(secret).is_some() => Sort::PrivateKey,
        _ => Sort::Other,
    }
}

/// The first entry that holds a private key.
pub(crate) fn private_key(secret: &Arc<Object>) -> Option<At<'_>> {
    let is_key = |at: &At<'_>, encoded: bool| {
        let text = at.text().unwrap_or("");
        if !encoded {
            return holds_secret(text) && text.contains("PRIVATE KEY");
        }
        // Only keys begin so; decoding everything would be wasted on the rest.
        text.trim_start().starts_with("LS0tLS1CRUdJTi")
            && decode::base64(text.trim()).is_some_and(|bytes| holds_secret(&String::from_utf8_lossy(&bytes)))
    };
    let at = secret.at();
    let data = at.key("data").entries().map(|(_, at)| (at, true));
    let text = at.key("stringData").entries().map(|(_, at)| (at, false));
    data.chain(text).find(|(at, encoded)| is_key(at, *encoded)).map(|(at, _)| at)
}

/// Where a Secret in a file holds values: `data` or `stringData`. Nothing for Secrets that only announce their keys,
/// that a tool has encrypted in place, or that were read from a cluster.
pub(crate) fn written_values(secret: &Arc<Object>) -> Option<At<'_>> {
    let at = secret.at();
    if *secret.origin() != Origin::File || at.key("sops").exists() {
        return None;
    }
    let has_value = |list: &At<'_>| {
        list.entries().any(|(_, value)| {
            let text = value.text().unwrap_or("").trim();
            // Placeholders of templates, and ciphertext of SOPS.
            !text.is_empty() && !text.starts_with(['<', '$', '{']) && !text.starts_with("ENC[")
        })
    };
    ["stringData", "data"].into_iter().map(|list| at.key(list)).find(has_value)
}
