//! Edits keep comments, style and indentation.

#![allow(clippy::unwrap_used, clippy::panic)]

use seawall_yaml::{Document, EditError, NodeRef, Source, apply_edits, parse_documents};

fn document(text: &str) -> Document {
    parse_documents(&Source::new("test.yaml", text)).remove(0).unwrap()
}

/// Follows `a.b.0`.
fn at<'a>(document: &'a Document, path: &str) -> NodeRef<'a> {
    path.split('.').filter(|part| !part.is_empty()).fold(document.root(), |node, part| {
        match part.parse::<usize>() {
            Ok(index) => node.items().nth(index).unwrap(),
            Err(_) => node.get(part).unwrap(),
        }
    })
}

fn replace(text: &str, path: &str, yaml: &str) -> String {
    let document = document(text);
    apply_edits(text, &[at(&document, path).replace(yaml).unwrap()]).unwrap()
}

fn set(text: &str, path: &str, keys: &[&str], yaml: &str) -> String {
    let document = document(text);
    apply_edits(text, &[at(&document, path).set(keys, yaml).unwrap()]).unwrap()
}

fn append(text: &str, path: &str, yaml: &str) -> String {
    let document = document(text);
    apply_edits(text, &[at(&document, path).append(yaml).unwrap()]).unwrap()
}

fn remove(text: &str, path: &str, child: &str) -> String {
    let document = document(text);
    let parent = at(&document, path);
    apply_edits(text, &[parent.remove(at(&document, &format!("{path}.{child}"))).unwrap()]).unwrap()
}

#[test]
fn replacing_scalars() {
    assert_eq!(replace("a: old # why\nb: 2\n", "a", "new"), "a: new # why\nb: 2\n");
    assert_eq!(replace("a:\nb: 2\n", "a", "new"), "a: new\nb: 2\n");
    assert_eq!(replace("- a\n-\n- c # x\n", "1", "b"), "- a\n- b\n- c # x\n");
    assert_eq!(replace("a: {b: c, d: [e, f]}\n", "a.d.1", "yes"), "a: {b: c, d: [e, true]}\n");
    assert_eq!(replace("{\"a\": \"b\"}", "a", "c d"), "{\"a\": \"c d\"}");
    assert_eq!(replace("a: |\n  x\n  y\nb: 1\n", "a", "'z'"), "a: 'z'\nb: 1\n");
    assert_eq!(replace("a: x\r\nb: y\r\n", "b", "|\n  1\n  2"), "a: x\r\nb: |\r\n  1\r\n  2\r\n");
}

#[test]
fn replacing_scalars_by_collections() {
    let text = "spec:\n    app: x # why\n    z: 1\n";
    assert_eq!(
        replace(text, "spec.app", "c: d\ne: f"),
        "spec:\n    app: # why\n        c: d\n        e: f\n    z: 1\n"
    );
    assert_eq!(replace("a:\n- b # c\n- d\n", "a.0", "k: v\nl: w"), "a:\n- k: v # c\n  l: w\n- d\n");
    assert_eq!(replace("a:\n- b\n", "a", "- x\n- y"), "a:\n- x\n- y\n");
    assert_eq!(replace("a: # k\n  # below\n  b: c\nd: e\n", "a", "1"), "a: 1 # k\n  # below\nd: e\n");
    assert_eq!(replace("a: []\n", "a", "b: c"), "a:\n  b: c\n");
    assert_eq!(replace("a: # k\r\n  b: c # l\r\n", "a", "|\n  x"), "a: | # k # l\r\n  x\r\n");
}

#[test]
fn setting() {
    let pod = "spec:\n  containers:\n  - name: a # x\n    image: b\n  - name: c\n";
    assert_eq!(
        set(pod, "spec.containers.0", &["securityContext", "capabilities", "drop"], "- ALL"),
        "spec:\n  containers:\n  - name: a # x\n    image: b\n    securityContext:\n      capabilities:\n        drop:\n        - ALL\n  - name: c\n"
    );
    assert_eq!(set(pod, "spec", &["hostPID"], "false"), format!("{pod}  hostPID: false\n"));
    assert_eq!(set("a: {}\nb: 1\n", "a", &["c", "d"], "true"), "a:\n  c:\n    d: true\nb: 1\n");
    assert_eq!(set("a:\nb: 1\n", "a", &["c"], "true"), "a:\n  c: true\nb: 1\n");
    assert_eq!(set("a: {x: 1} # c\n", "a", &["w", "z"], "- 1"), "a: {x: 1, w: {z: [1]}} # c\n");
    assert_eq!(set("a: 1", "", &["b"], "2"), "a: 1\nb: 2");
    assert_eq!(
        set("{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "a", &["c"], "x"),
        "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": \"x\"\n  }\n}\n"
    );
    assert_eq!(
        set("a:\r\n  b: 1 # x\r\nc: 2\r\n", "a", &["d"], "e"),
        "a:\r\n  b: 1 # x\r\n  d: e\r\nc: 2\r\n"
    );
    assert_eq!(set("a: 1\n", "", &["a"], "2"), "a: 2\n");
    assert_eq!(set("a:\n  b: |\n    text\nc: 1\n", "a", &["d"], "e"), "a:\n  b: |\n    text\n  d: e\nc: 1\n");
}

#[test]
fn appending() {
    assert_eq!(append("a:\n- b # x\nc: d\n", "a", "e: f\ng: h"), "a:\n- b # x\n- e: f\n  g: h\nc: d\n");
    assert_eq!(append("a: [b]\n", "a", "c"), "a: [b, c]\n");
    assert_eq!(append("a: []\n", "a", "c"), "a: [c]\n");
    assert_eq!(append("a: []\n", "a", "c: d"), "a:\n- c: d\n");
    assert_eq!(append("a:\n", "a", "c"), "a:\n- c\n");
    assert_eq!(append("a: [\n  b,\n]\n", "a", "c"), "a: [\n  b,\n  c\n]\n");
}

#[test]
fn removing() {
    assert_eq!(remove("a: 1 # x\n# keep\nb: 2\n", "", "a"), "# keep\nb: 2\n");
    assert_eq!(remove("- a: 1\n  b: 2\n", "0", "a"), "- b: 2\n");
    assert_eq!(remove("- a: 1\n  b: 2\n", "0", "b"), "- a: 1\n");
    assert_eq!(remove("a:\n  b: 1\nc: 2\n", "a", "b"), "a: {}\nc: 2\n");
    assert_eq!(remove("a:\n- b\n", "a", "0"), "a: []\n");
    assert_eq!(remove("a:\n- b\n# c\n- d\n- e\n", "a", "1"), "a:\n- b\n# c\n- e\n");
    assert_eq!(remove("a: {b: 1, c: 2}\n", "a", "b"), "a: {c: 2}\n");
    assert_eq!(remove("a: {b: 1, c: 2}\n", "a", "c"), "a: {b: 1}\n");
    assert_eq!(remove("a: 1\nb: 2", "", "b"), "a: 1");
    assert_eq!(remove("a:\n  b: |\n    x\n  c: d\n", "a", "b"), "a:\n  c: d\n");
}

#[test]
fn aliases_are_not_edited() {
    let text = "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n";
    let document = document(text);
    let refused =
        |result: Result<seawall_yaml::Edit, EditError>| matches!(result, Err(EditError::Unsupported(_)));
    assert!(refused(at(&document, "c").replace("1")));
    assert!(refused(at(&document, "c").set(&["b"], "1")));
    assert!(refused(at(&document, "d.b").replace("1")));
}
