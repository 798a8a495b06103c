//! The types of the checker: cel-go's `common/types/types.go`, without protobuf messages.

use std::fmt;
use std::sync::Arc;

/// The type of an expression.
#[derive(Clone, Debug)]
pub enum Type {
    /// Decided while evaluating.
    Dyn,
    /// `google.protobuf.Any`, which the checker treats as `dyn`; claims are `map(string, any)`.
    Any,
    /// The type of what was already reported as wrong.
    Error,
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool,
    /// 64 bits with sign.
    Int,
    /// 64 bits without sign.
    Uint,
    /// IEEE 754, 64 bits.
    Double,
    /// Unicode text.
    String,
    /// Bytes.
    Bytes,
    /// Nanoseconds between two times.
    Duration,
    /// A point in time with the offset it was written with.
    Timestamp,
    /// A parameter of a declaration, as `A` in `list(A)`.
    Parameter(Arc<str>),
    /// A variable of one run of the checker.
    Variable(u32),
    /// An object with declared fields, or a library's own type, as `kubernetes.URL`.
    Struct(Arc<str>),
    /// A list of one type.
    List(Arc<Composite>),
    /// A map from one type to another.
    Map(Arc<Composite>),
    /// A named type with parameters, as `optional_type(int)` or `net.IP`.
    Opaque(Arc<Composite>),
    /// The type of a type; without parameters for `type` itself.
    Type(Arc<Composite>),
}

/// A type made of others.
#[derive(Debug)]
pub struct Composite {
    /// `list`, `map`, `type`, or the name of the opaque type.
    pub(crate) name: Arc<str>,
    /// What it is made of.
    pub(crate) parameters: Vec<Type>,
    /// How many types it holds, so that a hostile expression cannot build one of exponential size.
    pub(crate) weight: u32,
    /// Whether it holds parameters or variables, so that substitution can leave the others alone.
    pub(crate) open: bool,
}

/// The largest type the checker accepts. Upstream has no bound and takes exponential time instead.
pub(crate) const WEIGHT_LIMIT: u32 = 100_000;

fn composite(name: &str, parameters: Vec<Type>) -> Arc<Composite> {
    let weight = parameters.iter().fold(1_u32, |sum, parameter| sum.saturating_add(parameter.weight()));
    let open = parameters.iter().any(Type::is_open);
    Arc::new(Composite { name: name.into(), parameters, weight, open })
}

impl Type {
    /// `list(element)`.
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(composite("list", vec![element]))
    }

    /// `map(key, value)`.
    #[must_use]
    pub fn map(key: Self, value: Self) -> Self {
        Self::Map(composite("map", vec![key, value]))
    }

    /// `optional_type(value)`.
    #[must_use]
    pub fn optional(value: Self) -> Self {
        Self::opaque("optional_type", vec![value])
    }

    /// A named type with parameters.
    #[must_use]
    pub fn opaque(name: &str, parameters: Vec<Self>) -> Self {
        Self::Opaque(composite(name, parameters))
    }

    /// An object type by name.
    #[must_use]
    pub fn object(name: &str) -> Self {
        Self::Struct(name.into())
    }

    /// `type(of)`.
    #[must_use]
    pub fn type_of(of: Self) -> Self {
        Self::Type(composite("type", vec![of]))
    }

    /// `type` itself.
    #[must_use]
    pub fn type_itself() -> Self {
        Self::Type(composite("type", Vec::new()))
    }

    /// What it is made of; empty for simple types.
    #[must_use]
    pub fn parameters(&self) -> &[Self] {
        match self {
            Self::List(of) | Self::Map(of) | Self::Opaque(of) | Self::Type(of) => &of.parameters,
            _ => &[],
        }
    }

    pub(crate) fn parameter(&self, index: usize) -> Self {
        self.parameters().get(index).cloned().unwrap_or(Self::Dyn)
    }

    pub(crate) fn weight(&self) -> u32 {
        match self {
            Self::List(of) | Self::Map(of) | Self::Opaque(of) | Self::Type(of) => of.weight,
            _ => 1,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        match self {
            Self::Parameter(_) | Self::Variable(_) => true,
            Self::List(of) | Self::Map(of) | Self::Opaque(of) | Self::Type(of) => of.open,
            _ => false,
        }
    }

    pub(crate) fn is_dyn(&self) -> bool {
        matches!(self, Self::Dyn | Self::Any)
    }

    pub(crate) fn is_dyn_or_error(&self) -> bool {
        matches!(self, Self::Dyn | Self::Any | Self::Error)
    }

    /// The name that values of this type carry while evaluating (`type(x)` prints it).
    #[must_use]
    pub fn runtime_name(&self) -> &str {
        match self {
            Self::Dyn => "dyn",
            Self::Any => "google.protobuf.Any",
            Self::Error => "error",
            Self::Null => "null_type",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Duration => "google.protobuf.Duration",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Parameter(name) | Self::Struct(name) => name,
            Self::Variable(_) => "_var",
            Self::List(of) | Self::Map(of) | Self::Opaque(of) | Self::Type(of) => &of.name,
        }
    }

    /// The same kind, name and parameters; `names` says whether the names of type parameters count
    /// (`IsExactType` and `IsEquivalentType` upstream).
    pub(crate) fn same(&self, other: &Self, names: bool) -> bool {
        match (self, other) {
            (Self::Parameter(a), Self::Parameter(b)) => !names || a == b,
            (Self::Variable(a), Self::Variable(b)) => !names || a == b,
            (Self::Struct(a), Self::Struct(b)) => a == b,
            (Self::List(a), Self::List(b))
            | (Self::Map(a), Self::Map(b))
            | (Self::Opaque(a), Self::Opaque(b))
            | (Self::Type(a), Self::Type(b)) => {
                Arc::ptr_eq(a, b)
                    || (a.name == b.name
                        && a.weight == b.weight
                        && a.parameters.len() == b.parameters.len()
                        && a.parameters.iter().zip(&b.parameters).all(|(a, b)| a.same(b, names)))
            }
            _ => {
                std::mem::discriminant(self) == std::mem::discriminant(other) && self.parameters().is_empty()
            }
        }
    }

    /// How the checker's messages name it (`FormatCELType`).
    #[must_use]
    pub fn checker_name(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, true);
        out
    }

    fn write(&self, out: &mut String, checker: bool) {
        match self {
            Self::Any if checker => out.push_str("any"),
            Self::Duration if checker => out.push_str("duration"),
            Self::Timestamp if checker => out.push_str("timestamp"),
            Self::Null if checker => out.push_str("null"),
            Self::Error if checker => out.push_str("!error!"),
            Self::Variable(number) => {
                let text = if checker { format!("_var{number}") } else { format!("<_var{number}>") };
                out.push_str(&text);
            }
            Self::Parameter(name) if !checker => {
                out.push('<');
                out.push_str(name);
                out.push('>');
            }
            _ => {
                out.push_str(self.runtime_name());
                let parameters = self.parameters();
                if !parameters.is_empty() {
                    out.push('(');
                    for (index, parameter) in parameters.iter().enumerate() {
                        if index > 0 {
                            out.push_str(", ");
                        }
                        parameter.write(out, checker);
                    }
                    out.push(')');
                }
            }
        }
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        self.same(other, true)
    }
}

impl fmt::Display for Type {
    /// As Go prints a type (`Type.String`): `google.protobuf.Timestamp`, `null_type`, `list(int)`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out, false);
        formatter.write_str(&out)
    }
}
