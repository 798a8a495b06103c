//! Walks a document along its type, as the API server's JSON decoder does (sigs.k8s.io/json `UnmarshalStrict` into
//! the Go type): what it would refuse, and which fields it would drop.

use super::blob::{self, ShapeRecord};
use super::{KindInfo, Schema, Type, scalar};
use seawall_yaml::{Kind, NodeId, NodeRef};
use std::collections::HashSet;
use std::fmt;

/// How deep the walk recurses; what lies deeper (only CRD schemas can) is walked afterwards.
const DEPTH: u32 = 100;

/// Something about one node.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// The offending value; for an unknown field its key.
    pub node: NodeId,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What is wrong with a node.
#[derive(Clone, Copy, Debug)]
pub enum Wrong {
    /// A value of another kind than the field's type: the API server refuses the object.
    Kind {
        /// What the type wants.
        expected: Expected,
        /// What is there.
        found: Kind,
    },
    /// An integer that the type cannot hold: refused.
    Range {
        /// What the type wants.
        expected: Expected,
    },
    /// A string without the form that the type wants: refused.
    Form {
        /// What the type wants.
        expected: Expected,
    },
    /// A field that the type does not have: dropped, or refused with strict field validation.
    Unknown {
        /// The type that lacks it.
        within: Type,
    },
}

impl Wrong {
    /// Whether the API server refuses the object for it, whatever the field validation.
    pub fn refused(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }
}

/// What a type wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Expected {
    /// A string.
    String,
    /// A boolean.
    Bool,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// A number.
    Number,
    /// A quantity such as `100m` or `1Gi`.
    Quantity,
    /// An integer of 32 bits or a string.
    IntOrString,
    /// A time.
    Time,
    /// A time with microseconds.
    MicroTime,
    /// Base64.
    Bytes,
    /// A list.
    List,
    /// A mapping.
    Map,
    /// A mapping or a boolean.
    MapOrBool,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "a string",
            Self::Bool => "a boolean",
            Self::Int32 => "an integer of 32 bits",
            Self::Int64 => "an integer of 64 bits",
            Self::Number => "a number",
            Self::Quantity => "a quantity such as 100m or 1Gi",
            Self::IntOrString => "an integer of 32 bits or a string",
            Self::Time => "a time such as 2026-01-31T12:00:00Z",
            Self::MicroTime => "a time such as 2026-01-31T12:00:00.000000Z",
            Self::Bytes => "a base64 string",
            Self::List => "a list",
            Self::Map => "a mapping",
            Self::MapOrBool => "a mapping or a boolean",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wrong {
            Wrong::Kind { expected, found } => {
                write!(f, "expected {expected}, found {}", kind_name(found))
            }
            Wrong::Range { expected } => write!(f, "the number does not fit into {expected}"),
            Wrong::Form { expected } => write!(f, "expected {expected}"),
            Wrong::Unknown { within } => write!(f, "unknown field of {}", within.short_name()),
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "null",
        Kind::True | Kind::False => "a boolean",
        Kind::Int => "an integer",
        Kind::Float => "a number with a fraction or exponent",
        Kind::String => "a string",
        Kind::Mapping => "a mapping",
        Kind::Sequence => "a list",
    }
}

impl Schema {
    /// What the API server's decoder would say about the document `node` as an object of `kind`, in the order of
    /// the text. Fields repeated in one mapping count once, the last of them, as in Kubernetes' lenient reading.
    pub fn check(self, node: NodeRef<'_>, kind: KindInfo) -> Vec<Problem> {
        self.check_type(node, kind.type_info())
    }

    /// The same for a value of any type.
    pub fn check_type(self, node: NodeRef<'_>, type_info: Type) -> Vec<Problem> {
        let mut walk = Walk {
            schema: self,
            duplicates: !node.document().duplicates().is_empty(),
            problems: Vec::new(),
            later: Vec::new(),
        };
        walk.object(node, type_info.number, true, 0);
        while let Some((node, shape, strict)) = walk.later.pop() {
            walk.value(node, shape, strict, 0);
        }
        walk.problems.sort_by_key(|problem| problem.node);
        walk.problems
    }
}

/// One walk: what was found, and what was put off.
struct Walk<'a> {
    schema: Schema,
    duplicates: bool,
    problems: Vec<Problem>,
    later: Vec<(NodeRef<'a>, u16, bool)>,
}

impl<'a> Walk<'a> {
    fn refuse(&mut self, node: NodeRef<'_>, wrong: Wrong) {
        self.problems.push(Problem { node: node.id(), wrong });
    }

    fn kind(&mut self, node: NodeRef<'_>, expected: Expected) {
        self.refuse(node, Wrong::Kind { expected, found: node.kind() });
    }

    /// `strict` is off below the fields whose own decoders are not strict (the unions of CRD schemas).
    fn object(&mut self, node: NodeRef<'a>, type_number: u16, strict: bool, depth: u32) {
        if node.is_null() {
            return;
        }
        if !node.is_mapping() {
            return self.kind(node, Expected::Map);
        }
        let bit = self.schema.bit;
        let (_, fields) = blob::type_record(type_number);
        let dropped = self.repeated(node);
        for (key, value) in node.entries() {
            if dropped.as_ref().is_some_and(|ids| ids.contains(&key.id())) {
                continue;
            }
            match blob::find_field(fields.clone(), key.text(), bit) {
                Some(number) => self.value(value, blob::field(number).shape, strict, depth + 1),
                None if strict => {
                    let within = self.schema.type_of(type_number);
                    self.refuse(key, Wrong::Unknown { within });
                }
                None => {}
            }
        }
    }

    /// Keys of a mapping whose value a later equal key replaces; none in almost every document.
    fn repeated(&self, node: NodeRef<'a>) -> Option<HashSet<NodeId>> {
        if !self.duplicates {
            return None;
        }
        let keys: Vec<NodeRef<'a>> = node.entries().map(|(key, _)| key).collect();
        let mut seen = HashSet::new();
        Some(keys.into_iter().rev().filter(|key| !seen.insert(key.text())).map(NodeRef::id).collect())
    }

    fn value(&mut self, node: NodeRef<'a>, shape: u16, strict: bool, depth: u32) {
        // The decoder leaves a field as it was when it meets null, whatever its type.
        if node.is_null() {
            return;
        }
        if depth > DEPTH {
            return self.later.push((node, shape, strict));
        }
        let record = blob::shape(shape);
        match record.tag {
            0 => {}
            1 | 11 => {
                if node.kind() != Kind::String {
                    self.kind(node, Expected::String);
                }
            }
            2 => {
                if node.as_bool().is_none() {
                    self.kind(node, Expected::Bool);
                }
            }
            3..=5 => self.number(node, record.tag),
            6..=10 => self.special(node, record.tag),
            12 => self.list(node, record.argument, strict, depth),
            13 => self.map(node, record.argument, strict, depth),
            14 => self.object(node, record.argument, strict, depth),
            _ => self.union(node, record, depth),
        }
    }

    fn list(&mut self, node: NodeRef<'a>, element: u16, strict: bool, depth: u32) {
        if !node.is_sequence() {
            return self.kind(node, Expected::List);
        }
        for item in node.items() {
            self.value(item, element, strict, depth + 1);
        }
    }

    fn map(&mut self, node: NodeRef<'a>, element: u16, strict: bool, depth: u32) {
        if !node.is_mapping() {
            return self.kind(node, Expected::Map);
        }
        let dropped = self.repeated(node);
        for (key, value) in node.entries() {
            if !dropped.as_ref().is_some_and(|ids| ids.contains(&key.id())) {
                self.value(value, element, strict, depth + 1);
            }
        }
    }

    fn number(&mut self, node: NodeRef<'_>, tag: u8) {
        let expected = match tag {
            3 => Expected::Int32,
            4 => Expected::Int64,
            _ => Expected::Number,
        };
        match (node.kind(), tag) {
            (Kind::Int | Kind::Float, 5) => {}
            (Kind::Int | Kind::Float, _) => self.integer(node, expected, tag == 3),
            _ => self.kind(node, expected),
        }
    }

    fn integer(&mut self, node: NodeRef<'_>, expected: Expected, short: bool) {
        let value = match node.kind() {
            Kind::Int => node.as_i64(),
            // YAML's 3.0 and 1e3 reach the decoder as the JSON numbers 3 and 1000; from 1e21 on Go writes an exponent.
            _ => match node.as_f64() {
                Some(value) if value.fract() == 0.0 && value.abs() < 1e21 => {
                    (value.abs() < i64::MAX as f64).then_some(value as i64)
                }
                _ => return self.kind(node, expected),
            },
        };
        if !value.is_some_and(|value| !short || i32::try_from(value).is_ok()) {
            self.refuse(node, Wrong::Range { expected });
        }
    }

    fn special(&mut self, node: NodeRef<'_>, tag: u8) {
        let string = node.as_str();
        let (expected, right): (Expected, fn(&str) -> bool) = match tag {
            6 => (Expected::Quantity, scalar::is_quantity),
            7 => (Expected::IntOrString, |_| true),
            8 => (Expected::Time, scalar::is_time),
            9 => (Expected::MicroTime, scalar::is_micro_time),
            _ => (Expected::Bytes, scalar::is_base64),
        };
        match (string, node.kind(), tag) {
            (Some(text), ..) => {
                if !right(text) {
                    self.refuse(node, Wrong::Form { expected });
                }
            }
            (_, Kind::Int | Kind::Float, 6) => {}
            (_, Kind::Int | Kind::Float, 7) => self.integer(node, expected, true),
            _ => self.kind(node, expected),
        }
    }

    /// JSONSchemaPropsOrBool, …OrArray, …OrStringArray (apiextensions v1 marshal.go): other scalars are ignored by
    /// the latter two, and what is inside is decoded without strictness.
    fn union(&mut self, node: NodeRef<'a>, record: ShapeRecord, depth: u32) {
        match (node.kind(), record.tag) {
            (Kind::Mapping, _) => self.object(node, record.argument, false, depth),
            (Kind::True | Kind::False, 15) => {}
            (_, 15) => self.kind(node, Expected::MapOrBool),
            (Kind::Sequence, 16) => {
                for item in node.items() {
                    self.object(item, record.argument, false, depth + 1);
                }
            }
            (Kind::Sequence, _) => {
                for item in node.items() {
                    if !item.is_null() && item.kind() != Kind::String {
                        self.kind(item, Expected::String);
                    }
                }
            }
            _ => {}
        }
    }
}
