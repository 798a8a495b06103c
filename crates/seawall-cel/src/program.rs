//! A compiled expression.

use crate::evaluate;
use crate::plan::Plan;
use crate::syntax::{Kind, Literal, Tree};
use crate::types::Type;
use crate::value::{EvaluationError, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A compiled expression; free to share between threads.
pub struct Program {
    pub(crate) plan: Plan,
    pub(crate) output: Type,
    /// The names under which fields are read, for [`Program::mentions_field`].
    pub(crate) fields: BTreeSet<Arc<str>>,
    pub(crate) source: Arc<str>,
}

/// What an evaluation gave.
#[derive(Debug)]
pub struct Evaluation<'v> {
    /// The value ([`Value::Unknown`] when it depends on what the caller does not know), or upstream's error.
    pub result: Result<Value<'v>, EvaluationError>,
    /// What it cost, in upstream's units.
    pub cost: u64,
}

/// The values of the variables of one evaluation.
#[derive(Debug, Default)]
pub struct Variables<'v> {
    values: Vec<(&'v str, Value<'v>)>,
}

impl<'v> Variables<'v> {
    /// Variables by name.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (&'v str, Value<'v>)>) -> Self {
        Self { values: values.into_iter().collect() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value<'v>> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Program").field("source", &self.source).field("output", &self.output).finish()
    }
}

impl Program {
    /// The type of the result; `dyn` where only the evaluation tells.
    #[must_use]
    pub fn output_type(&self) -> &Type {
        &self.output
    }

    /// The expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether a field of this name is read anywhere, with `.name` or `.?name`.
    #[must_use]
    pub fn mentions_field(&self, name: &str) -> bool {
        self.fields.contains(name)
    }

    /// Evaluates.
    #[must_use]
    pub fn evaluate<'v>(&'v self, variables: &Variables<'v>) -> Evaluation<'v> {
        evaluate::run(&self.plan, variables)
    }
}

/// The names under which an expression reads fields.
pub(crate) fn fields(tree: &Tree) -> BTreeSet<Arc<str>> {
    let mut names = BTreeSet::new();
    for node in tree.nodes() {
        match &node.kind {
            Kind::Select { field, .. } => {
                names.insert(field.clone());
            }
            Kind::Call { function, arguments, .. } if &**function == "_?._" => {
                if let Some(Kind::Literal(Literal::String(name))) = arguments.get(1).map(|id| tree.kind(*id))
                {
                    names.insert(name.clone());
                }
            }
            _ => {}
        }
    }
    names
}
