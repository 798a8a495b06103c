//! Calls: which overloads of a function take the types of the arguments.

use super::{Checker, Reference};
use crate::declare::Function;
use crate::syntax::{Kind, Literal, NodeId};
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn call(&mut self, id: NodeId, name: &str, target: Option<NodeId>, arguments: &[NodeId]) {
        if name == "_?._" {
            self.optional_select(id, arguments);
            return;
        }
        for argument in arguments {
            self.check(*argument);
        }
        let environment = self.environment;
        let find = |name: &str| environment.functions.find(name.strip_prefix('.').unwrap_or(name));
        let Some(target) = target else {
            match find(name) {
                None => self.undeclared(id, name),
                Some((index, function)) => {
                    self.rename(id, function, arguments);
                    self.resolve(id, index, function, None, arguments);
                }
            }
            return;
        };
        if let Some(prefix) = self.qualified(target)
            && let Some((index, function)) = find(&format!("{prefix}.{name}"))
        {
            self.rename(id, function, arguments);
            self.resolve(id, index, function, None, arguments);
            return;
        }
        self.check(target);
        match find(name) {
            None => self.undeclared(id, name),
            Some((index, function)) => self.resolve(id, index, function, Some(target), arguments),
        }
    }

    fn undeclared(&mut self, id: NodeId, name: &str) {
        self.set(id, Type::Error);
        self.report(id, format!("undeclared reference to '{name}' (in container '')"));
    }

    fn rename(&mut self, id: NodeId, function: &Function, arguments: &[NodeId]) {
        let kind = Kind::Call { function: function.name.into(), target: None, arguments: arguments.to_vec() };
        self.checked.tree.replace(id, kind);
    }

    fn optional_select(&mut self, id: NodeId, arguments: &[NodeId]) {
        let [operand, field] = arguments else {
            self.report(
                id,
                format!(
                    "unsupported optional field selection: incorrect signature. argument count: {}",
                    arguments.len()
                ),
            );
            return;
        };
        let Kind::Literal(Literal::String(name)) = self.checked.tree.kind(*field).clone() else {
            self.report(*field, "unsupported optional field selection".into());
            return;
        };
        let of = self.field(id, *operand, &name, true);
        let of = self.mapping.substitute(&of, false);
        self.set(id, of);
        if let Some((function, _)) = self.environment.functions.find("_?._") {
            self.refer(id, Reference::Overloads { function, overloads: vec![0] });
        }
    }

    fn resolve(
        &mut self,
        id: NodeId,
        index: usize,
        function: &Function,
        target: Option<NodeId>,
        arguments: &[NodeId],
    ) {
        let types: Vec<Type> = target.iter().chain(arguments).map(|node| self.get(*node)).collect();
        if matches!(function.name, "_&&_" | "_||_") {
            self.logical(id, index, arguments, &types);
            return;
        }
        let mut found = Vec::new();
        let mut result: Option<Type> = None;
        for (number, overload) in function.overloads.iter().enumerate() {
            if overload.member != target.is_some() {
                continue;
            }
            let mut wanted = overload.arguments.clone();
            let mut of = overload.result.clone();
            if !overload.parameters.is_empty() {
                let fresh: Vec<_> =
                    overload.parameters.iter().map(|name| (name.clone(), self.mapping.variable())).collect();
                for one in wanted.iter_mut().chain([&mut of]) {
                    *one = super::assign::instantiate(one, &fresh);
                }
            }
            if !self.mapping.assignable_all(&types, &wanted) {
                continue;
            }
            found.push(number);
            let of = self.mapping.substitute(&of, false);
            result = Some(match result {
                None => of,
                Some(previous) if previous.is_dyn() || of.same(&previous, true) => previous,
                Some(_) => Type::Dyn,
            });
        }
        let Some(result) = result else {
            self.no_overload(id, function.name, target.is_some(), &types);
            return;
        };
        self.set(id, result);
        self.refer(id, Reference::Overloads { function: index, overloads: found });
    }

    /// `&&` and `||` name each operand that is no bool.
    fn logical(&mut self, id: NodeId, function: usize, arguments: &[NodeId], types: &[Type]) {
        let mut fine = true;
        for (argument, of) in arguments.iter().zip(types) {
            if !self.assignable(of, &Type::Bool) {
                self.mismatch(*argument, &Type::Bool, of);
                fine = false;
            }
        }
        if fine {
            self.set(id, Type::Bool);
            self.refer(id, Reference::Overloads { function, overloads: vec![0] });
        } else {
            self.set(id, Type::Error);
        }
    }

    fn no_overload(&mut self, id: NodeId, name: &str, member: bool, types: &[Type]) {
        self.set(id, Type::Error);
        let names: Vec<String> =
            types.iter().map(|of| self.mapping.substitute(of, true).checker_name()).collect();
        let signature = match names.split_first() {
            Some((target, rest)) if member => format!("{target}.({})", rest.join(", ")),
            _ => format!("({})", names.join(", ")),
        };
        self.report(id, format!("found no matching overload for '{name}' applied to '{signature}'"));
    }
}
