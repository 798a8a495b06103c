//! An edit changes the value that it says, and nothing else.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use seawall_yaml::{Document, Kind, NodeId, NodeRef, Source, apply_edits, parse_documents};
use serde_json::Value;

const TEXTS: &[&str] = &[
    "spec:\n  containers:\n  - name: a # x\n    image: b:1\n    args: [x, \"y\"]\n    env: {}\n  # between\n  - name: c\n    ports:\n      - port: 80\n        name: web\n      - port: 81\n  hostPID: true # why\nlast:\n",
    "a:\n    b:\n        c: |\n            text\n            more\n        d: >-\n            folded\n    e: 'x' # e\nf: {g: 1, h: [2, {i: j}], k: null}\nl:\n- - m\n  - n\n-\n- o\n",
    "a: 1\r\nb:\r\n  - c # d\r\n  - e: f\r\n    g: h\r\ni: {}\r\n",
    "{\n  \"a\": {\n    \"b\": [1, 2],\n    \"c\": {}\n  },\n  \"d\": \"e\"\n}\n",
    "- a: b\n  # below\n  c:\n  - d\n\n- e\n# end",
];
const VALUES: &[&str] = &[
    "1",
    "true",
    "\"q: r\"",
    "[]",
    "{x: y}",
    "[1, two]",
    "k: v",
    "k: v\nl:\n- m\n- n: o",
    "- p\n- q: r\n  s: t",
    "|\n  u\n  v",
];

fn document(text: &str) -> Document {
    parse_documents(&Source::new("text", text)).remove(0).unwrap()
}

fn value(node: NodeRef<'_>) -> Value {
    let mut json = String::new();
    node.write_json(&mut json);
    serde_json::from_str(&json).unwrap()
}

/// The JSON pointer of a node.
fn pointer(node: NodeRef<'_>) -> String {
    let mut pointer = String::new();
    node.document().root().path_to(node.id(), &mut |key, index| match key {
        Some(key) => pointer.push_str(&format!("/{key}")),
        None => pointer.push_str(&format!("/{index}")),
    });
    pointer
}

/// The nodes that are values.
fn values(document: &Document) -> Vec<NodeId> {
    fn walk(node: NodeRef<'_>, out: &mut Vec<NodeId>) {
        out.push(node.id());
        node.entries().for_each(|(_, value)| walk(value, out));
        node.items().for_each(|item| walk(item, out));
    }
    let mut out = Vec::new();
    walk(document.root(), &mut out);
    out
}

fn comments(document: &Document) -> Vec<String> {
    let text = document.source().text();
    let mut comments: Vec<String> = document
        .comments()
        .iter()
        .map(|span| text[span.start as usize..span.end as usize].to_owned())
        .collect();
    comments.sort();
    comments
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn edits_do_what_they_say(text in 0..TEXTS.len(), node in any::<prop::sample::Index>(), new in 0..VALUES.len(), what in 0..4) {
        let text = TEXTS[text];
        let before = document(text);
        let nodes = values(&before);
        let node = before.node(*node.get(&nodes));
        let new_value = value(document(VALUES[new]).root());
        let mut expected = value(before.root());
        let place = expected.pointer_mut(&pointer(node)).unwrap();
        let edit = match what {
            0 if node.id() != NodeId(0) => {
                *place = new_value;
                node.replace(VALUES[new])
            }
            1 if node.is_mapping() || node.is_null() => {
                if place.is_null() {
                    *place = Value::Object(Default::default());
                }
                place["new"] = serde_json::json!({ "deep": new_value });
                node.set(&["new", "deep"], VALUES[new])
            }
            2 if node.is_sequence() || node.is_null() => {
                if place.is_null() {
                    *place = Value::Array(Vec::new());
                }
                place.as_array_mut().unwrap().push(new_value);
                node.append(VALUES[new])
            }
            3 if node.count() > 0 => match node.kind() {
                Kind::Mapping => {
                    let (key, child) = node.entries().nth(new % node.count()).unwrap();
                    place.as_object_mut().unwrap().remove(key.text());
                    node.remove(child)
                }
                _ => {
                    place.as_array_mut().unwrap().remove(new % node.count());
                    node.remove(node.items().nth(new % node.count()).unwrap())
                }
            },
            _ => return Ok(()),
        };
        let edit = edit.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let edited = apply_edits(text, std::slice::from_ref(&edit)).unwrap();
        let parsed = parse_documents(&Source::new("edited", edited.as_str()));
        let after = match parsed.into_iter().next() {
            Some(Ok(after)) => after,
            other => return Err(TestCaseError::fail(format!("{other:?}\n{edited}"))),
        };
        prop_assert_eq!(value(after.root()), expected, "{}", edited);
        if what == 1 || what == 2 {
            prop_assert_eq!(comments(&after), comments(&before), "{}", edited);
        }
        prop_assert_eq!(edited.contains("\r\n"), text.contains("\r\n"));
        prop_assert_eq!(edited.replace("\r\n", "").contains('\r'), false);
    }
}
