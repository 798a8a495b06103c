//! Declarations of functions: names, signatures and what computes them.

mod extensions;
mod kubernetes;
mod standard;
mod time;

use crate::types::Type;
use crate::value::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Computes a call from its arguments, the receiver first.
pub(crate) type Implementation = for<'v> fn(&[Value<'v>]) -> Value<'v>;

/// One line of a library.
pub(crate) struct Line {
    name: &'static str,
    id: &'static str,
    member: bool,
    arguments: &'static str,
    result: &'static str,
    computed: Computed,
}

/// How a call is computed.
#[derive(Clone, Copy)]
pub(crate) enum Computed {
    /// By the evaluator itself, or by the function's [`Singleton`].
    Elsewhere,
    /// After looking at all arguments; the first error among them is the result.
    Eagerly(Implementation),
    /// Arguments after the first error are not looked at (`FunctionBinding` upstream).
    Lazily(Implementation),
}

/// A function of the receiver, `target.name(…)`.
pub(crate) const fn member(
    name: &'static str,
    id: &'static str,
    arguments: &'static str,
    result: &'static str,
    computed: Computed,
) -> Line {
    Line { name, id, member: true, arguments, result, computed }
}

/// A function without receiver, `name(…)`.
pub(crate) const fn global(
    name: &'static str,
    id: &'static str,
    arguments: &'static str,
    result: &'static str,
    computed: Computed,
) -> Line {
    Line { name, id, member: false, arguments, result, computed }
}

/// One signature of a function.
pub(crate) struct Overload {
    pub(crate) id: &'static str,
    pub(crate) member: bool,
    pub(crate) arguments: Vec<Type>,
    pub(crate) result: Type,
    /// The names of its type parameters.
    pub(crate) parameters: Vec<Arc<str>>,
    pub(crate) computed: Computed,
}

/// One implementation for all signatures of a function, and what its first argument must be able to do.
#[derive(Clone, Copy)]
pub(crate) struct Singleton {
    pub(crate) implementation: Implementation,
    pub(crate) accepts: fn(&Value<'_>) -> bool,
}

/// A function with all its signatures.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) overloads: Vec<Overload>,
    pub(crate) singleton: Option<Singleton>,
    /// Whether calls check the types of their arguments first.
    pub(crate) guarded: bool,
}

/// The functions of an environment.
#[derive(Default)]
pub(crate) struct Functions {
    functions: Vec<Function>,
    names: HashMap<&'static str, usize>,
}

/// Which libraries there are, by the Kubernetes minor version that brought them (`environment/base.go`).
#[derive(Clone, Copy)]
pub(crate) struct Libraries {
    pub(crate) minor: u32,
}

impl Functions {
    /// The functions of an environment.
    pub(crate) fn new(libraries: Libraries) -> Self {
        let mut functions = Self::default();
        functions.add(standard::LINES);
        functions.add(time::LINES);
        functions.add(kubernetes::URLS);
        functions.add(kubernetes::REGEX);
        functions.add(&kubernetes::lists());
        functions.add(kubernetes::AUTHORIZER);
        functions.add(extensions::OPTIONAL);
        functions.add(kubernetes::QUANTITY);
        functions.add(extensions::STRINGS);
        functions.add(extensions::SETS);
        functions.add(kubernetes::IP);
        functions.add(kubernetes::CIDR);
        if libraries.minor >= 31 {
            functions.add(kubernetes::FORMAT);
            functions.add(kubernetes::AUTHORIZER_SELECTORS);
        }
        if libraries.minor >= 32 {
            functions.add(extensions::TWO_VARIABLES);
        }
        if libraries.minor >= 33 {
            functions.add(kubernetes::SEMVER);
        }
        if libraries.minor >= 34 {
            functions.add(&extensions::lists());
        }
        for function in &mut functions.functions {
            function.singleton =
                standard::singleton(function.name).or_else(|| extensions::singleton(function.name));
            function.guarded = !matches!(function.name, "contains" | "endsWith" | "startsWith" | "flatten");
        }
        functions
    }

    fn add(&mut self, lines: &[Line]) {
        for line in lines {
            let index = *self.names.entry(line.name).or_insert_with(|| {
                self.functions.push(Function {
                    name: line.name,
                    overloads: Vec::new(),
                    singleton: None,
                    guarded: true,
                });
                self.functions.len() - 1
            });
            let arguments = signature(line.arguments);
            let result = signature(line.result).pop().unwrap_or(Type::Dyn);
            let mut parameters = Vec::new();
            for of in arguments.iter().chain([&result]) {
                collect(of, &mut parameters);
            }
            let overload = Overload {
                id: line.id,
                member: line.member,
                arguments,
                result,
                parameters,
                computed: line.computed,
            };
            if let Some(function) = self.functions.get_mut(index) {
                function.overloads.push(overload);
            }
        }
    }

    /// A function by name.
    pub(crate) fn find(&self, name: &str) -> Option<(usize, &Function)> {
        let index = *self.names.get(name)?;
        Some((index, self.functions.get(index)?))
    }

    /// A function by its number.
    pub(crate) fn get(&self, index: usize) -> Option<&Function> {
        self.functions.get(index)
    }
}

fn collect(of: &Type, names: &mut Vec<Arc<str>>) {
    if let Type::Parameter(name) = of
        && !names.contains(name)
    {
        names.push(name.clone());
    }
    for parameter in of.parameters() {
        collect(parameter, names);
    }
}

/// Reads the types of a signature, `list(A), int`.
pub(crate) fn signature(text: &str) -> Vec<Type> {
    let mut rest = text;
    let mut types = Vec::new();
    while !rest.trim_start_matches([' ', ',']).is_empty() {
        rest = rest.trim_start_matches([' ', ',']);
        types.push(one(&mut rest));
    }
    types
}

fn one(rest: &mut &str) -> Type {
    let end = rest.find(['(', ')', ',']).unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    *rest = after;
    let mut parameters = Vec::new();
    if let Some(inner) = after.strip_prefix('(') {
        *rest = inner;
        while !rest.is_empty() && !rest.starts_with(')') {
            *rest = rest.trim_start_matches([' ', ',']);
            parameters.push(one(rest));
        }
        *rest = rest.strip_prefix(')').unwrap_or(rest);
    }
    let parameter = |index: usize| parameters.get(index).cloned().unwrap_or(Type::Dyn);
    match name.trim() {
        "dyn" => Type::Dyn,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "uint" => Type::Uint,
        "double" => Type::Double,
        "string" => Type::String,
        "bytes" => Type::Bytes,
        "duration" => Type::Duration,
        "timestamp" => Type::Timestamp,
        "list" => Type::list(parameter(0)),
        "map" => Type::map(parameter(0), parameter(1)),
        "optional" => Type::optional(parameter(0)),
        "type" => Type::type_of(parameter(0)),
        name @ ("net.IP" | "net.CIDR") => Type::opaque(name, Vec::new()),
        name if name.len() == 1 => Type::Parameter(name.into()),
        name => Type::object(name),
    }
}
