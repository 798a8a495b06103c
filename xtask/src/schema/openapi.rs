//! Reads what each release serves (`api/openapi-spec/v3`, written by a real API server with every API switched on)
//! and merges the releases: whatever is the same in several of them is kept once, with a mask of releases.

use super::enums::Enums;
use super::modules::{RELEASES, Release};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a value may be.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Shape {
    Any,
    String,
    Enum(String),
    Bool,
    Int32,
    Int64,
    Double,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    Bytes,
    /// Element, `x-kubernetes-list-type`, keys joined by commas.
    Array(Box<Shape>, String, String),
    Map(Box<Shape>),
    Object(String),
    SchemaOrBool(String),
    SchemaOrArray(String),
    SchemaOrStrings(String),
}

/// A property as one release has it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Property {
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// JSON text of a default that is not Go's zero value.
    pub(crate) default: Option<String>,
}

/// A kind as the API serves it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kind {
    pub(crate) type_name: String,
    pub(crate) mask: u8,
    pub(crate) namespaced: bool,
    /// Plural name; empty for lists and for kinds that only subresources take.
    pub(crate) resource: String,
}

/// A resource or subresource.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resource {
    /// Group, version, kind of what it takes.
    pub(crate) kind: (String, String, String),
    pub(crate) namespaced: bool,
    pub(crate) mask: u8,
    pub(crate) verbs: u16,
}

/// Order of the bits of `Resource::verbs`.
pub(crate) const VERBS: [&str; 8] =
    ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

type Triple = (String, String, String);

/// All releases together.
#[derive(Default)]
pub(crate) struct Merged {
    /// Type → property → forms with the releases that have them.
    pub(crate) types: BTreeMap<String, BTreeMap<String, BTreeMap<Property, u8>>>,
    /// Keyed by group, version, kind.
    pub(crate) kinds: BTreeMap<Triple, Kind>,
    /// Keyed by group, version, `resource` or `resource/subresource`.
    pub(crate) resources: BTreeMap<Triple, Resource>,
}

/// Reads every release.
pub(crate) fn read_all() -> Result<Merged> {
    let mut merged = Merged::default();
    for release in RELEASES {
        read(release, &mut merged).with_context(|| release.name())?;
    }
    for (key, resource) in &merged.resources {
        if !key.2.contains('/')
            && let Some(kind) = merged.kinds.get_mut(&resource.kind)
        {
            // A kind's own resource; `Binding` also has one, `Scale` and `Eviction` have none.
            kind.resource = key.2.clone();
            kind.namespaced = resource.namespaced;
        }
    }
    Ok(merged)
}

fn read(release: Release, merged: &mut Merged) -> Result<()> {
    let root = release.kubernetes()?;
    let enums = Enums::read(&root)?;
    let mut files: Vec<_> = std::fs::read_dir(root.join("api/openapi-spec/v3"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    let mut seen = BTreeMap::new();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !name.starts_with("api") {
            continue;
        }
        let text: Value = serde_json::from_slice(&std::fs::read(&file)?).with_context(|| name.clone())?;
        if let Some(schemas) = text.pointer("/components/schemas").and_then(Value::as_object) {
            for (name, schema) in schemas {
                seen.entry(name.clone()).or_insert_with(|| schema.clone());
            }
        }
        if let Some(paths) = text.get("paths").and_then(Value::as_object) {
            for (path, operations) in paths {
                read_path(release, path, operations, merged)?;
            }
        }
    }
    for (name, schema) in &seen {
        read_type(release, name, schema, &enums, merged).with_context(|| name.clone())?;
    }
    Ok(())
}

fn read_type(release: Release, name: &str, schema: &Value, enums: &Enums, merged: &mut Merged) -> Result<()> {
    if special(name).is_some() || name == "io.k8s.apimachinery.pkg.apis.meta.v1.Patch" {
        return Ok(());
    }
    let properties = merged.types.entry(name.to_owned()).or_default();
    let required: Vec<&str> = list(schema.get("required"));
    for (field, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let own = enums.of(name, field, false);
        let element = enums.of(name, field, true);
        let form = Property {
            shape: shape(property, own, element).with_context(|| field.clone())?,
            required: required.contains(&field.as_str()),
            default: property.get("default").filter(|value| !is_zero(value)).map(Value::to_string),
        };
        *properties.entry(field.clone()).or_default().entry(form).or_default() |= release.bit();
    }
    // DeleteOptions, WatchEvent and Status are registered in every group and are no objects of their own.
    if name.starts_with("io.k8s.apimachinery.pkg.apis.meta.v1.") {
        return Ok(());
    }
    for triple in
        schema.get("x-kubernetes-group-version-kind").and_then(Value::as_array).into_iter().flatten()
    {
        let kind = merged.kinds.entry(triple_of(triple)).or_default();
        ensure!(kind.type_name.is_empty() || kind.type_name == name, "two types for {triple}");
        kind.type_name = name.to_owned();
        kind.mask |= release.bit();
    }
    Ok(())
}

fn triple_of(value: &Value) -> Triple {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("group"), text("version"), text("kind"))
}

fn list(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// OpenAPI gives `{}`, `""`, 0 and false for every field that is no pointer: Go's zero, no default of Kubernetes.
fn is_zero(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::Bool(flag) => !flag,
        _ => false,
    }
}

/// Types with a decoder of their own (`UnmarshalJSON`).
fn special(name: &str) -> Option<Shape> {
    let props = || "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps".to_owned();
    Some(match name {
        "io.k8s.apimachinery.pkg.api.resource.Quantity" => Shape::Quantity,
        "io.k8s.apimachinery.pkg.apis.meta.v1.Time" => Shape::Time,
        "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime" => Shape::MicroTime,
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString" => Shape::IntOrString,
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1"
        | "io.k8s.apimachinery.pkg.runtime.RawExtension"
        | "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON" => Shape::Any,
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool" => {
            Shape::SchemaOrBool(props())
        }
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray" => {
            Shape::SchemaOrArray(props())
        }
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray" => {
            Shape::SchemaOrStrings(props())
        }
        _ => return None,
    })
}

fn shape(schema: &Value, own: Option<&str>, element: Option<&str>) -> Result<Shape> {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).unwrap_or_default();
    let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    if let Some(reference) = reference {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return Ok(special(name).unwrap_or_else(|| Shape::Object(name.to_owned())));
    }
    Ok(match (text("type"), text("format")) {
        ("string", "") => own.map_or(Shape::String, |values| Shape::Enum(values.to_owned())),
        ("string", "byte") => Shape::Bytes,
        ("boolean", "") => Shape::Bool,
        ("integer", "int32") => Shape::Int32,
        ("integer", "int64") => Shape::Int64,
        ("number", "double") => Shape::Double,
        ("array", "") => Shape::Array(
            Box::new(shape(schema.get("items").context("items")?, element, None)?),
            text("x-kubernetes-list-type").to_owned(),
            list(schema.get("x-kubernetes-list-map-keys")).join(","),
        ),
        ("object", "") => match schema.get("additionalProperties") {
            Some(values) => Shape::Map(Box::new(shape(values, element, None)?)),
            None => Shape::Any,
        },
        (kind, format) => bail!("unknown type {kind:?} of format {format:?}"),
    })
}

fn read_path(release: Release, path: &str, operations: &Value, merged: &mut Merged) -> Result<()> {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let (group, version, mut rest) = match parts.as_slice() {
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return Ok(()),
    };
    let watch = rest.first() == Some(&"watch");
    rest = if watch { &rest[1..] } else { rest };
    let namespaced = rest.len() > 2 && rest[..2] == ["namespaces", "{namespace}"];
    rest = if namespaced { &rest[2..] } else { rest };
    let (name, named) = match rest {
        [resource] => ((*resource).to_owned(), false),
        [resource, "{name}"] => ((*resource).to_owned(), true),
        [resource, "{name}", subresource] => (format!("{resource}/{subresource}"), true),
        _ => return Ok(()),
    };
    if name.is_empty() {
        return Ok(());
    }
    for (method, operation) in operations.as_object().into_iter().flatten() {
        let verb = match (method.as_str(), named, watch) {
            ("get", _, true) => "watch",
            ("get", true, false) => "get",
            ("get", false, false) => "list",
            ("post", ..) => "create",
            ("put", ..) => "update",
            ("patch", ..) => "patch",
            ("delete", true, _) => "delete",
            ("delete", false, _) => "deletecollection",
            _ => continue,
        };
        let resource =
            merged.resources.entry((group.to_owned(), version.to_owned(), name.clone())).or_default();
        resource.mask |= release.bit();
        resource.namespaced |= namespaced;
        let bit = VERBS.iter().position(|known| *known == verb).context("verb")?;
        resource.verbs |= 1 << bit;
        if let Some(triple) = operation.get("x-kubernetes-group-version-kind") {
            resource.kind = triple_of(triple);
        }
    }
    Ok(())
}
