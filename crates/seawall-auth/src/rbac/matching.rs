//! Does a rule allow a request? (upstream: `pkg/apis/rbac/v1/evaluation_helpers.go`, `rbac.go` `RuleAllows`)

use super::PolicyRule;
use crate::{Attributes, Request};

/// Whether `rule` allows the request. Scope is not looked at: what a Role may grant is its bindings' business.
pub fn matches(rule: &impl PolicyRule, attributes: &Attributes<'_>) -> bool {
    if !rule.verbs().any(|verb| word_matches(verb, attributes.verb)) {
        return false;
    }
    match attributes.request {
        Request::Resource { group, resource, subresource, name, .. } => {
            rule.api_groups().any(|owned| word_matches(owned, group))
                && rule.resources().any(|owned| resource_matches(owned, resource, subresource))
                && name_matches(rule, name)
        }
        Request::Path(path) => rule.non_resource_urls().any(|owned| url_matches(owned, path)),
    }
}

/// Verbs and groups: `*` or equal.
pub fn word_matches(owned: &str, asked: &str) -> bool {
    owned == "*" || owned == asked
}

/// `*` is every resource and subresource; `*/scale` the subresource of any resource; everything else, `pods/*`
/// and `*/*` included, is compared as it is.
pub fn resource_matches(owned: &str, resource: &str, subresource: &str) -> bool {
    if owned == "*" {
        return true;
    }
    if subresource.is_empty() {
        return owned == resource;
    }
    let exact = owned.strip_prefix(resource).and_then(|rest| rest.strip_prefix('/'));
    exact == Some(subresource) || owned.strip_prefix("*/") == Some(subresource)
}

/// Without names any name; else the exact one. A request without a name (list, create) matches the name `""` only.
fn name_matches(rule: &impl PolicyRule, name: &str) -> bool {
    let mut names = rule.resource_names().peekable();
    names.peek().is_none() || names.any(|owned| owned == name)
}

/// `*`, the same path, or a prefix followed by `*`; all trailing `*` are cut off.
pub fn url_matches(owned: &str, path: &str) -> bool {
    owned == "*" || owned == path || owned.ends_with('*') && path.starts_with(owned.trim_end_matches('*'))
}

#[cfg(test)]
mod tests {
    use super::super::StaticRule;
    use super::*;

    const fn rule(
        verbs: &'static [&'static str],
        groups: &'static [&'static str],
        resources: &'static [&'static str],
    ) -> StaticRule {
        StaticRule { verbs, api_groups: groups, resources, resource_names: &[], non_resource_urls: &[] }
    }

    #[test]
    fn subresources_and_wildcards_as_upstream() {
        let ask = |owned: &'static [&'static str], resource| {
            matches(&rule(&["get"], &[""], owned), &Attributes::resource("get", "", resource))
        };
        assert!(ask(&["*"], "pods") && ask(&["*"], "pods/exec"));
        assert!(ask(&["pods"], "pods") && !ask(&["pods"], "pods/exec"));
        assert!(ask(&["pods/exec"], "pods/exec") && !ask(&["pods/exec"], "pods"));
        assert!(
            ask(&["*/scale"], "foo/scale") && !ask(&["*/scale"], "foo") && !ask(&["*/scale"], "foo/status")
        );
        // Literals that look like wildcards.
        assert!(!ask(&["pods/*"], "pods/exec") && !ask(&["*/*"], "pods/exec") && !ask(&["pods/*"], "pods"));
        assert!(ask(&["pods/*"], "pods/*") && ask(&["*/*"], "pods/*"));
        assert!(!ask(&["po*"], "pods") && !ask(&["**"], "pods") && !ask(&["pods/"], "pods"));
        // `*/scale` has exactly the length of `*/` and the subresource.
        assert!(!ask(&["*/xscale"], "foo/scale"));
    }

    #[test]
    fn verbs_and_groups_are_exact() {
        let owned = rule(&["GET"], &["apps"], &["deployments"]);
        assert!(!matches(&owned, &Attributes::resource("get", "apps", "deployments")));
        let owned = rule(&["*"], &["apps"], &["deployments"]);
        assert!(matches(&owned, &Attributes::resource("", "apps", "deployments")));
        assert!(!matches(&owned, &Attributes::resource("get", "", "deployments")));
        assert!(!matches(&owned, &Attributes::resource("get", "extensions", "deployments")));
        let nothing = rule(&["*"], &[], &["*"]);
        assert!(!matches(&nothing, &Attributes::resource("get", "", "pods")));
        assert!(!matches(&rule(&["get"], &["*"], &["*"]), &Attributes::path("get", "/metrics")));
    }

    #[test]
    fn names_are_exact_and_missing_ones_match_the_empty_name_only() {
        let mut owned = rule(&["*"], &[""], &["secrets"]);
        owned.resource_names = &["a", "b*"];
        let get = Attributes::resource("get", "", "secrets");
        assert!(
            matches(&owned, &get.named("a")) && !matches(&owned, &get.named("bc")) && !matches(&owned, &get)
        );
        owned.resource_names = &[""];
        assert!(matches(&owned, &get) && !matches(&owned, &get.named("a")));
    }

    #[test]
    fn paths() {
        for (owned, path, expected) in [
            ("*", "/anything", true),
            ("/metrics", "/metrics", true),
            ("/metrics", "/metrics/", false),
            ("/apis/*", "/apis", false),
            ("/apis/*", "/apis/apps/v1", true),
            ("/a**", "/abc", true),
            ("/*/x", "/b/x", false),
            ("", "/", false),
        ] {
            assert_eq!(url_matches(owned, path), expected, "{owned} {path}");
        }
    }
}
