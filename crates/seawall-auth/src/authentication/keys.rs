//! Public keys and signatures.
//!
//! Reading as `k8s.io/client-go/util/keyutil` `ParsePublicKeysPEM` (a file may hold public keys, certificates and
//! private keys, of which the public part is taken), key ids as `pkg/serviceaccount/jwt.go` `keyIDFromPublicKey`,
//! checking as go-jose's `asymmetric.go`. ring and p521 do the arithmetic.

mod der;

pub(super) use der::is_certificate_frame;

use super::pem;
use ring::signature as ring_signature;
use sha2::{Digest, Sha256};
use x509_parser::der_parser::asn1_rs::FromDer;
use x509_parser::prelude::{SubjectPublicKeyInfo, X509Certificate};

/// A public key.
#[derive(Clone, Eq, PartialEq)]
pub struct PublicKey {
    /// What upstream derives as `kid`: the hash of the key's DER form; `None` where that form is not known.
    id: Option<String>,
    kind: Kind,
}

#[derive(Clone, Eq, PartialEq)]
enum Kind {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A point, uncompressed.
    Ec(Curve, Vec<u8>),
    Ed25519(Vec<u8>),
    /// A private EC key without its public part, or a curve that is not computed with here.
    NotRead(&'static str),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Curve {
    P256,
    P384,
    P521,
}

/// Whether a signature is one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SignatureCheck {
    /// It is.
    Good,
    /// It is not.
    Bad,
    /// This code cannot tell; says why.
    Unknown(&'static str),
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PublicKey({})", self.id.as_deref().unwrap_or("?"))
    }
}

/// The public keys of a PEM file, in order; other blocks are left out.
///
/// # Errors
/// When there is none: the API server refuses to start.
pub fn public_keys(text: &str) -> Result<Vec<PublicKey>, String> {
    let keys: Vec<PublicKey> =
        pem::blocks(text).iter().filter_map(|block| PublicKey::of_block(&block.bytes)).collect();
    if keys.is_empty() {
        return Err("data does not contain any valid RSA or ECDSA public keys".into());
    }
    Ok(keys)
}

impl PublicKey {
    /// The key of a PEM block, whatever its type says: upstream tries them all.
    fn of_block(bytes: &[u8]) -> Option<Self> {
        if let Some((modulus, exponent)) = der::rsa_private(bytes) {
            let id = key_id(&der::rsa_spki(modulus, exponent));
            return Some(Self { id: Some(id), kind: rsa(modulus, exponent) });
        }
        if let Some(key) = der::ec_private(bytes) {
            let (curve, point) = match key {
                (Some(curve), Some(point)) => (curve, point),
                _ => {
                    let kind = Kind::NotRead("a private key file without its public part");
                    return Some(Self { id: None, kind });
                }
            };
            let id = key_id(&der::ec_spki(curve, point));
            return Some(Self { id: Some(id), kind: Kind::Ec(curve, point.to_vec()) });
        }
        if let Ok((rest, spki)) = SubjectPublicKeyInfo::from_der(bytes)
            && rest.is_empty()
        {
            return Self::of_spki(&spki).filter(|key| !matches!(key.kind, Kind::Ed25519(_)));
        }
        let (rest, certificate) = X509Certificate::from_der(bytes).ok()?;
        let key = Self::of_spki(certificate.public_key());
        key.filter(|key| rest.is_empty() && !matches!(key.kind, Kind::Ed25519(_)))
    }

    /// The key in a certificate. `None` for kinds that Go does not know either.
    pub(crate) fn of_spki(spki: &SubjectPublicKeyInfo<'_>) -> Option<Self> {
        let data = spki.subject_public_key.data.as_ref();
        let kind = match spki.algorithm.algorithm.to_id_string().as_str() {
            "1.2.840.113549.1.1.1" => {
                let (modulus, exponent) = der::rsa_public(data)?;
                rsa(modulus, exponent)
            }
            "1.2.840.10045.2.1" => {
                let curve = spki.algorithm.parameters.as_ref()?.as_oid().ok()?;
                match (der::curve_of(curve.as_bytes()), data) {
                    (Some(curve), _) => Kind::Ec(curve, data.to_vec()),
                    _ => Kind::NotRead("a key on a curve that is not computed with here"),
                }
            }
            "1.3.101.112" => Kind::Ed25519(data.to_vec()),
            _ => return None,
        };
        Some(Self { id: Some(key_id(spki.raw)), kind })
    }

    /// A key of an issuer, from the parts of a JSON Web Key, big-endian.
    pub(crate) fn of_rsa_parts(modulus: &[u8], exponent: &[u8]) -> Self {
        Self { id: None, kind: rsa(modulus, exponent) }
    }

    /// A key of an issuer on one of the curves `P-256`, `P-384`, `P-521`; the coordinates at their full length.
    pub(crate) fn of_ec_parts(curve: &str, x: &[u8], y: &[u8]) -> Option<Self> {
        let (curve, size) = match curve {
            "P-256" => (Curve::P256, 32),
            "P-384" => (Curve::P384, 48),
            "P-521" => (Curve::P521, 66),
            _ => return None,
        };
        let point = [&[4], x, y].concat();
        (x.len() == size && y.len() == size).then_some(Self { id: None, kind: Kind::Ec(curve, point) })
    }

    /// The `kid` that upstream gives it; `None` where it is not known.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Checks a signature by a JOSE algorithm. An algorithm that does not fit the key is [`SignatureCheck::Bad`].
    pub(crate) fn verify_jose(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> SignatureCheck {
        match (&self.kind, algorithm) {
            (Kind::Rsa { modulus, exponent }, "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512") => {
                let hash = match algorithm.get(2..) {
                    Some("256") => Hash::Sha256,
                    Some("384") => Hash::Sha384,
                    _ => Hash::Sha512,
                };
                verify_rsa(modulus, exponent, hash, algorithm.starts_with("PS"), message, signature)
            }
            (Kind::Ec(Curve::P256, point), "ES256") => {
                ring_verify(&ring_signature::ECDSA_P256_SHA256_FIXED, point, message, signature)
            }
            (Kind::Ec(Curve::P384, point), "ES384") => {
                ring_verify(&ring_signature::ECDSA_P384_SHA384_FIXED, point, message, signature)
            }
            (Kind::Ec(Curve::P521, point), "ES512") => verify_p521(point, message, |key, message| {
                let signature = p521::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify(message, &signature).ok()
            }),
            (Kind::NotRead(reason), _) => SignatureCheck::Unknown(reason),
            _ => SignatureCheck::Bad,
        }
    }

    /// Checks the signature of a certificate by the algorithm's object identifier; `pss` is the hash of its
    /// parameters. `None`: Go refuses the algorithm, or it does not fit the key.
    pub(crate) fn verify_x509(
        &self,
        algorithm: X509Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> SignatureCheck {
        match (&self.kind, algorithm) {
            (Kind::Rsa { modulus, exponent }, X509Algorithm::Rsa { hash, pss }) => {
                verify_rsa(modulus, exponent, hash, pss, message, signature)
            }
            (Kind::Ed25519(key), X509Algorithm::Ed25519) => {
                ring_verify(&ring_signature::ED25519, key, message, signature)
            }
            (Kind::Ec(curve, point), X509Algorithm::Ecdsa(hash)) => {
                let parameters: &dyn ring_signature::VerificationAlgorithm = match (curve, hash) {
                    (Curve::P256, Hash::Sha256) => &ring_signature::ECDSA_P256_SHA256_ASN1,
                    (Curve::P256, Hash::Sha384) => &ring_signature::ECDSA_P256_SHA384_ASN1,
                    (Curve::P384, Hash::Sha256) => &ring_signature::ECDSA_P384_SHA256_ASN1,
                    (Curve::P384, Hash::Sha384) => &ring_signature::ECDSA_P384_SHA384_ASN1,
                    (Curve::P521, Hash::Sha512) => {
                        return verify_p521(point, message, |key, message| {
                            let signature = p521::ecdsa::DerSignature::try_from(signature).ok()?;
                            key.verify(message, &p521::ecdsa::Signature::try_from(signature).ok()?).ok()
                        });
                    }
                    _ => return SignatureCheck::Unknown("an unusual pair of curve and hash"),
                };
                ring_verify(parameters, point, message, signature)
            }
            (Kind::NotRead(reason), _) => SignatureCheck::Unknown(reason),
            _ => SignatureCheck::Bad,
        }
    }
}

/// A hash function.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// How a certificate is signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum X509Algorithm {
    Rsa { hash: Hash, pss: bool },
    Ecdsa(Hash),
    Ed25519,
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Kind {
    let strip = |bytes: &[u8]| bytes.iter().copied().skip_while(|&byte| byte == 0).collect();
    Kind::Rsa { modulus: strip(modulus), exponent: strip(exponent) }
}

fn key_id(spki: &[u8]) -> String {
    super::jwt::encode_raw_url(&Sha256::digest(spki))
}

fn ring_verify(
    algorithm: &'static dyn ring_signature::VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    match ring_signature::UnparsedPublicKey::new(algorithm, key).verify(message, signature) {
        Ok(()) => SignatureCheck::Good,
        Err(_) => SignatureCheck::Bad,
    }
}

fn verify_rsa(
    modulus: &[u8],
    exponent: &[u8],
    hash: Hash,
    pss: bool,
    message: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
    let parameters = match (hash, pss) {
        // ring takes short keys with two of the hashes only.
        (Hash::Sha256, false) if bits >= 1024 => {
            &ring_signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (Hash::Sha512, false) if bits >= 1024 => {
            &ring_signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        _ if bits < 2048 => {
            return SignatureCheck::Unknown("an RSA key that is too short to be computed with here");
        }
        (Hash::Sha384, false) => &ring_signature::RSA_PKCS1_2048_8192_SHA384,
        (Hash::Sha256, true) => &ring_signature::RSA_PSS_2048_8192_SHA256,
        (Hash::Sha384, true) => &ring_signature::RSA_PSS_2048_8192_SHA384,
        (Hash::Sha512, true) => &ring_signature::RSA_PSS_2048_8192_SHA512,
        _ => return SignatureCheck::Unknown("an RSA key that is too short to be computed with here"),
    };
    if bits > 8192 {
        return SignatureCheck::Unknown("an RSA key of more than 8192 bits");
    }
    let key = ring_signature::RsaPublicKeyComponents { n: modulus, e: exponent };
    match key.verify(parameters, message, signature) {
        Ok(()) => SignatureCheck::Good,
        Err(_) => SignatureCheck::Bad,
    }
}

fn verify_p521(
    point: &[u8],
    message: &[u8],
    verify: impl FnOnce(&p521::ecdsa::VerifyingKey, &[u8]) -> Option<()>,
) -> SignatureCheck {
    let good = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok().and_then(|key| verify(&key, message));
    if good.is_some() { SignatureCheck::Good } else { SignatureCheck::Bad }
}

use p521::ecdsa::signature::Verifier;
