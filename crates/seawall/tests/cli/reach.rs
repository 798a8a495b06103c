//! `reach` and `connections`.

use crate::program::Folder;
use serde_json::{Value, json};

const WORLD: &str = "\
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: ops, labels: {team: ops}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: admin, namespace: ops}
spec: {nodeName: n1, containers: [{name: c, image: i}]}
status: {podIP: 10.244.0.9, hostIP: 172.16.0.1}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: sql}]
  - from: [{namespaceSelector: {matchLabels: {team: ops}}}, {ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
  - to: [{podSelector: {matchLabels: {app: db}}}]
    ports: [{port: 5432, endPort: 5440}]
";

fn folder() -> Folder {
    Folder::with(&[("world.yaml", WORLD)])
}

fn rows(answer: &Value, list: &str) -> Vec<[String; 3]> {
    let row = |row: &Value| ["from", "to", "ports"].map(|key| row[key].as_str().unwrap().to_owned());
    answer[list].as_array().into_iter().flatten().map(row).collect()
}

#[test]
fn reach_answers_with_the_policies_that_decide() {
    let folder = folder();
    let yes = folder.run("reach shop/web shop/db:5432 -o json world.yaml").expect(0).json();
    assert_eq!((&yes["schema"], &yes["allowed"]), (&json!("seawall.dev/reach/v1"), &json!(true)));
    assert_eq!((&yes["egress"], &yes["ingress"]), (&json!(["shop/web"]), &json!(["shop/db"])));
    assert_eq!(yes["ports"], "TCP 5432");
    let no = folder.run("reach shop/web shop/db:5433 -o json world.yaml").expect(1).json();
    assert_eq!((&no["allowed"], &no["ingress"]), (&json!(false), &json!(["shop/db"])));
    assert!(no["policies"].is_null());
    folder.run("reach ops/admin shop/db:9999 world.yaml").expect(0);
    folder.run("reach shop/web ops/admin world.yaml").expect(1);
    folder.run("reach shop/web shop/web:1 world.yaml").expect(0);
    folder.run("reach 10.244.0.9 shop/db:1 world.yaml").expect(0);
    folder.run("reach 172.16.0.1 ops/admin:10250 world.yaml").expect(0);
    let inside = folder.run("reach internet shop/db:80 -o json world.yaml").expect(0).json();
    assert_eq!(inside["addresses"], json!(["192.0.2.0/25"]));
    folder.run("reach 192.0.2.200 shop/db:80 world.yaml").expect(1);
    let without = folder.run("reach shop/web ops/admin --without NetworkPolicy/shop/web world.yaml");
    without.expect(0);
}

#[test]
fn reach_explains_rule_by_rule() {
    let folder = folder();
    let answer = folder.run("reach shop/web shop/db:80 --explain -o json world.yaml").expect(1).json();
    let policies = answer["policies"].as_array().unwrap();
    assert_eq!(policies.len(), 2);
    assert_eq!(
        policies[0]["rules"][0],
        json!({
            "action": "accept", "matches": false, "peers": true, "ports": false,
            "location": policies[0]["rules"][0]["location"]
        })
    );
    assert_eq!(policies[1]["rules"][1]["peers"], false);
    assert_eq!(policies[1]["rules"][1]["location"]["field"], "spec.ingress[1]");
    let text = folder.run("reach shop/web shop/db:80 --explain world.yaml").expect(1).out;
    assert!(text.contains("no: shop/web does not reach shop/db on TCP 80"), "{text}");
    assert!(text.contains("spec.egress[0]: does not mean the port"), "{text}");
}

#[test]
fn what_cannot_be_known_is_unknown() {
    let folder = folder();
    let answer = folder.run("reach shop/web shop/none:1 -o json world.yaml").expect(3).json();
    assert!(answer["allowed"].is_null() && answer["unknown"] == "shop/none is not in the input");
    folder.run("reach shop/web nothing world.yaml").expect(2);
    folder.run("reach shop/web world.yaml").expect(2);
    folder.run("reach shop/web shop/db:99999 world.yaml").expect(2);
    // The labels of a namespace that is not described are not known.
    let text = WORLD.replace("metadata: {name: ops, labels: {team: ops}}", "metadata: {name: other}");
    let folder = Folder::with(&[("world.yaml", &text)]);
    let answer = folder.run("reach ops/admin shop/db:1 -o json world.yaml").expect(3).json();
    assert!(answer["unknown"].as_str().unwrap().contains("NetworkPolicy shop/db"), "{answer}");
    let answer = folder.run("connections -o json world.yaml").expect(3).json();
    let unknown = rows(&answer, "unknown");
    assert!(
        unknown.contains(&["ops/admin[Pod]", "shop/db[StatefulSet]", "all"].map(str::to_owned)),
        "{unknown:?}"
    );
    assert_eq!(answer["complete"], false);
}

#[test]
fn a_policy_that_would_be_refused_decides_nothing_silently() {
    let broken = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: bad, namespace: ops}, spec: \
                  {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/99}}]}]}}";
    let folder = Folder::with(&[("world.yaml", WORLD), ("bad.yaml", broken)]);
    let answer = folder.run("reach shop/db ops/admin:1 -o json .").expect(3).json();
    assert!(
        answer["unknown"].as_str().unwrap().contains("the API server would refuse NetworkPolicy ops/bad")
    );
    assert!(answer["notes"][0].as_str().unwrap().contains("ipBlock"), "{answer}");
}

#[test]
fn queries_are_answered_line_by_line() {
    let folder = folder();
    let lines = [
        r#"{"from":"shop/web","to":"shop/db","port":5432,"protocol":"TCP"}"#,
        r#"{"from":"shop/web","to":"shop/db","port":5432,"protocol":"UDP"}"#,
        r#"{"from":"internet","to":"shop/db","port":80}"#,
        r#"{"from":"shop/none","to":"shop/db","port":80}"#,
        r#"{"from":"shop/web","to":"shop/db","port":0}"#,
        "nonsense",
    ];
    folder.write("q.jsonl", lines.join("\n"));
    let out = folder.run("reach --queries q.jsonl world.yaml").expect(3).out;
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 6);
    assert_eq!(answers[0], json!({"allowed": true, "egress": ["shop/web"], "ingress": ["shop/db"]}));
    assert_eq!(answers[1], json!({"allowed": false, "egress": ["shop/web"], "ingress": ["shop/db"]}));
    assert_eq!(answers[2]["addresses"], json!(["192.0.2.0/25"]));
    assert_eq!(answers[3]["unknown"], "shop/none is not in the input");
    assert!(answers[4]["error"].is_string() && answers[5]["error"].is_string());
    folder.write("q.jsonl", lines[..3].join("\n"));
    folder.run("reach --queries q.jsonl world.yaml").expect(0);
}

#[test]
fn connections_of_every_workload() {
    let folder = folder();
    let answer = folder.run("connections -o json world.yaml").expect(0).json();
    assert_eq!(answer["schema"], "seawall.dev/connections/v1");
    let wanted = [
        ["ops/admin[Pod]", "shop/db[StatefulSet]", "all"],
        ["ops/admin[Pod]", "shop/web[Deployment]", "all"],
        ["ops/admin[Pod]", "0.0.0.0/0", "all"],
        ["shop/db[StatefulSet]", "ops/admin[Pod]", "all"],
        ["shop/db[StatefulSet]", "shop/web[Deployment]", "all"],
        ["shop/db[StatefulSet]", "0.0.0.0/0", "all"],
        ["shop/web[Deployment]", "shop/db[StatefulSet]", "TCP 5432"],
        ["0.0.0.0/0", "ops/admin[Pod]", "all"],
        ["0.0.0.0/0", "shop/web[Deployment]", "all"],
        ["192.0.2.0/25", "shop/db[StatefulSet]", "all"],
    ];
    assert_eq!(rows(&answer, "connections"), wanted.map(|row| row.map(str::to_owned)));
    let focused = folder.run("connections --focus shop/db -o csv world.yaml").expect(0).out;
    assert_eq!(focused.lines().next(), Some("from,to,ports,certain"));
    assert!(focused.lines().skip(1).all(|line| line.contains("shop/db[StatefulSet]")), "{focused}");
    assert!(
        folder
            .run("connections -o markdown world.yaml")
            .expect(0)
            .out
            .contains("| shop/web\\[Deployment\\] |")
    );
    assert!(folder.run("connections world.yaml").expect(0).out.starts_with("Allowed (10)"));
    let wrong = folder.run("connections --focus shop/dv world.yaml").expect(2);
    assert!(wrong.err.contains("did you mean `shop/db`?"), "{}", wrong.err);
}

#[test]
fn tiers_decide_first_and_foreign_policies_are_told() {
    let more = "\
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: wall}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}
  ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: ops}}}], protocols: [{tcp: {destinationPort: {range: {start: 1, end: 1024}}}}]}]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: mesh, namespace: shop}
";
    let folder = Folder::with(&[("world.yaml", WORLD), ("more.yaml", more)]);
    let answer = folder.run("reach ops/admin shop/db:80 -o json .").expect(1).json();
    assert_eq!(answer["ingress"], json!(["wall"]));
    assert_eq!(answer["ports"], "TCP 1025-65535; UDP; SCTP");
    assert_eq!(
        answer["notes"],
        json!(["1 object of kind AuthorizationPolicy (security.istio.io) is not considered"])
    );
    folder.run("reach ops/admin shop/db:1025 .").expect(0);
}

#[test]
fn connections_are_drawn_with_a_band_for_each_namespace() {
    let pod = |namespace: &str, name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec: {{containers: [{{name: a, image: 'a:1'}}]}}\n---\n"
        )
    };
    let folder = Folder::with(&[("pods.yaml", &(pod("shop", "web") + &pod("bank", "db")))]);
    let svg = folder.run("connections -o svg pods.yaml").expect(0).out;
    assert!(
        svg.contains("<g class=\"lane\">") && svg.contains(">bank</text>") && svg.contains(">shop</text>"),
        "{svg}"
    );
    let dot = folder.run("connections -o dot pods.yaml").expect(0).out;
    assert!(dot.contains("label=\"outside the cluster\"") && dot.contains("[label=\"web\\nPod\""), "{dot}");
    let page = folder.run("connections -o html pods.yaml").expect(0).out;
    assert!(page.contains("<h3>shop/web[Pod] → bank/db[Pod]</h3><p>all</p>"), "{page}");
    let many: String = (0..201).map(|number| pod("shop", &format!("p{number}"))).collect();
    folder.write("many.yaml", many);
    let page = folder.run("connections -o html many.yaml").out;
    assert!(page.contains("<table class=\"matrix\">") && page.contains("<th scope=\"row\">shop</th>"));
}

#[test]
fn ways_in_from_outside_are_followed_to_pods() {
    let more = "\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [192.0.2.64/26], selector: {app: db}, ports: [{port: 80, targetPort: sql}]}
---
apiVersion: v1
kind: Service
metadata: {name: far, namespace: shop}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [198.51.100.0/24], selector: {app: db}, ports: [{port: 80, targetPort: sql}]}
---
apiVersion: v1
kind: Service
metadata: {name: node, namespace: shop}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: two, namespace: shop}
spec: {selector: {app: db}, ports: [{name: a, port: 1, targetPort: 5432}, {name: b, port: 2, targetPort: 5433}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in, namespace: shop}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: two, port: {name: b}}}}]}}]}
";
    let folder = Folder::with(&[("world.yaml", WORLD), ("more.yaml", more)]);
    let answer = folder.run("connections -o json --exposure .").expect(0).json();
    let way = |through: &str, ports: &str, allowed: Value, to: &str| json!({"to": to, "through": through, "ports": ports, "allowed": allowed});
    let db = "shop/db[StatefulSet]";
    assert_eq!(
        answer["internet"],
        json!([
            way("Ingress shop/in and Service shop/two", "TCP 5433", Value::Null, db),
            way("Service shop/db (LoadBalancer)", "TCP 5432", json!(true), db),
            way("Service shop/far (LoadBalancer)", "TCP 5432", json!(false), db),
            way("Service shop/node (NodePort)", "TCP 8080", json!(true), "shop/web[Deployment]"),
        ])
    );
    let exposure = answer["exposure"].as_array().unwrap();
    let one = |workload: &str, direction: &str, peers: &str, ports: &str| json!({"workload": workload, "direction": direction, "peers": peers, "ports": ports, "final": true});
    assert!(
        exposure.contains(&one(db, "ingress", "pods with app=web in namespace shop", "TCP 5432")),
        "{answer}"
    );
    assert!(exposure.contains(&one(db, "ingress", "pods in namespaces with team=ops", "all")));
    assert!(exposure.contains(&one(db, "egress", "every pod", "all")));
    let web = "shop/web[Deployment]";
    assert!(exposure.contains(&one(web, "egress", "pods with app=db in namespace shop", "TCP 5432-5440")));
    let text = folder.run("connections --exposure .").expect(0).out;
    assert!(
        text.contains("closed by policies (TCP 5432)") && text.contains("cannot be known (TCP 5433)"),
        "{text}"
    );
}

#[test]
fn objects_without_a_namespace_share_the_unnamed_one() {
    let text = "{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}\n\
                ---\n{apiVersion: v1, kind: Pod, metadata: {name: other, namespace: default}, spec: {containers: [{name: c, image: i}]}}\n\
                ---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}, spec: {podSelector: {}}}\n";
    let folder = Folder::with(&[("world.yaml", text)]);
    let answer = folder.run("connections -o json world.yaml").expect(0).json();
    let open = rows(&answer, "connections");
    let between = ["(unset)/web[Pod]", "default/other[Pod]", "all"].map(str::to_owned);
    assert!(open.contains(&between), "{open:?}");
    assert!(!open.iter().any(|row| row[1] == "(unset)/web[Pod]"), "{open:?}");
    let answer = folder.run("reach default/other default/web -o json world.yaml").expect(1).json();
    assert_eq!(answer["ingress"], json!(["(unset)/deny"]));
    // Told where they are, they are there.
    let answer = folder.run("connections -n default -o json world.yaml").expect(0).json();
    let open = rows(&answer, "connections");
    assert!(
        !open.iter().any(|row| row[1] == "default/other[Pod]" && row[0].starts_with("default/")),
        "{open:?}"
    );
    let made = folder.run("network generate --only (unset) world.yaml").expect(0).out;
    assert!(made.contains("name: \"web\"") || made.contains("name: web"), "{made}");
    assert!(!made.contains("namespace:"), "{made}");
}
