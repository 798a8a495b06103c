//! `network generate`.

use crate::program::Folder;
use serde_json::Value;

const SHOP: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: app
        image: registry.example/web:1
        env: [{name: DATABASE, value: 'db:5432'}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: app, image: registry.example/db:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: old, namespace: shop}
spec: {podSelector: {}, ingress: [{}]}
";

fn folder() -> Folder {
    Folder::with(&[("shop/shop.yaml", SHOP)])
}

fn names(answer: &Value) -> Vec<&str> {
    answer["policies"].as_array().unwrap().iter().map(|policy| policy["name"].as_str().unwrap()).collect()
}

#[test]
fn what_is_declared_becomes_policies_that_the_engine_confirms() {
    let folder = folder();
    let run = folder.run("network generate shop").expect(0);
    assert!(run.err.contains("wanted: all 3 connections pass"), "{}", run.err);
    assert!(run.err.contains("beyond that nothing is open"), "{}", run.err);
    assert!(run.err.contains("they stand in the place of: shop/old"), "{}", run.err);
    folder.write("new/policies.yaml", &run.out);
    folder.run("reach shop/web shop/db:5432 shop new --without NetworkPolicy/shop/old").expect(0);
    folder.run("reach shop/db shop/web:80 shop new --without NetworkPolicy/shop/old").expect(1);
    folder.run("reach shop/web 169.254.169.254:80 shop new --without NetworkPolicy/shop/old").expect(1);
}

#[test]
fn a_file_says_what_is_wanted() {
    let folder = folder();
    folder.write("wanted.yaml", "connections:\n- {from: anyone, to: shop/web, ports: TCP 8080}\n");
    let answer = folder.run("network generate --wanted wanted.yaml --no-dns -o json shop").expect(0).json();
    assert_eq!(names(&answer), ["db", "web"]);
    assert_eq!(answer["pairs"]["after"]["some"], 0);
    assert!(answer["policies"][1]["manifest"].as_str().unwrap().contains("port: 8080"));
    // What `connections` prints can be given back.
    let today = folder.run("connections -o json shop").expect(0).out;
    folder.write("today.json", &today);
    let answer = folder.run("network generate --wanted today.json --no-dns -o json shop").expect(0).json();
    assert_eq!(answer["missing"].as_array().unwrap().len(), 0);
    folder.write("wanted.yaml", "connections:\n- {from: shop/nobody, to: shop/web, ports: TCP 1}\n");
    let run = folder.run("network generate --wanted wanted.yaml shop").expect(2);
    assert!(run.err.contains("wanted.yaml:2: from: shop/nobody: not in the input"), "{}", run.err);
}

#[test]
fn what_was_seen_becomes_policies() {
    let folder = folder();
    let flows = "{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":5432}\nnonsense\n";
    folder.write("flows.jsonl", flows);
    let answer = folder.run("network generate --flows flows.jsonl --no-dns -o json shop").expect(0).json();
    assert_eq!(answer["wanted"][0]["because"], "seen 1 times");
    assert!(answer["notes"].to_string().contains("1 lines are no records; the first is line 2"));
}

#[test]
fn metadata_is_denied_by_a_tier_where_there_is_one() {
    let folder = folder();
    let run = folder.run("network generate --deny-metadata shop").expect(0);
    assert!(run.err.contains("defines no ClusterNetworkPolicy"), "{}", run.err);
    let definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: \
                      clusternetworkpolicies.policy.networking.k8s.io}\nspec: {group: policy.networking.k8s.io, names: \
                      {kind: ClusterNetworkPolicy, plural: clusternetworkpolicies}, scope: Cluster, versions: []}\n";
    folder.write("shop/definition.yaml", definition);
    let policies = folder.run("network generate --deny-metadata shop").expect(0).out;
    assert!(policies.contains("tier: Admin") && policies.contains("\"169.254.169.254/32\""), "{policies}");
    folder.write("tier/policy.yaml", policies.split("---\n").next().unwrap());
    folder.run("reach shop/web 169.254.169.254:80 shop tier").expect(1);
    folder.run("reach shop/web 192.0.2.1:80 shop tier").expect(0);
}
