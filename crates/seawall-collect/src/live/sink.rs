//! Where objects go as their pages arrive.

use super::reduce::reduce;
use super::seal::Sealer;
use seawall_yaml::Document;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Takes objects kind by kind.
pub(crate) trait Sink {
    /// Marks the place to which [`Sink::restart`] goes back.
    fn begin(&mut self) -> Result<(), SinkError>;
    /// Forgets what came since [`Sink::begin`].
    fn restart(&mut self) -> Result<(), SinkError>;
    /// Takes an object.
    fn object(&mut self, document: Document) -> Result<(), SinkError>;
}

/// Nothing more can be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// Writing failed.
    #[error("failed to write the snapshot")]
    Write(#[from] std::io::Error),
    /// Too much text.
    #[error("all objects together hold more than {0}; read one namespace with -n, or write a snapshot")]
    TooLarge(String),
}

/// An object as its server wrote it, reduced and sealed; `None` if it is no object that can be read.
pub(super) fn prepare(raw: &RawValue, api_version: &str, kind: &str, sealer: &Sealer) -> Option<Document> {
    let object: Map<String, Value> = serde_json::from_str(raw.get()).ok()?;
    prepare_map(object, api_version, kind, sealer)
}

/// The same for an object that has been read.
pub(crate) fn prepare_map(
    mut object: Map<String, Value>,
    api_version: &str,
    kind: &str,
    sealer: &Sealer,
) -> Option<Document> {
    let is_secret = kind == "Secret" && api_version == "v1";
    reduce(&mut object, api_version, kind);
    if is_secret {
        sealer.secret(&mut object);
    }
    let name = title(&object, kind);
    sealer.document(&name, Value::Object(object).to_string(), is_secret)
}

/// `Pod shop/web`: what people see in place of a file name.
fn title(object: &Map<String, Value>, kind: &str) -> Arc<str> {
    let text = |key: &str| object.get("metadata").and_then(|metadata| metadata.get(key)?.as_str());
    let name = text("name").or_else(|| text("generateName")).unwrap_or_default();
    title_of(kind, text("namespace"), name)
}

/// What an object is called in place of a file.
pub(crate) fn title_of(kind: &str, namespace: Option<&str>, name: &str) -> Arc<str> {
    match namespace {
        Some(namespace) => format!("{kind} {namespace}/{name}").into(),
        None => format!("{kind} {name}").into(),
    }
}
