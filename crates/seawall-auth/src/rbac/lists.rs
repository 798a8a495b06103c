//! A rule with lists of its own, for tests.

use super::PolicyRule;

/// Verbs, API groups, resources, names and paths.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists<'a>(pub(super) [Vec<&'a str>; 5]);

impl PolicyRule for Lists<'_> {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.0[0].iter().copied()
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.0[1].iter().copied()
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.0[2].iter().copied()
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.0[3].iter().copied()
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.0[4].iter().copied()
    }
}
