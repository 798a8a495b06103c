//! Upstream's `serviceaccount/util_test.go` and `group/authenticated_group_adder_test.go` as data.

use super::*;
use crate::rbac::service_account_of;

/// Namespace, name, whether the user name made of them is none (`TestMakeUsername`).
const MADE: &[(&str, &str, bool)] = &[
    ("foo", "bar", false),
    ("", "", true),
    ("", "foo", true),
    ("foo", "", true),
    ("foo", "bar:baz", true),
    ("foo ", "bar", true),
    ("foo", "bar ", true),
];

/// Namespace, name, user name, whether they match (`TestMatchUsername`).
const MATCHED: &[(&str, &str, &str, bool)] = &[
    ("foo", "bar", "foo", false),
    ("foo", "bar", "system:serviceaccount:", false),
    ("foo", "bar", "system:serviceaccount:foo", false),
    ("foo", "bar", "system:serviceaccount:foo:", false),
    ("foo", "bar", "system:serviceaccount:foo:bar", true),
    ("foo", "bar", "system:serviceaccount::bar", false),
    ("foo", "bar", "system:serviceaccount:bar", false),
    ("foo", "bar", ":bar", false),
    ("foo", "bar", "foo:bar", false),
    ("foo", "bar", "", false),
    ("foo2", "bar", "system:serviceaccount:foo:bar", false),
    ("foo", "bar2", "system:serviceaccount:foo:bar", false),
    ("foo:", "bar", "system:serviceaccount:foo:bar", false),
    ("foo", ":bar", "system:serviceaccount:foo:bar", false),
];

#[test]
fn service_account_names() {
    for &(namespace, name, refused) in MADE {
        let user = service_account_user_name(namespace, name);
        assert_eq!(split_service_account(&user).is_none(), refused, "{user}");
        if !refused {
            assert_eq!(split_service_account(&user), Some((namespace, name)));
        }
    }
    for &(namespace, name, user, expected) in MATCHED {
        assert_eq!(service_account_of(user) == Some((namespace, name)), expected, "{user}");
    }
}

/// `authenticated_group_adder_test.go`: name, groups, groups afterwards.
#[test]
fn the_authenticated_group() {
    for (name, groups, expected) in [
        ("user", &["original"][..], &["original", "system:authenticated"][..]),
        ("system:anonymous", &["original"], &["original"]),
        ("user", &["system:unauthenticated", "group"], &["system:unauthenticated", "group"]),
        ("user", &["system:authenticated", "group"], &["system:authenticated", "group"]),
    ] {
        let mut user =
            User { groups: groups.iter().map(|&group| group.to_owned()).collect(), ..User::named(name) };
        user.add_authenticated_group();
        assert_eq!(user.group_names(), expected, "{name} {groups:?}");
    }
}

#[test]
fn implied_groups() {
    let groups = |name: &str| User::named(name).with_implied_groups().groups;
    assert_eq!(groups("anna"), ["system:authenticated"]);
    assert_eq!(groups("system:anonymous"), ["system:unauthenticated"]);
    assert_eq!(
        groups("system:serviceaccount:a:b"),
        ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"]
    );
    // Not a service account's name: no upper case in namespaces.
    assert_eq!(groups("system:serviceaccount:A:b"), ["system:authenticated"]);
}
