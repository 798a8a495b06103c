//! Pods and templates that surely pass `ValidatePodSpec`.

use super::container;
use super::form::is_port_name;
use super::rules::{Rule, resources, table};
use crate::amount::Amount;
use crate::json::Json;
use crate::settings::Settings;
use seawall_model::decode::dns1123_label;
use serde_json::Value;
use std::collections::HashSet;

const MOST: i64 = i32::MAX as i64;

const SPEC: &[(&str, Rule)] = &[
    ("activeDeadlineSeconds", Rule::Range(1, MOST)),
    ("affinity", Rule::Own(affinity)),
    ("automountServiceAccountToken", Rule::Any),
    ("containers", Rule::List(CONTAINER)),
    ("dnsPolicy", Rule::One(&["ClusterFirst", "Default", "ClusterFirstWithHostNet"])),
    ("enableServiceLinks", Rule::Any),
    ("ephemeralContainers", Rule::Own(|value| value.as_array().is_some_and(Vec::is_empty))),
    ("hostIPC", Rule::Any),
    ("hostNetwork", Rule::Any),
    ("hostPID", Rule::Any),
    ("hostUsers", Rule::Any),
    ("hostname", Rule::Label),
    ("imagePullSecrets", Rule::Any),
    ("initContainers", Rule::List(CONTAINER)),
    ("nodeName", Rule::Subdomain),
    ("nodeSelector", Rule::Labels),
    ("os", Rule::Own(|value| value.text("name") == "linux")),
    ("overhead", Rule::Own(overhead)),
    ("preemptionPolicy", Rule::One(&["PreemptLowerPriority", "Never"])),
    ("priority", Rule::Any),
    ("priorityClassName", Rule::Subdomain),
    ("resources", Rule::Own(resources)),
    ("restartPolicy", Rule::One(&["Always", "OnFailure", "Never"])),
    ("runtimeClassName", Rule::Subdomain),
    ("schedulerName", Rule::Subdomain),
    ("securityContext", Rule::Map(POD_CONTEXT)),
    ("serviceAccount", Rule::Any),
    ("serviceAccountName", Rule::Subdomain),
    ("setHostnameAsFQDN", Rule::Own(|value| value.as_bool() == Some(false))),
    ("shareProcessNamespace", Rule::Any),
    ("subdomain", Rule::Label),
    ("terminationGracePeriodSeconds", Rule::Range(0, MOST)),
    ("tolerations", Rule::Own(tolerations)),
    ("volumes", Rule::Own(volumes)),
];

const CONTAINER: &[(&str, Rule)] = &[
    ("args", Rule::Any),
    ("command", Rule::Any),
    ("env", Rule::Own(container::env)),
    ("envFrom", Rule::Own(container::env_from)),
    ("image", Rule::Own(|value| value.as_str().is_some_and(|text| !text.is_empty() && text.trim() == text))),
    ("imagePullPolicy", Rule::One(&["Always", "IfNotPresent", "Never"])),
    ("lifecycle", Rule::Own(container::lifecycle)),
    ("livenessProbe", Rule::Own(container::once)),
    ("name", Rule::Label),
    ("ports", Rule::Own(ports)),
    ("readinessProbe", Rule::Own(container::readiness)),
    ("resources", Rule::Own(resources)),
    ("restartPolicy", Rule::One(&["Always"])),
    ("securityContext", Rule::Map(CONTEXT)),
    ("startupProbe", Rule::Own(container::once)),
    ("stdin", Rule::Any),
    ("stdinOnce", Rule::Any),
    ("terminationMessagePath", Rule::Filled),
    ("terminationMessagePolicy", Rule::One(&["File", "FallbackToLogsOnError"])),
    ("tty", Rule::Any),
    ("volumeMounts", Rule::Any),
    ("workingDir", Rule::Any),
];

const POD_CONTEXT: &[(&str, Rule)] = &[
    ("fsGroup", Rule::Range(0, MOST)),
    ("runAsGroup", Rule::Range(0, MOST)),
    ("runAsNonRoot", Rule::Any),
    ("runAsUser", Rule::Range(0, MOST)),
    ("seLinuxOptions", Rule::Any),
    ("seccompProfile", Rule::Own(seccomp)),
    (
        "supplementalGroups",
        Rule::Own(|value| {
            value.as_array().is_some_and(|list| {
                list.iter().all(|id| id.as_i64().is_some_and(|id| (0..=MOST).contains(&id)))
            })
        }),
    ),
];

const CONTEXT: &[(&str, Rule)] = &[
    ("allowPrivilegeEscalation", Rule::Any),
    ("capabilities", Rule::Any),
    ("privileged", Rule::Any),
    ("procMount", Rule::One(&["Default"])),
    ("readOnlyRootFilesystem", Rule::Any),
    ("runAsGroup", Rule::Range(0, MOST)),
    ("runAsNonRoot", Rule::Any),
    ("runAsUser", Rule::Range(0, MOST)),
    ("seLinuxOptions", Rule::Any),
    ("seccompProfile", Rule::Own(seccomp)),
];

/// Adds what may be refused; `path` is the template's, `""` for a pod.
pub(super) fn check(pod: &Value, path: &str, _settings: &Settings<'_>, open: &mut Vec<String>) {
    let start = if path.is_empty() { "spec".to_owned() } else { format!("{path}.spec") };
    let Some(spec) = pod.at("spec") else {
        open.push(format!("{start} is required"));
        return;
    };
    table(spec, &start, SPEC, open);
    let mut refuse = |text: &str| open.push(format!("{start}{text}"));
    if spec.list("containers").is_empty() {
        refuse(".containers are required");
    }
    let volumes: HashSet<&str> = spec.list("volumes").iter().map(|volume| volume.text("name")).collect();
    if volumes.len() != spec.list("volumes").len() {
        refuse(".volumes repeat a name");
    }
    let mut names = HashSet::new();
    let mut host_ports = HashSet::new();
    let host_network = spec.flag("hostNetwork") == Some(true);
    for list in ["initContainers", "containers"] {
        host_ports.clear();
        for (index, container) in spec.list(list).iter().enumerate() {
            let place = format!(".{list}[{index}]");
            if !names.insert(container.text("name")) || container.text("name").is_empty() {
                refuse(&format!("{place}.name is refused"));
            }
            if container.text("image").is_empty() {
                refuse(&format!("{place}.image is required"));
            }
            if list == "containers" && container.at("restartPolicy").is_some() {
                refuse(&format!("{place}.restartPolicy may be refused"));
            }
            let hooks = ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"];
            if list == "initContainers"
                && container.at("restartPolicy").is_none()
                && hooks.iter().any(|hook| container.at(hook).is_some())
            {
                refuse(&format!("{place} may not have probes and hooks"));
            }
            if !mounts(container, &volumes) {
                refuse(&format!("{place}.volumeMounts may be refused"));
            }
            if contradicts(container) {
                refuse(&format!("{place}.securityContext is refused"));
            }
            if list == "initContainers" {
                // Those that run one after the other may share a port with others, but not with themselves.
                host_ports.clear();
            }
            for port in container.list("ports") {
                let host = port.int("hostPort").unwrap_or(0);
                let differs = host_network && port.int("containerPort") != Some(host);
                let own = (host, port.text("protocol").to_owned());
                if differs || host != 0 && !host_ports.insert(own) {
                    refuse(&format!("{place}.ports may be refused"));
                }
            }
        }
    }
    if spec.flag("hostPID") == Some(true) && spec.flag("shareProcessNamespace") == Some(true) {
        refuse(".shareProcessNamespace is refused beside hostPID");
    }
    let isolated = spec.flag("hostUsers") == Some(false);
    if isolated && ["hostNetwork", "hostPID", "hostIPC"].iter().any(|field| spec.flag(field) == Some(true)) {
        refuse(".hostUsers is refused beside the host's namespaces");
    }
    if pod.entry("metadata.annotations", "kubernetes.io/config.mirror").is_some()
        && spec.text("nodeName").is_empty()
    {
        refuse(".nodeName is required of a mirror pod");
    }
    pod_level(spec, &mut refuse);
}

/// Resources of the pod itself against those of its containers.
fn pod_level(spec: &Value, refuse: &mut dyn FnMut(&str)) {
    if spec.at("resources").is_none() {
        return;
    }
    let whole = serde_json::json!({"spec": spec});
    let asked = crate::pod_resources::of_containers(&whole, "requests");
    let given = crate::amount::amounts(spec, "resources.requests");
    let limits = crate::amount::amounts(spec, "resources.limits");
    let names = given.keys().chain(limits.keys()).all(|name| matches!(name.as_str(), "cpu" | "memory"));
    let enough =
        asked.iter().all(|(name, sum)| given.get(name).is_none_or(|given| sum.quantity <= given.quantity));
    let within = ["containers", "initContainers"].iter().flat_map(|list| spec.list(list)).all(|container| {
        crate::amount::amounts(container, "resources.limits")
            .iter()
            .all(|(name, limit)| limits.get(name).is_none_or(|most| limit.quantity <= most.quantity))
    });
    if !names || !enough || !within {
        refuse(".resources may be refused");
    }
}

fn mounts(container: &Value, volumes: &HashSet<&str>) -> bool {
    let list = container.list("volumeMounts");
    let paths: HashSet<&str> = list.iter().map(|mount| mount.text("mountPath")).collect();
    let sure = |mount: &Value| {
        volumes.contains(mount.text("name"))
            && !mount.text("mountPath").is_empty()
            && mount.as_object().is_some_and(|map| {
                map.keys().all(|key| matches!(key.as_str(), "name" | "mountPath" | "readOnly" | "subPath"))
            })
            && !mount.text("subPath").starts_with('/')
            && !mount.text("subPath").contains("..")
    };
    paths.len() == list.len() && list.iter().all(sure)
}

/// `allowPrivilegeEscalation: false` beside what needs it.
fn contradicts(container: &Value) -> bool {
    let context = container.at("securityContext").cloned().unwrap_or_default();
    let adds = context.list("capabilities.add").iter().any(|one| one.as_str() == Some("CAP_SYS_ADMIN"));
    context.flag("allowPrivilegeEscalation") == Some(false)
        && (context.flag("privileged") == Some(true) || adds)
}

fn seccomp(value: &Value) -> bool {
    matches!(value.text("type"), "RuntimeDefault" | "Unconfined") && value.at("localhostProfile").is_none()
}

fn ports(value: &Value) -> bool {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    let names: Vec<&str> =
        list.iter().map(|port| port.text("name")).filter(|name| !name.is_empty()).collect();
    let different: HashSet<&&str> = names.iter().collect();
    let range =
        |number: Option<i64>, least: i64| number.is_none_or(|number| (least..=65_535).contains(&number));
    different.len() == names.len()
        && names.iter().all(|name| is_port_name(name))
        && list.iter().all(|port| {
            port.int("containerPort").is_some()
                && range(port.int("containerPort"), 1)
                && range(port.int("hostPort"), 0)
                && matches!(port.text("protocol"), "TCP" | "UDP" | "SCTP")
                && port.text("hostIP").is_empty()
        })
}

fn overhead(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        let wrapped = serde_json::json!({"requests": map});
        resources(&wrapped)
    })
}

fn tolerations(value: &Value) -> bool {
    let one = |one: &Value| {
        let (key, operator, effect) = (one.text("key"), one.text("operator"), one.text("effect"));
        let operator_fits = match operator {
            "" | "Equal" => !key.is_empty() && super::form::is_label_value(one.text("value")),
            "Exists" => one.text("value").is_empty(),
            _ => false,
        };
        (key.is_empty() || super::form::is_label_key(key))
            && operator_fits
            && matches!(effect, "" | "NoSchedule" | "PreferNoSchedule" | "NoExecute")
            && (one.at("tolerationSeconds").is_none() || effect == "NoExecute")
    };
    value.as_array().is_some_and(|list| list.iter().all(one))
}

/// Required anti-affinity of plain terms only.
fn affinity(value: &Value) -> bool {
    let known = |map: &serde_json::Map<String, Value>, words: &[&str]| {
        map.keys().all(|key| words.contains(&key.as_str()))
    };
    let term = |term: &Value| {
        term.as_object().is_some_and(|map| {
            known(map, &["labelSelector", "topologyKey", "namespaces", "namespaceSelector"])
        }) && super::form::is_label_key(term.text("topologyKey"))
            && term.at("labelSelector").is_none_or(super::rules::selector)
            && term.at("namespaceSelector").is_none_or(super::rules::selector)
            && term.list("namespaces").iter().all(|name| name.as_str().is_some_and(dns1123_label))
    };
    let list = "requiredDuringSchedulingIgnoredDuringExecution";
    value.as_object().is_some_and(|map| known(map, &["podAntiAffinity", "podAffinity"]))
        && ["podAntiAffinity", "podAffinity"].iter().all(|field| {
            value.at(field).is_none_or(|part| {
                part.as_object().is_some_and(|map| known(map, &[list])) && part.list(list).iter().all(term)
            })
        })
}

/// Volumes of the common kinds.
fn volumes(value: &Value) -> bool {
    let sure = |volume: &Value| {
        let Some(map) = volume.as_object() else { return false };
        let mut sources = map.iter().filter(|(key, value)| *key != "name" && !value.is_null());
        let (Some((kind, source)), None) = (sources.next(), sources.next()) else { return false };
        let plain = |words: &[&str]| {
            source.as_object().is_some_and(|map| map.keys().all(|key| words.contains(&key.as_str())))
        };
        let positive = |size: Option<&Value>| {
            size.is_none_or(|size| Amount::of(size).is_some_and(|amount| !amount.quantity.is_negative()))
        };
        let fits = match kind.as_str() {
            "emptyDir" => {
                plain(&["medium", "sizeLimit"])
                    && positive(source.at("sizeLimit"))
                    && matches!(source.text("medium"), "" | "Memory")
            }
            "hostPath" => {
                let path = source.text("path");
                !path.is_empty()
                    && !path.split('/').any(|part| part == "..")
                    && matches!(
                        source.text("type"),
                        "" | "Directory" | "DirectoryOrCreate" | "File" | "FileOrCreate" | "Socket"
                    )
            }
            "secret" => {
                plain(&["secretName", "defaultMode", "optional", "items"])
                    && items(source)
                    && !source.text("secretName").is_empty()
            }
            "configMap" => {
                plain(&["name", "defaultMode", "optional", "items"])
                    && items(source)
                    && !source.text("name").is_empty()
            }
            "persistentVolumeClaim" => {
                plain(&["claimName", "readOnly"]) && !source.text("claimName").is_empty()
            }
            "nfs" => {
                plain(&["server", "path", "readOnly"])
                    && source.text("path").starts_with('/')
                    && !source.text("server").is_empty()
            }
            "projected" => source.list("sources").iter().all(projection),
            _ => false,
        };
        let mode = source.int("defaultMode").is_none_or(|mode| (0..=0o777).contains(&mode));
        fits && mode && dns1123_label(volume.text("name"))
    };
    value.as_array().is_some_and(|list| list.iter().all(sure))
}

/// Keys as plain file names.
fn items(source: &Value) -> bool {
    let mut seen = HashSet::new();
    source.list("items").iter().all(|item| {
        let path = item.text("path");
        super::form::is_data_key(item.text("key"))
            && super::form::is_data_key(path)
            // One path twice is warned of.
            && seen.insert(path)
            && item.at("mode").is_none()
    })
}

/// The parts of the token volume that the ServiceAccount plugin makes.
fn projection(source: &Value) -> bool {
    let token = source.at("serviceAccountToken").is_some_and(|token| {
        !token.text("path").is_empty()
            && token.int("expirationSeconds").is_some_and(|seconds| (600..=1 << 32).contains(&seconds))
    });
    let map = source.at("configMap").is_some_and(|map| map.text("name") == "kube-root-ca.crt");
    let downward = source
        .list("downwardAPI.items")
        .iter()
        .any(|item| item.text("fieldRef.fieldPath") == "metadata.namespace");
    token || map || downward
}
