//! The claims of an issuer's token, decoded with Go's standard library: repeated keys are allowed, the last counts.

use super::super::json::Json;
use super::super::jwt::Decoder;

/// All claims by name.
pub(super) struct TokenClaims {
    json: Json,
}

/// The claims that go-oidc looks at (`oidc.go` `idToken`).
#[derive(Default)]
pub(super) struct IdToken {
    pub(super) issuer: String,
    pub(super) audience: Vec<String>,
    pub(super) expiry: Option<i64>,
    pub(super) not_before: Option<i64>,
}

impl TokenClaims {
    pub(super) fn read(payload: &[u8]) -> Result<Self, String> {
        let json = Json::parse(payload).map_err(|_| "oidc: malformed jwt payload".to_owned())?;
        match json {
            Json::Object(_) | Json::Null => Ok(Self { json }),
            other => Err(format!(
                "oidc: failed to unmarshal claims: {}",
                Decoder::mismatch(&other, "oidc.idToken")
            )),
        }
    }

    /// A claim by its exact name.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.json.get(name)
    }

    /// A claim that must be there and be a text; null is the empty text.
    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        match self.get(name) {
            None => Err("claim not present".into()),
            Some(Json::String(text)) => Ok(text.clone()),
            Some(Json::Null) => Ok(String::new()),
            Some(other) => Err(Decoder::mismatch(other, "string")),
        }
    }

    /// All of them for CEL.
    pub(super) fn for_cel(&self) -> serde_json::Value {
        to_serde(&self.json)
    }
}

fn to_serde(json: &Json) -> serde_json::Value {
    use serde_json::Value;
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(text) => {
            let number = text.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
            number.map_or(Value::Null, Value::Number)
        }
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(to_serde).collect()),
        Json::Object(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.clone(), to_serde(value))).collect())
        }
    }
}

impl IdToken {
    /// Keys in any case, as Go matches struct fields.
    pub(super) fn read(claims: &TokenClaims) -> Result<Self, String> {
        let mut token = Self::default();
        for (key, value) in claims.json.entries().unwrap_or_default() {
            token
                .field(&key.to_ascii_lowercase(), value)
                .map_err(|error| format!("oidc: failed to unmarshal claims: {error}"))?;
        }
        Ok(token)
    }

    fn field(&mut self, key: &str, value: &Json) -> Result<(), String> {
        let text = |into: &mut String| match value {
            Json::String(text) => {
                into.clone_from(text);
                Ok(())
            }
            Json::Null => Ok(()),
            other => Err(Decoder::mismatch(other, "string")),
        };
        match key {
            "iss" => text(&mut self.issuer),
            "sub" | "nonce" | "at_hash" => text(&mut String::new()),
            "aud" => {
                self.audience = audience(value)?;
                Ok(())
            }
            "exp" => {
                self.expiry = json_time(value)?;
                Ok(())
            }
            "iat" => json_time(value).map(|_| ()),
            "nbf" => {
                self.not_before = if *value == Json::Null { None } else { json_time(value)? };
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

fn audience(value: &Json) -> Result<Vec<String>, String> {
    match value {
        Json::String(one) => Ok(vec![one.clone()]),
        Json::Null => Ok(vec![String::new()]),
        Json::Array(items) => items
            .iter()
            .map(|item| match item {
                Json::String(text) => Ok(text.clone()),
                Json::Null => Ok(String::new()),
                other => Err(Decoder::mismatch(other, "string")),
            })
            .collect(),
        other => Err(Decoder::mismatch(other, "[]string")),
    }
}

/// A number, or a text with one. Null is an empty number, which is none.
fn json_time(value: &Json) -> Result<Option<i64>, String> {
    let text = match value {
        Json::Number(text) | Json::String(text) => text.as_str(),
        Json::Null => "",
        other => return Err(Decoder::mismatch(other, "json.Number")),
    };
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(Some(seconds));
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => {
            let fits = number.abs() < 9_223_372_036_854_775_808.0;
            Ok(Some(if fits { number as i64 } else { i64::MIN }))
        }
        _ => Err(format!("strconv.ParseFloat: parsing {}: invalid syntax", crate::go_quote::quoted(text))),
    }
}
