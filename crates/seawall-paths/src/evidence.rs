//! What an edge rests on: places in objects of the input, kept small because there are many.

use foldhash::fast::RandomState;
use seawall_model::{At, FieldRef, Object};
use seawall_yaml::NodeId;
use std::collections::HashMap;
use std::sync::Arc;

/// A piece of evidence.
#[derive(Clone, Debug)]
pub enum Evidence {
    /// An element of `subjects` in a binding.
    Subject(Arc<Object>, u32),
    /// A rule of a role.
    Rule(Arc<Object>, u32),
    /// Another place of an object.
    Field(FieldRef),
}

impl Evidence {
    /// The object.
    pub fn object(&self) -> &Arc<Object> {
        match self {
            Self::Subject(object, _) | Self::Rule(object, _) => object,
            Self::Field(field) => &field.object,
        }
    }

    /// The place.
    pub fn field(&self) -> FieldRef {
        let nth = |list: At<'_>, index: u32| list.items().nth(index as usize).unwrap_or(list).field_ref();
        match self {
            Self::Subject(object, index) => nth(object.at().key("subjects"), *index),
            Self::Rule(object, index) => nth(object.at().key("rules"), *index),
            Self::Field(field) => field.clone(),
        }
    }

    /// The number of the rule in its role.
    pub fn rule(&self) -> Option<u32> {
        match self {
            Self::Rule(_, index) => Some(*index),
            _ => None,
        }
    }

    fn key(&self) -> Key {
        match self {
            Self::Subject(object, index) => (Arc::as_ptr(object) as usize, 0, *index, None),
            Self::Rule(object, index) => (Arc::as_ptr(object) as usize, 1, *index, None),
            Self::Field(field) => {
                let missing: Vec<&str> = field.missing.keys().collect();
                let missing = (!missing.is_empty()).then(|| missing.join("\0").into());
                (Arc::as_ptr(&field.object) as usize, 2, key_of(field.node), missing)
            }
        }
    }
}

fn key_of(node: NodeId) -> u32 {
    node.0
}

type Key = (usize, u8, u32, Option<Box<str>>);

/// All evidence and all assumptions, each once; lists of them as ranges.
#[derive(Debug, Default)]
pub(crate) struct Store {
    numbers: HashMap<Key, u32, RandomState>,
    evidence: Vec<Evidence>,
    texts: HashMap<Arc<str>, u32, RandomState>,
    assumptions: Vec<Arc<str>>,
    lists: Vec<u32>,
    known: HashMap<Box<[u32]>, List, RandomState>,
}

/// A list in the store.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct List {
    start: u32,
    length: u32,
}

impl List {
    pub(crate) fn len(self) -> u32 {
        self.length
    }
}

impl Store {
    fn list(&mut self, numbers: Vec<u32>) -> List {
        if numbers.is_empty() {
            return List::default();
        }
        if let Some(list) = self.known.get(numbers.as_slice()) {
            return *list;
        }
        let list = List { start: self.lists.len() as u32, length: numbers.len() as u32 };
        self.lists.extend(&numbers);
        self.known.insert(numbers.into(), list);
        list
    }

    pub(crate) fn evidence_list(&mut self, evidence: impl IntoIterator<Item = Evidence>) -> List {
        let mut numbers = Vec::new();
        for one in evidence {
            let next = self.evidence.len() as u32;
            let number = *self.numbers.entry(one.key()).or_insert(next);
            if number == next {
                self.evidence.push(one);
            }
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        self.list(numbers)
    }

    pub(crate) fn assumption_list<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> List {
        let mut numbers = Vec::new();
        for text in texts {
            let number = match self.texts.get(text) {
                Some(number) => *number,
                None => {
                    let text: Arc<str> = text.into();
                    self.assumptions.push(text.clone());
                    self.texts.insert(text, self.assumptions.len() as u32 - 1);
                    self.assumptions.len() as u32 - 1
                }
            };
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        self.list(numbers)
    }

    pub(crate) fn numbers(&self, list: List) -> &[u32] {
        let start = list.start as usize;
        self.lists.get(start..start + list.length as usize).unwrap_or(&[])
    }

    pub(crate) fn evidence(&self, number: u32) -> Option<&Evidence> {
        self.evidence.get(number as usize)
    }

    pub(crate) fn all_evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    pub(crate) fn assumption(&self, number: u32) -> &str {
        self.assumptions.get(number as usize).map_or("", |text| text)
    }
}
