//! Which types fit which: cel-go's `checker/types.go` and `checker/mapping.go`.
//!
//! Upstream copies its whole mapping for each question; ours keeps a list of what it set and takes it back.

use crate::types::Type;
use std::sync::Arc;

/// What the variables of a checker run stand for.
#[derive(Default)]
pub(super) struct Mapping {
    values: Vec<Option<Type>>,
    /// What was there before each change, to take it back.
    changes: Vec<(usize, Option<Type>)>,
}

/// A declared type with its parameters replaced by variables.
pub(super) fn instantiate(of: &Type, parameters: &[(Arc<str>, Type)]) -> Type {
    if !of.is_open() {
        return of.clone();
    }
    if let Type::Parameter(name) = of {
        let found = parameters.iter().find(|(known, _)| known == name);
        return found.map_or_else(|| of.clone(), |(_, variable)| variable.clone());
    }
    rebuild(of, |parameter| instantiate(parameter, parameters))
}

fn rebuild(of: &Type, change: impl Fn(&Type) -> Type) -> Type {
    let parameters: Vec<Type> = of.parameters().iter().map(change).collect();
    let mut parameters = parameters.into_iter();
    let mut next = || parameters.next().unwrap_or(Type::Dyn);
    match of {
        Type::List(_) => Type::list(next()),
        Type::Map(_) => {
            let key = next();
            Type::map(key, next())
        }
        Type::Type(_) => Type::type_of(next()),
        Type::Opaque(inner) => Type::opaque(&inner.name, parameters.collect()),
        other => other.clone(),
    }
}

impl Mapping {
    /// A new variable.
    pub(super) fn variable(&mut self) -> Type {
        self.values.push(None);
        Type::Variable(u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX))
    }

    fn find(&self, of: &Type) -> Option<&Type> {
        let Type::Variable(number) = of else { return None };
        self.values.get(*number as usize).and_then(Option::as_ref)
    }

    fn add(&mut self, variable: &Type, of: Type) {
        if let Type::Variable(number) = variable
            && let Some(slot) = self.values.get_mut(*number as usize)
        {
            let old = slot.replace(of);
            self.changes.push((*number as usize, old));
        }
    }

    /// A type with its variables replaced; what is still open becomes `dyn` if `close`.
    pub(super) fn substitute(&self, of: &Type, close: bool) -> Type {
        if !of.is_open() {
            return of.clone();
        }
        if let Some(value) = self.find(of) {
            return self.substitute(value, close);
        }
        match of {
            Type::Parameter(_) | Type::Variable(_) => {
                if close {
                    Type::Dyn
                } else {
                    of.clone()
                }
            }
            _ => rebuild(of, |parameter| self.substitute(parameter, close)),
        }
    }

    fn undo(&mut self, mark: usize) {
        while self.changes.len() > mark {
            if let Some((number, old)) = self.changes.pop()
                && let Some(slot) = self.values.get_mut(number)
            {
                *slot = old;
            }
        }
    }

    /// Whether `from` fits `to`; remembers what that makes of the variables.
    pub(super) fn assignable(&mut self, to: &Type, from: &Type) -> bool {
        let mark = self.changes.len();
        let fits = self.fits(to, from);
        if !fits {
            self.undo(mark);
        }
        fits
    }

    /// The same for several at once.
    pub(super) fn assignable_all(&mut self, to: &[Type], from: &[Type]) -> bool {
        let mark = self.changes.len();
        let fits = self.fit_all(to, from);
        if !fits {
            self.undo(mark);
        }
        fits
    }

    fn fit_all(&mut self, to: &[Type], from: &[Type]) -> bool {
        to.len() == from.len() && to.iter().zip(from).all(|(to, from)| self.fits(to, from))
    }

    fn fits(&mut self, to: &Type, from: &Type) -> bool {
        let open = |of: &Type| matches!(of, Type::Variable(_) | Type::Parameter(_));
        if open(from) {
            let (valid, had) = self.stands_for(to, from);
            if valid {
                return true;
            }
            if had {
                return false;
            }
        }
        if open(to) {
            return self.stands_for(from, to).0;
        }
        if to.is_dyn_or_error() || from.is_dyn_or_error() {
            return true;
        }
        let nullable = |of: &Type| {
            matches!(of, Type::Null | Type::Opaque(_) | Type::Struct(_) | Type::Duration | Type::Timestamp)
        };
        if matches!(to, Type::Null) {
            return nullable(from);
        }
        if matches!(from, Type::Null) {
            return nullable(to);
        }
        match (to, from) {
            (Type::Type(_), Type::Type(_)) => true,
            (Type::List(a), Type::List(b))
            | (Type::Map(a), Type::Map(b))
            | (Type::Opaque(a), Type::Opaque(b)) => {
                Arc::ptr_eq(a, b) && !a.open || a.name == b.name && self.fit_all(&a.parameters, &b.parameters)
            }
            _ => to.same(from, true),
        }
    }

    /// Whether a variable can stand for a type, and whether it already stood for one.
    fn stands_for(&mut self, of: &Type, variable: &Type) -> (bool, bool) {
        if of.same(variable, true) {
            return (true, true);
        }
        if let Some(current) = self.find(variable).cloned() {
            if of.same(&current, true) {
                return (true, true);
            }
            if self.fits(of, &current) {
                let general = most_general(of, &current);
                if self.is_free(variable, &general) {
                    self.add(variable, general);
                }
                return (true, true);
            }
            return (false, true);
        }
        if self.is_free(variable, of) {
            self.add(variable, of.clone());
            return (true, false);
        }
        (false, false)
    }

    /// Whether a variable does not occur in a type.
    fn is_free(&self, variable: &Type, within: &Type) -> bool {
        if variable.same(within, true) {
            return false;
        }
        match within {
            Type::Variable(_) | Type::Parameter(_) => match self.find(within) {
                None => true,
                Some(value) => self.is_free(variable, value),
            },
            other if !other.is_open() => true,
            other => other.parameters().iter().all(|parameter| self.is_free(variable, parameter)),
        }
    }
}

/// The more general of two types that fit.
pub(super) fn most_general(a: &Type, b: &Type) -> Type {
    if is_equal_or_less_specific(a, b) { a.clone() } else { b.clone() }
}

fn is_equal_or_less_specific(a: &Type, b: &Type) -> bool {
    let loose = |of: &Type| of.is_dyn() || matches!(of, Type::Variable(_) | Type::Parameter(_));
    if loose(a) {
        return true;
    }
    if loose(b) {
        return false;
    }
    match (a, b) {
        (Type::List(x), Type::List(y))
        | (Type::Map(x), Type::Map(y))
        | (Type::Opaque(x), Type::Opaque(y)) => {
            Arc::ptr_eq(x, y)
                || (x.name == y.name
                    && x.parameters.len() == y.parameters.len()
                    && x.parameters.iter().zip(&y.parameters).all(|(a, b)| is_equal_or_less_specific(a, b)))
        }
        (Type::Type(_), Type::Type(_)) => true,
        _ => a.same(b, true),
    }
}
