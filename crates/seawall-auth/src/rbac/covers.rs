//! Do rules somebody holds cover other rules? The escalation check (upstream:
//! `k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go`). Not the same as "every request that the
//! other rules allow is allowed": naming all verbs does not cover `*`.

use super::{PolicyRule, url_matches};

/// Whether every part of `servant` is covered by one rule of `owner`.
pub fn covers<O: PolicyRule, S: PolicyRule>(owner: &[O], servant: &[S]) -> bool {
    servant.iter().all(|rule| uncovered(owner, rule).next().is_none())
}

/// The smallest part of a rule: one verb on one resource (of one name), or on one path.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Atom<'a> {
    /// The verb.
    pub verb: &'a str,
    /// Group, resource and name of a resource atom, or the path.
    pub object: AtomObject<'a>,
}

/// What an [`Atom`] is about.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum AtomObject<'a> {
    /// A resource.
    Resource {
        /// API group.
        group: &'a str,
        /// Resource, `/` and subresource included.
        resource: &'a str,
        /// The name, if the rule has names.
        name: Option<&'a str>,
    },
    /// A path.
    Path(&'a str),
}

/// The atoms of `servant` that no single rule of `owner` covers, in upstream's order. Lazy, so that a hostile rule
/// of many verbs, resources and names does not unfold in memory.
pub fn uncovered<'s, O: PolicyRule, S: PolicyRule>(
    owner: &[O],
    servant: &'s S,
) -> impl Iterator<Item = Atom<'s>> {
    atoms(servant).filter(|atom| !owner.iter().any(|rule| rule_covers(rule, atom)))
}

fn atoms<S: PolicyRule>(rule: &S) -> impl Iterator<Item = Atom<'_>> {
    let resources = rule.api_groups().flat_map(move |group| {
        rule.resources().flat_map(move |resource| {
            rule.verbs().flat_map(move |verb| {
                let any = rule.resource_names().next().is_none().then_some(None);
                let names = any.into_iter().chain(rule.resource_names().map(Some));
                names.map(move |name| Atom { verb, object: AtomObject::Resource { group, resource, name } })
            })
        })
    });
    let paths = rule
        .non_resource_urls()
        .flat_map(move |path| rule.verbs().map(move |verb| Atom { verb, object: AtomObject::Path(path) }));
    resources.chain(paths)
}

fn rule_covers<O: PolicyRule>(owner: &O, atom: &Atom<'_>) -> bool {
    let has_names = owner.resource_names().next().is_some();
    if !owner.verbs().any(|verb| verb == "*" || verb == atom.verb) {
        return false;
    }
    match atom.object {
        AtomObject::Resource { group, resource, name } => {
            owner.api_groups().any(|owned| owned == "*" || owned == group)
                && resource_covered(owner, resource)
                && (!has_names || name.is_some_and(|name| owner.resource_names().any(|owned| owned == name)))
        }
        // A path atom has no names, which only an owner without names covers.
        AtomObject::Path(path) => {
            !has_names && owner.non_resource_urls().any(|owned| owned == path || url_matches(owned, path))
        }
    }
}

fn resource_covered<O: PolicyRule>(owner: &O, resource: &str) -> bool {
    let subresource = resource.split_once('/').map(|(_, subresource)| subresource);
    owner.resources().any(|owned| {
        owned == "*"
            || owned == resource
            || subresource.is_some_and(|wanted| owned.strip_prefix("*/") == Some(wanted))
    })
}

#[cfg(test)]
mod property;

#[cfg(test)]
mod tests {
    use super::super::StaticRule;
    use super::*;

    const EMPTY: StaticRule = StaticRule {
        verbs: &[],
        api_groups: &[],
        resources: &[],
        resource_names: &[],
        non_resource_urls: &[],
    };

    fn resources(
        verbs: &'static [&'static str],
        groups: &'static [&'static str],
        resources: &'static [&'static str],
        names: &'static [&'static str],
    ) -> StaticRule {
        StaticRule { verbs, api_groups: groups, resources, resource_names: names, ..EMPTY }
    }

    #[test]
    fn one_owner_rule_must_cover_each_atom() {
        let owner = [
            resources(&["get"], &[""], &["pods", "secrets"], &[]),
            resources(&["list"], &["*"], &["*"], &[]),
        ];
        assert!(covers(&owner, &[resources(&["get", "list"], &[""], &["pods"], &[])]));
        assert!(!covers(&owner, &[resources(&["get"], &["apps"], &["pods"], &[])]));
        // An empty rule asks for nothing.
        assert!(covers::<StaticRule, _>(&[], &[EMPTY]));
    }

    #[test]
    fn all_verbs_named_do_not_cover_the_wildcard() {
        let all = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
        let all: &'static [&'static str] = Box::leak(Box::new(all));
        assert!(!covers(
            &[resources(all, &[""], &["pods"], &[])],
            &[resources(&["*"], &[""], &["pods"], &[])]
        ));
        assert!(covers(
            &[resources(&["*"], &[""], &["pods"], &[])],
            &[resources(all, &[""], &["pods"], &[])]
        ));
    }

    #[test]
    fn names() {
        let named = resources(&["get"], &[""], &["secrets"], &["a", "b"]);
        let any = resources(&["get"], &[""], &["secrets"], &[]);
        assert!(covers(&[any], &[named]) && !covers(&[named], &[any]));
        assert!(covers(&[named], &[resources(&["get"], &[""], &["secrets"], &["b"])]));
        let wanted = resources(&["get"], &[""], &["secrets"], &["b", "c"]);
        let missing: Vec<_> = uncovered(&[named], &wanted).collect();
        assert_eq!(missing.len(), 1);
        assert_eq!(
            missing[0].object,
            AtomObject::Resource { group: "", resource: "secrets", name: Some("c") }
        );
    }

    #[test]
    fn subresources() {
        let star = resources(&["update"], &["*"], &["*/scale"], &[]);
        assert!(covers(&[star], &[resources(&["update"], &["apps"], &["deployments/scale"], &[])]));
        assert!(!covers(&[star], &[resources(&["update"], &["apps"], &["deployments"], &[])]));
        assert!(!covers(
            &[resources(&["get"], &[""], &["pods"], &[])],
            &[resources(&["get"], &[""], &["pods/log"], &[])]
        ));
    }

    #[test]
    fn paths() {
        let url = |urls| StaticRule { verbs: &["get"], non_resource_urls: urls, ..EMPTY };
        assert!(covers(&[url(&["/apis/*"])], &[url(&["/apis/*"])]));
        assert!(covers(&[url(&["*"])], &[url(&["/apis/*", "/x"])]));
        assert!(covers(&[url(&["/a*"])], &[url(&["/apis/*"])]));
        assert!(!covers(&[url(&["/apis/*"])], &[url(&["/apis"])]));
        let named = StaticRule { resource_names: &["x"], ..url(&["*"]) };
        assert!(!covers(&[named], &[url(&["/x"])]));
    }
}
