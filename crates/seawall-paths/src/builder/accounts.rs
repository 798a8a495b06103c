//! The service accounts of each namespace, and how it is known that they exist.

use super::{Builder, DEFAULT, namespace_of};
use crate::fact::{Fact, Name};
use crate::place::Place;
use seawall_auth::rbac::service_account_of;
use seawall_model::{Object, WellKnown};
use std::sync::Arc;

/// How it is known that an account exists.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Known {
    /// It is in the input, or Kubernetes makes it.
    Exists,
    /// The controller manager makes it for one of its controllers.
    Controller,
    /// Something names it.
    Named,
    /// All service accounts are known, and it is none of them.
    Missing,
}

/// A service account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) known: Known,
    pub(crate) object: Option<Arc<Object>>,
}

impl Builder<'_> {
    pub(super) fn collect_accounts(&mut self, places: &[Place]) {
        let input = self.input;
        for object in input.cluster.of(WellKnown::ServiceAccount) {
            self.account(namespace_of(object), object.name(), Known::Exists, Some(object));
        }
        for at in 0..self.namespaces.len() {
            let Some(&namespace) = self.namespaces.get(at) else { break };
            let namespace = self.text(namespace).to_owned();
            self.account(&namespace, DEFAULT, Known::Exists, None);
        }
        for bound in input.rbac.all_bound() {
            for (_, _, name) in bound.subjects.iter().filter(|(_, group, _)| !group) {
                let Some((namespace, name)) = service_account_of(name) else { continue };
                let known = if bound.built_in { Known::Controller } else { self.absent(namespace) };
                self.account(namespace, name, known, None);
            }
        }
        for pod in input.cluster.objects().flat_map(Object::pods) {
            let (namespace, name) = (pod.namespace().unwrap_or(DEFAULT), pod.service_account());
            let known = self.absent(namespace);
            self.account(namespace, name, known, None);
        }
        for place in places {
            if let Place::ServiceAccount(namespace, name) = place {
                let known = self.absent(namespace);
                self.account(namespace, name, known, None);
            }
        }
    }

    fn absent(&self, namespace: &str) -> Known {
        let complete = self.input.coverage.is_complete(WellKnown::ServiceAccount, Some(namespace));
        if complete { Known::Missing } else { Known::Named }
    }

    fn account(&mut self, namespace: &str, name: &str, known: Known, object: Option<&Arc<Object>>) {
        let key = (self.name(namespace), self.name(name));
        let new = Account { known, object: object.cloned() };
        let account = self.accounts.entry(key).or_insert_with(|| new.clone());
        account.known = account.known.min(known);
        if new.object.is_some() {
            account.object = new.object;
        }
        let vertex = self.vertex(Fact::Account(key.0, key.1));
        if object.is_some() {
            self.own.insert(vertex);
        }
    }

    /// The vertices of the accounts that exist in a namespace, or may; with what must be assumed.
    pub(crate) fn accounts_of(&self, namespace: Name) -> Vec<(u32, Name, Known)> {
        let all = self.accounts.range((namespace, Name(0))..=(namespace, Name(u32::MAX)));
        let vertex = |name| self.graph.find(Fact::Account(namespace, name));
        all.filter_map(|((_, name), account)| Some((vertex(*name)?, *name, account.known))).collect()
    }
}

impl Known {
    /// What must be assumed, if it can exist.
    pub(crate) fn assumption(self) -> Option<&'static str> {
        match self {
            Self::Exists => None,
            Self::Controller => Some(
                "the controller manager uses a service account for each controller (--use-service-account-credentials)",
            ),
            Self::Named | Self::Missing => Some("the service account exists, though it is not in the input"),
        }
    }
}
