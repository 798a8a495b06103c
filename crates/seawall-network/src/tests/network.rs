use super::{cluster, objects};
use crate::{Direction::*, Exposure, LabelIndex, Network, Policy, Service};
use seawall_model::{Cluster, LabelSelector, Labels, PodAt};
use std::fmt::Write;

const WORLD: &str = r#"
apiVersion: v1
kind: Namespace
metadata: {name: web, labels: {team: a}}
---
apiVersion: v1
kind: Pod
metadata: {name: front, namespace: web, labels: {app: front, tier: x}}
spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}, {name: http, containerPort: 9090, protocol: UDP}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: back, namespace: web}
spec: {template: {metadata: {labels: {app: back}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 1, hostPort: 1}]}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: node, namespace: web, labels: {app: node}}
spec: {hostNetwork: true, containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: other, labels: {app: front}}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: front, namespace: web}
spec: {podSelector: {matchLabels: {app: front}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}, {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: node}}}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: web}
spec: {type: NodePort, selector: {app: front}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: back, namespace: web}
spec: {selector: {app: back}, ports: [{port: 80}, {port: 81, targetPort: 0}, {port: 82, targetPort: 70000}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: in, namespace: web}
spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: back, port: {number: 80}}}}]}}]}
---
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: old, namespace: web}
spec: {backend: {serviceName: back, servicePort: 80}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: route, namespace: other}
spec: {parentRefs: [{name: gateway}], rules: [{backendRefs: [{name: back, namespace: web, port: 80}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: mesh, namespace: web}
spec: {parentRefs: [{kind: Service, name: front}], rules: [{backendRefs: [{name: front, port: 80}]}]}
"#;

fn names<'a>(pods: impl Iterator<Item = PodAt<'a>>) -> Vec<&'a str> {
    pods.map(|pod| pod.object().name()).collect()
}

#[test]
fn policies_select_pods_of_their_namespace() {
    let cluster = cluster(WORLD);
    let network = Network::new(&cluster);
    let web = network.namespace(Some("web")).unwrap();
    let policy = web.policies().next().unwrap();
    assert_eq!(names(network.pods_of_policy(policy)), ["front"]);
    assert_eq!(names(web.open_pods(Ingress)), ["back"]);
    assert!(!web.isolates_every_pod(Ingress) && !web.isolates_every_pod(Egress));
    let front = web.pods().find(|pod| pod.object().name() == "front").unwrap();
    assert!(network.is_isolated(front, Ingress) && !network.is_isolated(front, Egress));
    let other = network.namespace(Some("other")).unwrap().pods().next().unwrap();
    assert!(!network.is_isolated(other, Ingress));
    let classes = web.classes(Ingress);
    assert_eq!(classes.len(), 1);
    assert_eq!((classes[0].0.len(), classes[0].1.object().name()), (1, "front"));
    assert!(web.classes(Egress).is_empty());
}

#[test]
fn peers_mean_namespaces_and_pods() {
    let cluster = cluster(WORLD);
    let network = Network::new(&cluster);
    let web = network.namespace(Some("web")).unwrap();
    let policy = web.policies().next().unwrap();
    let peers: Vec<_> = policy.rules(Ingress).next().unwrap().peers().collect();
    let show = |at: usize| {
        let (sure, possible) = network.namespaces_of_peer(policy, peers[at]);
        [sure, possible]
            .map(|list| list.iter().map(|namespace| namespace.name().unwrap_or("-")).collect::<Vec<_>>())
    };
    assert_eq!(show(0), [vec!["other"], vec![]]);
    // Namespace `other` is known by name only: it may have the label.
    assert_eq!(show(1), [vec!["web"], vec!["other"]]);
    assert_eq!(names(network.pods_of_peer(network.namespace(Some("other")).unwrap(), peers[0])), ["other"]);
    // A pod on its node's network is no peer.
    assert!(network.pods_of_peer(web, peers[1]).next().is_none());
}

#[test]
fn services_and_exposure() {
    let cluster = cluster(WORLD);
    let network = Network::new(&cluster);
    let exposures = |name: &str| {
        let web = network.namespace(Some("web")).unwrap();
        let pod = web.pods().find(|pod| pod.object().name() == name).unwrap();
        let kinds = network.exposures_of(pod).into_iter().map(|exposure| match exposure {
            Exposure::HostNetwork(_) => "host network",
            Exposure::HostPort(_) => "host port",
            Exposure::NodePort(_) => "node port",
            Exposure::LoadBalancer(_) => "load balancer",
            Exposure::InternalLoadBalancer(_) => "internal load balancer",
            Exposure::ExternalIp(_) => "external address",
            Exposure::Ingress(_, at) => at.object().name(),
            Exposure::Route(_, at) => at.object().name(),
        });
        kinds.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(exposures("front"), ["node port"]);
    assert_eq!(exposures("back"), ["host port", "in", "old", "route"]);
    assert_eq!(exposures("node"), ["host network"]);
    let front = objects(WORLD).into_iter().find(|object| object.kind() == "Service").unwrap();
    let service = Service::new(&front);
    let pod = network.pods_of_service(service).next().unwrap();
    assert_eq!(Network::named_port(pod, crate::Protocol::Tcp, "http"), Some(8080));
    assert_eq!(Network::named_port(pod, crate::Protocol::Udp, "http"), Some(9090));
    assert_eq!(Network::named_port(pod, crate::Protocol::Sctp, "http"), None);
    let back = objects(WORLD).into_iter().filter(|object| object.kind() == "Service").nth(1).unwrap();
    let targets: Vec<_> = Service::new(&back).ports().map(|port| format!("{:?}", port.target)).collect();
    assert_eq!(targets, ["Number(80)", "Number(81)", "Invalid"]);
}

/// A small generator of numbers; always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn the_index_answers_as_one_by_one() {
    let mut numbers = Numbers(1);
    let mut yaml = String::new();
    for number in 0..200 {
        let _ = write!(yaml, "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{number}, labels: {{");
        for key in 0..4 {
            if numbers.below(2) == 0 {
                let _ = write!(yaml, "k{key}: v{}, ", numbers.below(3));
            }
        }
        yaml.push_str("}}\n");
    }
    let namespaces = objects(&yaml);
    let labels = |at: usize| match at % 5 {
        0 => Labels::of_namespace_name(namespaces[at].name()),
        1 => Labels::unknown(),
        _ => Labels::of_namespace(&namespaces[at]),
    };
    let mut index = LabelIndex::default();
    (0..namespaces.len()).for_each(|at| assert_eq!(index.add(labels(at), &[]), at));
    for _ in 0..300 {
        let mut selector = String::from("{matchExpressions: [");
        for _ in 0..numbers.below(4) {
            let key = numbers.below(5);
            let key = if key == 4 { "kubernetes.io/metadata.name".to_owned() } else { format!("k{key}") };
            let operator = ["In", "NotIn", "Exists", "DoesNotExist", "Gt"][numbers.below(21) as usize / 5];
            let values = if operator.ends_with("In") {
                format!("[v{}, n{}]", numbers.below(4), numbers.below(200))
            } else {
                "[]".into()
            };
            let _ = write!(selector, "{{key: {key}, operator: {operator}, values: {values}}}, ");
        }
        selector.push_str("]}");
        let holder = objects(&format!("apiVersion: v1\nkind: X\nselector: {selector}")).remove(0);
        let selector = LabelSelector::new(holder.at().key("selector")).unwrap();
        let matches = index.select(selector);
        for at in 0..namespaces.len() {
            let answer = match (matches.sure.contains(at), matches.possible.contains(at)) {
                (true, _) => Some(true),
                (false, true) => None,
                (false, false) => Some(false),
            };
            assert_eq!(answer, selector.matches(labels(at)), "{selector:?} on {at}");
        }
    }
}

#[test]
fn thousands_of_policies_and_pods_stay_bounded() {
    let mut yaml = String::new();
    for number in 0..2_000 {
        let _ = write!(
            yaml,
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: web, labels: {{app: a{number}, \
             even: 'b{}'}}}}\nspec: {{containers: [{{name: c, image: i}}]}}\n---\napiVersion: \
             networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n{number}, namespace: web}}\nspec: \
             {{podSelector: {{matchExpressions: [{{key: app, operator: NotIn, values: [a{number}]}}]}}, policyTypes: \
             [Ingress, Egress]}}\n",
            number % 2,
        );
    }
    let cluster: Cluster = cluster(&yaml);
    let start = std::time::Instant::now();
    let network = Network::new(&cluster);
    let web = network.namespace(Some("web")).unwrap();
    assert!(web.isolates_every_pod(Ingress));
    let one = web.pods().next().unwrap();
    assert_eq!(network.policies_of(one).count(), 1_999);
    assert_eq!(web.policies().filter(|policy: &Policy<'_>| policy.isolates(Egress)).count(), 2_000);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    if std::env::var_os("SEAWALL_TIMES").is_some() {
        eprintln!("{:?}", start.elapsed());
    }
}

#[test]
fn default_deny_however_written() {
    let deny = |selectors: &[&str], direction| {
        let mut yaml = String::new();
        for (number, selector) in selectors.iter().enumerate() {
            let _ = write!(
                yaml,
                "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{number}, namespace: \
                 web}}\nspec: {{podSelector: {selector}}}\n"
            );
        }
        Network::new(&cluster(&yaml)).namespace(Some("web")).unwrap().has_default_deny(direction)
    };
    let expression = |text: &str| format!("{{matchExpressions: [{text}]}}");
    assert!(deny(&["{}"], Ingress) && !deny(&["{}"], Egress));
    assert!(deny(&["null"], Ingress) && deny(&["{matchLabels: {}, matchExpressions: []}"], Ingress));
    assert!(!deny(&["{matchLabels: {a: b}}"], Ingress));
    let (with, without) =
        (expression("{key: a, operator: Exists}"), expression("{key: a, operator: DoesNotExist}"));
    assert!(deny(&[&with, &without], Ingress) && !deny(&[&with, &with], Ingress));
    let other = expression("{key: b, operator: DoesNotExist}");
    assert!(!deny(&[&with, &other], Ingress));
    let not_in = expression("{key: a, operator: NotIn, values: [y, x, x]}");
    assert!(deny(&[&expression("{key: a, operator: In, values: [x, y]}"), &not_in], Ingress));
    assert!(deny(&["{matchLabels: {a: x}}", &expression("{key: a, operator: NotIn, values: [x]}")], Ingress));
    assert!(!deny(&["{matchLabels: {a: x}}", &not_in], Ingress));
}

#[test]
fn controllers_write_labels_of_their_own() {
    let cluster = cluster(
        r#"
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: web}
spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: i}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: first, namespace: web}
spec: {podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: db-0}}}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: web}
spec: {selector: {app: db, statefulset.kubernetes.io/pod-name: db-0}}
---
apiVersion: v1
kind: Service
metadata: {name: none, namespace: web}
spec: {selector: {app: other, statefulset.kubernetes.io/pod-name: db-0}}
"#,
    );
    let network = Network::new(&cluster);
    let web = network.namespace(Some("web")).unwrap();
    // One replica is selected: not nothing, and not all of them.
    assert_eq!(names(network.pods_of_policy(web.policies().next().unwrap())), ["db"]);
    assert_eq!(names(web.open_pods(Ingress)), ["db"]);
    let leads: Vec<_> = web.services().map(|service| network.pods_of_service(service).count()).collect();
    assert_eq!(leads, [1, 0]);
}
