//! What differs between versions and by feature gates.

use seawall_model::Version;
use seawall_model::tables::gates;

/// The switches that authentication looks at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Features {
    /// The version of the API server.
    pub version: Version,
    /// `ServiceAccountTokenJTI`: tokens with an id give a credential id.
    pub token_id: bool,
    /// `ServiceAccountTokenPodNodeInfo`: tokens of pods tell the node.
    pub token_pod_node_info: bool,
    /// `ServiceAccountTokenNodeBindingValidation`: tokens bound to nodes are taken.
    pub token_node_binding: bool,
    /// `kid` chooses the key (from 1.31); before, all are tried.
    pub key_id_selects_key: bool,
    /// Certificates give a credential id (from 1.32).
    pub certificate_id: bool,
    /// `AllowParsingUserUIDFromCertAuth`: certificates may give a UID (from 1.33).
    pub certificate_uid: bool,
    /// `RemoteRequestHeaderUID`: the front proxy may tell a UID (from 1.32, on from 1.33).
    pub front_proxy_uid: bool,
    /// `ConstrainedImpersonation` (from 1.35, on from 1.36).
    pub constrained_impersonation: bool,
    /// JWT issuers' tokens with an id give a credential id (from 1.32).
    pub issuer_token_id: bool,
}

impl Features {
    /// The switches of a version, with the gates that somebody set: `set` gives the value of a gate by name.
    pub fn of(version: Version, set: impl Fn(&str) -> Option<bool>) -> Self {
        let gate = |name: &str| {
            let Some(gate) = gates::lookup(version, name) else { return false };
            set(name).filter(|_| !gate.locked).unwrap_or(gate.default)
        };
        Self {
            version,
            token_id: gate("ServiceAccountTokenJTI"),
            token_pod_node_info: gate("ServiceAccountTokenPodNodeInfo"),
            token_node_binding: gate("ServiceAccountTokenNodeBindingValidation"),
            key_id_selects_key: version.at_least(31),
            certificate_id: version.at_least(32),
            certificate_uid: gate("AllowParsingUserUIDFromCertAuth"),
            front_proxy_uid: gate("RemoteRequestHeaderUID"),
            constrained_impersonation: gate("ConstrainedImpersonation"),
            issuer_token_id: version.at_least(32),
        }
    }

    /// A version with its defaults.
    pub fn default_of(version: Version) -> Self {
        Self::of(version, |_| None)
    }

    /// go-jose's texts name the module, which moved with 1.33.
    pub(super) fn jose_text(&self, text: &str) -> String {
        if self.version.at_least(33) {
            text.to_owned()
        } else {
            text.replace("go-jose/go-jose", "square/go-jose")
        }
    }
}
