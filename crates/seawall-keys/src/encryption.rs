//! EncryptionConfiguration as kube-apiserver reads it.
//!
//! Upstream: `k8s.io/apiserver/pkg/server/options/encryptionconfig/config.go` and
//! `pkg/apis/apiserver/validation/validation_encryption.go`. The loader refuses exactly what the API server
//! refuses at its start; the answers say which provider writes a resource and which ones can still read it.

mod answer;
mod load;
mod provider;
mod validate;

pub use answer::{Match, Rule};
pub use load::{Options, load};
pub use provider::{Algorithm, Key, Kms, Provider, ProviderKind, Reading};

use seawall_model::At;

/// A configuration that the API server accepts.
#[derive(Clone, Debug)]
pub struct EncryptionConfiguration<'a> {
    /// The object.
    pub at: At<'a>,
    /// The elements of `resources`, in order.
    pub entries: Vec<Entry<'a>>,
}

/// One element of `resources`.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its place.
    pub at: At<'a>,
    /// What it is for.
    pub resources: Vec<ResourceName<'a>>,
    /// The providers: the first one writes, all of them read.
    pub providers: Vec<Provider<'a>>,
}

/// A resource as a configuration names it: `secrets`, `deployments.apps`, `*.apps`, `*.` (core), `*.*`.
#[derive(Clone, Copy, Debug)]
pub struct ResourceName<'a> {
    /// Its place.
    pub at: At<'a>,
    /// The plural name, or `*`.
    pub resource: &'a str,
    /// The API group, `""` for core, or `*`.
    pub group: &'a str,
}

impl<'a> ResourceName<'a> {
    /// Splits at the first dot, as upstream's `ParseGroupResource`.
    pub fn parse(at: At<'a>, text: &'a str) -> Self {
        let (resource, group) = text.split_once('.').unwrap_or((text, ""));
        Self { at, resource, group }
    }

    /// Whether it is `*.*`.
    pub fn is_everything(&self) -> bool {
        self.resource == "*" && self.group == "*"
    }
}

#[cfg(test)]
mod tests;
