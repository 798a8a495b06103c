//! What Go takes: does a tree fit the Go type that a component decodes it into, and what did it refuse?
//!
//! Components decode their configuration with `sigs.k8s.io/json` after `sigs.k8s.io/yaml` has turned YAML into
//! JSON: field names are case-sensitive, a wrong type is always an error, unknown and repeated fields are errors
//! when the component decodes strictly (`k8s.io/apimachinery/pkg/runtime/serializer/json`). A [`Shape`] says what
//! the Go type takes; engines read the fitting tree afterwards through [`At`].

mod base64;
mod duration;
mod names;
mod time;
mod url;

pub use base64::decode as base64;
pub use duration::GoDuration;
pub use names::{dns1123_label, dns1123_subdomain, domain_prefixed_path};
pub use url::GoUrl;

use crate::At;
use seawall_yaml::{Kind, NodeRef};

/// The JSON that a Go type takes. `null` fits everything but a plain duration.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// `string`.
    String,
    /// `bool`.
    Bool,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// `metav1.Duration`: a string such as `5s`; `null` is refused.
    Duration,
    /// `*metav1.Duration`: the same, or `null`.
    OptionalDuration,
    /// `metav1.Time`: a string as in RFC 3339.
    Time,
    /// `runtime.RawExtension`, `runtime.Unknown`: anything.
    Any,
    /// A slice.
    List(&'static Shape),
    /// A map with string keys.
    Map(&'static Shape),
    /// A struct: JSON name and shape of each field.
    Struct(&'static [(&'static str, Shape)]),
}

/// The fields that every top-level object has (`metav1.TypeMeta`).
pub const TYPE_META: [(&str, Shape); 2] = [("apiVersion", Shape::String), ("kind", Shape::String)];

/// Something a component refuses, in its own words as far as they are ours to repeat. Never holds secret values.
#[derive(Clone, Debug)]
pub struct Refusal<'a> {
    /// The offending field.
    pub at: At<'a>,
    /// Why.
    pub message: String,
}

impl<'a> Refusal<'a> {
    /// A refusal of the value at `at`.
    pub fn new(at: At<'a>, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}

/// How a tree misses its shape.
#[derive(Clone, Debug, Default)]
pub struct Misfit<'a> {
    /// Wrong types: every decoder refuses them.
    pub types: Vec<Refusal<'a>>,
    /// Unknown and repeated fields: strict decoders refuse them, others ignore the former and take the last of the latter.
    pub strict: Vec<Refusal<'a>>,
}

/// Compares the value at `at` with `shape`. Reports at most 64 places of each sort: a hostile file must not
/// produce a report as large as itself.
pub fn fit<'a>(at: At<'a>, shape: &Shape) -> Misfit<'a> {
    let mut out = Misfit::default();
    let Some(node) = at.node() else { return out };
    let document = node.document();
    // The recognizer of the serializer hands whatever starts with a brace to the JSON decoder alone.
    let text = document.text();
    if text.trim_ascii_start().starts_with('{') && !crate::json::is_json(text) {
        out.types.push(Refusal::new(at, "starts with `{` and is therefore read as JSON, which it is not"));
    }
    for &id in document.duplicates() {
        if node.id() <= id && id.0 < node.id().0 + node.size() && out.strict.len() < LIMIT {
            let key = document.node(id);
            out.strict.push(Refusal::new(at.child(key), format!("key `{}` is set twice", shown(key.text()))));
        }
    }
    check(at, node, shape, &mut out);
    out
}

const LIMIT: usize = 64;

fn check<'a>(at: At<'a>, node: NodeRef<'a>, shape: &Shape, out: &mut Misfit<'a>) {
    if out.types.len() >= LIMIT {
        return;
    }
    let mut wrong = |wanted: &str| out.types.push(Refusal::new(at.child(node), format!("must be {wanted}")));
    let kind = node.kind();
    if kind == Kind::Null {
        if matches!(shape, Shape::Duration) {
            wrong("a duration such as `3s`");
        }
        return;
    }
    match shape {
        Shape::Any => {}
        Shape::String if kind == Kind::String => {}
        Shape::String => wrong("a string"),
        Shape::Bool if matches!(kind, Kind::True | Kind::False) => {}
        Shape::Bool => wrong("true or false"),
        Shape::Int32 if integer(node).is_some_and(|value| i32::try_from(value).is_ok()) => {}
        Shape::Int32 => wrong("an integer of 32 bits"),
        Shape::Int64 if integer(node).is_some() => {}
        Shape::Int64 => wrong("an integer of 64 bits"),
        Shape::Duration | Shape::OptionalDuration => {
            if node.as_str().and_then(GoDuration::parse).is_none() {
                wrong("a duration such as `3s`");
            }
        }
        Shape::Time => {
            if !node.as_str().is_some_and(time::is_rfc3339) {
                wrong("a time such as `2026-01-31T00:00:00Z`");
            }
        }
        Shape::List(inner) if kind == Kind::Sequence => {
            for item in node.items() {
                check(at, item, inner, out);
            }
        }
        Shape::List(_) => wrong("a list"),
        Shape::Map(inner) if kind == Kind::Mapping => {
            for (_, value) in node.entries() {
                check(at, value, inner, out);
            }
        }
        Shape::Map(_) => wrong("a mapping"),
        Shape::Struct(fields) if kind == Kind::Mapping => check_fields(at, node, fields, out),
        Shape::Struct(_) => wrong("a mapping"),
    }
}

fn check_fields<'a>(
    at: At<'a>,
    node: NodeRef<'a>,
    fields: &'static [(&'static str, Shape)],
    out: &mut Misfit<'a>,
) {
    // Of equal keys only the last is decoded (YAML has dropped the others before JSON is made).
    let mut known: [Option<NodeRef<'a>>; 24] = [None; 24];
    for (key, value) in node.entries() {
        let name = key.text();
        match fields.iter().position(|(field, _)| *field == name) {
            Some(index) => {
                if let Some(slot) = known.get_mut(index) {
                    *slot = Some(value);
                }
            }
            None if out.strict.len() < LIMIT => {
                out.strict.push(Refusal::new(at.child(value), format!("unknown field `{}`", shown(name))));
            }
            None => {}
        }
    }
    for ((_, shape), value) in fields.iter().zip(known) {
        if let Some(value) = value {
            check(at, value, shape, out);
        }
    }
}

/// The integer that Go's `strconv.ParseInt` makes of the value's JSON: `1e3` in YAML is a float that prints as `1000`.
pub fn integer(node: NodeRef<'_>) -> Option<i64> {
    match node.kind() {
        Kind::Int => node.as_i64(),
        Kind::Float => {
            let mut json = String::new();
            node.write_json(&mut json);
            json.parse().ok()
        }
        _ => None,
    }
}

/// A name from the input, short enough for a message.
pub fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(80).flat_map(char::escape_debug).collect();
    if out.len() < text.len() && text.chars().count() > 80 {
        out.push('…');
    }
    out
}

/// The string at `at`, or `""` when it is not set: Go's zero value.
pub fn text_of<'a>(at: At<'a>) -> &'a str {
    at.str().unwrap_or("")
}

/// The strings of the list at `at`; nulls in it are empty strings, as in Go.
pub fn texts_of<'a>(at: At<'a>) -> Vec<&'a str> {
    at.items().map(text_of).collect()
}
