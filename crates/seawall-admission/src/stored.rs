//! What the API server would find in its store and ask its authorizer, and what of that is known.

use crate::json::value_of;
use crate::request::Requester;
use seawall_model::{Cluster, Coverage, Object, WellKnown};
use serde_json::Value;
use std::sync::Arc;

/// Answers what a plugin asks of authorization. `None`: it cannot be known.
pub trait Authorize {
    /// Whether the user may.
    fn allows(&self, user: &Requester, question: &Question<'_>) -> Option<Answered>;
}

/// The answer of the authorizer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answered {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The reason that the authorizer gives.
    pub reason: String,
    /// The error that it met, or `<nil>`.
    pub error: String,
}

/// A question about a resource.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// The verb.
    pub verb: &'a str,
    /// The API group.
    pub group: &'a str,
    /// The API version.
    pub version: &'a str,
    /// The plural name.
    pub resource: &'a str,
    /// The subresource.
    pub subresource: &'a str,
    /// The namespace.
    pub namespace: &'a str,
    /// The object.
    pub name: &'a str,
}

/// The cluster that the request comes to.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    /// Its objects.
    pub cluster: &'a Cluster,
    /// How much of it is known.
    pub coverage: &'a Coverage,
    /// Its authorizers, if plugins may ask them.
    pub authorizer: Option<&'a dyn Authorize>,
    /// Seconds since 1970-01-01T00:00:00Z, if known.
    pub time: Option<i64>,
}

impl std::fmt::Debug for Stored<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("objects", &self.cluster.len()).finish_non_exhaustive()
    }
}

/// An object that is looked up by name.
#[derive(Clone, Debug)]
pub enum Found {
    /// It is there.
    Here(Arc<Object>),
    /// It is not.
    Absent,
    /// It may be; the text says why that is not known.
    Unknown(String),
}

impl<'a> Stored<'a> {
    /// An object by name. Objects without a namespace in the input belong to every namespace asked for.
    pub fn find(&self, kind: WellKnown, namespace: Option<&str>, name: &str) -> Found {
        let own = self.cluster.find(kind, namespace, name);
        match own.or_else(|| namespace.and_then(|_| self.cluster.find(kind, None, name))) {
            Some(object) => Found::Here(object.clone()),
            None => match self.coverage.extent(kind, namespace).reason() {
                None => Found::Absent,
                Some(why) => {
                    let place =
                        namespace.map(|namespace| format!(" of namespace `{namespace}`")).unwrap_or_default();
                    Found::Unknown(format!("{} `{name}`{place} is not in the input ({why})", kind.name()))
                }
            },
        }
    }

    /// The objects of a kind in a namespace, in an order that does not depend on where they were read from.
    pub fn list(&self, kind: WellKnown, namespace: &str) -> Vec<&'a Arc<Object>> {
        let named = self.cluster.in_namespace(kind, Some(namespace)).iter();
        let unnamed = self.cluster.in_namespace(kind, None).iter();
        let mut all: Vec<&Arc<Object>> = named.chain(unnamed).collect();
        all.sort_by(|one, other| one.name().cmp(other.name()));
        all
    }

    /// The same as trees.
    pub fn values(&self, kind: WellKnown, namespace: &str) -> Vec<Value> {
        self.list(kind, namespace).into_iter().map(|object| value_of(object)).collect()
    }

    /// Why not all objects of a kind in a namespace are known, if so.
    pub fn gap(&self, kind: WellKnown, namespace: Option<&str>) -> Option<&'a str> {
        self.coverage.extent(kind, namespace).reason()
    }
}
