//! Claims and user information as the API server shows them to expressions.
//!
//! The outer object is apiserver's `pkg/cel/lazy` map: a type of its own without size or `in`, whose iteration gives
//! values instead of keys. Maps and lists inside read `a__dot__b` as `a.b`, but only by field and index, not when they
//! are iterated (`unescapeWrapper` of `plugin/pkg/authenticator/token/oidc`).

use super::{Entries, List, Map, Value};
use std::sync::Arc;

/// The outer object.
#[derive(Debug)]
pub struct Lazy<'v> {
    /// The name of its type.
    pub(crate) name: &'static str,
    pub(crate) fields: Entries<'v>,
}

const KEYWORDS: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// `Unescape` of apiserver's `pkg/cel/escaping.go`; `None` where it refuses.
pub(crate) fn unescape(name: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = name;
    while let Some(start) = rest.find("__") {
        let (before, marked) = rest.split_at_checked(start)?;
        let inner = marked.get(2..)?;
        // The shortest run without underscores that ends with two of them.
        let length = inner.find('_').unwrap_or(0);
        let closed = length > 0 && inner.get(length..).is_some_and(|after| after.starts_with("__"));
        if !closed {
            // A third underscore may start the sequence instead.
            out.push_str(before);
            out.push('_');
            rest = marked.get(1..)?;
            continue;
        }
        out.push_str(before);
        let contents = inner.get(..length)?;
        match contents {
            "underscores" => out.push_str("__"),
            "dot" => out.push('.'),
            "dash" => out.push('-'),
            "slash" => out.push('/'),
            _ if KEYWORDS.contains(&contents) && length + 4 == name.len() => out.push_str(contents),
            _ => return None,
        }
        rest = inner.get(length + 2..)?;
    }
    out.push_str(rest);
    Some(out)
}

/// Maps and lists that unescape what is read from them.
pub(crate) fn wrap(value: Value<'_>) -> Value<'_> {
    match value {
        Value::Map(map) => Value::Map(Map::Escaped(Arc::new(map))),
        Value::List(list) => Value::List(List::Escaped(Arc::new(list))),
        other => other,
    }
}

impl<'v> Lazy<'v> {
    /// The name of its type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        self.name
    }

    /// A field by its escaped name; an error for keys that are no strings.
    pub(crate) fn find(&self, key: &Value<'v>) -> Option<Value<'v>> {
        let Value::String(name) = key else { return Some(Value::error("no such overload")) };
        let name = unescape(name)?;
        self.fields.find(&Value::shared(name)).cloned()
    }
}

impl<'v> Value<'v> {
    fn lazy(name: &'static str, fields: impl IntoIterator<Item = (&'v str, Self)>) -> Self {
        let fields = fields
            .into_iter()
            .map(|(name, value)| (Self::string(name), wrap(value)))
            .collect::<Entries<'v>>();
        Self::Map(Map::Lazy(Arc::new(Lazy { name, fields })))
    }

    /// The claims of a token for [`crate::Purpose::Claims`]: a JSON object in which every number is a `double`.
    #[must_use]
    pub fn from_claims(json: &'v serde_json::Value) -> Self {
        match json {
            serde_json::Value::Object(claims) => Self::lazy(
                "kubernetes.claims",
                claims.iter().map(|(name, value)| (name.as_str(), Self::from_go_json(value))),
            ),
            other => Self::from_go_json(other),
        }
    }

    /// A user for [`crate::Purpose::User`].
    #[must_use]
    pub fn user_info(username: &'v str, uid: &'v str, groups: &'v [String], extra: Self) -> Self {
        Self::lazy(
            "kubernetes.UserInfo",
            [
                ("username", Self::string(username)),
                ("uid", Self::string(uid)),
                ("groups", Self::string_list(groups)),
                ("extra", extra),
            ],
        )
    }
}
