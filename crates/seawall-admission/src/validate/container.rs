//! Parts of a container that surely pass validation: variables, probes, hooks (`pkg/apis/core/validation`).

use super::form::{is_data_key, is_port_name, is_variable};
use crate::json::Json;
use seawall_model::decode::dns1123_subdomain;
use serde_json::Value;

const MOST: i64 = i32::MAX as i64;

fn only(value: &Value, fields: &[&str]) -> bool {
    value.as_object().is_some_and(|map| map.keys().all(|key| fields.contains(&key.as_str())))
}

/// `validateEnv`.
pub(super) fn env(value: &Value) -> bool {
    let variable = |one: &Value| {
        let from = one.at("valueFrom").is_none_or(|from| one.text("value").is_empty() && source(from));
        is_variable(one.text("name")) && only(one, &["name", "value", "valueFrom"]) && from
    };
    value.as_array().is_some_and(|list| list.iter().all(variable))
}

fn source(from: &Value) -> bool {
    const FIELDS: [&str; 9] = [
        "metadata.name",
        "metadata.namespace",
        "metadata.uid",
        "spec.nodeName",
        "spec.serviceAccountName",
        "status.hostIP",
        "status.hostIPs",
        "status.podIP",
        "status.podIPs",
    ];
    let Some(map) = from.as_object() else { return false };
    let mut sources = map.iter().filter(|(_, value)| !value.is_null());
    let (Some((kind, source)), None) = (sources.next(), sources.next()) else { return false };
    match kind.as_str() {
        "fieldRef" => source.text("apiVersion") == "v1" && FIELDS.contains(&source.text("fieldPath")),
        "secretKeyRef" | "configMapKeyRef" => {
            only(source, &["name", "key", "optional"])
                && dns1123_subdomain(source.text("name"))
                && is_data_key(source.text("key"))
        }
        "resourceFieldRef" => {
            let names = ["limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
            only(source, &["resource", "divisor"])
                && names.contains(&source.text("resource"))
                && matches!(source.text("divisor"), "0" | "1")
        }
        _ => false,
    }
}

/// `ValidateEnvFrom`.
pub(super) fn env_from(value: &Value) -> bool {
    let named = |from: &Value, kind: &str| {
        from.at(kind).is_some_and(|source| {
            only(source, &["name", "optional"]) && dns1123_subdomain(source.text("name"))
        })
    };
    let one = |from: &Value| {
        let prefix = from.text("prefix");
        only(from, &["prefix", "secretRef", "configMapRef"])
            && (prefix.is_empty() || is_variable(prefix))
            && named(from, "secretRef") != named(from, "configMapRef")
            && from.at("secretRef").is_some() != from.at("configMapRef").is_some()
    };
    value.as_array().is_some_and(|list| list.iter().all(one))
}

/// `ValidatePortNumOrName`.
fn port(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Number(number)) => number.as_i64().is_some_and(|number| (1..=65_535).contains(&number)),
        Some(Value::String(name)) => is_port_name(name),
        _ => false,
    }
}

/// `validateHandler`: exactly one of its forms.
fn handler(value: &Value, also: &[&str]) -> bool {
    let Some(map) = value.as_object() else { return false };
    let mut forms = map.iter().filter(|(key, value)| !also.contains(&key.as_str()) && !value.is_null());
    let (Some((kind, form)), None) = (forms.next(), forms.next()) else { return false };
    match kind.as_str() {
        "exec" => only(form, &["command"]) && !form.list("command").is_empty(),
        "httpGet" => {
            let header = |header: &Value| {
                let token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                let name = header.text("name");
                !name.is_empty() && name.bytes().all(token)
            };
            only(form, &["path", "port", "host", "scheme", "httpHeaders"])
                && !form.text("path").is_empty()
                && port(form.at("port"))
                && matches!(form.text("scheme"), "HTTP" | "HTTPS")
                && form.list("httpHeaders").iter().all(header)
        }
        "tcpSocket" => only(form, &["port", "host"]) && port(form.at("port")),
        "grpc" => {
            only(form, &["port", "service"])
                && form.at("port").is_some_and(Value::is_number)
                && port(form.at("port"))
        }
        "sleep" => form.int("seconds").is_some_and(|seconds| (1..=20).contains(&seconds)),
        _ => false,
    }
}

fn probe(value: &Value, once: bool, grace: bool) -> bool {
    const NUMBERS: [&str; 6] = [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
        "terminationGracePeriodSeconds",
    ];
    let number = |field: &&str| value.int(field).is_none_or(|number| (0..=MOST).contains(&number));
    let period = value.at("terminationGracePeriodSeconds");
    handler(value, &NUMBERS)
        && value.at("sleep").is_none()
        && NUMBERS.iter().all(number)
        && (!once || value.int("successThreshold") == Some(1))
        && period.is_none_or(|period| grace && period.as_i64().is_some_and(|seconds| seconds > 0))
}

/// `validateLivenessProbe`, `validateStartupProbe`.
pub(super) fn once(value: &Value) -> bool {
    probe(value, true, true)
}

/// `validateReadinessProbe`.
pub(super) fn readiness(value: &Value) -> bool {
    probe(value, false, false)
}

/// `validateLifecycle`, without the newer forms.
pub(super) fn lifecycle(value: &Value) -> bool {
    let hook = |field: &str| {
        value
            .at(field)
            .is_none_or(|hook| handler(hook, &[]) && hook.at("sleep").is_none() && hook.at("grpc").is_none())
    };
    only(value, &["postStart", "preStop"]) && hook("postStart") && hook("preStop")
}
