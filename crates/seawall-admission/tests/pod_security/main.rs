//! Pod Security against upstream's own fixtures, and its words.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod fixtures;
mod labels;
mod words;

use seawall_model::{Object, Origin, objects_of};
use std::sync::Arc;

/// The objects of a text.
fn objects(text: &str) -> Vec<Arc<Object>> {
    let source = seawall_yaml::Source::new("test.yaml", text);
    let documents = seawall_yaml::parse_documents(&source);
    let objects = documents.into_iter().map(|document| Arc::new(document.expect("the YAML is valid")));
    objects
        .flat_map(|document| objects_of(&document, &Origin::File).expect("an object"))
        .map(Arc::new)
        .collect()
}

/// The one object of a text.
fn object(text: &str) -> Arc<Object> {
    let objects = objects(text);
    assert_eq!(objects.len(), 1, "one object in {text}");
    objects[0].clone()
}
