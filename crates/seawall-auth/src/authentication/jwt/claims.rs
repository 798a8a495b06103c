//! Public claims (`go-jose.v2/jwt` `claims.go`, `validation.go`), decoded with the texts of go-jose's JSON fork.

use super::super::json::Json;
use std::collections::HashSet;

/// Seconds that times may be off.
pub(crate) const LEEWAY: i64 = 60;

/// The claims that every JWT may have.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Claims {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) audience: Vec<String>,
    pub(crate) expiry: Option<i64>,
    pub(crate) not_before: Option<i64>,
    pub(crate) issued_at: Option<i64>,
    pub(crate) id: String,
}

/// What is wrong with the times.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TimeError {
    NotValidYet,
    Expired,
    IssuedInTheFuture,
}

impl Claims {
    /// Decodes the payload; the error is the text that upstream shows.
    pub(crate) fn decode(payload: &Json) -> Result<Self, String> {
        let mut claims = Self::default();
        let mut decoder = Decoder::default();
        decoder.object(payload, "jwt.Claims", |decoder, key, value| {
            match key {
                "iss" => decoder.string(value, &mut claims.issuer),
                "sub" => decoder.string(value, &mut claims.subject),
                "jti" => decoder.string(value, &mut claims.id),
                "aud" => claims.audience = audience(value)?,
                "exp" => claims.expiry = numeric_date(value)?,
                "nbf" => claims.not_before = numeric_date(value)?,
                "iat" => claims.issued_at = numeric_date(value)?,
                _ => {}
            }
            Ok(())
        })?;
        decoder.finish(claims)
    }

    /// Upstream's `ValidateWithLeeway`, times only.
    pub(crate) fn check_times(&self, now: i64) -> Result<(), TimeError> {
        let (now, leeway) = (i128::from(now), i128::from(LEEWAY));
        if self.not_before.is_some_and(|time| now + leeway < instant(time)) {
            return Err(TimeError::NotValidYet);
        }
        if self.expiry.is_some_and(|time| now - leeway > instant(time)) {
            return Err(TimeError::Expired);
        }
        if self.issued_at.is_some_and(|time| now + leeway < instant(time)) {
            return Err(TimeError::IssuedInTheFuture);
        }
        Ok(())
    }
}

/// Go's `time.Unix` counts from the year 1; the sum of very large seconds wraps.
fn instant(seconds: i64) -> i128 {
    const UNIX_TO_INTERNAL: i64 = 62_135_596_800;
    i128::from(seconds.wrapping_add(UNIX_TO_INTERNAL)) - i128::from(UNIX_TO_INTERNAL)
}

fn audience(value: &Json) -> Result<Vec<String>, String> {
    const WRONG: &str = "go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience";
    match value {
        Json::String(one) => Ok(vec![one.clone()]),
        Json::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(|| WRONG.into())).collect()
        }
        _ => Err(WRONG.into()),
    }
}

/// Seconds; fractions are cut off, and what no `int64` holds becomes its smallest value, as on amd64.
pub(crate) fn numeric_date(value: &Json) -> Result<Option<i64>, String> {
    const WRONG: &str = "go-jose/go-jose/jwt: expected number value to unmarshal NumericDate";
    match value {
        Json::Null => Ok(None),
        Json::Number(text) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => {
                let fits = number.abs() < 9_223_372_036_854_775_808.0;
                Ok(Some(if fits { number as i64 } else { i64::MIN }))
            }
            _ => Err(WRONG.into()),
        },
        _ => Err(WRONG.into()),
    }
}

/// Decodes an object into a Go struct: repeated keys are refused at once, the first wrong type is told at the end.
#[derive(Default)]
pub(crate) struct Decoder {
    saved: Option<String>,
}

impl Decoder {
    /// The text for a value of the wrong type.
    pub(crate) fn mismatch(value: &Json, go_type: &str) -> String {
        format!("json: cannot unmarshal {} into Go value of type {go_type}", value.type_word())
    }

    /// Visits the entries; null is no entry.
    pub(crate) fn object(
        &mut self,
        value: &Json,
        go_type: &str,
        mut visit: impl FnMut(&mut Self, &str, &Json) -> Result<(), String>,
    ) -> Result<(), String> {
        let Some(entries) = value.entries() else {
            if *value != Json::Null {
                self.save(Self::mismatch(value, go_type));
            }
            return Ok(());
        };
        let mut seen = HashSet::new();
        for (key, value) in entries {
            if !seen.insert(key) {
                let key = seawall_model::decode::shown(key);
                return Err(format!("json: duplicate key '{key}' in object"));
            }
            visit(self, key, value)?;
        }
        Ok(())
    }

    /// Reads a string field; null leaves it.
    pub(crate) fn string(&mut self, value: &Json, into: &mut String) {
        match value {
            Json::String(text) => into.clone_from(text),
            Json::Null => {}
            other => self.save(Self::mismatch(other, "string")),
        }
    }

    fn save(&mut self, error: String) {
        self.saved.get_or_insert(error);
    }

    /// The value, or the first wrong type.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, String> {
        self.saved.map_or(Ok(value), Err)
    }
}
