//! Which words of a rule grant a right: the place a finding points at.

use super::{PolicyRule, PolicyRuleAt, resource_matches, word_matches};
use seawall_model::At;

/// A right that a rule grants, leaving names and scope aside.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// The rule.
    pub rule: PolicyRuleAt<'a>,
    /// The element of `verbs` that grants it.
    pub verb: At<'a>,
    /// The element of `resources` that grants it.
    pub resource: At<'a>,
}

impl<'a> Grant<'a> {
    /// Whether it is granted by `*` in `resources`, not by name.
    pub fn by_wildcard_resource(&self) -> bool {
        self.resource.str() == Some("*")
    }

    /// Whether it is granted by `*` in `verbs`.
    pub fn by_wildcard_verb(&self) -> bool {
        self.verb.str() == Some("*")
    }
}

impl<'a> PolicyRuleAt<'a> {
    /// How the rule grants one of `verbs` on a resource (`pods/exec` with its subresource), if it does: the same
    /// comparison as [`super::matches`], for whatever name. A rule with names is no grant for requests that carry
    /// none: see [`PolicyRuleAt::grants_collection`].
    pub fn grants(self, verbs: &[&str], group: &str, resource: &str) -> Option<Grant<'a>> {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        // Most rules name another resource: ask that first.
        let mut resources = self.resources_at();
        let resource =
            resources.find(|at| at.str().is_some_and(|o| resource_matches(o, resource, subresource)))?;
        if !self.api_groups().any(|owned| word_matches(owned, group)) {
            return None;
        }
        let verb = self
            .verbs_at()
            .find(|at| at.str().is_some_and(|owned| verbs.iter().any(|verb| word_matches(owned, verb))))?;
        Some(Grant { rule: self, verb, resource })
    }

    /// As [`PolicyRuleAt::grants`], for requests without a name (list, watch of all, create on the collection):
    /// a rule with names grants them only if one of the names is empty.
    pub fn grants_collection(self, verbs: &[&str], group: &str, resource: &str) -> Option<Grant<'a>> {
        if self.has_names() && !self.resource_names().any(str::is_empty) {
            return None;
        }
        self.grants(verbs, group, resource)
    }
}
