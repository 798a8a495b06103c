//! The little DER that private keys need: PKCS#1, PKCS#8 and SEC 1, and the way back to a public key's form.

use super::Curve;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

const RSA_OID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC_OID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256_OID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384_OID: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521_OID: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// Tag and content of the first element, and what follows it.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit));
            // DER writes lengths in the shortest form.
            if length < 0x80 || digits.first() == Some(&0) {
                return None;
            }
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn element(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = any(bytes)?;
    (tag == wanted).then_some((content, rest))
}

/// The content of a sequence that is all there is.
fn sequence(bytes: &[u8]) -> Option<&[u8]> {
    element(bytes, SEQUENCE).filter(|(_, rest)| rest.is_empty()).map(|(content, _)| content)
}

/// Whether the unsigned frame of a certificate is exactly as it must be: three elements, the signature a bit string
/// without unused bits, and its algorithm byte for byte that of the signed body.
pub(in super::super) fn is_certificate_frame(bytes: &[u8]) -> bool {
    let inner_algorithm = |mut body| {
        if let Some((0xa0, _, after)) = any(body) {
            body = after;
        }
        let (_, body) = element(body, INTEGER)?;
        element(body, SEQUENCE).map(|(algorithm, _)| algorithm)
    };
    let parts = || {
        let (body, rest) = element(sequence(bytes)?, SEQUENCE)?;
        let (algorithm, rest) = element(rest, SEQUENCE)?;
        let (signature, rest) = element(rest, BIT_STRING)?;
        let same = inner_algorithm(body)? == algorithm;
        Some(same && rest.is_empty() && signature.first() == Some(&0))
    };
    parts() == Some(true)
}

/// Modulus and exponent of an `RSAPublicKey`.
pub(super) fn rsa_public(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (modulus, rest) = element(sequence(bytes)?, INTEGER)?;
    let (exponent, rest) = element(rest, INTEGER)?;
    rest.is_empty().then_some((modulus, exponent))
}

/// Modulus and exponent of an RSA private key in PKCS#1 or PKCS#8.
pub(super) fn rsa_private(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (version, rest) = element(sequence(bytes)?, INTEGER)?;
    if let Some((algorithm, rest)) = element(rest, SEQUENCE) {
        let (oid, _) = element(algorithm, OBJECT)?;
        let (inner, _) = element(rest, OCTET_STRING)?;
        return if oid == RSA_OID { rsa_private_pkcs1(inner) } else { None };
    }
    if version != [0] {
        return None;
    }
    rsa_private_pkcs1(bytes)
}

fn rsa_private_pkcs1(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, rest) = element(sequence(bytes)?, INTEGER)?;
    let (modulus, rest) = element(rest, INTEGER)?;
    let (exponent, mut rest) = element(rest, INTEGER)?;
    // Private exponent, two primes, two exponents, one coefficient.
    for _ in 0..6 {
        rest = element(rest, INTEGER)?.1;
    }
    Some((modulus, exponent))
}

/// Curve and point of an EC private key in SEC 1, as far as they stand in it.
pub(super) fn ec_private(bytes: &[u8]) -> Option<(Option<Curve>, Option<&[u8]>)> {
    let (version, rest) = element(sequence(bytes)?, INTEGER)?;
    let (_, mut rest) = element(rest, OCTET_STRING)?;
    if version != [1] {
        return None;
    }
    let (mut curve, mut point) = (None, None);
    while let Some((tag, content, after)) = any(rest) {
        match tag {
            0xa0 => curve = curve_of(element(content, OBJECT)?.0),
            0xa1 => point = element(content, BIT_STRING)?.0.split_first().map(|(_, point)| point),
            _ => return None,
        }
        rest = after;
    }
    Some((curve, point))
}

/// The curve of an object identifier's content.
pub(super) fn curve_of(oid: &[u8]) -> Option<Curve> {
    [(P256_OID, Curve::P256), (P384_OID, Curve::P384), (P521_OID, Curve::P521)]
        .into_iter()
        .find(|(known, _)| *known == oid)
        .map(|(_, curve)| curve)
}

/// The `SubjectPublicKeyInfo` of an RSA key; the integers with their sign byte.
pub(super) fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let algorithm = write(SEQUENCE, &[write(OBJECT, RSA_OID), vec![0x05, 0x00]].concat());
    let key = write(SEQUENCE, &[write(INTEGER, modulus), write(INTEGER, exponent)].concat());
    let bits = write(BIT_STRING, &[vec![0], key].concat());
    write(SEQUENCE, &[algorithm, bits].concat())
}

/// The `SubjectPublicKeyInfo` of an EC key.
pub(super) fn ec_spki(curve: Curve, point: &[u8]) -> Vec<u8> {
    let oid = match curve {
        Curve::P256 => P256_OID,
        Curve::P384 => P384_OID,
        Curve::P521 => P521_OID,
    };
    let algorithm = write(SEQUENCE, &[write(OBJECT, EC_OID), write(OBJECT, oid)].concat());
    let bits = write(BIT_STRING, &[&[0], point].concat());
    write(SEQUENCE, &[algorithm, bits].concat())
}

fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let digits: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|&byte| byte == 0).collect();
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(&digits);
    }
    out.extend_from_slice(content);
    out
}
