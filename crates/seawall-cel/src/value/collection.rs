//! Lists and maps, borrowed or made by the expression.

use super::{Text, Value};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A list in the caller's tree.
pub trait ListSource: fmt::Debug + Sync + Send {
    /// How many elements it has.
    fn len(&self) -> usize;
    /// An element.
    fn get(&self, index: usize) -> Option<Value<'_>>;
    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A map with string keys, or an object, in the caller's tree.
pub trait MapSource: fmt::Debug + Sync + Send {
    /// How many entries it has.
    fn len(&self) -> usize;
    /// The value of a key. `Some(Value::Unknown)` where the caller does not know.
    fn get(&self, key: &str) -> Option<Value<'_>>;
    /// All keys; an evaluation visits them in this order (upstream's order is random).
    fn keys(&self) -> Vec<&str>;
    /// Whether it has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A list.
#[derive(Clone, Debug)]
pub enum List<'v> {
    /// Made by the expression or converted by the caller.
    Shared(Arc<Vec<Value<'v>>>),
    /// In the caller's tree.
    Source(&'v dyn ListSource),
    /// Two lists one after the other, as `a + b` leaves them: an expression can double a list at the cost of 1.
    Joined(Arc<(List<'v>, List<'v>, usize)>),
    /// In claims: maps inside of it read escaped names.
    Escaped(Arc<List<'v>>),
}

impl<'v> List<'v> {
    /// How many elements it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Shared(values) => values.len(),
            Self::Source(source) => source.len(),
            Self::Joined(both) => both.2,
            Self::Escaped(list) => list.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An element.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value<'v>> {
        let (mut list, mut index) = (self, index);
        loop {
            match list {
                Self::Shared(values) => return values.get(index).cloned(),
                Self::Source(source) => return source.get(index),
                Self::Escaped(inner) => list = inner,
                Self::Joined(both) => {
                    let first = both.0.len();
                    if index < first {
                        list = &both.0;
                    } else {
                        index -= first;
                        list = &both.1;
                    }
                }
            }
        }
    }

    /// An element read by its index, which in claims is more than iteration gives.
    pub(crate) fn at(&self, index: usize) -> Option<Value<'v>> {
        match self {
            Self::Escaped(list) => list.get(index).map(super::escaped::wrap),
            other => other.get(index),
        }
    }

    /// All elements, in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'v>> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// One list after the other; an empty one leaves the other as it is.
    pub(crate) fn join(self, next: Self) -> Self {
        if let Self::Escaped(list) = self {
            return List::clone(&list).join(next);
        }
        if self.is_empty() {
            return next;
        }
        if next.is_empty() {
            return self;
        }
        let length = self.len().saturating_add(next.len());
        if length <= 64 {
            return Self::Shared(Arc::new(self.iter().chain(next.iter()).collect()));
        }
        Self::Joined(Arc::new((self, next, length)))
    }
}

/// A key of a map. Numbers of different types are different keys; lookups try the others too.
#[derive(Clone, Debug)]
pub enum Key<'v> {
    /// `null`.
    Null,
    /// Nanoseconds.
    Duration(i64),
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
    /// Anything else by a number of its own, and the value: never found again, as in Go by pointer.
    Other(usize, Arc<Value<'v>>),
}

impl Key<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 6,
            Self::Duration(_) => 7,
            Self::Bool(_) => 0,
            Self::Int(_) => 1,
            Self::Uint(_) => 2,
            Self::Double(_) => 3,
            Self::String(_) => 4,
            Self::Other(..) => 5,
        }
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Uint(a), Self::Uint(b)) => a.cmp(b),
            // -0.0 and 0.0 are one key in Go.
            (Self::Double(a), Self::Double(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
            (Self::String(a), Self::String(b)) => (**a).cmp(&**b),
            (Self::Other(a, _), Self::Other(b, _)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}

impl<'v> Key<'v> {
    /// The key a value is; `None` for what only identity could find.
    fn of(value: &Value<'v>) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Duration(value) => Self::Duration(*value),
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Uint(value) => Self::Uint(*value),
            Value::Double(value) if !value.is_nan() => Self::Double(*value),
            Value::String(text) => Self::String(text.clone()),
            _ => return None,
        })
    }

    /// The value a key is.
    #[must_use]
    pub fn value(&self) -> Value<'v> {
        match self {
            Self::Null => Value::Null,
            Self::Duration(value) => Value::Duration(*value),
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Uint(value) => Value::Uint(*value),
            Self::Double(value) => Value::Double(*value),
            Self::String(text) => Value::String(text.clone()),
            Self::Other(_, value) => (**value).clone(),
        }
    }
}

/// The entries of a map that an expression made.
#[derive(Clone, Debug, Default)]
pub struct Entries<'v> {
    entries: BTreeMap<Key<'v>, Value<'v>>,
}

impl<'v> Entries<'v> {
    /// Sets the value of a key; a later one replaces an earlier one.
    pub(crate) fn insert(&mut self, key: &Value<'v>, value: Value<'v>) {
        let key = Key::of(key).unwrap_or_else(|| Key::Other(self.entries.len(), Arc::new(key.clone())));
        self.entries.insert(key, value);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn remove(&mut self, key: &Value<'v>) {
        if let Some(key) = Key::of(key) {
            self.entries.remove(&key);
        }
    }

    /// The value of a key, also when it was written as a number of another type.
    pub(crate) fn find(&self, key: &Value<'v>) -> Option<&Value<'v>> {
        let exact = Key::of(key)?;
        if let Some(value) = self.entries.get(&exact) {
            return Some(value);
        }
        let other = |key: Option<Key<'v>>| key.and_then(|key| self.entries.get(&key));
        match exact {
            Key::Double(number) => {
                let int = super::number::lossless_int(number).map(Key::Int);
                let uint = super::number::lossless_uint(number).map(Key::Uint);
                other(int).or_else(|| other(uint))
            }
            Key::Int(number) => other(u64::try_from(number).ok().map(Key::Uint)),
            Key::Uint(number) => other(i64::try_from(number).ok().map(Key::Int)),
            _ => None,
        }
    }
}

/// A map.
#[derive(Clone, Debug)]
pub enum Map<'v> {
    /// Made by the expression or converted by the caller.
    Shared(Arc<Entries<'v>>),
    /// In the caller's tree.
    Source(&'v dyn MapSource),
    /// Claims or user information.
    Lazy(Arc<super::escaped::Lazy<'v>>),
    /// Inside of claims: escaped names are read.
    Escaped(Arc<Map<'v>>),
}

impl<'v> Map<'v> {
    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Shared(entries) => entries.entries.len(),
            Self::Source(source) => source.len(),
            Self::Lazy(lazy) => lazy.fields.count(),
            Self::Escaped(map) => map.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a key.
    #[must_use]
    pub fn find(&self, key: &Value<'v>) -> Option<Value<'v>> {
        match (self, key) {
            (Self::Shared(entries), _) => entries.find(key).cloned(),
            (Self::Source(source), Value::String(key)) => source.get(key),
            (Self::Source(_), _) => None,
            (Self::Lazy(lazy), _) => lazy.find(key),
            (Self::Escaped(map), Value::String(name)) => {
                let found = match super::escaped::unescape(name) {
                    Some(plain) if plain != **name => map.find(&Value::shared(plain)),
                    _ => map.find(key),
                };
                found.map(super::escaped::wrap)
            }
            (Self::Escaped(map), _) => map.find(key).map(super::escaped::wrap),
        }
    }

    /// The value of a key as iteration and `in` see it: names as they are.
    pub(crate) fn raw(&self, key: &Value<'v>) -> Option<Value<'v>> {
        match self {
            Self::Escaped(map) => map.find(key),
            other => other.find(key),
        }
    }

    /// The value of a string key.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Value<'v>> {
        match self {
            Self::Source(source) => source.get(name),
            Self::Shared(entries) => entries.find(&Value::shared(name)).cloned(),
            Self::Lazy(lazy) => lazy.fields.find(&Value::shared(name)).cloned(),
            Self::Escaped(map) => map.field(name),
        }
    }

    /// All entries, names as they are; of claims, the fields.
    #[must_use]
    pub fn entries(&self) -> Vec<(Value<'v>, Value<'v>)> {
        let of = |entries: &Entries<'v>| {
            entries.entries.iter().map(|(key, value)| (key.value(), value.clone())).collect()
        };
        match self {
            Self::Shared(entries) => of(entries),
            Self::Lazy(lazy) => of(&lazy.fields),
            Self::Escaped(map) => map.entries(),
            Self::Source(source) => source
                .keys()
                .into_iter()
                .map(|key| (Value::string(key), source.get(key).unwrap_or(Value::Null)))
                .collect(),
        }
    }

    /// All keys in the order of iteration.
    #[must_use]
    pub fn keys(&self) -> Vec<Value<'v>> {
        match self {
            Self::Shared(entries) => entries.entries.keys().map(Key::value).collect(),
            Self::Source(source) => source.keys().into_iter().map(Value::string).collect(),
            // Upstream's iterator gives the values of this one.
            Self::Lazy(lazy) => lazy.fields.entries.values().cloned().collect(),
            Self::Escaped(map) => map.keys(),
        }
    }

    /// The entry visited first.
    pub(crate) fn first(&self) -> Option<(Value<'v>, Value<'v>)> {
        match self {
            Self::Shared(entries) => {
                entries.entries.first_key_value().map(|(key, value)| (key.value(), value.clone()))
            }
            Self::Source(source) => {
                let key = source.keys().into_iter().next()?;
                Some((Value::string(key), source.get(key)?))
            }
            Self::Lazy(_) => {
                let key = self.keys().into_iter().next()?;
                let value = self.find(&key).unwrap_or(Value::Null);
                Some((key, value))
            }
            Self::Escaped(map) => map.first(),
        }
    }
}

impl<'v> FromIterator<(Value<'v>, Value<'v>)> for Entries<'v> {
    fn from_iter<I: IntoIterator<Item = (Value<'v>, Value<'v>)>>(entries: I) -> Self {
        let mut out = Self::default();
        for (key, value) in entries {
            out.insert(&key, value);
        }
        out
    }
}
