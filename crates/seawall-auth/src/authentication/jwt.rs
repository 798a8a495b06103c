//! Signed tokens in compact form, as go-jose reads them (`gopkg.in/go-jose/go-jose.v2` `jws.go`, `shared.go`; up to
//! Kubernetes 1.32 the same code under `gopkg.in/square`).

mod claims;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use claims::{Claims, Decoder, LEEWAY, TimeError, numeric_date};

use super::json::{Json, JsonError};
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Larger tokens are not read; Go's server takes 1 MiB of headers.
pub(crate) const MAX_TOKEN: usize = 1 << 20;

/// Go's `base64.RawURLEncoding`: no padding, unused bits of the last character are not looked at.
const RAW_URL: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes; Go skips line breaks.
pub(crate) fn decode_raw_url(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|byte| matches!(byte, b'\r' | b'\n')) {
        let text: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        return RAW_URL.decode(text).ok();
    }
    RAW_URL.decode(text).ok()
}

/// The text of bytes.
pub(crate) fn encode_raw_url(bytes: &[u8]) -> String {
    RAW_URL.encode(bytes)
}

/// A parsed token whose signature nobody has checked yet.
pub(crate) struct Compact {
    /// `kid`, `""` if none.
    pub(crate) key_id: String,
    /// `alg`, `""` if none.
    pub(crate) algorithm: String,
    /// The payload.
    pub(crate) payload: Vec<u8>,
    /// What the signature is over.
    pub(crate) signed: Vec<u8>,
    /// The signature.
    pub(crate) signature: Vec<u8>,
    /// An error that every check gives: `crit` names or is something unsupported.
    pub(crate) critical: Option<String>,
}

/// Why there is no [`Compact`].
pub(crate) enum CompactError {
    /// go-jose gives an error.
    Malformed,
    /// Upstream may read it, this code does not; says what.
    NotRead(&'static str),
}

/// The issuer that an unverified token claims: `None` where it is no JWT. With Go's standard decoder: keys in any
/// case, the last one counts.
pub(crate) fn unverified_issuer(token: &str) -> Result<Option<String>, CompactError> {
    if token.len() > MAX_TOKEN {
        return Err(CompactError::NotRead("the token is larger than 1 MiB"));
    }
    if token.trim().starts_with('{') {
        return Ok(None);
    }
    let mut parts = token.split('.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Ok(None);
    };
    let Some(payload) = decode_raw_url(payload) else { return Ok(None) };
    let claims = match Json::parse(&payload) {
        Ok(claims) => claims,
        Err(JsonError::Syntax) => return Ok(None),
        Err(JsonError::TooDeep) => {
            return Err(CompactError::NotRead("the token's claims are nested too deeply"));
        }
    };
    let entries = match &claims {
        Json::Null => &[],
        Json::Object(entries) => entries.as_slice(),
        _ => return Ok(None),
    };
    let mut issuer = String::new();
    for (_, value) in entries.iter().filter(|(key, _)| is_iss(key)) {
        match value {
            Json::String(text) => issuer.clone_from(text),
            Json::Null => {}
            _ => return Ok(None),
        }
    }
    Ok(Some(issuer))
}

/// Whether Go's decoder puts the key into a field named `iss`: case is folded, and the long s is an s.
fn is_iss(key: &str) -> bool {
    key.replace('\u{17f}', "s").eq_ignore_ascii_case("iss")
}

/// Parses a token as `jose.ParseSigned` does with the compact form.
pub(crate) fn parse(token: &str) -> Result<Compact, CompactError> {
    let token: String = token.chars().filter(|c| !c.is_whitespace()).collect();
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(CompactError::Malformed);
    };
    let bytes = |part| decode_raw_url(part).ok_or(CompactError::Malformed);
    let (header, payload, signature) = (bytes(header)?, bytes(payload)?, bytes(signature)?);
    let fields = Header::read(&header)?;
    // The signed text is encoded anew from the bytes, so that unused bits do not matter.
    let mut signed = encode_raw_url(&header).into_bytes();
    signed.push(b'.');
    if fields.plain_payload {
        signed.extend_from_slice(&payload);
    } else {
        signed.extend_from_slice(encode_raw_url(&payload).as_bytes());
    }
    Ok(Compact {
        key_id: fields.key_id,
        algorithm: fields.algorithm,
        payload,
        signed,
        signature,
        critical: fields.critical,
    })
}

#[derive(Default)]
struct Header {
    key_id: String,
    algorithm: String,
    critical: Option<String>,
    plain_payload: bool,
}

impl Header {
    fn read(text: &[u8]) -> Result<Self, CompactError> {
        let mut out = Self::default();
        if text.is_empty() {
            return Ok(out);
        }
        let json = Json::parse(text).map_err(|error| match error {
            JsonError::Syntax => CompactError::Malformed,
            JsonError::TooDeep => CompactError::NotRead("the token's header is nested too deeply"),
        })?;
        let entries = match &json {
            Json::Object(entries) => entries.as_slice(),
            Json::Null => &[],
            _ => return Err(CompactError::Malformed),
        };
        let mut seen = std::collections::HashSet::new();
        for (key, value) in entries {
            if !seen.insert(key) {
                return Err(CompactError::Malformed);
            }
            if *value != Json::Null {
                out.field(key, value)?;
            }
        }
        Ok(out)
    }

    fn field(&mut self, key: &str, value: &Json) -> Result<(), CompactError> {
        let text = || value.as_str().map(str::to_owned).ok_or(CompactError::Malformed);
        match key {
            "kid" => self.key_id = text()?,
            "alg" => self.algorithm = text()?,
            "nonce" => drop(text()?),
            "jwk" | "x5c" => return Err(CompactError::NotRead("the token carries a key of its own")),
            "b64" => self.plain_payload = *value == Json::Bool(false),
            "crit" => {
                const FAILURE: &str = "go-jose/go-jose: error in cryptographic primitive";
                self.critical = match value {
                    Json::Array(names) => match names.iter().find(|name| name.as_str().is_none()) {
                        Some(Json::Null) | None => {
                            names.iter().any(|name| name.as_str() != Some("b64")).then(|| FAILURE.to_owned())
                        }
                        Some(other) => Some(Decoder::mismatch(other, "string")),
                    },
                    other => Some(Decoder::mismatch(other, "[]string")),
                };
            }
            _ => {}
        }
        Ok(())
    }
}
