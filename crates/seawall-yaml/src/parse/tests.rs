//! The fast parser against the complete one.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::print_stderr)]

use super::chunk::Chunk;
use super::stream::{Piece, Stream};
use super::tape::Tape;
use super::{complete, fast};
use crate::node::{MOST_NODES, text_of};
use crate::{Kind, NodeId, Source, parse_documents};

/// Every text file of the data folder; empty where the folder is not there.
fn real_texts() -> Vec<(String, String)> {
    let fallback = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| fallback.into());
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path)
                && text.len() < 200_000
            {
                // Larger files add time, not cases; `xtask conformance` reads them.
                texts.push((path.display().to_string(), text));
            }
        }
    }
    if texts.is_empty() {
        eprintln!("skipped: the data folder is not there");
    }
    texts
}

/// What is compared of a tape, one line per node.
fn lines(tape: &Tape, source: &str) -> Vec<String> {
    let node = |(id, node): (usize, &crate::node::Node)| {
        let text = text_of(source, &tape.nodes, Some(&tape.texts), NodeId(id as u32));
        format!("{}..{} {} {:?} {:?} {text:?}", node.start, node.end, node.size(), node.kind(), node.style())
    };
    let mut lines: Vec<String> = tape.nodes.iter().enumerate().map(node).collect();
    lines.push(format!("{:?} {:?}", tape.comments, tape.duplicates));
    lines
}

/// Whether the fast parser reads the document, after comparing it with the complete one.
fn compare(name: &str, text: &str, start: usize, end: usize) -> bool {
    let Some(tape) = fast::parse(text, start, end, true) else { return false };
    let chunk = Chunk::lines(text, start, end);
    let complete = complete::parse(&chunk).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
    let complete = complete.unwrap_or_else(|| panic!("{name}: no document"));
    for (fast, complete) in lines(&tape, text).iter().zip(&lines(&complete, text)) {
        assert_eq!(fast, complete, "{name} at {start}");
    }
    assert_eq!(tape.nodes.len(), complete.nodes.len(), "{name}");
    true
}

#[test]
fn both_parsers_agree_on_real_files() {
    let (mut fast, mut all) = (0, 0);
    for (name, text) in real_texts() {
        for piece in Stream::new(&text) {
            let Piece::Yaml { start, end } = piece else { continue };
            all += end - start;
            if compare(&name, &text, start, end) {
                fast += end - start;
            } else if std::env::var_os("SHOW_SLOW").is_some() {
                println!("slow: {name} {start}..{end}");
            }
        }
    }
    println!("the fast parser read {fast} of {all} bytes");
    assert!(fast * 10 >= all * 9, "{fast} of {all} bytes");
}

#[test]
fn nothing_is_a_document() {
    for text in ["", "# a\n", "---\n", "\n\n", "--- # x\n# y\n"] {
        assert!(fast::parse(text, 0, text.len(), true).is_none());
        let tape = complete::parse(&Chunk::lines(text, 0, text.len())).unwrap();
        assert!(tape.is_none_or(|tape| tape.nodes[0].kind() == Kind::Null));
    }
}

#[test]
fn a_document_of_too_many_values_is_refused_and_the_next_one_read() {
    // The fast parser's bound, then that of the complete one, which an anchor asks for.
    let ones = |count: usize| format!("[{}1]", "1,".repeat(count));
    for text in [ones(MOST_NODES + 1), format!("[&a 1, {}]", ones(complete::MOST_RAW))] {
        let source = Source::new("x", format!("{text}\n---\na: 1\n"));
        let documents = parse_documents(&source);
        assert_eq!(documents.len(), 2);
        let error = documents[0].as_ref().unwrap_err();
        assert_eq!((&*error.message, error.place.line), ("document with too many values", 1));
        assert_eq!(documents[1].as_ref().unwrap().root().get("a").unwrap().text(), "1");
    }
}
