//! Upstream's validation: `validation_encryption.go`, and what building the transformers refuses (`config.go`).

use super::provider::Algorithm;
use super::{ResourceName, load};
use seawall_model::At;
use seawall_model::decode::{GoDuration, GoUrl, Refusal, base64, shown, text_of};
use std::collections::HashSet;

/// The lists of the configuration before it is known to be valid.
pub(super) struct Raw<'a> {
    at: At<'a>,
    pub(super) entries: Vec<RawEntry<'a>>,
}

/// One element of `resources`.
pub(super) struct RawEntry<'a> {
    pub(super) at: At<'a>,
    pub(super) resources: Vec<At<'a>>,
    pub(super) providers: Vec<At<'a>>,
}

impl<'a> Raw<'a> {
    pub(super) fn of(at: At<'a>) -> Self {
        let entries = at.key("resources").items().map(|at| RawEntry {
            at,
            resources: at.key("resources").items().collect(),
            providers: at.key("providers").items().collect(),
        });
        Self { at, entries: entries.collect() }
    }
}

const PROVIDERS: [&str; 5] = ["kms", "aesgcm", "aescbc", "secretbox", "identity"];

/// `ValidateEncryptionConfiguration`.
pub(super) fn refusals<'a>(raw: &Raw<'a>, reload: bool) -> Vec<Refusal<'a>> {
    let mut out = Vec::new();
    if raw.entries.is_empty() {
        out.push(Refusal::new(raw.at.key("resources"), "at least one resources is required"));
    }
    let mut kms_names: HashSet<&str> = HashSet::new();
    for entry in &raw.entries {
        if entry.resources.is_empty() {
            out.push(Refusal::new(entry.at.key("resources"), "at least one resource is required"));
        }
        overlap(entry, &mut out);
        for &at in &entry.resources {
            if let Some(message) = resource_name(at, text_of(at)) {
                out.push(Refusal::new(at, message));
            }
        }
        if entry.providers.is_empty() {
            out.push(Refusal::new(entry.at.key("providers"), "at least one provider is required"));
        }
        for &at in &entry.providers {
            provider(at, reload, &mut kms_names, &mut out);
        }
    }
    out
}

/// Upstream compares all pairs; the outcome is the same: refused when a name stands twice, when `*.*` is not alone,
/// or when `*.group` stands beside another name of the group.
fn overlap<'a>(entry: &RawEntry<'a>, out: &mut Vec<Refusal<'a>>) {
    let names: Vec<ResourceName<'_>> =
        entry.resources.iter().map(|&at| ResourceName::parse(at, text_of(at))).collect();
    if names.len() < 2 {
        return;
    }
    let mut seen = HashSet::new();
    let whole: HashSet<&str> =
        names.iter().filter(|name| name.resource == "*").map(|name| name.group).collect();
    let (mut repeated, mut masked) = (None, None);
    for name in &names {
        if !seen.insert((name.resource, name.group)) {
            repeated = repeated.or(Some(name.at));
        } else if whole.contains("*") || (name.resource != "*" && whole.contains(name.group)) {
            masked = masked.or(Some(name.at));
        }
    }
    if let Some(at) = repeated {
        out.push(Refusal::new(at, "the same resource cannot be specified multiple times"));
    }
    if let Some(at) = masked {
        let message = "using overlapping resources such as 'secrets' and '*.' in the same resource list is not \
                       allowed as they will be masked";
        out.push(Refusal::new(at, message));
    }
}

fn resource_name(at: At<'_>, name: &str) -> Option<&'static str> {
    let parsed = ResourceName::parse(at, name);
    let message = match name {
        _ if name.to_lowercase() != name => "resource name should not contain capital letters",
        "*" => "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources",
        "apiserveripinfo" | "serviceipallocations" | "servicenodeportallocations" => {
            "resources which do not have REST API/s cannot be encrypted"
        }
        _ if parsed.group == "events.k8s.io" => {
            "'*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the \
             config file"
        }
        _ if parsed.group == "extensions" => {
            "'extensions' group has been removed and cannot be used for encryption"
        }
        _ if parsed.group == "*" && parsed.resource != "*" => {
            "encrypting the same resource across groups is not supported"
        }
        _ => return None,
    };
    Some(message)
}

fn provider<'a>(at: At<'a>, reload: bool, kms_names: &mut HashSet<&'a str>, out: &mut Vec<Refusal<'a>>) {
    match PROVIDERS.iter().filter(|name| at.key(name).exists()).count() {
        0 => {
            let message = "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox, \
                           Identity";
            out.push(Refusal::new(at, message));
        }
        1 => {}
        _ => {
            let message = "more than one provider specified in a single element, should split into different list \
                           elements";
            out.push(Refusal::new(at, message));
        }
    }
    if at.key("kms").exists() {
        kms(at.key("kms"), reload, kms_names, out);
        kms_names.insert(text_of(at.key("kms").key("name")));
    } else if at.key("aesgcm").exists() {
        keys(at.key("aesgcm").key("keys"), Algorithm::AesGcm, out);
    } else if at.key("aescbc").exists() {
        keys(at.key("aescbc").key("keys"), Algorithm::AesCbc, out);
    } else if at.key("secretbox").exists() {
        keys(at.key("secretbox").key("keys"), Algorithm::Secretbox, out);
    }
}

fn keys<'a>(at: At<'a>, algorithm: Algorithm, out: &mut Vec<Refusal<'a>>) {
    let mut any = false;
    for key in at.items() {
        any = true;
        if text_of(key.key("name")).is_empty() {
            out.push(Refusal::new(key.key("name"), "name is a mandatory field for a key"));
        }
        let (place, secret) = (key.key("secret"), text_of(key.key("secret")));
        if secret.is_empty() {
            out.push(Refusal::new(place, "secret is a mandatory field for a key"));
            continue;
        }
        let lengths = algorithm.key_lengths();
        match base64(secret).map(|bytes| bytes.len()) {
            None => out.push(Refusal::new(place, "secrets must be base64 encoded")),
            Some(length) if !lengths.contains(&length) => {
                let message = format!(
                    "secret is not of the expected length, got {length}, expected one of {lengths:?}"
                );
                out.push(Refusal::new(place, message));
            }
            Some(_) => {}
        }
    }
    if !any {
        out.push(Refusal::new(at, "at least one keys is required"));
    }
}

fn kms<'a>(at: At<'a>, reload: bool, names: &HashSet<&'a str>, out: &mut Vec<Refusal<'a>>) {
    let mut refuse = |field: &'static str, message: String| out.push(Refusal::new(at.key(field), message));
    let service = load::kms(at);
    let api_version = match text_of(at.key("apiVersion")) {
        "" => "v1",
        other => other,
    };
    if service.name.is_empty() {
        refuse("name", "name is a mandatory field for a provider".into());
    }
    if api_version != "v1" && service.name.contains(':') {
        refuse("name", format!("invalid KMS provider name {}, must not contain ':'", shown(service.name)));
    }
    if (reload || api_version != "v1") && names.contains(service.name) {
        refuse("name", format!("duplicate KMS provider name {}, names must be unique", shown(service.name)));
    }
    if service.timeout <= GoDuration(0) {
        refuse("timeout", "timeout should be a positive value".into());
    }
    if service.endpoint.is_empty() {
        refuse("endpoint", "endpoint is a mandatory field for a kms".into());
    } else {
        match GoUrl::parse(service.endpoint) {
            Err(error) => refuse("endpoint", format!("invalid endpoint for kms provider, error: {error}")),
            Ok(url) if url.scheme != "unix" => {
                let scheme = shown(&url.scheme);
                refuse(
                    "endpoint",
                    format!("unsupported scheme \"{scheme}\" for KMS provider, only unix is supported"),
                );
            }
            Ok(_) => {}
        }
    }
    if api_version != "v1" && at.key("cachesize").exists() {
        refuse("cachesize", "cachesize is not supported in v2".into());
    }
    if api_version == "v1" && service.cache_size == Some(0) {
        refuse("cachesize", "cachesize should be a positive value, or negative to disable".into());
    }
    if !matches!(api_version, "v1" | "v2") {
        refuse(
            "apiVersion",
            "unsupported apiVersion apiVersion for KMS provider, only v1 and v2 are supported".into(),
        );
    }
}

/// What `getTransformerOverridesAndKMSPluginProbes` refuses of a valid file: KMS v1 without its gate, and names
/// behind a wildcard of an earlier entry. Upstream stops at the first one.
pub(super) fn build_refusals<'a>(raw: &Raw<'a>, kms_v1_off: bool) -> Vec<Refusal<'a>> {
    let mut seen: HashSet<(&str, &str)> = HashSet::new();
    for entry in &raw.entries {
        for at in &entry.providers {
            if kms_v1_off && at.key("kms").exists() && load::kms(at.key("kms")).version == 1 {
                let message = "KMSv1 is deprecated and will only receive security updates going forward. Use KMSv2 \
                               instead.  Set --feature-gates=KMSv1=true to use the deprecated KMSv1 feature.";
                return vec![Refusal::new(at.key("kms").key("apiVersion"), message)];
            }
        }
        for &at in &entry.resources {
            let name = ResourceName::parse(at, text_of(at));
            let mask = [("*", name.group), ("*", "*")].into_iter().find(|mask| seen.contains(mask));
            if let Some((_, group)) = mask {
                let (resource, rule) = (yaml(name.resource, name.group), yaml("*", group));
                let message = format!("resource \"{resource}\" is masked by earlier rule \"{rule}\"");
                return vec![Refusal::new(at, message)];
            }
            seen.insert((name.resource, name.group));
        }
    }
    Vec::new()
}

/// `grYAMLString`.
fn yaml(resource: &str, group: &str) -> String {
    match (resource, group) {
        ("*", "") => "*.".into(),
        (resource, "") => shown(resource),
        _ => format!("{}.{}", shown(resource), shown(group)),
    }
}
