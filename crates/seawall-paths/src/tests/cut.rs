//! The smallest change, proven by making it.

use super::{ADMIN, World, right};
use crate::CutKind;
use seawall_model::Version;

/// The sorts of changes; after them no path may be left.
fn cut(text: &str, from: &str, to: &str) -> Vec<CutKind> {
    let world = World::new(text);
    assert!(!world.shortest(from, to).is_empty(), "nothing to cut");
    let cut = world.cut(from, to);
    assert!(cut.minimum && cut.lasting.is_none());
    let after = World::of(cut.apply(&world.cluster).expect("the changes can be made"), Version::NEWEST);
    assert_eq!(after.shortest(from, to), Vec::<&str>::new(), "{:?}", cut.changes);
    cut.changes.iter().map(|change| change.kind).collect()
}

#[test]
fn one_rule_of_two_bindings() {
    let text = "\
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, rules: [{apiGroups: ['*'], \
resources: ['*'], verbs: ['*']}, {apiGroups: [''], resources: [pods], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}, subjects: [{kind: User, \
name: jane}], roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, subjects: [{kind: User, \
name: jane}, {kind: User, name: joe}], roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}}
";
    assert_eq!(cut(text, "user:jane", "cluster-admin"), [CutKind::Rule]);
    // The role cluster-admin stays: both bindings must go, of the second the subject alone.
    let text = text
        .replace("name: r}}\n---", "name: cluster-admin}}\n---")
        .replace("name: r}}\n", "name: cluster-admin}}\n");
    let text = text.replacen("metadata: {name: cluster-admin}", "metadata: {name: r}", 1);
    let mut kinds = cut(&text, "user:jane", "cluster-admin");
    kinds.sort();
    assert_eq!(kinds, [CutKind::Subject, CutKind::Binding]);
}

#[test]
fn fields_of_pods() {
    let pod = "\
{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ops}, spec: {nodeName: n1, serviceAccountName: admin, \
containers: [{name: c, image: i, securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}, volumeMounts: \
[{name: v, mountPath: /v}]}], volumes: [{name: v, hostPath: {path: /etc}}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}}
";
    let kinds = cut(pod, "pod:ops/p", "node:n1");
    assert_eq!(kinds, [CutKind::Field, CutKind::Field, CutKind::Field][..kinds.len()]);
    let pod = pod.replace(", securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}}", "");
    assert_eq!(cut(&pod, "pod:ops/p", "node:n1"), [CutKind::Field]);
    let pod = pod.replace(", volumeMounts: [{name: v, mountPath: /v}]", "");
    assert_eq!(cut(&format!("{pod}{ADMIN}"), "pod:ops/p", "cluster-admin"), [CutKind::Automount]);
}

#[test]
fn what_cannot_be_cut() {
    let world = World::new("");
    let cut = world.cut("group:system:masters", "cluster-admin");
    assert!(cut.lasting.is_some() && !cut.minimum && cut.changes.is_empty());
    let cut = world.cut("user:jane", "cluster-admin");
    assert!(cut.minimum && cut.changes.is_empty() && cut.lasting.is_none());
}

#[test]
fn against_all_subsets() {
    // Chains over shared accounts: the smallest cut is found by trying every set of bindings.
    let mut state = 5_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..8 {
        let edges: Vec<(u64, u64)> =
            (0..2 + next(4)).map(|_| (next(4), 1 + next(4))).filter(|(a, b)| a != b).collect();
        let text = |keep: &dyn Fn(usize) -> bool| {
            let mut text = String::new();
            for (at, (a, b)) in edges.iter().enumerate().filter(|(at, _)| keep(*at)) {
                let rule = format!(
                    "{{apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [s{b}], verbs: [create]}}"
                );
                let _ = at;
                text += &right(&format!("sa:x/s{a}"), Some("x"), &rule);
            }
            text
        };
        let all = World::new(&text(&|_| true));
        let reached = |text: &str| !World::new(text).shortest("sa:x/s0", "sa:x/s4").is_empty();
        let masks = 0..1_u32 << edges.len();
        let least =
            masks.filter(|mask| !reached(&text(&|at| mask >> at & 1 == 0))).map(u32::count_ones).min();
        let cut = all.cut("sa:x/s0", "sa:x/s4");
        assert!(cut.minimum);
        assert_eq!(Some(cut.changes.len() as u32), least, "{edges:?}");
    }
}
