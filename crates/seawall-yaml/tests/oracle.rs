//! Structure and texts against another YAML parser, on real files and on small ones.

#![allow(clippy::unwrap_used, clippy::panic)]

use granit_parser::{Event, Parser, ScalarStyle};
use seawall_yaml::{Document, Kind, NodeRef, Source, Style, parse_documents};

/// A document as a list of brackets and scalar texts.
fn ours(document: &Document) -> Vec<String> {
    fn walk(node: NodeRef<'_>, out: &mut Vec<String>) {
        match node.kind() {
            Kind::Mapping => {
                out.push("{".into());
                for (key, value) in node.entries() {
                    // The key as it is written: numbers and booleans are converted in `text`.
                    let span = key.span();
                    let written = &node.document().source().text()[span.start as usize..span.end as usize];
                    out.push(if key.style() == Style::Plain { written.into() } else { key.text().into() });
                    walk(value, out);
                }
                out.push("}".into());
            }
            Kind::Sequence => {
                out.push("[".into());
                node.items().for_each(|item| walk(item, out));
                out.push("]".into());
            }
            Kind::Null => out.push("~".into()),
            _ => out.push(node.text().into()),
        }
    }
    let mut out = Vec::new();
    walk(document.root(), &mut out);
    out
}

/// The same from the other parser; `None` where it refuses or where aliases and tags stand.
fn theirs(text: &str) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for event in Parser::new_from_str(text) {
        match event.ok()?.0 {
            Event::Scalar(text, ScalarStyle::Plain, 0, None)
                if text.is_empty() || text.eq_ignore_ascii_case("null") =>
            {
                out.push("~".into());
            }
            Event::Scalar(text, _, 0, None) => out.push(text.into_owned()),
            Event::Scalar(..) | Event::Alias(_) => return None,
            Event::MappingStart(_, 0, None) => out.push("{".into()),
            Event::MappingEnd => out.push("}".into()),
            Event::SequenceStart(_, 0, None) => out.push("[".into()),
            Event::SequenceEnd => out.push("]".into()),
            Event::MappingStart(..) | Event::SequenceStart(..) => return None,
            _ => {}
        }
    }
    Some(out)
}

/// Compares the documents of a text; gives how many were compared.
fn compare(name: &str, text: &str) -> usize {
    let mut compared = 0;
    for document in parse_documents(&Source::new(name, text)).into_iter().flatten() {
        let span = document.span();
        let mut text = text[span.start as usize..span.end as usize].to_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let Some(theirs) = theirs(&text) else { continue };
        assert_eq!(ours(&document), theirs, "{name} at byte {}", span.start);
        compared += 1;
    }
    compared
}

#[test]
fn real_manifests_have_the_same_structure() {
    let fallback = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| fallback.into());
    let mut folders = vec![std::path::Path::new(&folder).join("manifests")];
    if !folders[0].is_dir() {
        eprintln!("skipped: the data folder is not there");
        return;
    }
    let mut compared = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                // Large files add time, not cases.
                if let Ok(text) = std::fs::read_to_string(&path)
                    && text.len() < 100_000
                {
                    compared += compare(&path.display().to_string(), &text);
                }
            }
        }
    }
    assert!(compared > 2000, "{compared} documents");
}

#[test]
fn small_texts_have_the_same_structure() {
    let texts = [
        "a: b\nc:\n- d\n- e: f\n  g: h\n",
        "a: |\n  x\n   y\n\n  z\nb: >-\n  p\n  q\n\n  r\n   s\n  t\n",
        "a: one\n  two\n\n  three # c\nb: 'x\n  y'\nc: \"x\\\n  y \\\n  z\"\n",
        "- - a\n  - b\n-\n  - c\n",
        "a: {b: [c, {d: e}], f: 'g'}\n",
        "? a\n: b\n",
        "a: |2-\n   x\n  y\n\nb: |+\n  z\n\n",
    ];
    for text in texts {
        assert_eq!(compare("small", text), 1, "{text:?}");
    }
}
