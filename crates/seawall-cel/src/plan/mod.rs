//! From a checked tree to what is evaluated: cel-go's `interpreter/planner.go`, with the folding of constants of
//! `interpreter/decorators.go`, since that decides what costs nothing.

mod attribute;
mod optimize;

use crate::check::{Checked, Reference, type_named};
use crate::declare::{Computed, Function, Implementation, Singleton};
use crate::environment::Environment;
use crate::functions::pattern::Pattern;
use crate::syntax::{Comprehension, Kind, Literal, NodeId};
use crate::types::Type;
use crate::value::{Text, Value};
pub(crate) use attribute::{Attribute, Base, Local, Qualifier, QualifierKind};
pub(crate) use optimize::{Members, insert, optional_element};
use std::sync::Arc;

/// Something that gives a value. The ids are those of the tree; costs are counted by them.
pub(crate) enum Plan {
    Constant {
        id: u32,
        value: Value<'static>,
    },
    /// A variable or value with fields and indexes; `test` for `has(…)`.
    Attribute {
        attribute: Box<Attribute>,
        test: Option<u32>,
    },
    Logic {
        id: u32,
        or: bool,
        terms: Box<[Plan; 2]>,
    },
    Equal {
        id: u32,
        not: bool,
        sides: Box<[Plan; 2]>,
    },
    Call(Box<Call>),
    List {
        id: u32,
        elements: Vec<Plan>,
        optional: Vec<bool>,
    },
    Map {
        id: u32,
        entries: Vec<(Plan, Plan, bool)>,
    },
    Object {
        id: u32,
        name: Arc<str>,
        fields: Vec<(Plan, bool)>,
    },
    Fold(Box<Fold>),
    /// `x in [constants]`.
    Members {
        id: u32,
        element: Box<Plan>,
        members: Members,
    },
    /// `or` and `orValue` of an optional.
    Or {
        id: u32,
        value: bool,
        sides: Box<[Plan; 2]>,
    },
}

/// A call of a function.
pub(crate) struct Call {
    pub(crate) id: u32,
    pub(crate) function: &'static str,
    /// The overload, when the types leave only one.
    pub(crate) overload: &'static str,
    pub(crate) how: How,
    pub(crate) arguments: Vec<Plan>,
}

/// How a call finds what computes it.
pub(crate) enum How {
    /// By nothing: no overload of it can be evaluated.
    Missing,
    /// By one implementation for all types.
    Singleton(Singleton),
    /// By one overload, whose types are checked first.
    One(Arc<Bound>),
    /// By the first overload that fits.
    Several(Arc<[Bound]>),
    /// By a regular expression that was compiled before.
    Pattern(Pattern),
}

/// An overload that can be evaluated.
pub(crate) struct Bound {
    pub(crate) types: Vec<Type>,
    pub(crate) implementation: Implementation,
    pub(crate) lazy: bool,
    pub(crate) guarded: bool,
}

/// A comprehension.
pub(crate) struct Fold {
    pub(crate) id: u32,
    pub(crate) range: Plan,
    pub(crate) initial: Plan,
    pub(crate) two_variables: bool,
    pub(crate) condition: Plan,
    pub(crate) step: Plan,
    pub(crate) result: Plan,
}

impl Plan {
    /// The id under which its value is counted.
    pub(crate) fn id(&self) -> u32 {
        match self {
            Self::Constant { id, .. }
            | Self::Logic { id, .. }
            | Self::Equal { id, .. }
            | Self::List { id, .. }
            | Self::Map { id, .. }
            | Self::Object { id, .. }
            | Self::Members { id, .. }
            | Self::Or { id, .. } => *id,
            Self::Attribute { test: Some(id), .. } => *id,
            Self::Attribute { attribute, test: None } => attribute.id(),
            Self::Call(call) => call.id,
            Self::Fold(fold) => fold.id,
        }
    }
}

/// The plan of a checked tree, or upstream's words why it cannot be evaluated at all.
pub(crate) fn plan(environment: &Environment, checked: &Checked) -> Result<Plan, String> {
    let mut planner = Planner { environment, checked, scopes: Vec::new() };
    planner.plan(checked.root)
}

/// The names a comprehension makes visible.
struct Scope {
    accumulator: Arc<str>,
    variables: [Option<Arc<str>>; 2],
}

pub(crate) struct Planner<'c> {
    environment: &'c Environment,
    checked: &'c Checked,
    scopes: Vec<Scope>,
}

type Planned = Result<Plan, String>;

impl Planner<'_> {
    fn plan(&mut self, id: NodeId) -> Planned {
        match self.checked.tree.kind(id).clone() {
            Kind::Unspecified => Err("unsupported expr".into()),
            Kind::Literal(literal) => Ok(Plan::Constant { id: id.0, value: constant(literal) }),
            Kind::Identifier(name) => self.identifier(id, &name),
            Kind::Select { operand, field, test } => self.select(id, operand, &field, test),
            Kind::Call { function, target, arguments } => self.call(id, &function, target, &arguments),
            Kind::List { elements, optional } => self.list(id, &elements, optional),
            Kind::Map(entries) => {
                let mut planned = Vec::with_capacity(entries.len());
                for entry in &entries {
                    planned.push((self.plan(entry.key)?, self.plan(entry.value)?, entry.optional));
                }
                Ok(optimize::map(id.0, planned))
            }
            Kind::Struct { name, fields } => {
                let mut planned = Vec::with_capacity(fields.len());
                for field in &fields {
                    planned.push((self.plan(field.value)?, field.optional));
                }
                Ok(Plan::Object { id: id.0, name, fields: planned })
            }
            Kind::Comprehension(of) => self.fold(id, &of),
        }
    }

    fn identifier(&mut self, id: NodeId, name: &str) -> Planned {
        if matches!(self.checked.type_of(id), Type::Type(_)) {
            let of = type_named(name).ok_or_else(|| format!("reference to undefined type: {name}"))?;
            return Ok(Plan::Constant { id: id.0, value: Value::Type(runtime(of)) });
        }
        let base = self.variable(name);
        Ok(Plan::Attribute { attribute: Box::new(Attribute::new(id.0, base)), test: None })
    }

    fn variable(&self, name: &str) -> Base {
        for (levels, scope) in self.scopes.iter().rev().enumerate() {
            if &*scope.accumulator == name {
                return Base::Local { levels, local: Local::Accumulator };
            }
            if scope.variables[0].as_deref() == Some(name) {
                return Base::Local { levels, local: Local::First };
            }
            if scope.variables[1].as_deref() == Some(name) {
                return Base::Local { levels, local: Local::Second };
            }
        }
        Base::Variable(name.into())
    }

    fn list(&mut self, id: NodeId, elements: &[NodeId], optional: Vec<bool>) -> Planned {
        let mut planned = Vec::with_capacity(elements.len());
        for element in elements {
            planned.push(self.plan(*element)?);
        }
        Ok(optimize::list(id.0, planned, optional))
    }

    fn fold(&mut self, id: NodeId, of: &Comprehension) -> Planned {
        let initial = self.plan(of.initial)?;
        let range = self.plan(of.range)?;
        let variables = [Some(of.variable.clone()), of.second_variable.clone()];
        self.scopes.push(Scope { accumulator: of.accumulator.clone(), variables });
        let condition = self.plan(of.condition)?;
        let step = self.plan(of.step)?;
        // The result sees the accumulator alone.
        if let Some(scope) = self.scopes.last_mut() {
            scope.variables = [None, None];
        }
        let result = self.plan(of.result)?;
        self.scopes.pop();
        let two_variables = of.second_variable.is_some();
        Ok(Plan::Fold(Box::new(Fold { id: id.0, range, initial, two_variables, condition, step, result })))
    }

    fn call(&mut self, id: NodeId, name: &str, target: Option<NodeId>, arguments: &[NodeId]) -> Planned {
        let mut planned = Vec::with_capacity(arguments.len() + 1);
        for argument in target.iter().chain(arguments) {
            planned.push(self.plan(*argument)?);
        }
        match name {
            "_&&_" | "_||_" => {
                let terms = Box::new(two(planned)?);
                return Ok(Plan::Logic { id: id.0, or: name == "_||_", terms });
            }
            "_==_" | "_!=_" => {
                let sides = Box::new(two(planned)?);
                return Ok(Plan::Equal { id: id.0, not: name == "_!=_", sides });
            }
            "_?_:_" => return self.conditional(id, planned),
            "_[_]" => return self.index(id, planned, false),
            "_?._" | "_[?_]" => return self.index(id, planned, true),
            _ => {}
        }
        let Some(Reference::Overloads { function, overloads }) = self.checked.reference(id) else {
            return Err(format!("no such overload: {name}"));
        };
        let Some(function) = self.environment.functions.get(*function) else {
            return Err(format!("no such overload: {name}"));
        };
        let only = match overloads.as_slice() {
            [one] => function.overloads.get(*one),
            _ => None,
        };
        let overload = only.map_or("", |overload| overload.id);
        if matches!(function.name, "or" | "orValue") && planned.len() == 2 {
            let value = function.name == "orValue";
            return Ok(Plan::Or { id: id.0, value, sides: Box::new(two(planned)?) });
        }
        let how = how(function, overload);
        let call = Call { id: id.0, function: function.name, overload, how, arguments: planned };
        optimize::call(call)
    }
}

/// How calls of a function are computed, given the only overload that fits, if there is one.
fn how(function: &Function, overload: &str) -> How {
    if let Some(singleton) = function.singleton {
        return How::Singleton(singleton);
    }
    let bound: Vec<(&'static str, Bound)> = function
        .overloads
        .iter()
        .filter_map(|of| {
            let (implementation, lazy) = match of.computed {
                Computed::Elsewhere => return None,
                Computed::Eagerly(implementation) => (implementation, false),
                Computed::Lazily(implementation) => (implementation, true),
            };
            let bound =
                Bound { types: of.arguments.clone(), implementation, lazy, guarded: function.guarded };
            Some((of.id, bound))
        })
        .collect();
    let mut several: Vec<Bound> = Vec::new();
    for (id, one) in bound {
        if id == overload {
            return How::One(Arc::new(one));
        }
        several.push(one);
    }
    match several.len() {
        0 => How::Missing,
        1 => several.pop().map_or(How::Missing, |one| How::One(Arc::new(one))),
        _ => How::Several(several.into()),
    }
}

fn two(plans: Vec<Plan>) -> Result<[Plan; 2], String> {
    plans.try_into().map_err(|_| "no such overload".to_owned())
}

/// A type as a value: parameters become `dyn`.
fn runtime(of: Type) -> Type {
    match of {
        Type::List(_) => Type::list(Type::Dyn),
        Type::Map(_) => Type::map(Type::Dyn, Type::Dyn),
        other => other,
    }
}

fn constant(literal: Literal) -> Value<'static> {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(value) => Value::Bool(value),
        Literal::Int(value) => Value::Int(value),
        Literal::Uint(value) => Value::Uint(value),
        Literal::Double(value) => Value::Double(value),
        Literal::String(text) => Value::String(Text::Shared(text)),
        Literal::Bytes(bytes) => Value::Bytes(bytes),
    }
}
