//! A small cluster as data, made by chance and told as manifests.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A small generator of numbers; always the same for a seed.
pub(crate) struct Dice(pub u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }
}

pub(crate) type LabelMap = Vec<(String, String)>;

#[derive(Clone, Debug)]
pub(crate) struct Namespace {
    pub(crate) name: String,
    pub(crate) labels: LabelMap,
}

#[derive(Clone, Debug)]
pub(crate) struct Pod {
    pub(crate) namespace: usize,
    pub(crate) name: String,
    pub(crate) labels: LabelMap,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) ports: Vec<(String, &'static str, u16)>,
    pub(crate) host: bool,
    pub(crate) node: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Asked {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Missing,
}

pub(crate) type Selector = Vec<(String, Asked)>;

#[derive(Clone, Debug)]
pub(crate) enum Peer {
    Pods { namespaces: Option<Selector>, pods: Option<Selector> },
    Block { cidr: (IpAddr, u8), except: Vec<(IpAddr, u8)> },
    Nodes(Selector),
}

#[derive(Clone, Debug)]
pub(crate) enum Port {
    Any(&'static str),
    Range(&'static str, u16, u16),
    Named(&'static str, String),
}

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) action: &'static str,
    pub(crate) peers: Vec<Peer>,
    pub(crate) ports: Vec<Port>,
}

#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) namespace: usize,
    pub(crate) name: String,
    pub(crate) selector: Selector,
    /// `None`: not written, so that the API server's default counts.
    pub(crate) types: Option<Vec<&'static str>>,
    pub(crate) ingress: Option<Vec<Rule>>,
    pub(crate) egress: Option<Vec<Rule>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Wide {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) tier: &'static str,
    pub(crate) priority: usize,
    pub(crate) namespaces: Selector,
    pub(crate) pods: Option<Selector>,
    pub(crate) ingress: Vec<Rule>,
    pub(crate) egress: Vec<Rule>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) nodes: Vec<(LabelMap, Vec<IpAddr>)>,
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) wide: Vec<Wide>,
}

impl Model {
    /// The manifests, as a stream of JSON documents.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        for (number, (labels, addresses)) in self.nodes.iter().enumerate() {
            let addresses: Vec<_> =
                addresses.iter().map(|ip| format!(r#"{{"type":"InternalIP","address":"{ip}"}}"#)).collect();
            let _ = writeln!(
                out,
                r#"---
{{"apiVersion":"v1","kind":"Node","metadata":{{"name":"n{number}","labels":{}}},"status":{{"addresses":[{}]}}}}"#,
                map(labels),
                addresses.join(",")
            );
        }
        for namespace in &self.namespaces {
            let _ = writeln!(
                out,
                r#"---
{{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{}","labels":{}}}}}"#,
                namespace.name,
                map(&namespace.labels)
            );
        }
        self.pods.iter().for_each(|pod| self.pod(pod, &mut out));
        self.policies.iter().for_each(|policy| out.push_str(&self.policy(policy)));
        self.wide.iter().for_each(|policy| out.push_str(&wide(policy)));
        out
    }

    fn pod(&self, pod: &Pod, out: &mut String) {
        let ports: Vec<_> = (pod.ports.iter())
            .map(|(name, protocol, port)| {
                format!(r#"{{"name":"{name}","protocol":"{protocol}","containerPort":{port}}}"#)
            })
            .collect();
        let ips: Vec<_> = pod.addresses.iter().map(|ip| format!(r#"{{"ip":"{ip}"}}"#)).collect();
        let hosts = &self.nodes[pod.node].1;
        let hosts: Vec<_> = hosts.iter().map(|ip| format!(r#"{{"ip":"{ip}"}}"#)).collect();
        let _ = writeln!(
            out,
            r#"---
{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"{}","namespace":"{}","labels":{}}},"spec":{{"nodeName":"n{}","hostNetwork":{},"containers":[{{"name":"c","image":"i","ports":[{}]}}]}},"status":{{"podIPs":[{}],"hostIPs":[{}]}}}}"#,
            pod.name,
            self.namespaces[pod.namespace].name,
            map(&pod.labels),
            pod.node,
            pod.host,
            ports.join(","),
            ips.join(","),
            hosts.join(",")
        );
    }

    /// One policy as a document.
    pub(crate) fn policy(&self, policy: &Policy) -> String {
        let mut spec = format!(r#""podSelector":{}"#, selector(&policy.selector));
        if let Some(types) = &policy.types {
            let types: Vec<_> = types.iter().map(|one| format!("\"{one}\"")).collect();
            let _ = write!(spec, r#","policyTypes":[{}]"#, types.join(","));
        }
        for (field, peers, rules) in [("ingress", "from", &policy.ingress), ("egress", "to", &policy.egress)]
        {
            if let Some(rules) = rules {
                let rules: Vec<_> = rules.iter().map(|rule| namespaced_rule(rule, peers)).collect();
                let _ = write!(spec, r#","{field}":[{}]"#, rules.join(","));
            }
        }
        format!(
            "---\n{{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",\"metadata\":{{\"name\":\"{}\",\"namespace\":\"{}\"}},\"spec\":{{{spec}}}}}\n",
            policy.name, self.namespaces[policy.namespace].name
        )
    }
}

fn map(labels: &LabelMap) -> String {
    let entries: Vec<_> = labels.iter().map(|(key, value)| format!("\"{key}\":\"{value}\"")).collect();
    format!("{{{}}}", entries.join(","))
}

fn selector(selector: &[(String, Asked)]) -> String {
    let list = |values: &[String]| values.iter().map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(",");
    let entries: Vec<_> = (selector.iter())
        .map(|(key, asked)| {
            let (operator, values) = match asked {
                Asked::In(values) => ("In", list(values)),
                Asked::NotIn(values) => ("NotIn", list(values)),
                Asked::Exists => ("Exists", String::new()),
                Asked::Missing => ("DoesNotExist", String::new()),
            };
            format!(r#"{{"key":"{key}","operator":"{operator}","values":[{values}]}}"#)
        })
        .collect();
    format!(r#"{{"matchExpressions":[{}]}}"#, entries.join(","))
}

fn namespaced_rule(rule: &Rule, peers_field: &str) -> String {
    let mut parts = Vec::new();
    if !rule.peers.is_empty() {
        let peers: Vec<_> = (rule.peers.iter())
            .map(|peer| match peer {
                Peer::Pods { namespaces, pods } => {
                    let fields = [("namespaceSelector", namespaces), ("podSelector", pods)];
                    let fields: Vec<_> = (fields.into_iter())
                        .filter_map(|(name, one)| Some(format!("\"{name}\":{}", selector(one.as_ref()?))))
                        .collect();
                    format!("{{{}}}", fields.join(","))
                }
                Peer::Block { cidr, except } => {
                    let except: Vec<_> = except.iter().map(|(ip, bits)| format!("\"{ip}/{bits}\"")).collect();
                    format!(
                        r#"{{"ipBlock":{{"cidr":"{}/{}","except":[{}]}}}}"#,
                        cidr.0,
                        cidr.1,
                        except.join(",")
                    )
                }
                Peer::Nodes(_) => unreachable!("NetworkPolicies have no such peer"),
            })
            .collect();
        parts.push(format!("\"{peers_field}\":[{}]", peers.join(",")));
    }
    if !rule.ports.is_empty() {
        let ports: Vec<_> = (rule.ports.iter())
            .map(|port| match port {
                Port::Any("TCP") => "{}".to_owned(),
                Port::Any(protocol) => format!(r#"{{"protocol":"{protocol}"}}"#),
                Port::Range("TCP", first, last) if first == last => format!(r#"{{"port":{first}}}"#),
                Port::Range(protocol, first, last) if first == last => {
                    format!(r#"{{"protocol":"{protocol}","port":{first}}}"#)
                }
                Port::Range(protocol, first, last) => {
                    format!(r#"{{"protocol":"{protocol}","port":{first},"endPort":{last}}}"#)
                }
                Port::Named(protocol, name) => format!(r#"{{"protocol":"{protocol}","port":"{name}"}}"#),
            })
            .collect();
        parts.push(format!("\"ports\":[{}]", ports.join(",")));
    }
    format!("{{{}}}", parts.join(","))
}

fn wide(policy: &Wide) -> String {
    let old = policy.kind != "ClusterNetworkPolicy";
    let version = if old { "v1alpha1" } else { "v1alpha2" };
    let mut spec = match &policy.pods {
        None => format!(r#""subject":{{"namespaces":{}}}"#, selector(&policy.namespaces)),
        Some(pods) => format!(
            r#""subject":{{"pods":{{"namespaceSelector":{},"podSelector":{}}}}}"#,
            selector(&policy.namespaces),
            selector(pods)
        ),
    };
    if !old {
        let _ = write!(spec, r#","tier":"{}""#, policy.tier);
    }
    if policy.kind != "BaselineAdminNetworkPolicy" {
        let _ = write!(spec, r#","priority":{}"#, policy.priority);
    }
    for (field, peers, rules) in [("ingress", "from", &policy.ingress), ("egress", "to", &policy.egress)] {
        let rules: Vec<_> = rules.iter().map(|rule| wide_rule(rule, peers, old)).collect();
        let _ = write!(spec, r#","{field}":[{}]"#, rules.join(","));
    }
    format!(
        "---\n{{\"apiVersion\":\"policy.networking.k8s.io/{version}\",\"kind\":\"{}\",\"metadata\":{{\"name\":\"{}\"}},\"spec\":{{{spec}}}}}\n",
        policy.kind, policy.name
    )
}

fn wide_rule(rule: &Rule, peers_field: &str, old: bool) -> String {
    let peers: Vec<_> = (rule.peers.iter())
        .map(|peer| match peer {
            Peer::Pods { namespaces, pods: None } => {
                format!(r#"{{"namespaces":{}}}"#, selector(namespaces.as_deref().unwrap_or(&[])))
            }
            Peer::Pods { namespaces, pods: Some(pods) } => format!(
                r#"{{"pods":{{"namespaceSelector":{},"podSelector":{}}}}}"#,
                selector(namespaces.as_deref().unwrap_or(&[])),
                selector(pods)
            ),
            Peer::Block { cidr, .. } => format!(r#"{{"networks":["{}/{}"]}}"#, cidr.0, cidr.1),
            Peer::Nodes(nodes) => format!(r#"{{"nodes":{}}}"#, selector(nodes)),
        })
        .collect();
    let ports: Vec<_> = (rule.ports.iter())
        .map(|port| match (port, old) {
            (Port::Any(protocol), false) => format!(r#"{{"{}":{{}}}}"#, protocol.to_lowercase()),
            (Port::Any(protocol), true) => {
                format!(r#"{{"portRange":{{"protocol":"{protocol}","start":1,"end":65535}}}}"#)
            }
            (Port::Range(protocol, first, last), false) if first == last => {
                format!(r#"{{"{}":{{"destinationPort":{{"number":{first}}}}}}}"#, protocol.to_lowercase())
            }
            (Port::Range(protocol, first, last), false) => format!(
                r#"{{"{}":{{"destinationPort":{{"range":{{"start":{first},"end":{last}}}}}}}}}"#,
                protocol.to_lowercase()
            ),
            (Port::Range(protocol, first, last), true) if first == last => {
                format!(r#"{{"portNumber":{{"protocol":"{protocol}","port":{first}}}}}"#)
            }
            (Port::Range(protocol, first, last), true) => {
                format!(r#"{{"portRange":{{"protocol":"{protocol}","start":{first},"end":{last}}}}}"#)
            }
            (Port::Named(_, name), false) => format!(r#"{{"destinationNamedPort":"{name}"}}"#),
            (Port::Named(_, name), true) => format!(r#"{{"namedPort":"{name}"}}"#),
        })
        .collect();
    let ports = match ports.is_empty() {
        true => String::new(),
        false => format!(r#","{}":[{}]"#, if old { "ports" } else { "protocols" }, ports.join(",")),
    };
    let action = if old && rule.action == "Accept" { "Allow" } else { rule.action };
    format!(r#"{{"action":"{action}","{peers_field}":[{}]{ports}}}"#, peers.join(","))
}

pub(crate) fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

pub(crate) fn v6(last: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last))
}
