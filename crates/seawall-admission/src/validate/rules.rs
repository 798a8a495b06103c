//! Tables of what is surely valid, and the kinds that need no more than a table.

use super::form;
use crate::amount::{Amount, amounts};
use crate::json::Json;
use seawall_model::WellKnown;
use seawall_model::decode::{dns1123_label, dns1123_subdomain};
use serde_json::Value;

/// What a field must be to be surely valid.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Whatever its type allows.
    Any,
    /// One of these texts.
    One(&'static [&'static str]),
    /// A DNS label.
    Label,
    /// A DNS subdomain.
    Subdomain,
    /// A number from the first to the last.
    Range(i64, i64),
    /// A text that is not empty.
    Filled,
    /// Elements of this form.
    List(&'static [(&'static str, Rule)]),
    /// A mapping of this form.
    Map(&'static [(&'static str, Rule)]),
    /// A map of labels.
    Labels,
    /// A label selector.
    Selector,
    /// What this function says.
    Own(fn(&Value) -> bool),
}

/// Compares a mapping with a table; what is not in it, or not of its form, is open.
pub(super) fn table(value: &Value, path: &str, fields: &[(&str, Rule)], open: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        let path = format!("{path}.{name}");
        match fields.iter().find(|(field, _)| field == name) {
            None => open.push(format!("{path} is not validated here")),
            Some((_, rule)) => one(value, &path, *rule, open),
        }
    }
}

fn one(value: &Value, path: &str, rule: Rule, open: &mut Vec<String>) {
    let text = value.as_str().unwrap_or("");
    let fits = match rule {
        Rule::Any => true,
        Rule::One(words) => words.contains(&text),
        Rule::Label => dns1123_label(text),
        Rule::Subdomain => dns1123_subdomain(text),
        Rule::Range(least, most) => value.as_i64().is_some_and(|number| (least..=most).contains(&number)),
        Rule::Filled => !text.is_empty(),
        Rule::Labels => value.as_object().is_some_and(labels),
        Rule::Selector => selector(value),
        Rule::Own(fits) => fits(value),
        Rule::Map(fields) => return table(value, path, fields, open),
        Rule::List(fields) => {
            for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                table(item, &format!("{path}[{index}]"), fields, open);
            }
            return;
        }
    };
    if !fits {
        open.push(format!("{path} may be refused"));
    }
}

fn labels(map: &serde_json::Map<String, Value>) -> bool {
    map.iter().all(|(key, value)| form::is_label_key(key) && value.as_str().is_some_and(form::is_label_value))
}

/// `ValidateLabelSelector`.
pub(super) fn selector(value: &Value) -> bool {
    let term = |term: &Value| {
        let values = term.list("values");
        let fits = match term.text("operator") {
            "In" | "NotIn" => !values.is_empty(),
            "Exists" | "DoesNotExist" => values.is_empty(),
            _ => false,
        };
        fits && form::is_label_key(term.text("key"))
            && values.iter().all(|value| value.as_str().is_some_and(form::is_label_value))
    };
    labels(value.map("matchLabels")) && value.list("matchExpressions").iter().all(term)
}

/// Requests and limits of a container that are surely accepted (`ValidateContainerResourceRequirements`).
pub(super) fn resources(value: &Value) -> bool {
    let (requests, limits) = (amounts(value, "requests"), amounts(value, "limits"));
    let count = value.map("requests").len() + value.map("limits").len();
    let sure = |name: &str, amount: &Amount| {
        let extended = crate::plugin::is_extended_resource(name);
        let whole = !extended || amount.quantity.is_integer();
        (matches!(name, "cpu" | "memory" | "ephemeral-storage") || extended)
            && whole
            && !amount.quantity.is_negative()
    };
    let only = value
        .as_object()
        .is_some_and(|map| map.keys().all(|key| matches!(key.as_str(), "requests" | "limits")));
    only && requests.len() + limits.len() == count
        && requests.iter().chain(&limits).all(|(name, amount)| sure(name, amount))
        && requests.iter().all(|(name, request)| match limits.get(name) {
            // Compared as kube-apiserver compares: exactly.
            Some(limit) if crate::plugin::is_extended_resource(name) => limit.quantity == request.quantity,
            Some(limit) => request.quantity <= limit.quantity,
            None => !crate::plugin::is_extended_resource(name),
        })
}

/// Kinds without pods.
pub(super) fn check(object: &Value, kind: WellKnown, open: &mut Vec<String>) {
    const HEAD: [(&str, Rule); 4] =
        [("apiVersion", Rule::Any), ("kind", Rule::Any), ("metadata", Rule::Any), ("status", Rule::Any)];
    let rest: &[(&str, Rule)] = match kind {
        WellKnown::Namespace => &[("spec", Rule::Map(&[("finalizers", Rule::Any)]))],
        WellKnown::ConfigMap => {
            &[("data", Rule::Own(keys)), ("binaryData", Rule::Own(keys)), ("immutable", Rule::Any)]
        }
        WellKnown::ServiceAccount => &[
            ("automountServiceAccountToken", Rule::Any),
            ("imagePullSecrets", Rule::Any),
            ("secrets", Rule::Any),
        ],
        WellKnown::Secret => &[
            ("data", Rule::Own(keys)),
            ("stringData", Rule::Own(keys)),
            ("type", Rule::One(&["Opaque"])),
            ("immutable", Rule::Any),
        ],
        WellKnown::PersistentVolumeClaim => &[("spec", Rule::Map(CLAIM))],
        WellKnown::Service => &[("spec", Rule::Own(service))],
        WellKnown::NetworkPolicy => &[("spec", Rule::Own(network_policy))],
        WellKnown::PriorityClass => &[
            ("value", Rule::Range(-2_147_483_648, 1_000_000_000)),
            ("globalDefault", Rule::Any),
            ("description", Rule::Any),
            ("preemptionPolicy", Rule::One(&["PreemptLowerPriority", "Never"])),
        ],
        WellKnown::Node => {
            &[("spec", Rule::Map(&[("taints", Rule::Own(taints)), ("unschedulable", Rule::Any)]))]
        }
        _ => {
            open.push(format!("validation of {} is not modelled", object.text("kind")));
            return;
        }
    };
    let all: Vec<(&str, Rule)> = HEAD.iter().chain(rest).copied().collect();
    table(object, "", &all, open);
    for reason in open.iter_mut() {
        if let Some(rest) = reason.strip_prefix('.') {
            *reason = rest.to_owned();
        }
    }
    if kind == WellKnown::PersistentVolumeClaim && object.list("spec.accessModes").is_empty() {
        open.push("spec.accessModes are required".to_owned());
    }
}

const CLAIM: &[(&str, Rule)] = &[
    ("accessModes", Rule::Own(modes)),
    ("resources", Rule::Own(storage)),
    ("storageClassName", Rule::Subdomain),
    ("volumeMode", Rule::One(&["Filesystem", "Block"])),
];

fn modes(value: &Value) -> bool {
    const MODES: [&str; 3] = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"];
    value.as_array().is_some_and(|list| {
        !list.is_empty() && list.iter().all(|mode| mode.as_str().is_some_and(|mode| MODES.contains(&mode)))
    })
}

fn storage(value: &Value) -> bool {
    let requests = amounts(value, "requests");
    let positive = |amount: &Amount| !amount.is_zero() && !amount.quantity.is_negative();
    value.at("limits").is_none()
        && requests.len() == 1
        && value.map("requests").len() == 1
        && requests.get("storage").is_some_and(positive)
}

fn keys(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        let size: usize = map.values().map(|value| value.as_str().map_or(0, str::len)).sum();
        size <= 1024 * 1024 && map.keys().all(|key| form::is_data_key(key))
    })
}

fn taints(value: &Value) -> bool {
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    let taint = |taint: &Value| {
        form::is_label_key(taint.text("key"))
            && form::is_label_value(taint.text("value"))
            && EFFECTS.contains(&taint.text("effect"))
    };
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    let pairs: std::collections::HashSet<_> =
        list.iter().map(|taint| (taint.text("key"), taint.text("effect"))).collect();
    list.iter().all(taint) && pairs.len() == list.len()
}

/// Policies without ranges of addresses and of ports.
fn network_policy(value: &Value) -> bool {
    let only = |value: &Value, fields: &[&str]| {
        value.as_object().is_some_and(|map| map.keys().all(|key| fields.contains(&key.as_str())))
    };
    let port = |port: &Value| {
        let number = match port.at("port") {
            Some(Value::Number(number)) => {
                number.as_i64().is_some_and(|number| (1..=65_535).contains(&number))
            }
            Some(Value::String(name)) => form::is_port_name(name),
            _ => true,
        };
        only(port, &["port", "protocol"])
            && number
            && matches!(port.text("protocol"), "" | "TCP" | "UDP" | "SCTP")
    };
    let peer = |peer: &Value| {
        let some = peer.at("podSelector").is_some() || peer.at("namespaceSelector").is_some();
        let fits =
            ["podSelector", "namespaceSelector"].iter().all(|field| peer.at(field).is_none_or(selector));
        only(peer, &["podSelector", "namespaceSelector"]) && some && fits
    };
    let rules = |list: &str, peers: &str| {
        value.list(list).iter().all(|rule| {
            only(rule, &["ports", peers])
                && rule.list("ports").iter().all(port)
                && rule.list(peers).iter().all(peer)
        })
    };
    let types: Vec<&str> = value.list("policyTypes").iter().filter_map(Value::as_str).collect();
    only(value, &["podSelector", "policyTypes", "ingress", "egress"])
        && value.at("podSelector").is_none_or(selector)
        && types.len() <= 2
        && types.iter().all(|kind| matches!(*kind, "Ingress" | "Egress"))
        && rules("ingress", "from")
        && rules("egress", "to")
}

/// A plain Service: one or more named ports, a selector.
fn service(value: &Value) -> bool {
    const FIELDS: [&str; 9] = [
        "ports",
        "selector",
        "type",
        "sessionAffinity",
        "externalTrafficPolicy",
        "internalTrafficPolicy",
        "allocateLoadBalancerNodePorts",
        "externalIPs",
        "publishNotReadyAddresses",
    ];
    let ports = value.list("ports");
    let target = |port: &Value| match port.at("targetPort") {
        Some(Value::Number(number)) => number.as_i64().is_some_and(|number| (1..=65_535).contains(&number)),
        Some(Value::String(name)) => form::is_port_name(name),
        _ => true,
    };
    let port = |port: &Value| {
        (1..=65_535).contains(&port.int("port").unwrap_or(0))
            && matches!(port.text("protocol"), "TCP" | "UDP")
            && target(port)
            && (ports.len() == 1 && port.text("name").is_empty() || dns1123_label(port.text("name")))
            && port.as_object().is_some_and(|map| {
                map.keys().all(|key| matches!(key.as_str(), "name" | "port" | "protocol" | "targetPort"))
            })
    };
    let address = |address: &Value| {
        let text = address.as_str().unwrap_or("");
        text.parse::<core::net::Ipv4Addr>().is_ok_and(|address| {
            !address.is_loopback()
                && !address.is_link_local()
                && !address.is_multicast()
                && !address.is_unspecified()
        })
    };
    let names: std::collections::HashSet<&str> = ports.iter().map(|port| port.text("name")).collect();
    let numbers: std::collections::HashSet<_> =
        ports.iter().map(|port| (port.int("port"), port.text("protocol"))).collect();
    value.as_object().is_some_and(|map| map.keys().all(|key| FIELDS.contains(&key.as_str())))
        && !ports.is_empty()
        && ports.iter().all(port)
        && names.len() == ports.len()
        && numbers.len() == ports.len()
        && labels(value.map("selector"))
        && value.list("externalIPs").iter().all(address)
        && matches!(value.text("type"), "ClusterIP" | "NodePort" | "LoadBalancer")
        && matches!(value.text("sessionAffinity"), "None")
        && matches!(value.text("externalTrafficPolicy"), "" | "Cluster" | "Local")
        && matches!(value.text("internalTrafficPolicy"), "" | "Cluster" | "Local")
        && (value.text("type") == "LoadBalancer" || value.at("allocateLoadBalancerNodePorts").is_none())
}
