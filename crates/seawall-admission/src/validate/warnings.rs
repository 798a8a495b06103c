//! Warnings of the object itself (`pkg/api/pod/warnings.go` and its siblings).

use crate::amount::Amount;
use crate::defaults::kind_of;
use crate::json::Json;
use crate::pass::Pass;
use seawall_model::WellKnown;
use seawall_model::decode::dns1123_label;
use serde_json::Value;
use std::collections::HashMap;

const BY: &str = "warnings";

/// What the API server warns of, in its order.
pub(super) fn of(pass: &mut Pass<'_>) -> Vec<String> {
    let kind = kind_of(&pass.object);
    let mut out = Vec::new();
    match kind {
        WellKnown::Pod => {
            let name = pass.object.text("metadata.name");
            if !name.is_empty() && !dns1123_label(name) {
                out.push(format!("metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: {}", label_errors(name)));
            }
            let pod = pass.object.clone();
            of_pod(pass, &pod, "", &mut out);
        }
        WellKnown::PersistentVolumeClaim => {
            let asked = pass.object.map("spec.resources.requests").get("storage").and_then(Amount::of);
            if let Some(asked) = asked.filter(|asked| asked.milli_value() % 1000 != 0) {
                out.push(format!("spec.resources.requests[storage]: fractional byte value \"{asked}\" is invalid, must be an integer"));
            }
            if pass
                .object
                .map("metadata.annotations")
                .keys()
                .any(|key| key.starts_with("volume.beta.kubernetes.io/"))
            {
                pass.vague(BY, "warnings about annotations of claims are not modelled");
            }
        }
        WellKnown::Service => {
            if !pass.object.list("spec.externalIPs").is_empty() && pass.settings.version.minor() >= 36 {
                out.push(
                    "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
                        .to_owned(),
                );
            }
        }
        kind => {
            if let Some(path) = kind.template_path() {
                let template = pass.object.at(path).cloned().unwrap_or_default();
                of_pod(pass, &template, &format!("{path}."), &mut out);
            }
        }
    }
    out
}

/// `IsDNS1123Label` as Go prints a list of its errors.
fn label_errors(name: &str) -> String {
    let mut errors = Vec::new();
    if name.len() > 63 {
        errors.push("must be no more than 63 characters".to_owned());
    }
    let sure = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !name.bytes().all(sure) || name.starts_with('-') || name.ends_with('-') {
        errors.push("a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')".to_owned());
    }
    format!("[{}]", errors.join(" "))
}

fn of_pod(pass: &mut Pass<'_>, pod: &Value, start: &str, out: &mut Vec<String>) {
    annotations(pass, pod, start, out);
    let minor = pass.settings.version.minor();
    let git = if minor >= 33 {
        "deprecated in v1.11, and disabled by default in v1.33+"
    } else {
        "deprecated in v1.11"
    };
    let old = [
        ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
        ("gitRepo", git),
        ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
        ("storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        (
            "cephfs",
            if minor >= 31 { "deprecated in v1.28, non-functional in v1.31+" } else { "deprecated in v1.28" },
        ),
        (
            "rbd",
            if minor >= 31 { "deprecated in v1.28, non-functional in v1.31+" } else { "deprecated in v1.28" },
        ),
    ];
    for (index, volume) in pod.list("spec.volumes").iter().enumerate() {
        for (kind, text) in old {
            let field = if kind == "storageOS" { "storageos" } else { kind };
            if volume.at(field).is_some() {
                out.push(format!("{start}spec.volumes[{index}].{kind}: {text}"));
            }
        }
    }
    fractions(pod, "spec.overhead", &format!("{start}spec.overhead"), out);
    containers(pod, start, out);
    ports(pass, pod, start, out);
    let old_labels = ["beta.kubernetes.io/", "failure-domain.beta.kubernetes.io/"];
    let text = pod.at("spec").map(Value::to_string).unwrap_or_default();
    if old_labels.iter().any(|label| text.contains(label))
        || pod.at("spec.topologySpreadConstraints").is_some()
    {
        pass.vague(BY, "warnings about node labels and topology are not modelled");
    }
}

fn annotations(pass: &mut Pass<'_>, pod: &Value, start: &str, out: &mut Vec<String>) {
    let known = [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead",
        ),
        (
            "security.alpha.kubernetes.io/sysctls",
            "non-functional in v1.11+; use the \"sysctls\" field instead",
        ),
        (
            "security.alpha.kubernetes.io/unsafe-sysctls",
            "non-functional in v1.11+; use the \"sysctls\" field instead",
        ),
    ];
    for (key, text) in known {
        if pod.entry("metadata.annotations", key).is_some() {
            out.push(format!("{start}metadata.annotations[{key}]: {text}"));
        }
    }
    let key = "seccomp.security.alpha.kubernetes.io/pod";
    if pod.at("spec.securityContext.seccompProfile").is_none()
        && pod.entry("metadata.annotations", key).is_some()
    {
        out.push(format!("{start}metadata.annotations[{key}]: non-functional in v1.27+; use the \"seccompProfile\" field instead"));
    }
    if pod.map("metadata.annotations").keys().any(|key| key.contains("apparmor.security.beta")) {
        pass.vague(BY, "warnings about AppArmor annotations are not modelled");
    }
}

/// Memory in parts of a byte.
fn fractions(value: &Value, path: &str, place: &str, out: &mut Vec<String>) {
    for name in ["memory", "ephemeral-storage"] {
        let Some(amount) = value.map(path).get(name).and_then(Amount::of) else { continue };
        if amount.milli_value() % 1000 != 0 {
            out.push(format!(
                "{place}[{name}]: fractional byte value \"{amount}\" is invalid, must be an integer"
            ));
        }
    }
}

const LISTS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

fn containers(pod: &Value, start: &str, out: &mut Vec<String>) {
    for list in LISTS {
        for (index, container) in pod.list(&format!("spec.{list}")).iter().enumerate() {
            let place = format!("{start}spec.{list}[{index}]");
            let key = format!("container.seccomp.security.alpha.kubernetes.io/{}", container.text("name"));
            if container.at("securityContext.seccompProfile").is_none()
                && pod.entry("metadata.annotations", &key).is_some()
            {
                out.push(format!("{start}metadata.annotations[{key}]: non-functional in v1.27+; use the \"seccompProfile\" field instead"));
            }
            for name in ["memory", "ephemeral-storage"] {
                for list in ["limits", "requests"] {
                    let Some(amount) =
                        container.map(&format!("resources.{list}")).get(name).and_then(Amount::of)
                    else {
                        continue;
                    };
                    if amount.milli_value() % 1000 != 0 {
                        out.push(format!("{place}.resources.{list}[{name}]: fractional byte value \"{amount}\" is invalid, must be an integer"));
                    }
                }
            }
            let mut seen = std::collections::HashSet::new();
            for (at, env) in container.list("env").iter().enumerate() {
                let name = env.text("name");
                let reference = format!("$({name})");
                if seen.insert(name) {
                    continue;
                }
                let value = env.text("value");
                if env.at("valueFrom").is_some() || value == reference || !value.contains(&reference) {
                    out.push(format!("{place}.env[{at}]: hides previous definition of {}, which may be dropped when using apply", crate::pod_security::go_quoted(name)));
                }
            }
        }
    }
}

/// A port, and where it stands.
type Port<'v> = (String, &'v Value);

fn ports(pass: &Pass<'_>, pod: &Value, start: &str, out: &mut Vec<String>) {
    let mut all: HashMap<(i64, &str), Vec<Port<'_>>> = HashMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    let mut later = Vec::new();
    for list in LISTS {
        for (index, container) in pod.list(&format!("spec.{list}")).iter().enumerate() {
            for (at, port) in container.list("ports").iter().enumerate() {
                let place = format!("{start}spec.{list}[{index}].ports[{at}]");
                let key = (port.int("containerPort").unwrap_or(0), port.text("protocol"));
                let others = all.entry(key).or_default();
                for (other_place, other) in others.iter() {
                    if let Some(word) = overlap(port, other) {
                        out.push(format!("{place}: {word} port definition with {other_place}"));
                    }
                }
                others.push((place.clone(), port));
                let name = port.text("name");
                if name.is_empty() {
                    continue;
                }
                match names.get(name) {
                    Some(other) => later.push(format!("{place}: duplicate port name \"{name}\" with {other}, services and probes that select ports by name will use {other}")),
                    None => drop(names.insert(name, place)),
                }
            }
        }
    }
    if pass.settings.version.minor() >= 33 {
        out.append(&mut later);
    }
}

fn overlap(one: &Value, other: &Value) -> Option<&'static str> {
    let host = |port: &Value| (port.text("hostIP").to_owned(), port.int("hostPort").unwrap_or(0));
    let ((ip, port), (other_ip, other_port)) = (host(one), host(other));
    if ip == other_ip && port == other_port {
        Some("duplicate")
    } else if port == 0 || other_port == 0 {
        Some("overlapping")
    } else if port == other_port && ip.is_empty() != other_ip.is_empty() {
        Some("dangerously ambiguous")
    } else {
        None
    }
}
