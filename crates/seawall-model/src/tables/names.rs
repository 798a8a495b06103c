//! How do people call a resource on the command line? Plural, singular and short names, as kubectl takes them.

use super::rows;

const TABLE: &str = include_str!("names.tsv");

/// A resource that people may mean.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Named {
    /// Plural name, as in URLs and RBAC rules.
    pub resource: &'static str,
    /// API group, `""` for core.
    pub group: &'static str,
}

/// The resources that `name` may stand for, core ones first: a plural, singular or short name in any case, with or
/// without its group (`deploy`, `Deployment`, `deployments.apps`). From Kubernetes 1.36 with every API on.
pub fn find(name: &str) -> Vec<Named> {
    let name = name.to_ascii_lowercase();
    let (name, group) = match name.split_once('.') {
        Some((name, group)) => (name, Some(group)),
        None => (name.as_str(), None),
    };
    let mut found: Vec<Named> = rows::all(TABLE)
        .filter(|row| {
            row.column(0) == name
                || row.column(2) == name
                || row.column(3).split(',').any(|short| short == name)
        })
        .filter(|row| !name.is_empty() && group.is_none_or(|group| row.column(1) == group))
        .map(|row| Named { resource: row.column(0), group: row.column(1) })
        .collect();
    found.sort_by_key(|named| (!named.group.is_empty(), named.group));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_kubectl() {
        let first = |name: &str| find(name).first().map(|named| (named.resource, named.group));
        assert_eq!(first("po"), Some(("pods", "")));
        assert_eq!(first("Deployment"), Some(("deployments", "apps")));
        assert_eq!(first("deploy.apps"), Some(("deployments", "apps")));
        assert_eq!(first("netpol"), Some(("networkpolicies", "networking.k8s.io")));
        assert_eq!(first("ev"), Some(("events", "")));
        assert_eq!(first("crd"), Some(("customresourcedefinitions", "apiextensions.k8s.io")));
        assert_eq!((first("pods.apps"), first(""), first("nothing")), (None, None, None));
    }
}
