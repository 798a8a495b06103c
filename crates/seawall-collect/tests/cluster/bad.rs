//! Servers that err.

use super::*;
use seawall_collect::ClusterError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// A server that answers as [`ordinary`] does, but for questions that hold `what` as `otherwise` says; it gets the
/// number of the question, from 0.
fn except(what: &'static str, otherwise: impl Fn(usize) -> Option<Reply> + Send + Sync + 'static) -> Fake {
    let count = AtomicUsize::new(0);
    Fake::start(move |target| {
        let reply =
            if target.contains(what) { otherwise(count.fetch_add(1, Ordering::Relaxed)) } else { None };
        reply.unwrap_or_else(|| ordinary(target))
    })
}

#[test]
fn busy_servers_are_asked_again_after_the_time_they_say() {
    let fake = except("/pods", |number| {
        (number == 1).then(|| Reply { headers: "Retry-After: 1\r\n".into(), ..Reply::status(429, "busy") })
    });
    let start = Instant::now();
    let collected = collect(&fake);
    assert_eq!(kind(&collected, "pods").objects, 15);
    assert!(start.elapsed() >= Duration::from_secs(1));
}

#[test]
fn failing_servers_are_asked_a_few_times() {
    let once = except("/pods", |number| (number == 0).then(|| Reply::status(500, "etcd")));
    assert_eq!(kind(&collect(&once), "pods").extent, Extent::Complete);
    let always = except("/pods", |number| (number > 0).then(|| Reply::status(503, "etcd is away")));
    let collected = collect(&always);
    let pods = kind(&collected, "pods");
    assert_eq!((pods.extent, pods.objects), (Extent::Partial, 5));
    assert!(pods.gap().unwrap().contains("503: etcd is away, 3 times"), "{pods:?}");
    assert_eq!(kind(&collected, "clusterroles").extent, Extent::Complete);
}

/// Namespaces `shop` and `ops`, whose pods may be listed one namespace at a time, where `allowed` says so.
fn by_namespace(allowed: &'static [&'static str]) -> Collected {
    const NAMESPACES: (&str, &str, &str, &str, bool) = ("", "v1", "namespaces", "Namespace", false);
    let fake = Fake::start(move |target| {
        if let Some(reply) = discovery(target, &[NAMESPACES, PODS]) {
            return reply;
        }
        if target.starts_with("/api/v1/namespaces?") {
            let one = |name: &str| format!(r#"{{"metadata":{{"name":"{name}"}}}}"#);
            return page(&[one("shop"), one("ops")], "3", "");
        }
        match allowed.iter().any(|name| target.starts_with(&format!("/api/v1/namespaces/{name}/pods?"))) {
            true => page(&items("pod", 0), "7", ""),
            false => Reply::status(403, "no list of pods"),
        }
    });
    collect(&fake)
}

#[test]
fn what_is_forbidden_in_the_cluster_is_asked_for_in_each_namespace() {
    let some = by_namespace(&["shop"]);
    let pods = kind(&some, "pods");
    assert_eq!((pods.extent, pods.objects), (Extent::Partial, 5));
    assert_eq!(pods.complete_in, ["shop"]);
    let gap = pods.gap().unwrap();
    assert!(gap.contains("not in 1 of 2 namespaces") && gap.contains("no list of pods"), "{gap}");
    assert!(gap.contains(r#"add the rule {apiGroups: [""], resources: ["pods"], verbs: ["list"]}"#), "{gap}");
    let all = by_namespace(&["shop", "ops"]);
    let pods = kind(&all, "pods");
    assert_eq!((pods.extent, pods.objects, pods.gap()), (Extent::Complete, 10, None));
    let none = by_namespace(&[]);
    let pods = kind(&none, "pods");
    assert_eq!((pods.extent, pods.objects), (Extent::NotCollected, 0));
    assert!(pods.gap().unwrap().contains("were not read"));
}

#[test]
fn what_is_forbidden_comes_with_the_rule_that_allows_it() {
    let fake = except("/clusterroles", |_| Some(Reply::status(403, "no list of clusterroles")));
    let collected = collect(&fake);
    let roles = kind(&collected, "clusterroles");
    assert_eq!((roles.extent, roles.objects), (Extent::NotCollected, 0));
    assert_eq!(
        roles.rule.as_deref(),
        Some(r#"{apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["list"]}"#)
    );
    assert_eq!(collected.snapshots[0].gaps().len(), 1);
    assert_eq!(kind(&collected, "pods").extent, Extent::Complete);
}

#[test]
fn a_list_whose_state_is_gone_begins_anew() {
    let once = except("continue=2", |number| (number == 0).then(|| Reply::status(410, "gone")));
    let collected = collect(&once);
    assert_eq!(collected.objects.len(), 20, "nothing twice");
    assert_eq!(kind(&collected, "pods").extent, Extent::Complete);
    // At last everything is asked for at once.
    let whole = Fake::start(|target| match () {
        () if target == "/api/v1/pods" => page(&items("pod", 0), "8", ""),
        () if target.contains("continue=") => Reply::status(410, "gone"),
        () => ordinary(target),
    });
    let collected = collect(&whole);
    assert_eq!((kind(&collected, "pods").extent, kind(&collected, "pods").objects), (Extent::Complete, 5));
}

#[test]
fn pages_of_different_moments_are_no_list() {
    // Every page shows another state: no attempt comes to an end, and what is kept is not called complete.
    let version = AtomicUsize::new(0);
    let fake = Fake::start(move |target| match token(target) {
        at if target.contains("/pods") => {
            let version = version.fetch_add(1, Ordering::Relaxed).to_string();
            page(&items("pod", at), &version, &(at + 1).to_string())
        }
        _ => ordinary(target),
    });
    let collected = collect(&fake);
    let pods = kind(&collected, "pods");
    assert_eq!(pods.extent, Extent::Partial);
    assert!(pods.gap().unwrap().contains("changed faster"), "{pods:?}");
}

#[test]
fn endless_lists_end() {
    let same = except("/pods", |_| Some(page(&items("pod", 0), "7", "1")));
    assert_eq!(kind(&collect(&same), "pods").extent, Extent::Partial);
    let empty = except("continue=1", |_| Some(page(&[], "7", "5")));
    assert_eq!(kind(&collect(&empty), "pods").extent, Extent::Partial);
}

#[test]
fn servers_that_hang_or_break_off() {
    let hangs = except("/pods", |_| Some(Reply { wait: Duration::from_secs(600), ..Reply::ok("{}") }));
    let mut wanted = input(&hangs);
    wanted.patience.request = Duration::from_millis(700);
    let collected = seawall_collect::collect_cluster(&wanted, Limits::default(), &|_, _| {}).unwrap();
    let gap = kind(&collected, "pods").gap().unwrap();
    assert!(gap.contains("did not answer within 0.7 s"), "{gap}");
    let breaks = except("/pods", |number| (number == 0).then(|| Reply { cut: true, ..Reply::ok("{") }));
    assert_eq!(kind(&collect(&breaks), "pods").extent, Extent::Complete);
    // A server that hangs from the start is no cluster that can be read.
    let silent = Fake::start(|_| Reply { wait: Duration::from_secs(600), ..Reply::ok("{}") });
    let mut wanted = input(&silent);
    wanted.patience.request = Duration::from_millis(300);
    let error = seawall_collect::collect_cluster(&wanted, Limits::default(), &|_, _| {}).unwrap_err();
    assert!(
        matches!(&error, ClusterError::Server { reason, .. } if reason.contains("did not answer")),
        "{error}"
    );
}

#[test]
fn answers_that_are_no_lists() {
    for body in ["", "<html>", "[]", r#"{"items":[{"metadata":"#, r#"{"items":5}"#] {
        let fake = except("/pods", move |_| Some(Reply::ok(body)));
        assert_eq!(kind(&collect(&fake), "pods").extent, Extent::NotCollected, "{body}");
    }
    // One odd object costs itself alone.
    let deep =
        format!(r#"{{"metadata":{{"name":"deep"}},"spec":{}1{}}}"#, "[".repeat(5_000), "]".repeat(5_000));
    let mut some = items("pod", 0);
    some.push(deep);
    let fake = except("/pods", move |_| Some(page(&some, "7", "")));
    let collected = collect(&fake);
    let pods = kind(&collected, "pods");
    assert_eq!((pods.extent, pods.objects), (Extent::Partial, 5));
    assert!(pods.gap().unwrap().contains("1 of its objects cannot be read"));
}

#[test]
fn foreign_servers() {
    let error = |body: &'static str| {
        let fake = Fake::start(move |_| Reply::ok(body));
        seawall_collect::collect_cluster(&input(&fake), Limits::default(), &|_, _| {})
            .unwrap_err()
            .to_string()
    };
    assert!(error("<html>").contains("no answer of a Kubernetes API server"));
    assert!(error("{}").contains("no Kubernetes API server"));
    let fake = Fake::start(|_| Reply::status(401, "Unauthorized"));
    let error = seawall_collect::collect_cluster(&input(&fake), Limits::default(), &|_, _| {}).unwrap_err();
    assert!(error.to_string().contains("does not know who asks"), "{error}");
}

#[test]
fn an_api_group_without_its_server() {
    let fake = Fake::start(|target| {
        if target == "/apis" {
            return Reply::ok(
                r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"cert-manager.io"},
                "versions":[{"version":"v1","freshness":"Stale"}]}]}"#,
            );
        }
        ordinary(target)
    });
    let collected = collect(&fake);
    assert_eq!(kind(&collected, "certificates").extent, Extent::NotCollected);
}
