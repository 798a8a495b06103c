//! Keys and signed tokens for tests, and what the parser takes.

use super::super::keys::{PublicKey, public_keys};
use super::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use std::sync::LazyLock;

/// A private RSA key that nobody uses.
pub(crate) const RSA_PEM: &str = include_str!("test_rsa.pem");
/// Its `kid`, computed with openssl.
const RSA_ID: &str = "LfaTsZQ8uteXkenFJiGL9xFvukGSa9pcQrVZgBKr33A";

static EC: LazyLock<rcgen::KeyPair> =
    LazyLock::new(|| rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap());

pub(crate) fn rsa_key() -> PublicKey {
    public_keys(RSA_PEM).unwrap().remove(0)
}

pub(crate) fn ec_key() -> PublicKey {
    public_keys(&EC.public_key_pem()).unwrap().remove(0)
}

/// A token over the texts of header and claims.
fn token(header: &str, claims: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", encode_raw_url(header.as_bytes()), encode_raw_url(claims.as_bytes()));
    let signature = sign(text.as_bytes());
    format!("{text}.{}", encode_raw_url(&signature))
}

/// A token by the RSA key; the header has its `kid`.
pub(crate) fn rsa_token(claims: &str) -> String {
    rsa_token_with(&format!(r#"{{"alg":"RS256","kid":"{RSA_ID}"}}"#), claims)
}

pub(crate) fn rsa_token_with(header: &str, claims: &str) -> String {
    let blocks = super::super::pem::blocks(RSA_PEM);
    let pair = RsaKeyPair::from_der(&blocks[0].bytes).unwrap();
    token(header, claims, |text| {
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
        signature
    })
}

/// A token by the P-256 key, without `kid`.
pub(crate) fn ec_token(claims: &str) -> String {
    let random = SystemRandom::new();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &EC.serialize_der(), &random).unwrap();
    token(r#"{"alg":"ES256"}"#, claims, |text| pair.sign(&random, text).unwrap().as_ref().to_vec())
}

fn check(token: &str, key: &PublicKey) -> super::super::keys::SignatureCheck {
    let Ok(compact) = parse(token) else { panic!("not parsed: {token}") };
    key.verify_jose(&compact.algorithm, &compact.signed, &compact.signature)
}

/// `jwt_test.go` and `keyid_test.go`: public keys and their ids, which must never change.
#[test]
fn key_ids() {
    const RSA: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA249XwEo9k4tM8fMxV7zx
OhcrP+WvXn917koM5Qr2ZXs4vo26e4ytdlrV0bQ9SlcLpQVSYjIxNfhTZdDt+ecI
zshKuv1gKIxbbLQMOuK1eA/4HALyEkFgmS/tleLJrhc65tKPMGD+pKQ/xhmzRuCG
51RoiMgbQxaCyYxGfNLpLAZK9L0Tctv9a0mJmGIYnIOQM4kC1A1I1n3EsXMWmeJU
j7OTh/AjjCnMnkgvKT2tpKxYQ59PgDgU8Ssc7RDSmSkLxnrv+OrN80j6xrw0OjEi
B4Ycr0PqfzZcvy8efTtFQ/Jnc4Bp1zUtFXt7+QeevePtQ2EcyELXE0i63T1CujRM
WwIDAQAB
-----END PUBLIC KEY-----
";
    const EC: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEH6cuzP8XuD5wal6wf9M6xDljTOPL
X2i8uIp/C/ASqiIGUeeKQtX0/IR3qCXyThP/dbCiHrF3v1cuhBOHY8CLVg==
-----END PUBLIC KEY-----";
    let both = public_keys(&format!("{RSA}{EC}")).unwrap();
    let ids: Vec<_> = both.iter().map(|key| key.id().unwrap()).collect();
    assert_eq!(
        ids,
        ["JHJehTTTZlsspKHT-GaJxK7Kd1NQgZJu3fyK6K_QDYU", "SoABiieYuNx4UdqYvZRVeuC6SihxgLrhLy9peHMHpTc"]
    );
    // A private key has the id of its public part.
    assert_eq!(rsa_key().id(), Some(RSA_ID));
    assert!(public_keys("nothing").is_err());
    assert!(!format!("{:?}", rsa_key()).contains("MII"));
}

#[test]
fn signatures() {
    use super::super::keys::SignatureCheck::{Bad, Good};
    let claims = r#"{"iss":"a"}"#;
    let (rsa, ec) = (rsa_token(claims), ec_token(claims));
    assert_eq!((check(&rsa, &rsa_key()), check(&rsa, &ec_key())), (Good, Bad));
    assert_eq!((check(&ec, &ec_key()), check(&ec, &rsa_key())), (Good, Bad));
    let other = ec.replace(&encode_raw_url(claims.as_bytes()), &encode_raw_url(b"{\"iss\":\"b\"}"));
    assert_eq!(check(&other, &ec_key()), Bad);
    for header in
        [r#"{"alg":"none"}"#, r#"{"alg":"HS256"}"#, "{}", r#"{"alg":"ES512"}"#, r#"{"alg":"RS512"}"#]
    {
        assert_eq!(check(&rsa_token_with(header, claims), &rsa_key()), Bad, "{header}");
    }
    // White space goes, unused bits of the last character do not count.
    let (head, signature) = ec.rsplit_once('.').unwrap();
    assert_eq!(check(&format!(" {head}\n.{signature}\u{a0}"), &ec_key()), Good);
    // 64 bytes end in a character of which four bits are unused.
    let (body, last) = signature.split_at(signature.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).unwrap();
    let same = &alphabet[(place ^ 1)..=(place ^ 1)];
    assert_eq!(check(&format!("{head}.{body}{same}"), &ec_key()), Good);
}

#[test]
fn p521() {
    use p521::ecdsa::signature::Signer;
    let key = p521::ecdsa::SigningKey::from_slice(&[1; 66]).unwrap_or_else(|_| {
        let mut bytes = [1; 66];
        bytes[0] = 0;
        p521::ecdsa::SigningKey::from_slice(&bytes).unwrap()
    });
    let signed = token(r#"{"alg":"ES512"}"#, "{}", |text| {
        let signature: p521::ecdsa::Signature = key.sign(text);
        signature.to_bytes().to_vec()
    });
    let point = p521::ecdsa::VerifyingKey::from(&key).to_encoded_point(false);
    let public = PublicKey::of_ec_parts("P-521", point.x().unwrap(), point.y().unwrap()).unwrap();
    assert_eq!(check(&signed, &public), super::super::keys::SignatureCheck::Good);
    assert_eq!(check(&signed.replace(".e30.", ".W10."), &public), super::super::keys::SignatureCheck::Bad);
}

#[test]
fn headers() {
    let read = |header: &str| {
        parse(&format!("{}.e30.AA", encode_raw_url(header.as_bytes())))
            .map(|compact| (compact.key_id, compact.critical.is_some()))
            .map_err(|error| matches!(error, CompactError::NotRead(_)))
    };
    assert_eq!(read(r#"{"kid":"a","alg":"ES256","x":[1]}"#), Ok(("a".into(), false)));
    assert_eq!(read("null"), Ok((String::new(), false)));
    assert_eq!(read(r#"{"KID":"a"}"#), Ok((String::new(), false)));
    assert_eq!(read(r#"{"crit":["b64"]}"#), Ok((String::new(), false)));
    assert_eq!(read(r#"{"crit":["exp"]}"#), Ok((String::new(), true)));
    for malformed in [r#"{"kid":1}"#, r#"{"alg":null,"alg":"a"}"#, "[]", "{", r#"{"nonce":[]}"#] {
        assert_eq!(read(malformed), Err(false), "{malformed}");
    }
    assert_eq!(read(r#"{"jwk":{}}"#), Err(true));
    for malformed in ["", "a.b", "a.b.c.d", "e30=.e30.AA", "e30.e3?.AA", "e30.e30.A"] {
        assert!(parse(malformed).is_err(), "{malformed}");
    }
}

#[test]
fn unverified_issuers() {
    let issuer = |claims: &str| {
        let Ok(issuer) = unverified_issuer(&format!("x.{}.y", encode_raw_url(claims.as_bytes()))) else {
            panic!("{claims}")
        };
        issuer
    };
    assert_eq!(issuer(r#"{"iss":"a"}"#).as_deref(), Some("a"));
    assert_eq!(issuer(r#"{"iss":"a","ISS":"b"}"#).as_deref(), Some("b"));
    assert_eq!(issuer("{}").as_deref(), Some(""));
    assert_eq!(issuer("null").as_deref(), Some(""));
    for none in [r#"{"iss":["a"]}"#, r#"{"iss":1}"#, "[]", "x", r#"{"iss":"a"}x"#] {
        assert_eq!(issuer(none), None, "{none}");
    }
    assert!(matches!(unverified_issuer(&"a".repeat(MAX_TOKEN + 1)), Err(CompactError::NotRead(_))));
    assert!(matches!(unverified_issuer(r#" {"payload":"e30"}"#), Ok(None)));
}
