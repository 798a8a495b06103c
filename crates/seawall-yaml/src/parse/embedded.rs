//! A text that a string of a document holds, such as a configuration file in a ConfigMap.
//!
//! Block scalars with `|` hold the text as it is but for its indentation, and YAML reads an indented document like
//! one that is not: so it is read where it stands, and every place in it is a place of the file. Texts in other
//! styles are read after decoding; all their places are the host's key, and they cannot be edited.

use super::{parse_documents, parse_yaml};
use crate::node::Texts;
use crate::{Document, Error, Kind, NodeId, NodeRef, Source, Span, Style};

/// Reads the documents that the string `host` holds, split as [`parse_documents`] splits. They have the host's
/// source and number.
pub fn parse_embedded(host: NodeRef<'_>) -> Vec<Result<Document, Error>> {
    let Some(text) = host.as_str() else { return Vec::new() };
    let decoded = parse_documents(&Source::new("", text));
    match in_place(host, text) {
        Some(found) if agree(&found, &decoded) => found,
        _ => decoded.into_iter().map(|document| moved(document, host)).collect(),
    }
}

/// Whether both ways read the same values, or fail both.
fn agree(found: &[Result<Document, Error>], decoded: &[Result<Document, Error>]) -> bool {
    let json = |document: &Document| {
        let mut out = String::new();
        document.root().write_json(&mut out);
        out
    };
    found.len() == decoded.len()
        && found.iter().zip(decoded).all(|pair| match pair {
            (Ok(one), Ok(other)) => json(one) == json(other),
            (one, other) => one.is_err() == other.is_err(),
        })
}

fn in_place(host: NodeRef<'_>, decoded: &str) -> Option<Vec<Result<Document, Error>>> {
    if host.style() != Style::Literal || host.is_copied() {
        return None;
    }
    let (source, number) = (host.document().source(), host.document().number());
    let span = host.span();
    let raw = source.text().get(span.start as usize..span.end as usize)?;
    let begin = span.start as usize + raw.find('\n')? + 1;
    let indentation = indentation(source.text().get(begin..span.end as usize)?, decoded)?;
    let mut out = Vec::new();
    let (mut start, mut line) = (begin, begin);
    for text in source.text().get(begin..span.end as usize)?.split_inclusive('\n') {
        let content = text.get(indentation..).unwrap_or("");
        if let Some(rest) = content.strip_prefix("---") {
            let rest = rest.trim();
            if !rest.is_empty() && !rest.starts_with('#') {
                return None;
            }
            out.extend(parse_yaml(source, start, line, number).transpose());
            start = line + text.len();
        }
        line += text.len();
    }
    out.extend(parse_yaml(source, start, line, number).transpose());
    out.retain(|document| !matches!(document, Ok(document) if document.root().kind() == Kind::Null));
    Some(out)
}

/// How far the scalar's lines are indented: what its first line with text has more than the decoded one.
fn indentation(raw: &str, decoded: &str) -> Option<usize> {
    let first = |text: &str| {
        let line = text.lines().find(|line| !line.trim_matches(' ').is_empty())?;
        Some(line.len() - line.trim_start_matches(' ').len())
    };
    first(raw)?.checked_sub(first(decoded)?)
}

/// The document as a part of the host's: all places are the host's key, all texts are its own.
fn moved(document: Result<Document, Error>, host: NodeRef<'_>) -> Result<Document, Error> {
    let place = host.key().unwrap_or(host);
    let span = place.span();
    let mut document = match document {
        Ok(document) => document,
        Err(error) => return Err(Error { offset: span.start, place: place.place(), message: error.message }),
    };
    let mut texts = Texts::default();
    for number in 0..document.nodes.len() {
        let node = document.node(NodeId(number as u32));
        if node.is_mapping() || node.is_sequence() {
            continue;
        }
        let kept = texts.keep(node.text()) as u32;
        if node.is_binary() {
            texts.binary.push(kept);
        }
        texts.nodes.push((NodeId(number as u32), kept));
    }
    for node in document.nodes.iter_mut() {
        if !matches!(node.kind(), Kind::Mapping | Kind::Sequence) {
            node.set_owned();
        }
        node.set_copied();
        (node.start, node.end) = (span.start, span.end);
    }
    document.texts = texts.boxed();
    document.comments = Box::default();
    document.source = host.document().source().clone();
    document.number = host.document().number();
    document.span = Span { start: span.start, end: span.end };
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Document, Error>> {
        let documents = parse_documents(&Source::new("x", text));
        let host = documents[0].as_ref().unwrap().root().get("data").unwrap().get("a").unwrap();
        parse_embedded(host)
    }

    fn place(document: &Document, key: &str) -> (u32, u32) {
        let place = document.root().get(key).unwrap().place();
        (place.line, place.column)
    }

    #[test]
    fn literal_texts_are_read_where_they_stand() {
        let text = "x: 1\ndata:\n  a: |-\n\n    # first\n    b: 1\n    c: |\n      text\n    ---\n    d: [e,\n      f]\n";
        let found = read(text);
        assert_eq!(found.len(), 2);
        let (first, second) = (found[0].as_ref().unwrap(), found[1].as_ref().unwrap());
        assert_eq!((place(first, "b"), place(second, "d")), ((6, 8), (10, 8)));
        assert_eq!(first.root().get("c").unwrap().text(), "text\n");
        assert_eq!(first.comments().len(), 1);
        let edit = first.root().set(&["b"], "2").unwrap();
        let edited = crate::apply_edits(text, &[edit]).unwrap();
        assert!(edited.contains("    b: 2\n"), "{edited}");
        let edit = second.root().set(&["g"], "3").unwrap();
        let edited = crate::apply_edits(text, &[edit]).unwrap();
        assert!(edited.ends_with("      f]\n    g: 3\n"), "{edited}");
    }

    #[test]
    fn other_styles_point_at_the_key_and_cannot_be_edited() {
        for text in [
            "x: 1\ndata:\n  a: \"b: yes\\nc: 'd'\\n\"\n",
            "{\"x\": 1,\n\"data\": {\n  \"a\": \"b: yes\\nc: d\\n\"}}\n",
            "x: 1\ndata:\n  a: >-\n    {\"b\": true,\n    \"c\": \"d\"}\n",
        ] {
            let found = read(text);
            let document = found[0].as_ref().unwrap();
            assert_eq!(place(document, "b"), (3, 3), "{text}");
            assert_eq!(document.root().get("b").unwrap().as_bool(), Some(true));
            assert_eq!(document.root().get("c").unwrap().as_str(), Some("d"));
            assert!(document.root().set(&["b"], "false").is_err());
        }
    }

    #[test]
    fn broken_texts_are_errors_with_a_place() {
        let found = read("data:\n  a: |\n    b: 1\n    c: [\n");
        assert!(found[0].as_ref().is_err_and(|error| error.place.line >= 3));
        let found = read("data:\n  a: 'b: ['\n");
        assert!(found[0].as_ref().is_err_and(|error| error.place.line == 2));
        for odd in ["''", "|", "1", "'---'", "|\n    ---\n    ---\n", "|2\n      a: b\n"] {
            let _ = read(&format!("data:\n  a: {odd}\n"));
        }
    }
}
