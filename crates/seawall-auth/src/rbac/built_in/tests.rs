use super::*;
use crate::rbac::covers;
use seawall_model::WellKnown;

#[test]
fn every_version_has_its_roles_as_objects() {
    for version in Version::all() {
        let objects = built_in_objects(version);
        let of = |kind| objects.iter().filter(|object| object.well_known() == kind).count();
        assert_eq!(of(WellKnown::ClusterRole), built_in_roles(version).len(), "{version}");
        assert!(of(WellKnown::ClusterRole) > 60 && of(WellKnown::ClusterRoleBinding) > 40, "{version}");
        assert!(of(WellKnown::Role) >= 7 && of(WellKnown::RoleBinding) >= 6, "{version}");
        for object in objects {
            assert!(
                object.problems(version).is_empty(),
                "{version} {}: {:?}",
                object.name(),
                object.problems(version)
            );
        }
    }
}

#[test]
fn aggregated_roles_hold_what_they_select() {
    let rules = |name| BuiltInRole::find(name).unwrap().rules;
    assert!(covers(rules("admin"), rules("edit")) && covers(rules("edit"), rules("view")));
    assert!(!covers(rules("edit"), rules("admin")) && !covers(rules("view"), rules("edit")));
    assert!(covers(rules("cluster-admin"), rules("system:node")));
}

#[test]
fn names() {
    assert!(is_built_in("system:heapster") && is_built_in("system:controller:job-controller"));
    assert!(!is_built_in("team-admin") && !is_built_in("extension-apiserver-authentication-reader"));
}
