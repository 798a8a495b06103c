//! One policy rule, wherever it comes from.

use seawall_model::{At, Object};
use seawall_yaml::NodeRef;
use std::sync::Arc;

/// The five lists of a policy rule (upstream: `rbacv1.PolicyRule`).
pub trait PolicyRule {
    /// `verbs`.
    fn verbs(&self) -> impl Iterator<Item = &str>;
    /// `apiGroups`.
    fn api_groups(&self) -> impl Iterator<Item = &str>;
    /// `resources`.
    fn resources(&self) -> impl Iterator<Item = &str>;
    /// `resourceNames`; none means any name.
    fn resource_names(&self) -> impl Iterator<Item = &str>;
    /// `nonResourceURLs`.
    fn non_resource_urls(&self) -> impl Iterator<Item = &str>;
}

/// A rule in the text of a Role or ClusterRole.
#[derive(Clone, Copy, Debug)]
pub struct PolicyRuleAt<'a> {
    at: At<'a>,
    verbs: Option<NodeRef<'a>>,
    api_groups: Option<NodeRef<'a>>,
    resources: Option<NodeRef<'a>>,
    resource_names: Option<NodeRef<'a>>,
    non_resource_urls: Option<NodeRef<'a>>,
}

/// The rules written in a Role or ClusterRole, in order. Those of an aggregated role are what was last computed,
/// or nothing: see [`super::Rbac::sources`].
pub fn rules_of(role: &Arc<Object>) -> impl Iterator<Item = PolicyRuleAt<'_>> {
    role.at().key("rules").items().map(PolicyRuleAt::new)
}

impl<'a> PolicyRuleAt<'a> {
    fn new(at: At<'a>) -> Self {
        let mut rule = Self {
            at,
            verbs: None,
            api_groups: None,
            resources: None,
            resource_names: None,
            non_resource_urls: None,
        };
        // One pass instead of five look-ups; of repeated keys the last one counts, as in the decoder.
        for (key, value) in at.nearest().entries() {
            let list = match key.text() {
                "verbs" => &mut rule.verbs,
                "apiGroups" => &mut rule.api_groups,
                "resources" => &mut rule.resources,
                "resourceNames" => &mut rule.resource_names,
                "nonResourceURLs" => &mut rule.non_resource_urls,
                _ => continue,
            };
            *list = Some(value);
        }
        rule
    }

    /// The rule's mapping.
    pub fn at(self) -> At<'a> {
        self.at
    }

    /// The elements of `verbs`.
    pub fn verbs_at(self) -> impl Iterator<Item = At<'a>> + Clone {
        self.list(self.verbs)
    }

    /// The elements of `apiGroups`.
    pub fn api_groups_at(self) -> impl Iterator<Item = At<'a>> + Clone {
        self.list(self.api_groups)
    }

    /// The elements of `resources`.
    pub fn resources_at(self) -> impl Iterator<Item = At<'a>> + Clone {
        self.list(self.resources)
    }

    /// The elements of `nonResourceURLs`.
    pub fn non_resource_urls_at(self) -> impl Iterator<Item = At<'a>> + Clone {
        self.list(self.non_resource_urls)
    }

    /// Whether it holds for certain names only.
    pub fn has_names(self) -> bool {
        self.resource_names.is_some_and(|names| names.items().next().is_some())
    }

    fn list(self, node: Option<NodeRef<'a>>) -> impl Iterator<Item = At<'a>> + Clone {
        node.into_iter().flat_map(NodeRef::items).map(move |item| self.at.child(item))
    }
}

fn texts<'a>(node: Option<NodeRef<'a>>) -> impl Iterator<Item = &'a str> {
    node.into_iter().flat_map(NodeRef::items).filter_map(NodeRef::as_str)
}

impl PolicyRule for PolicyRuleAt<'_> {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        texts(self.verbs)
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        texts(self.api_groups)
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        texts(self.resources)
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        texts(self.resource_names)
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        texts(self.non_resource_urls)
    }
}
