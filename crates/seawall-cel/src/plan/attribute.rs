//! Variables with fields and indexes: the attributes of cel-go's `interpreter/attributes.go`.

use super::{Plan, Planned, Planner, two};
use crate::syntax::NodeId;
use crate::value::convert::go_type;
use crate::value::{Text, Value};
use std::sync::Arc;

/// A base and what is read from it.
#[derive(Clone)]
pub(crate) struct Attribute {
    /// The id of the base.
    pub(crate) own: u32,
    pub(crate) base: Base,
    pub(crate) qualifiers: Vec<Arc<Qualifier>>,
}

/// Where reading starts.
#[derive(Clone)]
pub(crate) enum Base {
    /// A declared variable.
    Variable(Arc<str>),
    /// A variable of a comprehension some levels out.
    Local { levels: usize, local: Local },
    /// The value of an expression.
    Relative(Arc<Plan>),
    /// One of two, by a condition.
    Conditional { condition: Arc<Plan>, yes: Box<Attribute>, no: Box<Attribute> },
}

/// Which variable of a comprehension.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Local {
    Accumulator,
    First,
    Second,
}

/// One field or index.
pub(crate) struct Qualifier {
    pub(crate) id: u32,
    pub(crate) optional: bool,
    pub(crate) kind: QualifierKind,
}

/// What a field or index is.
pub(crate) enum QualifierKind {
    /// A name or literal.
    Constant(Value<'static>),
    /// A name inside of `has(…)`.
    Test(Value<'static>),
    /// Another attribute.
    Attribute(Attribute),
    /// Another expression.
    Expression(Attribute),
}

impl Attribute {
    pub(crate) fn new(own: u32, base: Base) -> Self {
        Self { own, base, qualifiers: Vec::new() }
    }

    /// The id of its value: that of the last qualifier.
    pub(crate) fn id(&self) -> u32 {
        if let Base::Conditional { yes, no, .. } = &self.base {
            let (yes, no) = (yes.id(), no.id());
            return if yes == no { yes } else { self.own };
        }
        self.qualifiers.last().map_or(self.own, |qualifier| qualifier.id)
    }

    fn add(&mut self, qualifier: &Arc<Qualifier>) {
        match &mut self.base {
            Base::Conditional { yes, no, .. } => {
                yes.add(qualifier);
                no.add(qualifier);
            }
            _ => self.qualifiers.push(qualifier.clone()),
        }
    }
}

/// The attribute a plan is, or one that starts with its value.
fn attribute(plan: Plan) -> Attribute {
    match plan {
        Plan::Attribute { attribute, test: None } => *attribute,
        other => Attribute::new(other.id(), Base::Relative(Arc::new(other))),
    }
}

impl Planner<'_> {
    pub(super) fn select(&mut self, id: NodeId, operand: NodeId, field: &Arc<str>, test: bool) -> Planned {
        let mut attribute = attribute(self.plan(operand)?);
        let name = Value::String(Text::Shared(field.clone()));
        let kind = if test { QualifierKind::Test(name) } else { QualifierKind::Constant(name) };
        attribute.add(&Arc::new(Qualifier { id: id.0, optional: false, kind }));
        Ok(Plan::Attribute { attribute: Box::new(attribute), test: test.then_some(id.0) })
    }

    pub(super) fn conditional(&mut self, id: NodeId, arguments: Vec<Plan>) -> Planned {
        let Ok([condition, yes, no]) = <[Plan; 3]>::try_from(arguments) else {
            return Err("no such overload: _?_:_".into());
        };
        let base = Base::Conditional {
            condition: Arc::new(condition),
            yes: Box::new(attribute(yes)),
            no: Box::new(attribute(no)),
        };
        Ok(Plan::Attribute { attribute: Box::new(Attribute::new(id.0, base)), test: None })
    }

    pub(super) fn index(&mut self, id: NodeId, arguments: Vec<Plan>, optional: bool) -> Planned {
        let [operand, index] = two(arguments)?;
        let mut attribute = attribute(operand);
        let kind = match index {
            Plan::Constant { value, .. } => match value {
                Value::String(_) | Value::Int(_) | Value::Uint(_) | Value::Bool(_) | Value::Double(_) => {
                    QualifierKind::Constant(value)
                }
                other => return Err(format!("invalid qualifier type: {}", go_type(&other))),
            },
            Plan::Attribute { attribute, test: None } => QualifierKind::Attribute(*attribute),
            other => QualifierKind::Expression(Attribute::new(id.0, Base::Relative(Arc::new(other)))),
        };
        attribute.add(&Arc::new(Qualifier { id: id.0, optional, kind }));
        Ok(Plan::Attribute { attribute: Box::new(attribute), test: None })
    }
}
