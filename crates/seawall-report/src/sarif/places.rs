//! Places in SARIF: files with regions, and objects as logical locations.

use crate::escape::{line, uri};
use crate::shown::Sources;
use crate::{InputError, edits, names};
use seawall_model::{FieldRef, Finding, Fix};
use seawall_yaml::{Edit, Source};
use serde_json::{Map, Value, json};

pub(super) fn location(at: &FieldRef, sources: &mut Sources) -> Value {
    let mut location = Map::new();
    if let Some(file) = names::file(&at.object) {
        let region = at.location();
        let (excerpt, _) = sources.excerpt(at, 0);
        location.insert(
            "physicalLocation".to_owned(),
            json!({
                "artifactLocation": { "uri": uri(file) },
                "region": {
                    "startLine": region.start.line,
                    "startColumn": region.start.column,
                    "endLine": region.end.line,
                    "endColumn": region.end.column,
                    "snippet": { "text": excerpt.text },
                },
            }),
        );
    } else if let Some(template) = names::template(&at.object) {
        let place = json!({ "artifactLocation": { "uri": uri(template) } });
        location.insert("physicalLocation".to_owned(), place);
    }
    let object = names::object(&at.object);
    location.insert(
        "logicalLocations".to_owned(),
        json!([{
            "name": line(&object),
            "fullyQualifiedName": line(&format!("{object}: {}", at.field())),
            "kind": "object",
        }]),
    );
    Value::Object(location)
}

pub(super) fn of_error(error: &InputError) -> Value {
    let mut physical = Map::new();
    physical.insert("artifactLocation".to_owned(), json!({ "uri": uri(&error.file) }));
    if let Some(place) = error.place {
        physical.insert("region".to_owned(), json!({ "startLine": place.line, "startColumn": place.column }));
    }
    json!({ "physicalLocation": physical })
}

/// The fix as replacements, if the text can be edited mechanically.
pub(super) fn fix(finding: &Finding, fix: &Fix) -> Option<Value> {
    let source = finding.at.object.document().source();
    let edits = edits::plan(&fix.changes);
    let file = names::file(&finding.at.object)?;
    if edits.is_empty() {
        return None;
    }
    let replacements: Option<Vec<Value>> = edits.iter().map(|edit| replacement(source, edit)).collect();
    Some(json!({
        "description": super::message(&format!("{} ({})", fix.description, edits::label(fix))),
        "artifactChanges": [{ "artifactLocation": { "uri": uri(file) }, "replacements": replacements? }],
    }))
}

fn replacement(source: &Source, edit: &Edit) -> Option<Value> {
    let local = |byte: u64| u32::try_from(byte.checked_sub(source.base_byte())?).ok();
    let (start, end) = (source.place(local(edit.start)?), source.place(local(edit.end)?));
    Some(json!({
        "deletedRegion": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
        "insertedContent": { "text": edit.text },
    }))
}
