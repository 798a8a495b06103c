//! JSON trees of objects: reading without surprises, writing with missing parents made.

use seawall_model::Object;
use seawall_yaml::Source;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Reading a tree. A `null` counts as unset, as in Kubernetes.
pub(crate) trait Json {
    /// The value below keys joined by dots, if it is set.
    fn at(&self, path: &str) -> Option<&Value>;
    /// The text there; `""` when unset.
    fn text(&self, path: &str) -> &str;
    /// The elements there.
    fn list(&self, path: &str) -> &[Value];
    /// The entries there.
    fn map(&self, path: &str) -> &Map<String, Value>;
    /// The boolean there.
    fn flag(&self, path: &str) -> Option<bool>;
    /// The integer there.
    fn int(&self, path: &str) -> Option<i64>;
    /// The value of one key, which may hold dots, of a map of strings.
    fn entry(&self, path: &str, key: &str) -> Option<&str>;
}

/// What an unset map reads as.
static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);

impl Json for Value {
    fn at(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(self, |value, key| value.get(key)).filter(|value| !value.is_null())
    }

    fn text(&self, path: &str) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or("")
    }

    fn list(&self, path: &str) -> &[Value] {
        self.at(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn map(&self, path: &str) -> &Map<String, Value> {
        self.at(path).and_then(Value::as_object).unwrap_or(&NOTHING)
    }

    fn flag(&self, path: &str) -> Option<bool> {
        self.at(path)?.as_bool()
    }

    fn int(&self, path: &str) -> Option<i64> {
        let value = self.at(path)?;
        value
            .as_i64()
            .or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64))
    }

    fn entry(&self, path: &str, key: &str) -> Option<&str> {
        self.map(path).get(key)?.as_str()
    }
}

/// The mapping below keys joined by dots, made where it is missing or no mapping.
pub(crate) fn map_mut<'v>(value: &'v mut Value, path: &str) -> &'v mut Map<String, Value> {
    let mut at = value;
    for key in path.split('.').filter(|key| !key.is_empty()) {
        at = mapping(at).entry(key).or_insert(Value::Null);
    }
    mapping(at)
}

/// The value as a mapping; anything else becomes an empty one.
fn mapping(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made a mapping above"),
    }
}

/// Writes a value, making missing parents.
pub(crate) fn set(value: &mut Value, path: &str, new: impl Into<Value>) {
    let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
    map_mut(value, parent).insert(key.to_owned(), new.into());
}

/// Writes a value where nothing, null, an empty text or zero stands: the zero values of Go.
pub(crate) fn set_default(value: &mut Value, path: &str, new: impl Into<Value>) {
    let unset = match value.at(path) {
        None => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(_) => false,
    };
    if unset {
        set(value, path, new);
    }
}

/// Writes a value where nothing or null stands: a pointer of Go.
pub(crate) fn set_missing(value: &mut Value, path: &str, new: impl Into<Value>) {
    if value.at(path).is_none() {
        set(value, path, new);
    }
}

/// The elements below keys joined by dots, to be changed; nothing where there are none.
pub(crate) fn list_mut<'v>(value: &'v mut Value, path: &str) -> &'v mut [Value] {
    let found = path.split('.').try_fold(value, |value, key| value.get_mut(key));
    found.and_then(Value::as_array_mut).map_or(&mut [], Vec::as_mut_slice)
}

/// The list below keys joined by dots, made where it is missing.
pub(crate) fn list_made<'v>(value: &'v mut Value, path: &str) -> &'v mut Vec<Value> {
    let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
    let slot = map_mut(value, parent).entry(key).or_insert(Value::Null);
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    match slot {
        Value::Array(list) => list,
        _ => unreachable!("made a list above"),
    }
}

/// The value below keys joined by dots, to be changed.
pub(crate) fn at_mut<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut Value> {
    let found = path.split('.').try_fold(value, |value, key| value.get_mut(key));
    found.filter(|value| !value.is_null())
}

/// An object as a tree.
pub fn value_of(object: &Object) -> Value {
    let mut text = String::new();
    object.root().write_json(&mut text);
    let mut value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if let Some(map) = value.as_object_mut() {
        // Items of typed lists may lack both.
        map.entry("apiVersion").or_insert_with(|| object.api_version().into());
        map.entry("kind").or_insert_with(|| object.kind().into());
    }
    value
}

/// A tree as an object, for engines that look at objects; `None` if it names no kind.
pub fn object_of(value: &Value) -> Option<Arc<Object>> {
    let document = seawall_yaml::parse_one(&Source::new("object", value.to_string())).ok()?;
    let objects = seawall_model::objects_of(&Arc::new(document), &seawall_model::Origin::File)?;
    objects.into_iter().next().map(Arc::new)
}
