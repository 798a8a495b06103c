//! A cluster behind an API server that errs: what is read is right, or it is said what is missing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad;
mod fake;
mod secrets;
mod snapshots;

use fake::{Fake, Reply, discovery, page, token};
use seawall_collect::{ClusterInput, Collected, Extent, KindRead, Limits, Patience, Target};
use std::time::Duration;

pub(crate) const PODS: (&str, &str, &str, &str, bool) = ("", "v1", "pods", "Pod", true);
pub(crate) const ROLES: (&str, &str, &str, &str, bool) =
    ("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false);

/// What to read of a fake server, without long pauses.
pub(crate) fn input(fake: &Fake) -> ClusterInput {
    ClusterInput {
        target: Target { kubeconfig: Some(fake.kubeconfig()), context: None },
        namespace: None,
        patience: Patience {
            request: Duration::from_secs(20),
            retries: 2,
            pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(2_000),
            ..Patience::default()
        },
    }
}

pub(crate) fn collect(fake: &Fake) -> Collected {
    seawall_collect::collect_cluster(&input(fake), Limits::default(), &|_, _| {}).unwrap()
}

pub(crate) fn kind<'c>(collected: &'c Collected, resource: &str) -> &'c KindRead {
    collected.snapshots[0].kinds.iter().find(|kind| kind.resource == resource).unwrap()
}

/// Items of a page, `name-0` to `name-4` on page 0 …
pub(crate) fn items(name: &str, number: usize) -> Vec<String> {
    let one =
        |at| format!(r#"{{"metadata":{{"name":"{name}-{at}","namespace":"shop","uid":"u"}},"spec":{{}}}}"#);
    (number * 5..number * 5 + 5).map(one).collect()
}

/// Pods on three pages, and roles on one.
pub(crate) fn ordinary(target: &str) -> Reply {
    if let Some(reply) = discovery(target, &[PODS, ROLES]) {
        return reply;
    }
    match token(target) {
        _ if target.contains("clusterroles") => page(&items("role", 0), "9", ""),
        at @ 0..2 => page(&items("pod", at), "7", &(at + 1).to_string()),
        at => page(&items("pod", at), "7", ""),
    }
}

#[test]
fn pages_make_one_list() {
    let fake = Fake::start(ordinary);
    let collected = collect(&fake);
    assert_eq!(collected.objects.len(), 20);
    let pods = kind(&collected, "pods");
    assert_eq!((pods.extent, pods.objects, &*pods.resource_version), (Extent::Complete, 15, "7"));
    let cluster = collected.snapshots[0].cluster.as_ref().unwrap();
    assert_eq!((&*cluster.name, cluster.version.as_deref()), ("fake", Some("v1.36.3")));
    let pod = collected.objects.iter().find(|object| object.kind() == "Pod").unwrap();
    assert_eq!((pod.api_version(), pod.file()), ("v1", "Pod shop/pod-0"));
    assert!(pod.live().is_some() && pod.uid() == Some("u"));
    let asked = fake.asked();
    assert!(asked.iter().all(|target| !target.contains("watch")), "{asked:?}");
    assert_eq!(asked.iter().filter(|target| target.starts_with("/api/v1/pods?limit=500")).count(), 3);
}

#[test]
fn one_namespace_alone() {
    let fake = Fake::start(ordinary);
    let mut wanted = input(&fake);
    wanted.namespace = Some("shop".into());
    seawall_collect::collect_cluster(&wanted, Limits::default(), &|_, _| {}).unwrap();
    let asked = fake.asked();
    assert!(asked.iter().any(|target| target.starts_with("/api/v1/namespaces/shop/pods?")), "{asked:?}");
    assert!(
        asked.iter().any(|target| target.starts_with("/apis/rbac.authorization.k8s.io/v1/clusterroles?"))
    );
    wanted.namespace = Some("../../secrets".into());
    assert!(seawall_collect::collect_cluster(&wanted, Limits::default(), &|_, _| {}).is_err());
}

#[test]
fn a_plan_asks_discovery_alone() {
    let fake = Fake::start(ordinary);
    let plan = seawall_collect::plan(&input(&fake)).unwrap();
    let names: Vec<_> = plan.kinds.iter().map(|kind| kind.resource.as_str()).collect();
    assert_eq!(names, ["pods", "clusterroles.rbac.authorization.k8s.io"]);
    assert_eq!(fake.asked(), ["/api", "/apis", "/version"]);
}
