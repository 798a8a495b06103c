//! Strings as numbers.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// A map whose keys come from outside: the hash is seeded anew for each process.
pub(super) type Map<K, V> = HashMap<K, V, RandomState>;

/// An interned string.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Symbol(u32);

impl Symbol {
    /// `*`.
    pub(super) const STAR: Self = Self(0);
    /// The empty text.
    pub(super) const EMPTY: Self = Self(1);
    /// A text that no rule names.
    pub(super) const UNKNOWN: Self = Self(u32::MAX);
}

/// All strings of rules, and the namespaces of bindings.
#[derive(Clone, Debug)]
pub(super) struct Symbols {
    numbers: Map<Arc<str>, Symbol>,
    texts: Vec<Arc<str>>,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut all = Self { numbers: Map::default(), texts: Vec::new() };
        // The order gives STAR and EMPTY their numbers.
        all.add("*");
        all.add("");
        all
    }
}

impl Symbols {
    pub(super) fn add(&mut self, text: &str) -> Symbol {
        if let Some(&symbol) = self.numbers.get(text) {
            return symbol;
        }
        let (text, symbol): (Arc<str>, _) = (text.into(), Symbol(self.texts.len() as u32));
        self.texts.push(text.clone());
        self.numbers.insert(text, symbol);
        symbol
    }

    /// Its symbol, or [`Symbol::UNKNOWN`].
    pub(super) fn find(&self, text: &str) -> Symbol {
        self.numbers.get(text).copied().unwrap_or(Symbol::UNKNOWN)
    }

    /// The symbol of `resource` and `/` and `subresource`.
    pub(super) fn find_joined(&self, resource: &str, subresource: &str) -> Symbol {
        let length = resource.len() + 1 + subresource.len();
        let mut buffer = [0; 128];
        // Nearly every name fits; what does not costs an allocation.
        let Some(bytes) = buffer.get_mut(..length) else {
            return self.find(&[resource, "/", subresource].concat());
        };
        let (first, rest) = bytes.split_at_mut(resource.len());
        first.copy_from_slice(resource.as_bytes());
        if let Some((slash, rest)) = rest.split_first_mut() {
            *slash = b'/';
            rest.copy_from_slice(subresource.as_bytes());
        }
        std::str::from_utf8(bytes).map_or(Symbol::UNKNOWN, |text| self.find(text))
    }

    pub(super) fn text(&self, symbol: Symbol) -> &str {
        self.texts.get(symbol.0 as usize).map_or("", |text| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_names_of_any_length() {
        let mut symbols = Symbols::default();
        let long = "x".repeat(253);
        let (short, wide) = (symbols.add("pods/exec"), symbols.add(&format!("{long}/exec")));
        assert_eq!((symbols.find_joined("pods", "exec"), symbols.find_joined(&long, "exec")), (short, wide));
        assert_eq!(symbols.find_joined("pods", "log"), Symbol::UNKNOWN);
        assert_eq!((symbols.find("*"), symbols.find("")), (Symbol::STAR, Symbol::EMPTY));
        assert_eq!(symbols.text(short), "pods/exec");
    }
}
