//! The chain on hand-made worlds; random ones are judged by a real API server (`cargo xtask conformance admission`).

use seawall_admission::{Operation, Outcome, Request, Requester, Settings, Stored, Verdict, admit};
use seawall_model::{Cluster, Coverage, Object, Origin, Version, WellKnown, objects_of};
use seawall_yaml::{Source, parse_documents};
use serde_json::{Value, json};
use std::sync::Arc;

fn cluster(text: &str) -> Cluster {
    let documents = parse_documents(&Source::new("world.yaml", text.to_owned()));
    let documents = documents.into_iter().filter_map(Result::ok).map(Arc::new);
    let objects: Vec<Object> =
        documents.filter_map(|document| objects_of(&document, &Origin::File)).flatten().collect();
    Cluster::new(objects.into_iter().map(Arc::new))
}

const NAMESPACE: &str = "\
{apiVersion: v1, kind: Namespace, metadata: {name: n}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: n}}
";

fn pod(spec: Value) -> Request {
    Request {
        operation: Operation::Create,
        group: String::new(),
        version: "v1".into(),
        resource: "pods".into(),
        subresource: String::new(),
        kind: "Pod".into(),
        namespace: "n".into(),
        name: "p".into(),
        object: Some(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})),
        old: None,
        user: Requester::default(),
        before: 0,
    }
}

fn ask(world: &str, coverage: &Coverage, request: &Request) -> Outcome {
    let cluster = cluster(&format!("{NAMESPACE}---\n{world}"));
    let stored = Stored { cluster: &cluster, coverage, authorizer: None, time: None };
    admit(request, stored, &Settings::defaults(Version::NEWEST))
}

fn limited(max: &str, limit: &str) -> Outcome {
    let world = format!(
        "{{apiVersion: v1, kind: LimitRange, metadata: {{name: l, namespace: n}}, spec: {{limits: [{{type: Container, max: {{memory: {max}}}}}]}}}}"
    );
    let container = json!({"name": "c", "image": "a:1", "resources": {"limits": {"memory": limit}}});
    ask(&world, &Coverage::closed(), &pod(json!({"containers": [container]})))
}

#[test]
fn limits_beyond_64_bits_pass_as_they_do_upstream() {
    let denied = limited("1Gi", "2Gi");
    let text = "pods \"p\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi";
    assert_eq!(denied.denial().unwrap().message, text);
    assert_eq!(denied.denial().unwrap().fields, ["spec.containers[0].resources.limits.memory"]);
    // kubernetes/kubernetes#141348: these wrap around to nothing.
    for limit in ["9223372036854775808", "18446744073709551616", "1e30"] {
        assert_eq!(limited("1Gi", limit).allowed(), Some(true), "{limit}");
    }
    assert_eq!(limited("1Gi", "20Ei").allowed(), Some(false));
}

#[test]
fn what_a_plugin_is_told_by_its_own_file_is_not_passed_over() {
    let cluster = cluster(&format!(
        "{NAMESPACE}---\n{}",
        "apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodTolerationRestriction
  configuration:
    apiVersion: podtolerationrestriction.admission.k8s.io/v1alpha1
    kind: Configuration
    whitelist: [{operator: Exists, key: a}]
"
    ));
    let object = cluster.of(WellKnown::AdmissionConfiguration).next().expect("a configuration");
    let configuration = seawall_admission::configuration::load(object.at()).expect("a valid one");
    let stored = Stored { cluster: &cluster, coverage: &Coverage::closed(), authorizer: None, time: None };
    let request =
        pod(json!({"containers": [{"name": "c", "image": "a:1"}], "tolerations": [{"operator": "Exists"}]}));
    let answer = |plugins: &[&'static str]| {
        let mut settings = Settings::defaults(Version::NEWEST);
        settings.plugins.extend(plugins);
        settings.configure(&configuration);
        admit(&request, stored, &settings).allowed()
    };
    assert_eq!(answer(&["PodTolerationRestriction"]), None);
    assert_eq!(answer(&[]), Some(true), "it does not run");
}

#[test]
fn what_is_not_known_is_never_allowed() {
    let world = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: n}}";
    // A field that validation does not know here.
    let container = json!({"name": "c", "image": "a:1", "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]});
    let outcome = ask(world, &Coverage::closed(), &pod(json!({"containers": [container]})));
    assert_eq!(outcome.verdict, Verdict::Unknown);
    assert_eq!(outcome.doubts[0].reason, "spec.containers[0].resizePolicy is not validated here");
    // A class that may be somewhere else.
    let spec = json!({"containers": [{"name": "c", "image": "a:1"}], "priorityClassName": "x"});
    assert_eq!(ask(world, &Coverage::open(), &pod(spec.clone())).allowed(), None);
    let closed = ask(world, &Coverage::closed(), &pod(spec));
    assert_eq!(
        closed.denial().unwrap().message,
        "pods \"p\" is forbidden: no PriorityClass with name x was found"
    );
}

#[test]
fn odd_objects_are_answered_without_panic() {
    for object in [
        json!(null),
        json!([]),
        json!({"spec": []}),
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": [], "spec": {"containers": {"a": 1}}}),
        json!({"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [null, 1, {"resources": 3, "env": {}}]}}),
        json!({"apiVersion": "v1", "kind": "Pod", "spec": {"volumes": [{"name": 1}], "tolerations": "x"}}),
    ] {
        let request = Request { object: Some(object.clone()), ..pod(json!({})) };
        let outcome =
            ask("{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}", &Coverage::closed(), &request);
        assert_ne!(outcome.allowed(), Some(true), "{object}");
    }
}
