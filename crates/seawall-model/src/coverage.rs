//! How much of the cluster is known. Absence is a fact only where coverage is complete.

use crate::WellKnown;
use std::collections::BTreeMap;

/// How much is known of the objects of one kind in one namespace.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Extent {
    /// All of them: what is not there does not exist.
    Complete,
    /// Some of them; the reason says why not all.
    Partial(String),
    /// None were looked for; the reason says why.
    NotCollected(String),
}

impl Extent {
    /// Why not all of them are known; `None` when all are.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Complete => None,
            Self::Partial(reason) | Self::NotCollected(reason) => Some(reason),
        }
    }
}

/// Coverage per kind and namespace, over a default.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Coverage {
    default: Extent,
    exceptions: BTreeMap<(WellKnown, Option<String>), Extent>,
}

impl Coverage {
    /// Files: a named object that is not in the input may exist elsewhere.
    pub fn open() -> Self {
        Self {
            default: Extent::Partial("the input is files, not a cluster".into()),
            exceptions: BTreeMap::new(),
        }
    }

    /// A live cluster or a snapshot: what is not there does not exist.
    pub fn closed() -> Self {
        Self { default: Extent::Complete, exceptions: BTreeMap::new() }
    }

    /// Whether what nothing else is said of is known completely: a cluster or a snapshot of one, not files.
    pub fn is_closed(&self) -> bool {
        self.default == Extent::Complete
    }

    /// The namespaces in which all objects of a kind are known although elsewhere they are not.
    pub fn complete_in(&self, kind: WellKnown) -> impl Iterator<Item = &str> {
        let exceptions = self.exceptions.iter().filter(move |((of, _), _)| *of == kind);
        exceptions
            .filter(|(_, extent)| **extent == Extent::Complete)
            .filter_map(|((_, name), _)| name.as_deref())
    }

    /// Says otherwise for a kind, in one namespace or (`None`) in all.
    pub fn except(mut self, kind: WellKnown, namespace: Option<&str>, extent: Extent) -> Self {
        self.exceptions.insert((kind, namespace.map(str::to_owned)), extent);
        self
    }

    /// How much is known of `kind` in `namespace`.
    pub fn extent(&self, kind: WellKnown, namespace: Option<&str>) -> &Extent {
        let specific = namespace.and_then(|name| self.exceptions.get(&(kind, Some(name.to_owned()))));
        specific.or_else(|| self.exceptions.get(&(kind, None))).unwrap_or(&self.default)
    }

    /// Whether absence of a `kind` in `namespace` is a fact.
    pub fn is_complete(&self, kind: WellKnown, namespace: Option<&str>) -> bool {
        *self.extent(kind, namespace) == Extent::Complete
    }
}
