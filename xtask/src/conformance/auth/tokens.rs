//! Tokens: what the server made, spoilt or not, and what anybody with its key could make.

use super::super::generate::Random;
use super::credential_objects::{Accounts, HERE};
use super::credentials::ISSUER;
use crate::kube::{Pool, Server};
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::SigningKey;
use serde_json::{Value, json};
use std::time::SystemTime;

/// A token and, since it must not be printed, what it is.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) shape: String,
}

/// A random token.
pub(crate) fn random(
    _pool: &mut Pool,
    server: &Server,
    accounts: &Accounts,
    random: &mut Random,
) -> Result<Token> {
    match random.below(8) {
        0 | 1 => Ok(served(accounts, random)),
        2 => Ok(bootstrap(accounts, random)),
        3 => Ok(soup(random)),
        _ => signed(server, accounts, random),
    }
}

/// A token of the server, sometimes changed.
fn served(accounts: &Accounts, random: &mut Random) -> Token {
    let account = &accounts.accounts[random.below(accounts.accounts.len())];
    let (shape, text) = account.tokens[random.below(account.tokens.len())].clone();
    let (change, text) = match random.below(8) {
        0 => ("without its last byte", text[..text.len() - 1].to_owned()),
        1 => ("with a fourth part", format!("{text}.x")),
        2 => (
            "without its signature",
            text.rsplit_once('.').map_or(String::new(), |(rest, _)| format!("{rest}.")),
        ),
        _ => ("", text),
    };
    Token { text, shape: format!("{shape} {change}") }
}

fn bootstrap(accounts: &Accounts, random: &mut Random) -> Token {
    let (id, secret) = &accounts.bootstrap[random.below(accounts.bootstrap.len())];
    let (shape, text) = match random.below(6) {
        0 => ("with another secret", format!("{id}.{}", secret.replace('0', "1"))),
        1 => ("in capitals", format!("{id}.{secret}").to_uppercase()),
        2 => ("one longer", format!("{id}.{secret}0")),
        _ => ("", format!("{id}.{secret}")),
    };
    Token { text, shape: format!("bootstrap token {id} {shape}") }
}

fn soup(random: &mut Random) -> Token {
    const TEXTS: [&str; 12] = [
        "x",
        "a.b",
        "a.b.c",
        "..",
        "e30.e30.e30",
        "e30.e30.",
        "eyJhbGciOiJub25lIn0.e30.",
        "abcdef.0123456789abcdef",
        "a b",
        "é",
        "=",
        "a.b.c.d",
    ];
    let text = TEXTS[random.below(TEXTS.len())].to_owned();
    Token { shape: format!("{text:?}"), text }
}

/// A token with claims of our choice, mostly signed with the server's key.
fn signed(server: &Server, accounts: &Accounts, random: &mut Random) -> Result<Token> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs() as i64;
    let account = &accounts.accounts[random.below(accounts.accounts.len())];
    let mut claims = if random.below(3) == 0 {
        json!({
            "iss": "kubernetes/serviceaccount", "sub": format!("system:serviceaccount:{HERE}:{}", account.name),
            "kubernetes.io/serviceaccount/namespace": HERE,
            "kubernetes.io/serviceaccount/secret.name": format!("{}-legacy", account.name),
            "kubernetes.io/serviceaccount/service-account.name": account.name,
            "kubernetes.io/serviceaccount/service-account.uid": account.uid,
        })
    } else {
        json!({
            "iss": ISSUER, "sub": format!("system:serviceaccount:{HERE}:{}", account.name), "aud": [ISSUER],
            "exp": now + 3600, "iat": now - 10, "nbf": now - 10, "jti": "0e7ba4d4-5b2b-4b52-9a55-111111111111",
            "kubernetes.io": {"namespace": HERE, "serviceaccount": {"name": account.name, "uid": account.uid}},
        })
    };
    if random.below(3) == 0 && claims["kubernetes.io"].is_object() {
        let (kind, name, uid) = &accounts.bound[random.below(accounts.bound.len())];
        let uid = if random.below(5) == 0 { "another" } else { uid };
        claims["kubernetes.io"][kind.to_lowercase()] = json!({"name": name, "uid": uid});
    }
    for _ in 0..[0, 0, 1, 1, 1, 2][random.below(6)] {
        change(&mut claims, accounts, now, random);
    }
    let mut head = json!({"alg": "ES256"});
    match random.below(12) {
        0 => head["kid"] = "unknown".into(),
        1 => head["typ"] = "JWT".into(),
        2 => head = json!({"alg": "none"}),
        3 => head = json!({"alg": "RS256"}),
        4 => head = json!({"alg": "HS256"}),
        _ => {}
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let body = format!("{}.{}", part(&head), part(&claims));
    let foreign = random.below(12) == 0;
    let signature = if foreign {
        rcgen::KeyPair::generate()?.sign(body.as_bytes())?
    } else {
        server.token_key.sign(body.as_bytes())?
    };
    let signature = URL_SAFE_NO_PAD.encode(fixed(&signature)?);
    let by = if foreign { "another key" } else { "the server's key" };
    Ok(Token {
        text: format!("{body}.{signature}"),
        shape: format!("token {head} {claims} signed with {by}"),
    })
}

/// Changes one claim.
fn change(claims: &mut Value, accounts: &Accounts, now: i64, random: &mut Random) {
    let keys: Vec<String> = claims.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let key = &keys[random.below(keys.len())];
    match random.below(6) {
        0 => drop(claims.as_object_mut().and_then(|claims| claims.remove(key))),
        1 => {
            claims[key] = [
                json!(7),
                json!(""),
                json!(null),
                json!(["x"]),
                json!({}),
                json!("x"),
                json!(true),
                json!(1.5),
            ][random.below(8)]
            .clone()
        }
        2 => claims["exp"] = json!(now + [-3600, -90, -30, 30, 3600, 400_000_000][random.below(6)]),
        3 => claims["nbf"] = json!(now + [-3600, 30, 90, 3600][random.below(4)]),
        4 => {
            claims["aud"] =
                [json!([ISSUER, "vault"]), json!("vault"), json!(ISSUER), json!([]), json!(["vault"])]
                    [random.below(5)]
                .clone()
        }
        _ => {
            let other = &accounts.accounts[random.below(accounts.accounts.len())];
            match random.below(6) {
                0 if claims["kubernetes.io"].is_object() => {
                    claims["kubernetes.io"]["serviceaccount"]["uid"] = other.uid.as_str().into()
                }
                1 if claims["kubernetes.io"].is_object() => {
                    claims["kubernetes.io"]["namespace"] = "team-b".into()
                }
                2 if claims["kubernetes.io"].is_object() => {
                    claims["kubernetes.io"]["warnafter"] = json!(now - 100)
                }
                3 => claims["sub"] = format!("system:serviceaccount:{HERE}:{}", other.name).into(),
                4 => {
                    claims["iss"] =
                        [json!("https://other.example"), json!("kubernetes/serviceaccount"), json!(ISSUER)]
                            [random.below(3)]
                        .clone()
                }
                _ => claims["iat"] = json!(now + [3600, -3600, 30][random.below(3)]),
            }
        }
    }
}

/// The two numbers of an ECDSA signature (DER) side by side, 32 bytes each, as JWS has them.
fn fixed(der: &[u8]) -> Result<Vec<u8>> {
    let mut rest = der.get(2..).context("a signature is a sequence")?;
    let mut out = Vec::with_capacity(64);
    for _ in 0..2 {
        let length = usize::from(*rest.get(1).context("a number has a length")?);
        let number = rest.get(2..2 + length).context("a number")?;
        let number = &number[number.iter().take_while(|byte| **byte == 0).count()..];
        out.extend(std::iter::repeat_n(0, 32_usize.saturating_sub(number.len())));
        out.extend_from_slice(number);
        rest = &rest[2 + length..];
    }
    Ok(out)
}
