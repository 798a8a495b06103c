//! Which rule decides a request: upstream's `checker.go`.

use super::{GroupResources, Level, Policy, Rule, Stages};

/// A request as audit rules see it: the authenticated user, before impersonation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attributes<'r> {
    /// Name and groups; `None` where authentication failed.
    pub user: Option<(&'r str, &'r [&'r str])>,
    /// `get`, `list`, `create` … or, for paths, the HTTP method in lower case.
    pub verb: &'r str,
    /// What it is for.
    pub target: Target<'r>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub enum Target<'r> {
    /// An object or a collection.
    Resource {
        /// `""` for cluster-scoped objects and lists over all namespaces.
        namespace: &'r str,
        /// API group, `""` for core.
        group: &'r str,
        /// Plural name.
        resource: &'r str,
        /// Such as `log`; `""` for none.
        subresource: &'r str,
        /// The object's name; `""` for lists and creations.
        name: &'r str,
    },
    /// Any other path.
    Path(&'r str),
}

impl Default for Target<'_> {
    fn default() -> Self {
        Self::Path("/")
    }
}

/// How a request is logged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// How much.
    pub level: Level,
    /// The index of the deciding rule; `None`: no rule matches, nothing is logged.
    pub rule: Option<usize>,
    /// Stages left out.
    pub omit_stages: Stages,
    /// Whether managed fields are left out of bodies.
    pub omit_managed_fields: bool,
}

impl Policy<'_> {
    /// How the request is logged: by the first rule that matches it.
    pub fn evaluate(&self, request: &Attributes<'_>) -> Verdict {
        match self.rules.iter().enumerate().find(|(_, rule)| rule.matches(request)) {
            Some((index, rule)) => Verdict {
                level: rule.level,
                rule: Some(index),
                omit_stages: self.omit_stages.union(rule.omit_stages),
                omit_managed_fields: rule.omit_managed_fields.unwrap_or(self.omit_managed_fields),
            },
            None => Verdict {
                level: Level::None,
                rule: None,
                omit_stages: self.omit_stages,
                omit_managed_fields: self.omit_managed_fields,
            },
        }
    }
}

impl Rule<'_> {
    /// Whether the rule decides about the request.
    pub fn matches(&self, request: &Attributes<'_>) -> bool {
        if !self.users.is_empty() && !request.user.is_some_and(|(name, _)| self.users.contains(&name)) {
            return false;
        }
        let in_group = |groups: &[&str]| groups.iter().any(|group| self.user_groups.contains(group));
        if !self.user_groups.is_empty() && !request.user.is_some_and(|(_, groups)| in_group(groups)) {
            return false;
        }
        if !self.verbs.is_empty() && !self.verbs.contains(&request.verb) {
            return false;
        }
        if !self.namespaces.is_empty() || !self.resources.is_empty() {
            return self.matches_resource(&request.target);
        }
        self.non_resource_urls.is_empty()
            || match request.target {
                Target::Path(path) => {
                    self.non_resource_urls.iter().any(|pattern| path_matches(path, pattern))
                }
                Target::Resource { .. } => false,
            }
    }

    fn matches_resource(&self, target: &Target<'_>) -> bool {
        let &Target::Resource { namespace, group, resource, subresource, name } = target else {
            return false;
        };
        if !self.namespaces.is_empty() && !self.namespaces.contains(&namespace) {
            return false;
        }
        self.resources.is_empty()
            || self.resources.iter().any(|entry| entry.matches(group, resource, subresource, name))
    }
}

impl GroupResources<'_> {
    fn matches(&self, group: &str, resource: &str, subresource: &str, name: &str) -> bool {
        (self.group == group || self.group == "*")
            && (self.resources.is_empty()
                || (self.resource_names.is_empty() || self.resource_names.contains(&name))
                    && self.resources.iter().any(|pattern| resource_matches(pattern, resource, subresource)))
    }
}

/// Whether a pattern of a rule matches. `pods/*` matches plain `pods` too, whatever the documentation says.
pub(super) fn resource_matches(pattern: &str, resource: &str, subresource: &str) -> bool {
    let exact = match pattern.split_once('/') {
        _ if subresource.is_empty() => pattern == resource,
        Some(_) => {
            pattern.strip_prefix(resource).and_then(|rest| rest.strip_prefix('/')) == Some(subresource)
        }
        None => false,
    };
    exact
        || pattern == "*"
        || !subresource.is_empty() && pattern.strip_prefix("*/") == Some(subresource)
        || pattern.strip_suffix("/*") == Some(resource)
}

/// Whether a path pattern matches: `*`, the path itself, or a prefix before trailing stars.
pub(super) fn path_matches(path: &str, pattern: &str) -> bool {
    pattern == "*"
        || pattern == path
        || pattern.ends_with('*') && path.starts_with(pattern.trim_end_matches('*'))
}
