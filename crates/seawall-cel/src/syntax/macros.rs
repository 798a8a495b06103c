//! The macros: cel-go's `parser/macro.go`, `ext/comprehensions.go`, `ext/lists.go` (`sortBy`) and the optional
//! library's `optMap`, `optFlatMap` (`cel/library.go`).

use super::parser::Parser;
use super::{Comprehension, Entry, Field, Kind, Literal, NodeId};
use std::sync::Arc;

/// Which macros an environment has beyond the standard ones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Macros {
    /// `all`, `exists`, `transformMap` … with two variables.
    pub(crate) two_variables: bool,
    /// `sortBy`.
    pub(crate) sort_by: bool,
}

/// `optMap` copies its receiver, so that a chain of them doubles with each; upstream's memory is the limit there.
const NODE_LIMIT: usize = 500_000;
/// The name of the hidden accumulator.
const ACCUMULATOR: &str = "@result";
/// Its old name, which iteration variables may still not take.
const OLD_ACCUMULATOR: &str = "__result__";
/// The iteration variable of comprehensions that only bind.
const UNUSED: &str = "#unused";

/// A macro's error: where, and upstream's words.
struct Refused(u32, String);

type Expanded = Result<NodeId, Refused>;

/// What a call becomes, or `None` when it is no macro.
pub(super) fn expand(
    parser: &mut Parser<'_>,
    function: &str,
    target: Option<NodeId>,
    arguments: &[NodeId],
    at: u32,
) -> Option<NodeId> {
    let macros = parser.macros;
    let mut maker = Maker { parser, at };
    let expanded = match (function, target, arguments) {
        ("has", None, [argument]) => maker.has(*argument),
        ("all", Some(range), [variable, body]) => maker.quantifier(Quantifier::All, range, *variable, *body),
        ("exists", Some(range), [variable, body]) => {
            maker.quantifier(Quantifier::Exists, range, *variable, *body)
        }
        ("exists_one", Some(range), [variable, body]) => {
            maker.quantifier(Quantifier::One, range, *variable, *body)
        }
        ("map", Some(range), [variable, body]) => maker.map(range, *variable, None, *body),
        ("map", Some(range), [variable, filter, body]) => maker.map(range, *variable, Some(*filter), *body),
        ("filter", Some(range), [variable, filter]) => maker.filter(range, *variable, *filter),
        ("optMap", Some(target), [variable, body]) => maker.opt_map(target, *variable, *body, false),
        ("optFlatMap", Some(target), [variable, body]) => maker.opt_map(target, *variable, *body, true),
        ("sortBy", Some(target), [variable, key]) if macros.sort_by => maker.sort_by(target, *variable, *key),
        (_, Some(range), _) if macros.two_variables => maker.two_variables(function, range, arguments)?,
        _ => return None,
    };
    Some(expanded.unwrap_or_else(|Refused(offset, message)| {
        parser.report(offset, message);
        parser.tree.add(Kind::Unspecified, offset)
    }))
}

#[derive(Clone, Copy)]
enum Quantifier {
    All,
    Exists,
    One,
}

/// Makes nodes at the place of the macro's bracket, as upstream's `exprHelper`.
struct Maker<'p, 't> {
    parser: &'p mut Parser<'t>,
    at: u32,
}

/// The parts of a comprehension beside its range and variables.
struct Fold {
    initial: NodeId,
    condition: NodeId,
    step: NodeId,
    result: NodeId,
}

impl Maker<'_, '_> {
    fn add(&mut self, kind: Kind) -> NodeId {
        self.parser.tree.add(kind, self.at)
    }

    fn literal(&mut self, value: Literal) -> NodeId {
        self.add(Kind::Literal(value))
    }

    fn identifier(&mut self, name: &str) -> NodeId {
        self.add(Kind::Identifier(name.into()))
    }

    fn accumulator(&mut self) -> NodeId {
        self.identifier(ACCUMULATOR)
    }

    fn call(&mut self, function: &str, arguments: Vec<NodeId>) -> NodeId {
        self.add(Kind::Call { function: function.into(), target: None, arguments })
    }

    fn member(&mut self, function: &str, target: NodeId, arguments: Vec<NodeId>) -> NodeId {
        self.add(Kind::Call { function: function.into(), target: Some(target), arguments })
    }

    fn list(&mut self, elements: Vec<NodeId>) -> NodeId {
        let optional = vec![false; elements.len()];
        self.add(Kind::List { elements, optional })
    }

    fn refuse(&self, at: NodeId, message: impl Into<String>) -> Refused {
        Refused(self.parser.tree.node(at).offset, message.into())
    }

    fn name(&self, node: NodeId, message: &str) -> Result<Arc<str>, Refused> {
        match self.parser.tree.kind(node) {
            Kind::Identifier(name) => Ok(name.clone()),
            _ => Err(self.refuse(node, message)),
        }
    }

    fn variable(&self, node: NodeId, message: &str) -> Result<Arc<str>, Refused> {
        let name = self.name(node, message)?;
        if &*name == ACCUMULATOR || &*name == OLD_ACCUMULATOR {
            return Err(self.refuse(node, "iteration variable overwrites accumulator variable"));
        }
        Ok(name)
    }

    fn comprehension(
        &mut self,
        range: NodeId,
        variable: Arc<str>,
        second_variable: Option<Arc<str>>,
        fold: Fold,
    ) -> NodeId {
        let Fold { initial, condition, step, result } = fold;
        self.add(Kind::Comprehension(Box::new(Comprehension {
            range,
            variable,
            second_variable,
            accumulator: ACCUMULATOR.into(),
            initial,
            condition,
            step,
            result,
        })))
    }

    fn has(&mut self, argument: NodeId) -> Expanded {
        match self.parser.tree.kind(argument).clone() {
            Kind::Select { operand, field, .. } => Ok(self.add(Kind::Select { operand, field, test: true })),
            _ => Err(self.refuse(argument, "invalid argument to has() macro")),
        }
    }

    fn quantifier(
        &mut self,
        quantifier: Quantifier,
        range: NodeId,
        variable: NodeId,
        body: NodeId,
    ) -> Expanded {
        let name = self.variable(variable, "argument must be a simple name")?;
        let fold = self.quantify(quantifier, body);
        Ok(self.comprehension(range, name, None, fold))
    }

    fn quantify(&mut self, quantifier: Quantifier, body: NodeId) -> Fold {
        match quantifier {
            Quantifier::All => {
                let initial = self.literal(Literal::Bool(true));
                let so_far = self.accumulator();
                let condition = self.call("@not_strictly_false", vec![so_far]);
                let so_far = self.accumulator();
                let step = self.call("_&&_", vec![so_far, body]);
                Fold { initial, condition, step, result: self.accumulator() }
            }
            Quantifier::Exists => {
                let initial = self.literal(Literal::Bool(false));
                let so_far = self.accumulator();
                let not = self.call("!_", vec![so_far]);
                let condition = self.call("@not_strictly_false", vec![not]);
                let so_far = self.accumulator();
                let step = self.call("_||_", vec![so_far, body]);
                Fold { initial, condition, step, result: self.accumulator() }
            }
            Quantifier::One => {
                let initial = self.literal(Literal::Int(0));
                let condition = self.literal(Literal::Bool(true));
                let (so_far, one) = (self.accumulator(), self.literal(Literal::Int(1)));
                let more = self.call("_+_", vec![so_far, one]);
                let same = self.accumulator();
                let step = self.call("_?_:_", vec![body, more, same]);
                let (so_far, one) = (self.accumulator(), self.literal(Literal::Int(1)));
                Fold { initial, condition, step, result: self.call("_==_", vec![so_far, one]) }
            }
        }
    }

    /// A list that grows by one element for each that passes the filter.
    fn collect(&mut self, filter: Option<NodeId>, element: NodeId) -> Fold {
        let initial = self.list(Vec::new());
        let condition = self.literal(Literal::Bool(true));
        let (so_far, last) = (self.accumulator(), self.list(vec![element]));
        let more = self.call("_+_", vec![so_far, last]);
        let step = self.filtered(filter, more);
        Fold { initial, condition, step, result: self.accumulator() }
    }

    fn filtered(&mut self, filter: Option<NodeId>, step: NodeId) -> NodeId {
        match filter {
            None => step,
            Some(filter) => {
                let same = self.accumulator();
                self.call("_?_:_", vec![filter, step, same])
            }
        }
    }

    fn map(&mut self, range: NodeId, variable: NodeId, filter: Option<NodeId>, body: NodeId) -> Expanded {
        let name = self.variable(variable, "argument is not an identifier")?;
        let fold = self.collect(filter, body);
        Ok(self.comprehension(range, name, None, fold))
    }

    fn filter(&mut self, range: NodeId, variable: NodeId, filter: NodeId) -> Expanded {
        let name = self.variable(variable, "argument is not an identifier")?;
        let fold = self.collect(Some(filter), variable);
        Ok(self.comprehension(range, name, None, fold))
    }

    /// Binds a name to a value for one expression.
    fn bind(&mut self, name: Arc<str>, value: NodeId, result: NodeId) -> NodeId {
        let range = self.list(Vec::new());
        let condition = self.literal(Literal::Bool(false));
        let step = self.identifier(&name);
        self.add(Kind::Comprehension(Box::new(Comprehension {
            range,
            variable: UNUSED.into(),
            second_variable: None,
            accumulator: name,
            initial: value,
            condition,
            step,
            result,
        })))
    }

    fn opt_map(&mut self, target: NodeId, variable: NodeId, body: NodeId, flat: bool) -> Expanded {
        let function = if flat { "optFlatMap" } else { "optMap" };
        let name = self.name(variable, &format!("{function}() variable name must be a simple identifier"))?;
        let has_value = self.member("hasValue", target, Vec::new());
        let copy = self.copy(target);
        let value = self.member("value", copy, Vec::new());
        let mut mapped = self.bind(name, value, body);
        if !flat {
            mapped = self.call("optional.of", vec![mapped]);
        }
        let none = self.call("optional.none", Vec::new());
        Ok(self.call("_?_:_", vec![has_value, mapped, none]))
    }

    fn sort_by(&mut self, target: NodeId, variable: NodeId, key: NodeId) -> Expanded {
        const INPUT: &str = "@__sortBy_input__";
        if !matches!(
            self.parser.tree.kind(target),
            Kind::List { .. }
                | Kind::Select { .. }
                | Kind::Identifier(_)
                | Kind::Comprehension(_)
                | Kind::Call { .. }
        ) {
            return Err(self.refuse(
                target,
                "sortBy can only be applied to a list, identifier, comprehension, call or select expression",
            ));
        }
        let input = self.identifier(INPUT);
        let keys = self.map(input, variable, None, key)?;
        let input = self.identifier(INPUT);
        let sorted = self.member("@sortByAssociatedKeys", input, vec![keys]);
        Ok(self.bind(INPUT.into(), target, sorted))
    }

    fn two_variables(&mut self, function: &str, range: NodeId, arguments: &[NodeId]) -> Option<Expanded> {
        let (first, second, filter, body) = match (function, arguments) {
            ("all" | "exists" | "exists_one" | "existsOne", [first, second, body])
            | ("transformList" | "transformMap" | "transformMapEntry", [first, second, body]) => {
                (*first, *second, None, *body)
            }
            ("transformList" | "transformMap" | "transformMapEntry", [first, second, filter, body]) => {
                (*first, *second, Some(*filter), *body)
            }
            _ => return None,
        };
        let (key, value) = match self.variables(first, second) {
            Ok(names) => names,
            Err(refused) => return Some(Err(refused)),
        };
        let fold = match function {
            "all" => self.quantify(Quantifier::All, body),
            "exists" => self.quantify(Quantifier::Exists, body),
            "exists_one" | "existsOne" => self.quantify(Quantifier::One, body),
            "transformList" => self.collect(filter, body),
            _ => self.insert((function == "transformMap").then(|| key.clone()), filter, body),
        };
        Some(Ok(self.comprehension(range, key, Some(value), fold)))
    }

    fn variables(&self, first: NodeId, second: NodeId) -> Result<(Arc<str>, Arc<str>), Refused> {
        const SIMPLE: &str = "argument must be a simple name";
        let (key, value) = (self.name(first, SIMPLE)?, self.name(second, SIMPLE)?);
        if key == value {
            return Err(self.refuse(second, format!("duplicate variable name: {key}")));
        }
        Ok((self.variable(first, SIMPLE)?, self.variable(second, SIMPLE)?))
    }

    /// A map that grows by a key and a value, or by the entries of a map.
    fn insert(&mut self, key: Option<Arc<str>>, filter: Option<NodeId>, body: NodeId) -> Fold {
        let initial = self.add(Kind::Map(Vec::new()));
        let condition = self.literal(Literal::Bool(true));
        let mut arguments = vec![self.accumulator()];
        if let Some(key) = key {
            arguments.push(self.identifier(&key));
        }
        arguments.push(body);
        let more = self.call("cel.@mapInsert", arguments);
        let step = self.filtered(filter, more);
        Fold { initial, condition, step, result: self.accumulator() }
    }

    /// The same expression with nodes of its own, each at its old place.
    fn copy(&mut self, node: NodeId) -> NodeId {
        let offset = self.parser.tree.node(node).offset;
        if self.parser.tree.len() > NODE_LIMIT {
            if self.parser.issues.is_empty() {
                self.parser.report(offset, "expression grows too large by its macros");
            }
            return self.parser.tree.add(Kind::Unspecified, offset);
        }
        let kind = match self.parser.tree.kind(node).clone() {
            Kind::Select { operand, field, test } => {
                Kind::Select { operand: self.copy(operand), field, test }
            }
            Kind::Call { function, target, arguments } => Kind::Call {
                function,
                target: target.map(|target| self.copy(target)),
                arguments: arguments.into_iter().map(|argument| self.copy(argument)).collect(),
            },
            Kind::List { elements, optional } => Kind::List {
                elements: elements.into_iter().map(|element| self.copy(element)).collect(),
                optional,
            },
            Kind::Map(entries) => Kind::Map(
                entries
                    .into_iter()
                    .map(|Entry { key, value, optional }| Entry {
                        key: self.copy(key),
                        value: self.copy(value),
                        optional,
                    })
                    .collect(),
            ),
            Kind::Struct { name, fields } => Kind::Struct {
                name,
                fields: fields
                    .into_iter()
                    .map(|field| Field { value: self.copy(field.value), ..field })
                    .collect(),
            },
            Kind::Comprehension(of) => Kind::Comprehension(Box::new(Comprehension {
                range: self.copy(of.range),
                initial: self.copy(of.initial),
                condition: self.copy(of.condition),
                step: self.copy(of.step),
                result: self.copy(of.result),
                ..*of
            })),
            simple => simple,
        };
        self.parser.tree.add(kind, offset)
    }
}
