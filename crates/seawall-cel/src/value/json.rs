//! JSON trees and plain Rust collections as values, without copying.

use super::{Entries, List, ListSource, Map, MapSource, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

impl<'v> Value<'v> {
    /// A JSON tree as Kubernetes reads objects: whole numbers are `int`, others `double`.
    #[must_use]
    pub fn from_json(json: &'v serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(*value),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => Self::Int(value),
                (None, Some(value)) => Self::Double(value as f64),
                (None, None) => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
            },
            serde_json::Value::String(text) => Self::string(text),
            serde_json::Value::Array(elements) => Self::List(List::Source(elements)),
            serde_json::Value::Object(entries) => Self::Map(Map::Source(entries)),
        }
    }

    /// A JSON tree as Go's `encoding/json` reads it into `any`: every number is a `double`.
    pub(crate) fn from_go_json(json: &'v serde_json::Value) -> Self {
        match json {
            serde_json::Value::Number(number) => Self::Double(number.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::Array(elements) => {
                Self::list(elements.iter().map(Self::from_go_json).collect())
            }
            serde_json::Value::Object(entries) => {
                Self::object(entries.iter().map(|(key, value)| (key.as_str(), Self::from_go_json(value))))
            }
            other => Self::from_json(other),
        }
    }

    /// A map with string keys or an object from its fields.
    #[must_use]
    pub fn object(fields: impl IntoIterator<Item = (&'v str, Self)>) -> Self {
        let entries: Entries<'v> =
            fields.into_iter().map(|(name, value)| (Self::string(name), value)).collect();
        Self::Map(Map::Shared(Arc::new(entries)))
    }

    /// A list of strings that borrows.
    #[must_use]
    pub fn string_list(texts: &'v [String]) -> Self {
        Self::list(texts.iter().map(|text| Self::string(text)).collect())
    }

    /// A list of values.
    #[must_use]
    pub fn values(values: Vec<Self>) -> Self {
        Self::list(values)
    }
}

impl ListSource for Vec<serde_json::Value> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Option<Value<'_>> {
        self.as_slice().get(index).map(Value::from_json)
    }
}

impl MapSource for serde_json::Map<String, serde_json::Value> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, key: &str) -> Option<Value<'_>> {
        self.get(key).map(Value::from_json)
    }

    fn keys(&self) -> Vec<&str> {
        self.iter().map(|(key, _)| key.as_str()).collect()
    }
}

impl ListSource for Vec<String> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> Option<Value<'_>> {
        self.as_slice().get(index).map(|text| Value::string(text))
    }
}

impl MapSource for BTreeMap<String, Vec<String>> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, key: &str) -> Option<Value<'_>> {
        self.get(key).map(|values| Value::List(List::Source(values)))
    }

    fn keys(&self) -> Vec<&str> {
        self.keys().map(String::as_str).collect()
    }
}
