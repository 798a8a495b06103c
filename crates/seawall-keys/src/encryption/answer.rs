//! What a valid configuration means for a resource.

use super::provider::{self, Key, Provider, Reading};
use super::{EncryptionConfiguration, ResourceName};

/// Which rule of the configuration a resource falls under.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Match {
    /// The resource's own name.
    Exact,
    /// `*.group`.
    Group,
    /// `*.*`.
    Everything,
}

/// The providers that store a resource.
#[derive(Clone, Debug)]
pub struct Rule<'c, 'a> {
    /// How the resource was matched.
    pub matched: Match,
    /// The names that matched: more than one when several entries name the same resource.
    pub names: Vec<ResourceName<'a>>,
    /// All its providers in order. The first one writes; all are tried for reading.
    pub providers: Vec<&'c Provider<'a>>,
}

impl<'c, 'a> Rule<'c, 'a> {
    /// The provider that writes.
    pub fn writer(&self) -> Option<&'c Provider<'a>> {
        self.providers.first().copied()
    }

    /// Keys that no longer write but still read, in order.
    pub fn old_keys(&self) -> impl Iterator<Item = Key<'a>> + use<'c, 'a> {
        let keys =
            self.providers.clone().into_iter().flat_map(|provider: &'c Provider<'a>| match &provider.kind {
                super::ProviderKind::Keys(_, keys) => keys.as_slice(),
                _ => &[],
            });
        // Where the first provider is identity or a service, every key of the file is an old one.
        let writes = self.writer().is_some_and(|writer| !writer.keys().is_empty());
        keys.copied().skip(usize::from(writes))
    }

    /// Whether values that `writer` stored can be read under this rule: providers are tried in order.
    pub fn reads(&self, writer: &Provider<'_>) -> Reading {
        for (index, provider) in self.providers.iter().enumerate() {
            match provider.reads(writer) {
                Reading::No => {}
                Reading::Yes if index > 0 => return Reading::Stale,
                found => return found,
            }
        }
        Reading::No
    }

    /// Providers behind the first one, which only read.
    pub fn readers(&self) -> &[&'c Provider<'a>] {
        self.providers.get(1..).unwrap_or(&[])
    }
}

impl<'a> EncryptionConfiguration<'a> {
    /// The rule for a resource (`""` is the core group), custom resources included: its own name, else `*.group`,
    /// else `*.*` (`transformerFromOverrides`). `None`: no rule, it is stored as it is.
    pub fn rule(&self, group: &str, resource: &str) -> Option<Rule<'_, 'a>> {
        [(resource, group, Match::Exact), ("*", group, Match::Group), ("*", "*", Match::Everything)]
            .into_iter()
            .find_map(|(resource, group, matched)| self.named(resource, group, matched))
    }

    /// Whether new objects of the resource are stored readable by whoever reads etcd.
    pub fn writes_plaintext(&self, group: &str, resource: &str) -> bool {
        self.rule(group, resource).and_then(|rule| rule.writer()).is_none_or(Provider::is_identity)
    }

    /// What stored values of the resource begin with, beside the name of a data key: `k8s:enc:aesgcm:v1:key1:`;
    /// nothing for plaintext.
    pub fn prefix(&self, group: &str, resource: &str) -> String {
        self.rule(group, resource).and_then(|rule| rule.writer()).map(Provider::prefix).unwrap_or_default()
    }

    fn named(&self, resource: &str, group: &str, matched: Match) -> Option<Rule<'_, 'a>> {
        let (mut names, mut providers) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            for name in entry.resources.iter().filter(|name| name.resource == resource && name.group == group)
            {
                names.push(*name);
                providers.extend(&entry.providers);
            }
        }
        (!names.is_empty()).then_some(Rule { matched, names, providers })
    }

    /// Every key of the file, in order.
    pub fn keys(&self) -> impl Iterator<Item = &Key<'a>> {
        self.entries.iter().flat_map(|entry| &entry.providers).flat_map(|provider| match &provider.kind {
            super::ProviderKind::Keys(_, keys) => keys.as_slice(),
            _ => &[],
        })
    }

    /// Keys of equal material under several names or in several providers.
    pub fn equal_keys(&self) -> Vec<Vec<Key<'a>>> {
        provider::same_material(self.keys())
    }
}
