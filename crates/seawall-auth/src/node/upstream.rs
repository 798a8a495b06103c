//! Upstream's table about the node authorizer, as data; which tables are ported and which are not says
//! `rbac/upstream.rs`.

use super::{NodeAuthorizer, NodeOptions};
use crate::authorizer::Decision;
use crate::rbac::Subject;
use crate::request_info::RequestInfo;
use seawall_model::{Cluster, Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::fmt::Write;
use std::sync::Arc;

/// What upstream's `generate` makes of the options of `TestNodeAuthorizer`: two nodes with two pods each, in two
/// namespaces, whose names say what belongs to what.
fn objects() -> String {
    let mut out = String::from("apiVersion: v1\nkind: List\nitems:\n");
    for node in ["node0", "node1"] {
        for number in 0..2 {
            let (pod, namespace) = (format!("pod{number}-{node}"), format!("ns{number}"));
            let _ = writeln!(
                out,
                "- {{apiVersion: v1, kind: Pod, metadata: {{name: {pod}, namespace: {namespace}}}, spec: {{nodeName: {node}, \
                 serviceAccountName: svcacct{number}-{node}, volumes: [{{secret: {{secretName: secret0-{pod}}}}}, \
                 {{secret: {{secretName: secret0-shared}}}}, {{configMap: {{name: configmap0-{pod}}}}}, \
                 {{persistentVolumeClaim: {{claimName: pvc0-{pod}}}}}], resourceClaims: \
                 [{{name: claim0, resourceClaimName: claim0-{pod}-{namespace}}}, {{name: claimtemplate0, \
                 resourceClaimTemplateName: claimtemplate0-{pod}-{namespace}}}, {{name: claimtemplate-with-claim0, \
                 resourceClaimTemplateName: claimtemplate0-{pod}-{namespace}}}]}}, status: {{resourceClaimStatuses: \
                 [{{name: claimtemplate-with-claim0, resourceClaimName: generated-claim-{pod}-{namespace}-0}}]}}}}\n\
                 - {{apiVersion: v1, kind: PersistentVolume, metadata: {{name: pv0-{pod}-{namespace}}}, spec: {{claimRef: \
                 {{name: pvc0-{pod}, namespace: {namespace}}}, flexVolume: {{secretRef: {{name: \
                 secret-pv0-{pod}-{namespace}}}}}}}}}"
            );
            for request in 0..2 {
                let _ = writeln!(
                    out,
                    "- {{apiVersion: certificates.k8s.io/v1beta1, kind: PodCertificateRequest, metadata: \
                     {{name: pcr{request}-{pod}, namespace: {namespace}}}, spec: {{podName: {pod}, nodeName: {node}}}}}"
                );
            }
        }
        let _ = writeln!(
            out,
            "- {{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {{name: attachment0-{node}}}, \
             spec: {{nodeName: {node}}}}}"
        );
        for number in 0..3 {
            let _ = writeln!(
                out,
                "- {{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {{name: slice{number}-{node}}}, \
                 spec: {{nodeName: {node}}}}}"
            );
        }
    }
    out
}

#[test]
fn requests_are_decided_as_upstream() {
    let document = Arc::new(parse_one(&Source::new("nodes.yaml", objects())).unwrap());
    let objects: Vec<Object> = objects_of(&document, &Origin::File).unwrap();
    let cluster = Cluster::new(objects.into_iter().map(Arc::new));
    let mut rows = 0;
    for line in include_str!("upstream/requests.tsv").lines().filter(|line| !line.starts_with('#')) {
        let line: Vec<&str> = line.split('\t').collect();
        let [node, verb, group, resource, namespace, name, field, gates, decision, reason] = line[..] else {
            panic!("{line:?}")
        };
        for options in gated(gates) {
            let authorizer = NodeAuthorizer::new(&cluster, options);
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            let text = |text: &str| text.to_owned();
            let info = RequestInfo {
                is_resource_request: true,
                verb: text(verb),
                api_group: text(group),
                resource: text(resource),
                subresource: text(subresource),
                namespace: text(namespace),
                name: text(name),
                field_selector: text(field),
                ..RequestInfo::default()
            };
            let selectors = info.selectors();
            let who = format!("system:node:{node}");
            let who = Subject { user: &who, groups: &["system:nodes"] };
            let answer = authorizer.authorize(who, &info.attributes_with(selectors.as_ref()));
            let expected = if decision == "Allow" { Decision::Allow } else { Decision::NoOpinion };
            assert_eq!(answer.decision, expected, "{line:?} {options:?}");
            // Upstream looks at the reason where one set of gates is asked.
            assert!(gates == "both" || answer.reason == reason, "{line:?}: {}", answer.reason);
        }
        rows += 1;
    }
    assert_eq!(rows, 135);
}

fn gated(gates: &str) -> Vec<NodeOptions> {
    let options = NodeOptions::new(Version::NEWEST, true);
    match gates {
        "both" => vec![NodeOptions { selectors: false, ..options }, options],
        "selectors-off" => vec![NodeOptions { selectors: false, ..options }],
        "selectors-on" => vec![options],
        "service-accounts-off" => {
            vec![NodeOptions { credential_providers: false, pod_certificates: false, ..options }]
        }
        "service-accounts-on" => vec![NodeOptions { credential_providers: true, ..options }],
        "pod-certificates-on" => vec![NodeOptions { pod_certificates: true, ..options }],
        "pod-certificates-off" => vec![NodeOptions { pod_certificates: false, ..options }],
        other => panic!("{other}"),
    }
}
