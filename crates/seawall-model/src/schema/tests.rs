//! Facts about the tables that people can look up, and what the decoder says about small documents.

use super::*;
use seawall_yaml::{Document, parse_one};

fn newest() -> Schema {
    Schema::for_version(Version::NEWEST)
}

fn at(minor: u8) -> Schema {
    Schema::for_version(Version::new(minor).unwrap())
}

fn document(text: &str) -> Document {
    parse_one(&seawall_yaml::Source::new("test.yaml", text)).unwrap()
}

/// Every problem as `line: message`.
fn problems(schema: Schema, group: &str, version: &str, kind: &str, text: &str) -> Vec<String> {
    let document = document(text);
    let info = schema.kind(group, version, kind).unwrap();
    let found = schema.check(document.root(), info);
    found.iter().map(|problem| format!("{}: {problem}", document.node(problem.node).place().line)).collect()
}

fn deployment(text: &str) -> Vec<String> {
    problems(newest(), "apps", "v1", "Deployment", text)
}

#[test]
fn kinds_and_resources() {
    let pod = newest().kind("", "v1", "Pod").unwrap();
    assert_eq!((pod.resource(), pod.namespaced(), pod.level()), (Some("pods"), true, Level::Stable));
    let node = newest().kind("", "v1", "Node").unwrap();
    assert_eq!((node.resource(), node.namespaced()), (Some("nodes"), false));
    assert_eq!(newest().kind("", "v1", "PodList").unwrap().resource(), None);
    assert_eq!(newest().kind("networking.k8s.io", "v1", "Ingress").unwrap().resource(), Some("ingresses"));
    assert!(newest().kind("", "v1", "pod").is_none());
    assert!(newest().kind("apps", "v1", "Pod").is_none());
    let exec = newest().resources().find(|info| info.name() == "pods/exec").unwrap();
    assert_eq!(exec.verbs().collect::<Vec<_>>(), ["get", "create"]);
    let services =
        newest().resources().find(|info| info.group().is_empty() && info.name() == "services").unwrap();
    assert_eq!(services.verbs().count(), 8);
}

#[test]
fn versions_serve_what_they_served() {
    // Minor → API versions of some kinds, from the release notes and KEPs.
    let versions =
        |minor: u8, kind: &str| -> Vec<&str> { at(minor).versions_of(kind).map(KindInfo::version).collect() };
    assert_eq!(versions(30, "ValidatingAdmissionPolicy"), ["v1", "v1alpha1", "v1beta1"]);
    assert_eq!(versions(31, "FlowSchema"), ["v1", "v1beta3"]);
    assert_eq!(versions(32, "FlowSchema"), ["v1"]);
    assert!(versions(33, "DeviceClass").contains(&"v1beta2"));
    assert!(!versions(33, "DeviceClass").contains(&"v1"));
    assert!(versions(34, "DeviceClass").contains(&"v1"));
    assert!(
        at(31).kind("flowcontrol.apiserver.k8s.io", "v1beta3", "FlowSchema").unwrap().served_by_default()
    );
    assert!(!at(33).kind("resource.k8s.io", "v1beta1", "DeviceClass").unwrap().served_by_default());
    assert!(at(34).kind("resource.k8s.io", "v1", "DeviceClass").unwrap().served_by_default());
    assert!(newest().serves("apps", "v1") && !newest().serves("apps", "v1beta1"));
    let counts: Vec<usize> =
        Version::all().map(|version| Schema::for_version(version).kinds().count()).collect();
    assert!(counts.iter().all(|count| *count > 150), "{counts:?}");
}

#[test]
fn fields_of_versions() {
    let container =
        |schema: Schema| schema.kind("", "v1", "Pod").unwrap().type_info().field("spec").unwrap().shape();
    let Shape::Object(spec) = container(newest()) else { panic!("spec") };
    assert_eq!(spec.short_name(), "PodSpec");
    let Shape::Array(containers) = spec.field("containers").unwrap().shape() else { panic!("containers") };
    assert_eq!(
        (containers.list_type(), containers.keys().collect::<Vec<_>>()),
        (ListType::Map, vec!["name"])
    );
    let Shape::Object(kind) = containers.shape() else { panic!("container") };
    let Shape::Array(ports) = kind.field("ports").unwrap().shape() else { panic!("ports") };
    assert_eq!(ports.keys().collect::<Vec<_>>(), ["containerPort", "protocol"]);
    let Shape::Object(port) = ports.shape() else { panic!("port") };
    let protocol = port.field("protocol").unwrap();
    assert_eq!(protocol.default(), Some("\"TCP\""));
    let Shape::Enum(values) = protocol.shape() else { panic!("protocol") };
    assert_eq!(values.iter().collect::<Vec<_>>(), ["SCTP", "TCP", "UDP"]);
    assert!(port.field("containerPort").unwrap().required());
    // Pod-level resources came with 1.32, hostnameOverride with 1.34.
    let Shape::Object(old) = container(at(30)) else { panic!("spec") };
    assert!(old.field("resources").is_none() && spec.field("resources").is_some());
    assert!(old.field("hostnameOverride").is_none() && spec.field("hostnameOverride").is_some());
    assert!(spec.field("Containers").is_none());
}

#[test]
fn every_type_is_sorted_and_finds_its_fields() {
    for version in Version::all() {
        let schema = Schema::for_version(version);
        for info in schema.kinds() {
            for field in info.type_info().fields() {
                let found = info.type_info().field(field.name()).unwrap();
                assert_eq!(format!("{found:?}"), format!("{field:?}"), "{version} {info:?}");
            }
            assert_eq!(
                schema.kind(info.group(), info.version(), info.kind()).unwrap().resource(),
                info.resource()
            );
        }
    }
}

#[test]
fn good_document() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: null, creationTimestamp: null}\n\
        spec:\n  replicas: 3.0\n  selector: {matchLabels: {a: b}}\n  strategy: {rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}\n\
        \x20 template:\n    spec:\n      containers:\n      - name: c\n        resources: {limits: {cpu: 1, memory: 1.5Gi}}\n\
        \x20       ports: [{containerPort: 0x50}]\n        livenessProbe: {httpGet: {port: http}}\n";
    assert_eq!(deployment(text), Vec::<String>::new());
}

#[test]
fn wrong_kinds() {
    assert_eq!(
        deployment("spec:\n  replicas: \"three\""),
        ["2: expected an integer of 32 bits, found a string"]
    );
    assert_eq!(
        deployment("spec: {replicas: 3000000000}"),
        ["1: the number does not fit into an integer of 32 bits"]
    );
    assert_eq!(deployment("spec: {replicas: 1.5}").len(), 1);
    assert_eq!(deployment("spec: {paused: \"true\"}"), ["1: expected a boolean, found a string"]);
    assert_eq!(deployment("metadata: {name: 1}"), ["1: expected a string, found an integer"]);
    assert_eq!(deployment("metadata: {annotations: {a: true}}"), ["1: expected a string, found a boolean"]);
    assert_eq!(deployment("spec: []"), ["1: expected a mapping, found a list"]);
    assert_eq!(
        deployment("spec: {template: {spec: {containers: {name: a}}}}"),
        ["1: expected a list, found a mapping"]
    );
    assert_eq!(deployment("- a"), ["1: expected a mapping, found a list"]);
    assert_eq!(deployment("metadata: {creationTimestamp: \"\"}").len(), 1);
    assert_eq!(deployment("spec: {strategy: {rollingUpdate: {maxSurge: 1.5}}}").len(), 1);
    assert_eq!(problems(newest(), "", "v1", "Secret", "data: {a: YQ==, b: \"?\", c: null}").len(), 1);
    let quota = problems(newest(), "", "v1", "ResourceQuota", "spec: {hard: {pods: 1, cpu: 1gi}}");
    assert_eq!(quota, ["1: expected a quantity such as 100m or 1Gi"]);
}

#[test]
fn unknown_fields() {
    let found = deployment("spec:\n  Replicas: 1\n  template:\n    spec:\n      container: []");
    assert_eq!(found, ["2: unknown field of DeploymentSpec", "5: unknown field of PodSpec"]);
    // A repeated key counts as the last of them.
    assert_eq!(deployment("spec: {replicas: x, replicas: 1}"), Vec::<String>::new());
    assert_eq!(deployment("spec: {replicas: 1, replicas: x}").len(), 1);
}

#[test]
fn schemas_of_custom_resources() {
    let crd = |schema: &str| {
        let text = format!("spec: {{versions: [{{schema: {{openAPIV3Schema: {schema}}}}}]}}");
        problems(newest(), "apiextensions.k8s.io", "v1", "CustomResourceDefinition", &text)
    };
    assert_eq!(
        crd("{type: object, default: {a: [1]}, properties: {a: {enum: [1, a, null]}}}"),
        Vec::<String>::new()
    );
    assert_eq!(crd("{properties: {a: {typ: object}}}"), ["1: unknown field of JSONSchemaProps"]);
    assert_eq!(crd("{additionalProperties: true, items: {typ: x}}"), Vec::<String>::new());
    assert_eq!(crd("{additionalProperties: 1}"), ["1: expected a mapping or a boolean, found an integer"]);
    assert_eq!(crd("{items: {type: 1}}"), ["1: expected a string, found an integer"]);
    let deep = format!("{}type: 1{}", "{properties: {a: ".repeat(300) + "{", "}".repeat(601));
    assert_eq!(crd(&deep), ["1: expected a string, found an integer"]);
}
