//! The views of `connections`: `--to`, `--namespaces`, `--ports`.

use crate::program::Folder;
use serde_json::{Value, json};

const WORLD: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: ops}
---
apiVersion: v1
kind: Node
metadata: {name: one, labels: {node-role.kubernetes.io/control-plane: ''}}
spec: {providerID: 'aws:///eu-west-1a/i-1'}
status: {addresses: [{type: InternalIP, address: 10.0.0.7}, {type: ExternalIP, address: 192.0.2.7}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: c, image: i, ports: [{containerPort: 8080}, {containerPort: 9090}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: ops}
spec: {selector: {matchLabels: {app: agent}}, template: {metadata: {labels: {app: agent}}, spec: {hostNetwork: true, containers: [{name: c, image: i}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: free, namespace: ops}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{namespaceSelector: {}}]
    ports: [{port: 8080}, {port: 8081}]
  egress:
  - to: [{ipBlock: {cidr: 10.0.0.0/8}}]
    ports: [{port: 10250}]
";

fn row<'a>(answer: &'a Value, workload: &str, place: &str) -> &'a Value {
    let rows = answer["targets"].as_array().unwrap().iter();
    let mut rows =
        rows.filter(|row| row["workload"] == workload && row["places"].to_string().contains(place));
    rows.next().unwrap_or_else(|| panic!("{workload} {place}: {answer:#}"))
}

#[test]
fn who_reaches_what_is_looked_for_first() {
    let folder = Folder::with(&[("world.yaml", WORLD)]);
    let answer = folder.run("connections --to metadata --to kubelet --to etcd -o json world.yaml").json();
    let closed = row(&answer, "shop/web[Deployment]", "169.254.169.254");
    assert_eq!((&closed["allowed"], &closed["policies"][0]["name"]), (&json!(false), &json!("shop/web")));
    assert_eq!(closed["because"], json!(["closed by shop/web"]));
    // The cloud's own address over IPv6 is asked about, those of other clouds are not.
    assert!(answer.to_string().contains("fd00:ec2::254") && !answer.to_string().contains("168.63.129.16"));
    let host = row(&answer, "ops/agent[DaemonSet]", "169.254.169.254");
    assert_eq!(host["allowed"], true);
    assert_eq!(host["because"], json!(["it uses its node's network: no policy holds it"]));
    assert_eq!(host["conditions"][0]["holds"], false);
    let other = row(&answer, "ops/free[Pod]", "fd00:ec2::254");
    assert_eq!(other["because"], json!(["the input shows no address of this family for its pods"]));
    let free = row(&answer, "ops/free[Pod]", "169.254.169.254");
    assert_eq!((&free["allowed"], &free["conditions"][0]["holds"]), (&json!(true), &json!(null)));
    let kubelet = row(&answer, "shop/web[Deployment]", "kubelet of one");
    assert_eq!((&kubelet["allowed"], &kubelet["goal"]), (&json!(true), &json!("kubelet")));
    assert_eq!(kubelet["policies"][0]["location"]["field"], "spec.egress[0]");
    assert_eq!(row(&answer, "shop/web[Deployment]", "etcd on one")["allowed"], false);
    // Where the place is not known, the answer is not either, unless nothing or everything is open.
    let text = WORLD.replace("kind: Node\n", "kind: ConfigMap\n");
    let folder = Folder::with(&[("world.yaml", &text)]);
    let answer = folder.run("connections --to kubelet --to apiserver --to dns -o json world.yaml");
    let answer = answer.expect(3).json();
    let rows = answer["targets"].as_array().unwrap();
    let verdict = |workload: &str, goal: &str| {
        let mut own = rows.iter().filter(|row| row["workload"] == workload && row["goal"] == goal);
        own.next().unwrap()["allowed"].clone()
    };
    assert_eq!(verdict("shop/web[Deployment]", "kubelet"), json!(null));
    assert_eq!(verdict("shop/web[Deployment]", "apiserver"), json!(false));
    assert_eq!(verdict("ops/free[Pod]", "dns"), json!(true));
    let table = folder.run("connections --to kubelet world.yaml").out;
    assert!(table.contains("Who reaches what") && table.contains("cannot be known"), "{table}");
    folder.run("connections --to kubelet -o csv world.yaml").expect(2);
    folder.run("connections --to nothing world.yaml").expect(2);
}

#[test]
fn what_stands_before_the_metadata_service_counts() {
    let proxy = "---\n{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: kiam, namespace: ops}, spec: {selector: {matchLabels: {app: kiam}}, template: {metadata: {labels: {app: kiam}}, spec: {hostNetwork: true, containers: [{name: c, image: 'quay.io/uswitch/kiam:v4'}]}}}}\n";
    let class = "---\n{apiVersion: karpenter.k8s.aws/v1, kind: EC2NodeClass, metadata: {name: all}, spec: {metadataOptions: {httpPutResponseHopLimit: 1, httpTokens: required}}}\n";
    let folder = Folder::with(&[("world.yaml", WORLD), ("proxy.yaml", proxy)]);
    let answer = folder.run("connections --to metadata -o json .").json();
    assert_eq!(row(&answer, "shop/web[Deployment]", "169.254.169.254")["allowed"], json!(null));
    let folder = Folder::with(&[("world.yaml", WORLD), ("class.yaml", class)]);
    let answer = folder.run("connections --to metadata -o json .").json();
    assert_eq!(row(&answer, "ops/free[Pod]", "169.254.169.254")["allowed"], false);
    assert_eq!(row(&answer, "ops/agent[DaemonSet]", "169.254.169.254")["allowed"], true);
    let flannel = "---\n{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: flannel, namespace: ops}, spec: {selector: {matchLabels: {app: f}}, template: {metadata: {labels: {app: f}}, spec: {hostNetwork: true, containers: [{name: c, image: 'flannel/flannel:v0.26'}]}}}}\n";
    let folder = Folder::with(&[("world.yaml", WORLD), ("flannel.yaml", flannel)]);
    let answer = folder.run("connections --to metadata -o json .").json();
    let row = row(&answer, "shop/web[Deployment]", "169.254.169.254");
    assert!(row["allowed"].is_null() && row["because"][1].as_str().unwrap().contains("flannel"), "{row}");
}

#[test]
fn namespaces_and_ports() {
    let folder = Folder::with(&[("world.yaml", WORLD)]);
    let answer = folder.run("connections --namespaces --ports -o json world.yaml").json();
    let pair = |from: &str, to: &str| {
        let mut rows = answer["namespaces"].as_array().unwrap().iter();
        rows.find(|row| row["from"] == from && row["to"] == to).cloned()
    };
    let into = pair("ops", "shop").unwrap();
    assert_eq!(
        (&into["ports"], &into["open"], &into["pairs"]),
        (&json!("TCP 8080-8081"), &json!(1), &json!(2))
    );
    assert!(pair("shop", "ops").is_none_or(|row| row["open"] == 0), "{answer:#}");
    assert_eq!(pair("shop", "outside").unwrap()["ports"], "TCP 10250");
    let ports: Vec<&Value> = answer["ports"].as_array().unwrap().iter().collect();
    let row = |ports_: &str| {
        let mut own = ports.iter().filter(|row| row["workload"] == "shop/web[Deployment]");
        own.find(|row| row["ports"] == ports_)
            .cloned()
            .cloned()
            .unwrap_or_else(|| panic!("{ports_}: {ports:#?}"))
    };
    assert_eq!(row("TCP 8080")["neededBy"], json!(["Service web"]));
    assert_eq!((&row("TCP 8080")["open"], &row("TCP 8080")["reachedBy"]), (&json!(true), &json!(1)));
    assert_eq!((&row("TCP 9090")["open"], &row("TCP 9090")["neededBy"]), (&json!(false), &json!([])));
    assert_eq!(row("TCP 8081")["declared"], false);
    let table = folder.run("connections --namespaces --ports world.yaml").out;
    assert!(table.contains("closed to everybody") && table.contains("not declared"), "{table}");
}
