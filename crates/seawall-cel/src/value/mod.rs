//! Values while evaluating.
//!
//! Strings, lists and maps may borrow from the caller's tree for `'v`; what an expression makes is shared by
//! reference counts. Errors and unknowns are values too, since `&&`, `||` and macros look at them (as in cel-go).

pub(crate) mod collection;
pub(crate) mod compare;
pub(crate) mod convert;
pub(crate) mod escaped;
pub(crate) mod extension;
pub(crate) mod json;
pub(crate) mod number;
pub(crate) mod text;
pub(crate) mod time;

use crate::types::Type;
pub use collection::{Entries, Key, List, ListSource, Map, MapSource};
pub use escaped::Lazy;
pub use extension::Extension;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
pub use time::Timestamp;

/// A string: borrowed from the caller or shared.
#[derive(Clone)]
pub enum Text<'v> {
    /// From the caller's tree.
    Borrowed(&'v str),
    /// Made by the expression.
    Shared(Arc<str>),
}

impl Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

/// A value of the language.
#[derive(Clone, Debug)]
pub enum Value<'v> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number with sign.
    Int(i64),
    /// A whole number without sign.
    Uint(u64),
    /// A number with a fraction.
    Double(f64),
    /// Text.
    String(Text<'v>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// Nanoseconds.
    Duration(i64),
    /// A point in time.
    Timestamp(Timestamp),
    /// A list.
    List(List<'v>),
    /// A map or an object.
    Map(Map<'v>),
    /// A type.
    Type(Type),
    /// `optional.of(x)` or `optional.none()`.
    Optional(Option<Arc<Self>>),
    /// A value of a Kubernetes library: URL, IP, CIDR, quantity, semver, named format.
    Extension(Arc<Extension>),
    /// What went wrong. Only inside of an evaluation; [`crate::Evaluation`] gives it as `Err`.
    Error(Arc<EvaluationError>),
    /// Not known to the caller; what it is that is not known.
    Unknown(Arc<str>),
    /// The list or map that a comprehension is making. Never leaves an evaluation.
    #[doc(hidden)]
    Accumulator(u32),
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationError {
    /// Upstream's words, as `no such key: x`.
    pub message: String,
}

impl fmt::Display for EvaluationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for EvaluationError {}

impl<'v> Value<'v> {
    /// A string that borrows.
    #[must_use]
    pub fn string(text: &'v str) -> Self {
        Self::String(Text::Borrowed(text))
    }

    pub(crate) fn shared(text: impl Into<Arc<str>>) -> Self {
        Self::String(Text::Shared(text.into()))
    }

    pub(crate) fn error(message: impl Into<String>) -> Self {
        Self::Error(Arc::new(EvaluationError { message: message.into() }))
    }

    /// `no such overload`, or the value itself when it is an error or unknown (`MaybeNoSuchOverloadErr`).
    pub(crate) fn no_such_overload(&self) -> Self {
        if self.is_failure() { self.clone() } else { Self::error("no such overload") }
    }

    /// Whether it is an error or unknown.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::Error(_) | Self::Unknown(_))
    }

    /// `optional.of(value)`.
    pub(crate) fn optional(value: Self) -> Self {
        Self::Optional(Some(Arc::new(value)))
    }

    pub(crate) fn list(values: Vec<Self>) -> Self {
        Self::List(List::Shared(Arc::new(values)))
    }

    pub(crate) fn strings(values: impl IntoIterator<Item = String>) -> Self {
        Self::list(values.into_iter().map(Self::shared).collect())
    }

    /// The type a value carries while evaluating; lists and maps have `dyn` inside.
    pub(crate) fn runtime_type(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Uint(_) => Type::Uint,
            Self::Double(_) => Type::Double,
            Self::String(_) => Type::String,
            Self::Bytes(_) => Type::Bytes,
            Self::Duration(_) => Type::Duration,
            Self::Timestamp(_) => Type::Timestamp,
            Self::List(_) | Self::Accumulator(_) => Type::list(Type::Dyn),
            Self::Map(Map::Lazy(lazy)) => Type::object(lazy.name),
            Self::Map(_) => Type::map(Type::Dyn, Type::Dyn),
            Self::Type(_) => Type::type_itself(),
            Self::Optional(_) => Type::opaque("optional_type", Vec::new()),
            Self::Extension(of) => of.value_type(),
            Self::Error(_) | Self::Unknown(_) => Type::Error,
        }
    }

    /// The name of that type.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::List(_) | Self::Accumulator(_) => "list",
            Self::Map(Map::Lazy(lazy)) => lazy.name,
            Self::Map(_) => "map",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::Extension(of) => of.type_name(),
            Self::Error(_) => "error",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Its size as upstream's cost model sees it: characters, bytes, elements, and 1 for what has no size.
    pub(crate) fn size(&self) -> Option<u64> {
        let size = match self {
            Self::String(text) => text.chars().count(),
            Self::Bytes(bytes) => bytes.len(),
            Self::List(list) => list.len(),
            Self::Map(map) => map.len(),
            Self::Extension(of) => return of.size(),
            _ => return None,
        };
        Some(size as u64)
    }
}
