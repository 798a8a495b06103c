//! Tables of other projects: as data in `conformance/network`, or read from the public data (`SEAWALL_DATA`); where that is
//! not on this machine the tests say that they were skipped. `cargo xtask conformance network` runs them and prints what
//! was compared.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod exceptions;
mod np_guard;
mod probes;
mod tables;
mod tiers;

use seawall_model::{Object, Origin, objects_of};
use seawall_yaml::{Source, parse_documents};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A folder of the public data; `None`, with a word about it, where it is missing.
fn data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SEAWALL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not on this machine", path.display());
    None
}

/// What was not compared, and why; one a line.
fn left_out() -> impl Iterator<Item = &'static str> {
    const TEXT: &str = include_str!("../../../../conformance/network/left-out.txt");
    TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A string of a table.
fn text_of(value: &serde_json::Value) -> &str {
    value.as_str().unwrap()
}

/// The objects of every manifest below a folder, in order of their paths, with some texts replaced.
fn objects_below(folder: &Path, replaced: &[(&str, &str)]) -> Vec<Arc<Object>> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    let mut objects = Vec::new();
    for path in entries {
        if path.is_dir() {
            objects.extend(objects_below(&path, replaced));
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml" || end == "json") {
            let mut text = std::fs::read_to_string(&path).unwrap();
            for (old, new) in replaced {
                text = text.replace(old, new);
            }
            objects.extend(objects_of_text(&path.to_string_lossy(), &text));
        }
    }
    objects
}

fn objects_of_text(name: &str, text: &str) -> Vec<Arc<Object>> {
    let documents = parse_documents(&Source::new(name, text)).into_iter().flatten();
    documents
        .flat_map(|document| objects_of(&Arc::new(document), &Origin::File).unwrap_or_default())
        .map(|object| Arc::new(object.with_default_namespace("default".into())))
        .collect()
}
