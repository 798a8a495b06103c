//! The keys that an issuer publishes (JSON Web Key Set, RFC 7517; go-jose `jwk.go`).

use super::super::json::Json;
use super::super::jwt::decode_raw_url;
use super::super::keys::PublicKey;

/// More keys are not read.
const MAX_KEYS: usize = 1000;

/// A key set.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<(String, PublicKey)>,
}

impl KeySet {
    /// Reads the document behind `jwks_uri`. Keys of types that sign nothing upstream accepts are left out.
    ///
    /// # Errors
    /// When it is no key set, or a key in it is broken: go-jose refuses the whole document then.
    pub fn parse(text: &str) -> Result<Self, String> {
        let json = Json::parse(text.as_bytes()).map_err(|_| "the key set is no JSON")?;
        let Some(Json::Array(items)) = json.get("keys") else {
            return Err("the key set has no `keys`".into());
        };
        if items.len() > MAX_KEYS {
            return Err(format!("more than {MAX_KEYS} keys"));
        }
        let mut keys = Vec::new();
        for item in items {
            let id = item.get("kid").and_then(Json::as_str).unwrap_or("").to_owned();
            if let Some(key) = key(item)? {
                keys.push((id, key));
            }
        }
        Ok(Self { keys })
    }

    /// A set of one key, for tests and for keys that are known otherwise.
    pub fn of(keys: impl IntoIterator<Item = (String, PublicKey)>) -> Self {
        Self { keys: keys.into_iter().collect() }
    }

    /// The keys that may have signed a token with this `kid`.
    pub(super) fn candidates(&self, key_id: &str) -> impl Iterator<Item = &PublicKey> {
        self.keys.iter().filter(move |(id, _)| key_id.is_empty() || id == key_id).map(|(_, key)| key)
    }
}

fn key(item: &Json) -> Result<Option<PublicKey>, String> {
    let bytes = |name: &str| {
        let text = item.get(name).and_then(Json::as_str);
        text.and_then(decode_raw_url)
            .filter(|bytes| !bytes.is_empty())
            .ok_or_else(|| format!("a key has no usable `{name}`"))
    };
    match item.get("kty").and_then(Json::as_str) {
        Some("RSA") => Ok(Some(PublicKey::of_rsa_parts(&bytes("n")?, &bytes("e")?))),
        Some("EC") => {
            let curve = item.get("crv").and_then(Json::as_str).unwrap_or("");
            PublicKey::of_ec_parts(curve, &bytes("x")?, &bytes("y")?)
                .map(Some)
                .ok_or_else(|| "a key is on an unknown curve or has the wrong length".to_owned())
        }
        Some("OKP" | "oct") => Ok(None),
        _ => Err("a key has an unknown type".into()),
    }
}
