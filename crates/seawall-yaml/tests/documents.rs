//! Streams, values and positions on small texts.

#![allow(clippy::unwrap_used, clippy::panic)]

use seawall_yaml::{Kind, Source, parse_documents};

fn json(text: &str) -> Vec<String> {
    let source = Source::new("test.yaml", text);
    let render = |document: Result<seawall_yaml::Document, seawall_yaml::Error>| match document {
        Ok(document) => {
            let mut out = String::new();
            document.root().write_json(&mut out);
            out
        }
        Err(error) => format!("{}:{}: {}", error.place.line, error.place.column, error.message),
    };
    parse_documents(&source).into_iter().map(render).collect()
}

#[test]
fn a_manifest_with_comments() {
    let text = "# head\napiVersion: v1 # v\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: a\n    args: [\"-x\", 'y']\n  - {name: b}\n";
    assert_eq!(
        json(text),
        [
            r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"args":["-x","y"],"name":"a"},{"name":"b"}]}}"#
        ]
    );
    let source = Source::new("test.yaml", text);
    let document = parse_documents(&source).remove(0).unwrap();
    let comments: Vec<&str> =
        document.comments().iter().map(|span| &text[span.start as usize..span.end as usize]).collect();
    assert_eq!(comments, ["# head", "# v"]);
    let name = document.root().get("spec").and_then(|spec| spec.get("containers")).unwrap();
    let first = name.items().next().unwrap().get("name").unwrap();
    assert_eq!((first.place().line, first.place().column), (8, 11));
    assert_eq!(first.kind(), Kind::String);
}

#[test]
fn aliases_and_merge_keys() {
    let text = "base: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\nlist: [*b]\n";
    assert_eq!(json(text), [r#"{"base":{"x":1,"z":2},"list":[{"x":1,"z":2}],"use":{"x":1,"z":3}}"#]);
}

#[test]
fn streams_of_documents() {
    assert_eq!(
        json("---\na: 1\n---\n# nothing\n---\nb: 2\n--- # c\n- 3"),
        [r#"{"a":1}"#, r#"{"b":2}"#, "[3]"]
    );
    assert_eq!(json("{\"a\": 1}\n{\"b\": \"\\/\"}"), [r#"{"a":1}"#, r#"{"b":"/"}"#]);
    assert_eq!(json("a: 1\n--- x\nb: 2\n"), ["2:1: invalid YAML document separator", r#"{"b":2}"#]);
}
