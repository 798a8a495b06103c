//! Which controls a trial runs.

use seawall_controls::verify::{Part, verify};
use seawall_controls::{Engine, find};
use seawall_model::{Cluster, Object, Origin, Version, objects_of};
use seawall_world::{Coverage, World};
use seawall_yaml::{Source, parse_documents};
use std::sync::Arc;

const POLICY: &str = "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: n, namespace: shop, annotations: {a: b}}
spec:
  podSelector: {}
  policyTypes: [Ingress]
  ingress:
  - from: [{podSelector: {}}]
  - from: [{podSelector: {matchLabels: {app: web}}}]
  - from: [{podSelector: {matchLabels: {app: api}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app, image: 'a:1', securityContext: {privileged: true}}]}
";

/// A control of the world that does not run finds nothing, and its fix would seem to hold.
#[test]
fn fixes_about_the_world_are_tried_with_the_world() {
    let documents = parse_documents(&Source::new("x.yaml", POLICY));
    let documents = documents.into_iter().map(|one| Arc::new(one.unwrap()));
    let objects: Vec<Object> =
        documents.flat_map(|one| objects_of(&one, &Origin::File).unwrap_or_default()).collect();
    let cluster = Cluster::new(objects.into_iter().map(Arc::new));
    let world = World::new(cluster, Version::NEWEST, Coverage::open());
    let run = |rule: &str| {
        let engine = Engine::new(find(rule));
        let findings = engine.run_part(&world, Part::All, 1);
        assert!(findings.iter().any(|finding| finding.fix.is_some()), "{rule}");
        findings
    };
    let whole = run("needless-policy-rule");
    assert!(matches!(Part::enough_for(&whole, &[]), Part::Concerned(_)));
    let own = run("privileged-container");
    assert!(matches!(Part::enough_for(&own, &[]), Part::Only(_)));
    assert!(matches!(Part::enough_for(own.iter().chain(&whole), &[]), Part::Concerned(_)));
    // Of two fixes of one object the one that holds is kept, and the one that changes something else is not.
    let mut findings = whole;
    assert_eq!(findings.len(), 2, "both narrow rules are needless");
    let other = findings[1].at.object.clone();
    findings[1].fix.as_mut().unwrap().changes = vec![other.at().get("metadata.annotations").remove()];
    let engine = Engine::new(find("needless-policy-rule"));
    verify(&world, &mut findings, &|world, part| engine.run_part(world, part, 1));
    let held: Vec<bool> =
        findings.iter().map(|one| one.fix.as_ref().is_some_and(|fix| fix.verified)).collect();
    assert_eq!(held, [true, false]);
}
