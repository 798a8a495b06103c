//! Client certificates: reading, verifying against certificate authorities, and the user in them.
//!
//! Upstream: `k8s.io/apiserver/pkg/authentication/request/x509`; the verification is Go's `crypto/x509`
//! `Certificate.Verify` with the extended key usage `clientAuth`. There are no revocation lists in it.

mod extensions;
mod name;
mod read;
mod request;
mod verify;

#[cfg(test)]
pub(super) mod tests;

pub use read::Certificate;
pub use request::CertificateRequest;
pub(super) use verify::{Chain, Verified, verify};

use super::{Evidence, Expiry, Features, Identity, Verdict, pem};
use crate::user::{CREDENTIAL_ID, User};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// More certificates than this are not read: neither in a handshake nor in a bundle of authorities.
const MAX_CERTIFICATES: usize = 10_000;

/// The authorities of a bundle (`--client-ca-file`, `--requestheader-client-ca-file`).
#[derive(Clone, Debug, Default)]
pub struct Authorities {
    pub(super) roots: Vec<Certificate>,
}

impl Authorities {
    /// Reads a PEM bundle.
    ///
    /// # Errors
    /// When the API server would refuse it: no certificate, or one that cannot be read.
    pub fn of_pem(text: &str) -> Result<Self, String> {
        let roots = certificates_of_pem(text)?;
        if roots.is_empty() {
            return Err("data does not contain any valid RSA or ECDSA certificates".into());
        }
        Ok(Self { roots })
    }

    /// The certificates of the authorities.
    pub fn certificates(&self) -> &[Certificate] {
        &self.roots
    }
}

/// The certificates of a PEM text in order: of a chain the leaf first. Blocks of other types and with headers are
/// left out.
///
/// # Errors
/// When a block holds no certificate, or there are too many.
pub fn certificates_of_pem(text: &str) -> Result<Vec<Certificate>, String> {
    let blocks: Vec<pem::Block> = pem::blocks(text)
        .into_iter()
        .filter(|block| block.kind == "CERTIFICATE" && !block.has_headers)
        .take(MAX_CERTIFICATES + 1)
        .collect();
    if blocks.len() > MAX_CERTIFICATES {
        return Err(format!("more than {MAX_CERTIFICATES} certificates"));
    }
    blocks.into_iter().map(|block| Certificate::of_der(&block.bytes)).collect()
}

/// What a client certificate gives: `chain` is the leaf and its intermediates.
pub(super) fn authenticate(
    chain: &[Certificate],
    authorities: &Authorities,
    features: &Features,
    now: i64,
) -> Verdict {
    let Some((leaf, intermediates)) = chain.split_first() else { return Verdict::Abstained };
    let verified = match verify(leaf, intermediates, authorities, now) {
        Verified::Good(chain) => chain,
        Verified::Bad(reason) => {
            let text = format!("verifying certificate {} failed: {reason}", leaf.identifier());
            return Verdict::failed(text);
        }
        Verified::Unknown(reason) => return Verdict::unknown(reason),
    };
    // An empty name is no user and no error.
    if leaf.common_name.is_empty() {
        return Verdict::Abstained;
    }
    let uid = match leaf.uids.as_slice() {
        _ if !features.certificate_uid => "",
        [] => "",
        [uid] if uid.is_empty() => return Verdict::failed("UID cannot be an empty string"),
        [uid] => uid,
        several => {
            let text = format!("expected 1 UID, but found multiple: [{}]", several.join(" "));
            return Verdict::failed(text);
        }
    };
    let mut user = User {
        uid: uid.to_owned(),
        groups: leaf.organizations.clone(),
        ..User::named(leaf.common_name.as_str())
    };
    if features.certificate_id {
        user.extra.insert(CREDENTIAL_ID.to_owned(), vec![format!("X509SHA256={}", leaf.fingerprint())]);
    }
    Verdict::authenticated(Identity {
        user,
        expires: Some(verified.expiry()),
        evidence: vec![Evidence::new("x509", verified.text())],
        ..Identity::default()
    })
}

impl Certificate {
    /// SHA-256 of the whole certificate, in hexadecimal.
    pub fn fingerprint(&self) -> String {
        let mut out = String::with_capacity(64);
        for byte in Sha256::digest(&self.raw) {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }
}

impl Chain<'_> {
    /// The end of the shortest-lived certificate in it.
    fn expiry(&self) -> Expiry {
        Expiry { stated: self.ends, last_accepted: self.ends }
    }

    fn text(&self) -> String {
        let root = self.root.map_or_else(String::new, |root| root.shown_subject());
        match self.length {
            1 => "the certificate itself stands in the bundle of client authorities".to_owned(),
            2 => format!("signed by `{root}`, valid at this time, good for client authentication"),
            more => format!(
                "signed through {} intermediates by `{root}`, valid at this time, good for client authentication",
                more - 2
            ),
        }
    }
}
