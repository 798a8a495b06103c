//! `simulate`: what the API server would answer.

use crate::program::Folder;

const WORLD: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: lr, namespace: shop}
spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}, max: {cpu: '1'}}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: q, namespace: shop}
spec: {hard: {requests.cpu: '2'}}
";

const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 10
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: 'x:1', resources: {requests: {cpu: 300m}}}]}
";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
  hostNetwork: true
  containers: [{name: c, image: 'x:1'}]
";

fn folder() -> Folder {
    Folder::with(&[("world.yaml", WORLD), ("web.yaml", WEB), ("pod.yaml", POD)])
}

#[test]
fn the_replica_that_a_quota_rejects_is_counted() {
    let folder = folder();
    let answer = folder.run("simulate web.yaml --against world.yaml -o json").expect(1).json();
    let result = &answer["results"][0];
    assert_eq!(result["allowed"], true);
    assert_eq!(result["patched"]["spec"]["template"]["spec"]["dnsPolicy"], "ClusterFirst");
    assert_eq!(result["pods"]["refusedAt"], 7, "{}", result["pods"]);
    let message = result["pods"]["message"].as_str().unwrap();
    assert!(message.ends_with(
        "exceeded quota: q, requested: requests.cpu=300m, used: requests.cpu=1800m, limited: requests.cpu=2"
    ));
    let text = folder.run("simulate web.yaml --against world.yaml").expect(1).out;
    assert!(text.contains("rejected at replica 7 of 10"), "{text}");
}

#[test]
fn a_refusal_has_the_servers_text_the_line_and_a_fix_that_was_tried() {
    let folder = folder();
    let answer = folder.run("simulate pod.yaml --against world.yaml -o json").expect(1).json();
    let result = &answer["results"][0];
    assert_eq!(
        result["message"],
        "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"
    );
    assert_eq!((&result["deniedBy"], &result["code"]), (&"PodSecurity".into(), &403.into()));
    assert_eq!(
        (&result["location"]["line"], &result["location"]["field"]),
        (&5.into(), &"spec.hostNetwork".into())
    );
    assert_eq!(result["fix"]["changes"][0], "spec.hostNetwork: false");
    assert_eq!(result["fix"]["passes"], true);
}

#[test]
fn authorization_comes_first() {
    let folder = folder();
    let answer = folder.run("simulate pod.yaml --against world.yaml --as bob -o json").expect(1).json();
    assert_eq!(answer["results"][0]["deniedBy"], "authorization");
    assert_eq!(
        answer["results"][0]["message"],
        "pods is forbidden: User \"bob\" cannot create resource \"pods\" in API group \"\" in the namespace \"shop\""
    );
}

#[test]
fn what_is_not_modelled_is_unknown_and_never_allowed() {
    let folder = folder();
    folder.write(
        "other.yaml",
        "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w, namespace: shop}}\n",
    );
    let answer = folder.run("simulate other.yaml --against world.yaml -o json").expect(3).json();
    assert!(answer["results"][0]["allowed"].is_null());
}

#[test]
fn levels_are_tried_on_what_is_there() {
    let folder = folder();
    let answer = folder.run("simulate --migrate --against web.yaml -o json").expect(0).json();
    let namespace = &answer["namespaces"][0];
    assert_eq!(namespace["labels"]["pod-security.kubernetes.io/enforce"], "baseline");
    assert_eq!(namespace["violations"][0]["fixed"], true);
    let text = folder.run("simulate --pod-security restricted --against web.yaml").expect(1).out;
    assert!(text.contains("BREAKS restricted:latest"), "{text}");
}

#[test]
fn an_upgrade_tells_what_is_served_no_more() {
    let folder = folder();
    folder.write(
        "old.yaml",
        "{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, metadata: {name: f}}\n",
    );
    let run = folder.run("simulate old.yaml --kubernetes-version 1.31 --upgrade 1.33 -o json");
    let answer = run.expect(1).json();
    assert!(
        answer["changes"][0]["after"][0].as_str().unwrap().contains("could not find the requested resource")
    );
}

#[test]
fn admission_reviews_are_answered_in_bulk() {
    let folder = folder();
    let line = r#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u1","kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},"name":"p","namespace":"shop","operation":"CREATE","userInfo":{"username":"bob"},"object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"hostPID":true,"containers":[{"name":"c","image":"x:1"}]}}}}"#;
    folder.write("reviews.jsonl", format!("{line}\nnothing\n"));
    let out = folder.run("simulate --review reviews.jsonl --against world.yaml").expect(1).out;
    let answers: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let response = &answers[0]["response"];
    assert_eq!((&response["uid"], &response["allowed"]), (&"u1".into(), &false.into()));
    assert!(response["status"]["message"].as_str().unwrap().contains("host namespaces (hostPID=true)"));
    assert_eq!(response["auditAnnotations"]["pod-security.kubernetes.io/enforce-policy"], "baseline:latest");
    assert!(answers[1]["response"]["allowed"].is_null() && answers[1]["response"]["error"].is_string());
}
