//! Secrets leave before anything is kept: in their place stand sizes and digests whose key is forgotten.

mod public;

use super::reduce::LAST_APPLIED;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;
use ring::rand::SystemRandom;
use seawall_model::SEALED;
use seawall_model::decode;
use seawall_model::redact::{Redaction, is_plausible, is_reference, secrets};
use seawall_yaml::{Document, Kind, NodeId, NodeRef, Source, Span, parse_one};
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::Arc;

/// Makes digests under a key that lives as long as one reading: equal values are told, nothing else is.
pub(crate) struct Sealer {
    key: hmac::Key,
}

/// What a last-applied annotation of a Secret that repeats its values becomes: the finding stays, the values go.
pub(super) const LAST_APPLIED_SEALED: &str = r#"{"data":{"":""}}"#;

/// Annotations of Secrets whose values say who owns or issued them.
const SECRET_ANNOTATIONS: [&str; 4] =
    ["kubernetes.io/service-account.", "seawall.dev/allow", "cert-manager.io/", "meta.helm.sh/"];

impl Sealer {
    /// A sealer with a new random key; `None` when the system has no randomness.
    pub(crate) fn new() -> Option<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new()).ok()?;
        Some(Self { key })
    }

    /// 128 bits of the keyed digest, in hexadecimal.
    fn digest(&self, value: &[u8]) -> String {
        let tag = hmac::sign(&self.key, value);
        let mut out = String::with_capacity(32);
        for byte in tag.as_ref().iter().take(16) {
            let _ = write!(out, "{byte:02x}");
        }
        out
    }

    /// Takes the values out of a Secret and writes their sizes and digests into the annotation [`SEALED`]. What is
    /// public by its nature stays: certificates, also those of kubeconfigs, and what a bootstrap token says about itself.
    pub(crate) fn secret(&self, secret: &mut Map<String, Value>) {
        let sort = secret.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut data = Map::new();
        let mut sealed = Map::new();
        let mut seal = |key: String, value: &[u8], public: Option<Vec<u8>>| {
            if public.as_deref() != Some(value) {
                sealed.insert(key.clone(), json!({ "size": value.len(), "digest": self.digest(value) }));
            }
            data.insert(key, public.map_or(Value::Null, |public| BASE64.encode(public).into()));
        };
        for (key, value) in take_map(secret, "data") {
            let text = value.as_str().unwrap_or_default();
            let bytes = decode::base64(text).unwrap_or_else(|| text.as_bytes().to_vec());
            let public = public::part(&sort, &key, &bytes);
            seal(key, &bytes, public);
        }
        // Only files have it; it wins over `data`.
        for (key, value) in take_map(secret, "stringData") {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            seal(key, text.as_bytes(), None);
        }
        if !data.is_empty() {
            secret.insert("data".to_owned(), Value::Object(data));
        }
        let metadata = secret.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
        let Some(metadata) = metadata.as_object_mut() else { return };
        let annotations = metadata.entry("annotations").or_insert_with(|| Value::Object(Map::new()));
        if !annotations.is_object() {
            *annotations = Value::Object(Map::new());
        }
        let Some(annotations) = annotations.as_object_mut() else { return };
        for (name, value) in annotations.iter_mut() {
            if name == LAST_APPLIED {
                let text = value.as_str().unwrap_or_default();
                let repeats = ["\"data\":{\"", "\"stringData\":{\""].iter().any(|part| text.contains(part));
                *value = if repeats { LAST_APPLIED_SEALED.into() } else { "".into() };
            } else if !SECRET_ANNOTATIONS.iter().any(|prefix| name.starts_with(prefix)) {
                *value = Value::Null;
            }
        }
        annotations.insert(SEALED.to_owned(), Value::Object(sealed).to_string().into());
        // Whatever else somebody wrote beside the fields of a Secret.
        secret.retain(|key, _| {
            matches!(key.as_str(), "apiVersion" | "kind" | "metadata" | "type" | "data" | "immutable")
        });
    }

    /// The object's text with every secret-like value replaced, as a document. `None` if it cannot be read.
    pub(crate) fn document(&self, name: &Arc<str>, text: String, is_secret: bool) -> Option<Document> {
        let read = |text: String| parse_one(&Source::new(name.clone(), text)).ok();
        let document = read(text)?;
        // A Secret's values are gone already; what is left of its data is public.
        if is_secret {
            return Some(document);
        }
        let replaced = self.replacements(&document);
        if replaced.is_empty() {
            return Some(document);
        }
        let text = document.source().text();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (span, value) in replaced {
            out.push_str(text.get(at..span.start as usize)?);
            out.push_str(&Value::String(value).to_string());
            at = span.end as usize;
        }
        out.push_str(text.get(at..)?);
        read(out)
    }

    /// The scalars to replace, in order, and with what.
    fn replacements(&self, document: &Document) -> Vec<(Span, String)> {
        let redaction = Redaction::of(document);
        let mut out = Vec::new();
        for id in 0..document.len() as u32 {
            let node = document.node(NodeId(id));
            match node.kind() {
                Kind::Mapping => {
                    node.entries().for_each(|(_, value)| self.scalar(value, &redaction, &mut out))
                }
                Kind::Sequence => node.items().for_each(|value| self.scalar(value, &redaction, &mut out)),
                _ => {}
            }
        }
        out.sort_unstable_by_key(|(span, _)| *span);
        out.dedup_by_key(|(span, _)| *span);
        out
    }

    fn scalar(&self, node: NodeRef<'_>, redaction: &Redaction, out: &mut Vec<(Span, String)>) {
        if matches!(node.kind(), Kind::Mapping | Kind::Sequence | Kind::Null | Kind::True | Kind::False) {
            return;
        }
        let (span, text) = (node.span(), node.text());
        let whole = redaction.inside(span).any(|hit| hit == span);
        let new = if whole && is_encryption(node.document()) {
            self.key_of_equal_length(text).or_else(|| Some(self.sealed(text)))
        } else if whole {
            (!is_no_secret(text)).then(|| self.sealed(text))
        } else {
            // The text itself is looked through, not the way in which JSON writes it.
            self.parts(text).or_else(|| redaction.touches(span).then(|| self.sealed(text)))
        };
        out.extend(new.map(|new| (span, new)));
    }

    /// A text with the secrets inside of it replaced; `None` if there are none.
    fn parts(&self, text: &str) -> Option<String> {
        let mut spans = Vec::new();
        secrets(text, &mut |start, end| spans.push((start, rest_of_value(text, start, end))));
        if spans.is_empty() {
            return None;
        }
        spans.sort_unstable();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in spans {
            if start >= at {
                out.push_str(text.get(at..start)?);
                out.push_str(&self.sealed(text.get(start..end)?));
            }
            at = at.max(end);
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }

    /// Another key, as long as this one and the same for the same one: a configuration with it is no less valid.
    fn key_of_equal_length(&self, value: &str) -> Option<String> {
        let length = decode::base64(value)?.len();
        let mut bytes = Vec::with_capacity(length);
        for block in 0u64.. {
            if bytes.len() >= length {
                break;
            }
            let mut message = block.to_be_bytes().to_vec();
            message.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(hmac::sign(&self.key, &message).as_ref());
        }
        bytes.truncate(length);
        Some(BASE64.encode(bytes))
    }

    /// What stands for a value. Whether it could be a secret at all is told by its first character, so that the
    /// controls judge the placeholder as they would judge the value.
    fn sealed(&self, value: &str) -> String {
        let digest = self.digest(value.as_bytes());
        if is_plausible(value) { format!("sealed-{digest}") } else { format!("<sealed-{digest}>") }
    }
}

fn is_encryption(document: &Document) -> bool {
    document.root().get("kind").and_then(NodeRef::as_str) == Some("EncryptionConfiguration")
}

/// Switches and references say nothing.
fn is_no_secret(value: &str) -> bool {
    let words = ["true", "false", "null", "none", "nil", "yes", "no", "on", "off", "enabled", "disabled"];
    is_reference(value) || words.iter().any(|word| value.trim().eq_ignore_ascii_case(word))
}

/// A YAML value without quotes may hold blanks: all of its line is secret.
fn rest_of_value(text: &str, start: usize, end: usize) -> usize {
    let before = text.get(..start).unwrap_or_default();
    let key = before.trim_end_matches([' ', '\t']);
    let quoted = text.get(start..).is_some_and(|value| value.starts_with(['"', '\'']));
    if quoted || !key.ends_with(':') || key.len() == before.len() {
        return end;
    }
    let rest = text.get(end..).unwrap_or_default();
    end + rest.find(['\n', '\r']).unwrap_or(rest.len())
}

fn take_map(object: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    match object.shift_remove(key) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
