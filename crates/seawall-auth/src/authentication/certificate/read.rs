//! From DER to what the decision needs.

use super::super::keys::{Hash, PublicKey, SignatureCheck, X509Algorithm, is_certificate_frame};
use super::extensions::Extensions;
use super::name::Subject;
use x509_parser::der_parser::asn1_rs::FromDer;
use x509_parser::prelude::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

/// Larger certificates are not read.
const MAX_DER: usize = 1 << 20;

/// A certificate. Reading checks its form, nothing else.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) raw: Vec<u8>,
    pub(super) signed: Vec<u8>,
    pub(super) signature: Vec<u8>,
    pub(super) algorithm: Option<X509Algorithm>,
    /// 1 to 3.
    pub(super) version: u32,
    serial: String,
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    pub(super) key: Option<PublicKey>,
    pub(super) key_info: Vec<u8>,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    pub(super) common_name: String,
    pub(super) organizations: Vec<String>,
    pub(super) uids: Vec<String>,
    pub(super) extensions: Extensions,
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// When it is no certificate; Go's TLS ends the handshake then.
    pub fn of_der(bytes: &[u8]) -> Result<Self, String> {
        const MALFORMED: &str = "x509: malformed certificate";
        if bytes.len() > MAX_DER {
            return Err("a certificate of more than 1 MiB is not read".into());
        }
        let (rest, parsed) = X509Certificate::from_der(bytes).map_err(|_| MALFORMED)?;
        if !rest.is_empty() {
            return Err("x509: trailing data".into());
        }
        let body = &parsed.tbs_certificate;
        // The parser looks at the numbers of tags and not at their classes.
        if !is_certificate_frame(bytes) {
            return Err(MALFORMED.into());
        }
        Subject::read(body.issuer())?;
        let subject = Subject::read(body.subject())?;
        let version = body.version().0 + 1;
        if version != 3 && !body.extensions().is_empty() || version > 3 {
            return Err(MALFORMED.into());
        }
        Ok(Self {
            raw: bytes.to_vec(),
            signed: body.as_ref().to_vec(),
            signature: parsed.signature_value.data.to_vec(),
            algorithm: algorithm(&parsed.signature_algorithm),
            version,
            serial: decimal(body.raw_serial()),
            subject: body.subject().as_raw().to_vec(),
            issuer: body.issuer().as_raw().to_vec(),
            key: PublicKey::of_spki(body.public_key()),
            key_info: body.public_key().raw.to_vec(),
            not_before: body.validity().not_before.timestamp(),
            not_after: body.validity().not_after.timestamp(),
            common_name: subject.common_name,
            organizations: subject.organizations,
            uids: subject.uids,
            extensions: Extensions::read(body.extensions())?,
        })
    }

    /// The DER.
    pub fn der(&self) -> &[u8] {
        &self.raw
    }

    /// The subject's common name: the user name.
    pub fn common_name(&self) -> &str {
        &self.common_name
    }

    /// The subject's organizations: the groups.
    pub fn organizations(&self) -> &[String] {
        &self.organizations
    }

    /// First and last second in which it is valid, since 1970-01-01T00:00:00Z.
    pub fn validity(&self) -> (i64, i64) {
        (self.not_before, self.not_after)
    }

    /// Whether it may be a client's credential: no authority, and not for other uses alone.
    pub fn is_for_clients(&self) -> bool {
        let is_authority = self.extensions.basic.is_some_and(|(is_authority, _)| is_authority);
        !is_authority && self.extensions.client_usage != Some(false)
    }

    /// Whether it is a certificate of the same key.
    pub fn shares_key(&self, other: &Self) -> bool {
        self.key_info == other.key_info
    }

    /// Whether `self` is signed with the key of `parent`, which may be used for that.
    pub(super) fn check_signature_from(&self, parent: &Self) -> SignatureCheck {
        let is_authority = match parent.extensions.basic {
            Some((is_authority, _)) => is_authority,
            None => parent.version != 3,
        };
        if !is_authority || parent.extensions.key_usage == Some(false) {
            return SignatureCheck::Bad;
        }
        match (&parent.key, self.algorithm) {
            (Some(key), Some(algorithm)) => key.verify_x509(algorithm, &self.signed, &self.signature),
            _ => SignatureCheck::Bad,
        }
    }

    /// Upstream's `certificateIdentifier`.
    pub(super) fn identifier(&self) -> String {
        let colons =
            |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        format!(
            "SN={}, SKID={}, AKID={}",
            self.serial,
            colons(&self.extensions.subject_key),
            colons(&self.extensions.authority_key)
        )
    }

    /// The common name, or the organization, for texts; escaped and bounded.
    pub(crate) fn shown_subject(&self) -> String {
        let name = Some(&self.common_name).filter(|name| !name.is_empty());
        seawall_model::decode::shown(name.or(self.organizations.first()).map_or("", String::as_str))
    }
}

/// The algorithm of a signature; `None` for those that Go does not accept in certificates (MD5, SHA-1, DSA …).
fn algorithm(identifier: &AlgorithmIdentifier<'_>) -> Option<X509Algorithm> {
    let rsa = |hash| Some(X509Algorithm::Rsa { hash, pss: false });
    match identifier.algorithm.to_id_string().as_str() {
        "1.2.840.113549.1.1.11" => rsa(Hash::Sha256),
        "1.2.840.113549.1.1.12" => rsa(Hash::Sha384),
        "1.2.840.113549.1.1.13" => rsa(Hash::Sha512),
        "1.2.840.113549.1.1.10" => {
            let parameters = RsaSsaPssParams::try_from(identifier.parameters.as_ref()?).ok()?;
            let (hash, salt) = match parameters.hash_algorithm_oid().to_id_string().as_str() {
                "2.16.840.1.101.3.4.2.1" => (Hash::Sha256, 32),
                "2.16.840.1.101.3.4.2.2" => (Hash::Sha384, 48),
                "2.16.840.1.101.3.4.2.3" => (Hash::Sha512, 64),
                _ => return None,
            };
            (parameters.salt_length() == salt).then_some(X509Algorithm::Rsa { hash, pss: true })
        }
        "1.2.840.10045.4.3.2" => Some(X509Algorithm::Ecdsa(Hash::Sha256)),
        "1.2.840.10045.4.3.3" => Some(X509Algorithm::Ecdsa(Hash::Sha384)),
        "1.2.840.10045.4.3.4" => Some(X509Algorithm::Ecdsa(Hash::Sha512)),
        "1.3.101.112" => Some(X509Algorithm::Ed25519),
        _ => None,
    }
}

/// A serial number in decimal; those beyond the 20 octets that are allowed in hexadecimal.
fn decimal(bytes: &[u8]) -> String {
    if bytes.len() > 21 {
        return format!("0x{}…", bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>());
    }
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    let mut digits = vec![0u8];
    let mut carry_in = u16::from(negative);
    let magnitude: Vec<u8> = if negative {
        let mut inverted: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
        for byte in inverted.iter_mut().rev() {
            let sum = u16::from(*byte) + carry_in;
            *byte = sum as u8;
            carry_in = sum >> 8;
        }
        inverted
    } else {
        bytes.to_vec()
    };
    for byte in magnitude {
        let mut carry = u32::from(byte);
        for digit in &mut digits {
            let sum = u32::from(*digit) * 256 + carry;
            *digit = (sum % 10) as u8;
            carry = sum / 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    let sign = if negative { "-" } else { "" };
    let digits: String = digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect();
    format!("{sign}{digits}")
}
