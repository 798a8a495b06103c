use super::*;
use crate::authorizer::{Answer, Decision};
use crate::rbac::Subject;
use crate::request_info::FieldRequirement;
use crate::{Attributes, Selectors};
use seawall_model::{Object, Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

const OBJECTS: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: p1, namespace: ns}
  spec:
    nodeName: n1
    serviceAccountName: sa
    imagePullSecrets: [{name: pull}, {name: ""}]
    initContainers: [{env: [{valueFrom: {secretKeyRef: {name: init-env}}}]}]
    containers: [{envFrom: [{secretRef: {name: from}}, {configMapRef: {name: cm-from}}], env: [{valueFrom: {configMapKeyRef: {name: cm-env}}}]}]
    ephemeralContainers: [{envFrom: [{secretRef: {name: debug}}]}]
    volumes:
    - {name: a, secret: {secretName: mounted}}
    - {name: b, projected: {sources: [{secret: {name: projected}}, {configMap: {name: cm-projected}}]}}
    - {name: c, persistentVolumeClaim: {claimName: claim}}
    - {name: gen, ephemeral: {volumeClaimTemplate: {}}}
    - {name: d, csi: {driver: x, nodePublishSecretRef: {name: inline}}}
    resourceClaims: [{name: named, resourceClaimName: rc}, {name: made, resourceClaimTemplateName: t}, {name: unmade, resourceClaimTemplateName: t}]
  status:
    resourceClaimStatuses: [{name: made, resourceClaimName: p1-made-x}]
    extendedResourceClaimStatus: {resourceClaimName: extended}
- apiVersion: v1
  kind: Pod
  metadata: {name: mirror, namespace: ns, annotations: {kubernetes.io/config.mirror: x}}
  spec: {nodeName: n1, serviceAccountName: other, volumes: [{name: a, secret: {secretName: hidden}}]}
- apiVersion: v1
  kind: Pod
  metadata: {name: p2, namespace: ns}
  spec: {nodeName: n2, serviceAccountName: sa2, volumes: [{name: a, secret: {secretName: second}}]}
- apiVersion: v1
  kind: Pod
  metadata: {name: waiting, namespace: ns}
  spec: {volumes: [{name: a, secret: {secretName: not-yet}}]}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: pv}
  spec:
    claimRef: {namespace: ns, name: claim}
    csi: {controllerPublishSecretRef: {namespace: s, name: controller}, nodeStageSecretRef: {namespace: s, name: stage}, nodeExpandSecretRef: {namespace: s, name: expand}}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: pv-azure}
  spec: {claimRef: {namespace: ns, name: p1-gen}, azureFile: {secretName: azure}}
- apiVersion: v1
  kind: PersistentVolume
  metadata: {name: free}
  spec: {azureFile: {secretName: loose, secretNamespace: ns}}
- apiVersion: storage.k8s.io/v1
  kind: VolumeAttachment
  metadata: {name: va}
  spec: {nodeName: n1}
- apiVersion: resource.k8s.io/v1
  kind: ResourceSlice
  metadata: {name: slice}
  spec: {nodeName: n3}
- apiVersion: certificates.k8s.io/v1beta1
  kind: PodCertificateRequest
  metadata: {name: pcr, namespace: ns}
  spec: {nodeName: n1}
"#;

fn cluster() -> Cluster {
    let document = Arc::new(parse_one(&Source::new("nodes.yaml", OBJECTS)).unwrap());
    let objects: Vec<Object> = objects_of(&document, &Origin::File).unwrap();
    Cluster::new(objects.into_iter().map(Arc::new))
}

fn authorizer(minor: u8) -> NodeAuthorizer {
    NodeAuthorizer::new(&cluster(), NodeOptions::new(Version::new(minor).unwrap(), true))
}

const GROUPS: &[&str] = &["system:nodes"];
const N1: Subject<'static> = Subject { user: "system:node:n1", groups: GROUPS };

fn ask(authorizer: &NodeAuthorizer, verb: &str, resource: &str, namespace: &str, name: &str) -> Answer {
    let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
    let (group, sub) = group.split_once('/').unwrap_or((group, ""));
    let full = if sub.is_empty() { resource.to_owned() } else { format!("{resource}/{sub}") };
    authorizer.authorize(N1, &Attributes::resource(verb, group, &full).in_namespace(namespace).named(name))
}

#[test]
fn objects_of_the_nodes_own_pods() {
    let node = authorizer(36);
    for (resource, names) in [
        ("secrets", &["pull", "init-env", "from", "debug", "mounted", "projected", "inline", "azure"][..]),
        ("configmaps", &["cm-from", "cm-env", "cm-projected"]),
        ("persistentvolumeclaims", &["claim", "p1-gen"]),
        ("resourceclaims.resource.k8s.io", &["rc", "p1-made-x", "extended"]),
        ("pods", &["p1", "mirror"]),
        ("serviceaccounts", &["sa"]),
    ] {
        for name in names {
            assert_eq!(ask(&node, "get", resource, "ns", name), Answer::allow(), "{resource} {name}");
            let reason = "no relationship found between node 'n1' and this object";
            assert_eq!(ask(&node, "get", resource, "other", name), Answer::no_opinion(reason));
        }
    }
    for (resource, names) in [
        ("secrets", &["hidden", "second", "not-yet", "loose", "claim"][..]),
        ("serviceaccounts", &["other", "sa2"]),
        ("pods", &["p2", "waiting"]),
        ("persistentvolumeclaims", &["p2-gen", "made"]),
    ] {
        for name in names {
            assert_eq!(
                ask(&node, "get", resource, "ns", name).decision,
                Decision::NoOpinion,
                "{resource} {name}"
            );
        }
    }
    for (name, decision) in
        [("stage", Decision::Allow), ("expand", Decision::Allow), ("controller", Decision::NoOpinion)]
    {
        assert_eq!(ask(&node, "get", "secrets", "s", name).decision, decision, "{name}");
    }
    for (resource, name, decision) in [
        ("persistentvolumes", "pv", Decision::Allow),
        ("persistentvolumes", "pv-azure", Decision::Allow),
        ("persistentvolumes", "free", Decision::NoOpinion),
        ("volumeattachments.storage.k8s.io", "va", Decision::Allow),
        ("resourceslices.resource.k8s.io", "slice", Decision::NoOpinion),
    ] {
        assert_eq!(ask(&node, "get", resource, "", name).decision, decision, "{name}");
    }
    let relation =
        node.relation(N1, &Attributes::resource("get", "", "secrets").in_namespace("s").named("stage"));
    let relation = relation.unwrap();
    assert_eq!((relation.on_node.name(), relation.volume.unwrap().name()), ("p1", "pv"));
}

#[test]
#[allow(clippy::too_many_lines)] // a table
fn reasons_are_upstreams() {
    let node = authorizer(36);
    for (verb, resource, namespace, name, reason) in [
        ("create", "secrets", "ns", "x", "can only read resources of this type"),
        ("get", "secrets./status", "ns", "x", "cannot read subresource"),
        ("list", "secrets", "", "", "can only read namespaced object of this type"),
        ("list", "configmaps", "ns", "", "No Object name found"),
        ("list", "persistentvolumes", "", "", "can only get individual resources of this type"),
        ("get", "persistentvolumes./status", "", "pv", "cannot get subresource"),
        ("get", "persistentvolumeclaims./status", "ns", "claim", "can only get/update/patch this type"),
        (
            "create",
            "serviceaccounts./token",
            "ns",
            "",
            "can only create tokens for individual service accounts",
        ),
        ("create", "serviceaccounts", "ns", "sa", "can only create token subresource of serviceaccount"),
        (
            "get",
            "serviceaccounts./token",
            "ns",
            "sa",
            "can only create tokens for individual service accounts",
        ),
        (
            "list",
            "leases.coordination.k8s.io",
            "kube-node-lease",
            "",
            "can only get, create, update, patch, or delete a node lease",
        ),
        (
            "get",
            "leases.coordination.k8s.io",
            "ns",
            "n1",
            "can only access leases in the \"kube-node-lease\" system namespace",
        ),
        (
            "get",
            "leases.coordination.k8s.io",
            "kube-node-lease",
            "n2",
            "can only access node lease with the same name as the requesting node",
        ),
        (
            "list",
            "csinodes.storage.k8s.io",
            "",
            "",
            "can only get, create, update, patch, or delete a CSINode",
        ),
        ("get", "csinodes.storage.k8s.io/status", "", "n1", "cannot authorize CSINode subresources"),
        (
            "get",
            "csinodes.storage.k8s.io",
            "",
            "n2",
            "can only access CSINode with the same name as the requesting node",
        ),
        (
            "list",
            "resourceslices.resource.k8s.io",
            "",
            "",
            "can only list/watch/deletecollection resourceslices with nodeName field selector",
        ),
        ("list", "nodes", "", "", "node 'n1' cannot read all nodes, only its own Node object"),
        ("get", "nodes", "", "n2", "node 'n1' cannot read 'n2', only its own Node object"),
        ("list", "pods", "", "", "can only list/watch pods with spec.nodeName field selector"),
        ("delete", "nodes", "", "n1", ""),
        ("update", "pods", "ns", "p1", ""),
        ("get", "podcertificaterequests.certificates.k8s.io", "ns", "pcr", ""),
    ] {
        assert_eq!(
            ask(&node, verb, resource, namespace, name),
            Answer::no_opinion(reason),
            "{verb} {resource}"
        );
    }
    for (verb, resource, namespace, name) in [
        ("update", "persistentvolumeclaims./status", "ns", "claim"),
        ("create", "serviceaccounts./token", "ns", "sa"),
        ("get", "leases.coordination.k8s.io/status", "kube-node-lease", "n1"),
        ("create", "leases.coordination.k8s.io", "kube-node-lease", ""),
        ("create", "csinodes.storage.k8s.io", "", ""),
        ("create", "resourceslices.resource.k8s.io", "", ""),
        ("get", "nodes", "", "n1"),
        ("create", "pods./eviction", "ns", "any"),
        ("list", "services", "", ""),
        ("create", "events.events.k8s.io", "ns", ""),
        ("list", "secrets", "ns", "mounted"),
    ] {
        assert_eq!(ask(&node, verb, resource, namespace, name), Answer::allow(), "{verb} {resource}");
    }
}

#[test]
fn identities() {
    let node = authorizer(36);
    let services = Attributes::resource("list", "", "services");
    for (user, groups, answer) in [
        ("system:node:n1", &[][..], Answer::no_opinion("")),
        ("n1", GROUPS, Answer::no_opinion("")),
        ("system:node:", GROUPS, Answer::no_opinion("unknown node for user \"system:node:\"")),
        ("system:node:whatever", GROUPS, Answer::allow()),
    ] {
        assert_eq!(node.authorize(Subject { user, groups }, &services), answer, "{user}");
    }
}

#[test]
fn selectors_leave_the_nodes_own_objects() {
    let node = authorizer(36);
    let term = |field: &str, equal, value: &str| FieldRequirement {
        field: field.into(),
        equal,
        value: value.into(),
    };
    let asked = |resource: &str, fields: Vec<FieldRequirement>| {
        let selectors = Selectors { fields, ..Selectors::default() };
        let (resource, group) = resource.split_once('.').unwrap_or((resource, ""));
        node.authorize(N1, &Attributes::resource("list", group, resource).with_selectors(&selectors)).decision
    };
    for resource in ["pods", "resourceslices.resource.k8s.io"] {
        let own = || term("spec.nodeName", true, "n1");
        assert_eq!(asked(resource, vec![own()]), Decision::Allow);
        assert_eq!(asked(resource, vec![term("x", false, "y"), own()]), Decision::Allow);
        assert_eq!(asked(resource, vec![term("spec.nodeName", false, "n1")]), Decision::NoOpinion);
        assert_eq!(asked(resource, vec![term("spec.nodeName", true, "n2")]), Decision::NoOpinion);
    }
}

#[test]
fn versions_differ() {
    // Before the selectors, nodes read all pods and nodes.
    for (minor, decision) in [(30, Decision::Allow), (31, Decision::Allow), (32, Decision::NoOpinion)] {
        assert_eq!(ask(&authorizer(minor), "list", "pods", "", "").decision, decision, "{minor}");
        assert_eq!(ask(&authorizer(minor), "get", "nodes", "", "n2").decision, decision, "{minor}");
    }
    for (minor, reason) in [
        (32, "can only create tokens for individual service accounts"),
        (33, "not allowed to get service accounts"),
    ] {
        assert_eq!(ask(&authorizer(minor), "get", "serviceaccounts", "ns", "sa"), Answer::no_opinion(reason));
    }
    let slices = "resourceslices.resource.k8s.io";
    let reason = "can only get, create, update, patch, or delete a ResourceSlice";
    assert_eq!(ask(&authorizer(30), "deletecollection", slices, "", ""), Answer::no_opinion(reason));
    assert_eq!(ask(&authorizer(30), "list", slices, "", ""), Answer::allow());
    assert_eq!(ask(&authorizer(31), "deletecollection", slices, "", ""), Answer::allow());
    // Events of the newer group came to the static rules in 1.35.
    assert_eq!(
        ask(&authorizer(34), "create", "events.events.k8s.io", "ns", "").decision,
        Decision::NoOpinion
    );
    let n3 = Subject { user: "system:node:n3", groups: GROUPS };
    let slice = Attributes::resource("get", "resource.k8s.io", "resourceslices").named("slice");
    assert_eq!(authorizer(33).authorize(n3, &slice).decision, Decision::NoOpinion);
    assert_eq!(authorizer(34).authorize(n3, &slice).decision, Decision::Allow);
}

#[test]
fn gates_and_incomplete_input() {
    let options = NodeOptions { pod_certificates: true, ..NodeOptions::new(Version::NEWEST, true) };
    let node = NodeAuthorizer::new(&cluster(), options);
    let pcr = "podcertificaterequests.certificates.k8s.io";
    assert_eq!(ask(&node, "get", pcr, "ns", "pcr"), Answer::allow());
    assert_eq!(
        ask(&node, "update", pcr, "ns", "pcr"),
        Answer::no_opinion("nodes may not update podcertificaterequests")
    );
    let node = NodeAuthorizer::new(&cluster(), NodeOptions::new(Version::NEWEST, false));
    assert_eq!(ask(&node, "get", "secrets", "ns", "mounted"), Answer::allow());
    assert_eq!(ask(&node, "get", "secrets", "ns", "hidden").decision, Decision::Unknown);
}
