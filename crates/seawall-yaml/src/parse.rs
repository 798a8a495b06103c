//! Text to documents.
//!
//! A stream is cut into documents as kubectl's reader cuts it; each document is read by the fast parser, or by the
//! complete one where the fast one gives up.

mod base64;
mod chunk;
mod complete;
mod embedded;
mod fast;
mod json;
mod key;
pub(crate) mod resolve;
mod stream;
mod tape;
mod timestamp;

#[cfg(test)]
mod tests;

use crate::{Document, Error, Kind, Source, Span};
use chunk::Chunk;
use complete::Fault;
pub use embedded::parse_embedded;
use std::sync::Arc;
use stream::{Piece, Stream};
use tape::Tape;

/// Open collections at most (`encoding/json` and go-yaml use the same bound).
const DEPTH: usize = 10_000;
/// Bytes of scalar text at most, those that aliases repeat counted again.
const EXPANSION: usize = 256 << 20;
/// Bytes of one document at most.
const DOCUMENT: usize = 64 << 20;

/// Reads every document of `source`, split as Kubernetes' reader splits. Broken documents are errors in their
/// place; the others are still read. Documents without content (comments only, `null`) are left out.
///
/// Like `kubectl apply -f`: text that starts with `{` is read as a series of JSON values first, and as YAML where
/// that fails (`k8s.io/apimachinery/pkg/util/yaml` `YAMLOrJSONDecoder`). Numbers count what is returned here, so
/// that the third object or error of a file is number 3 however many comments stand between.
pub fn parse_documents(source: &Arc<Source>) -> Vec<Result<Document, Error>> {
    let mut documents = Vec::new();
    let mut number = 1;
    for piece in Stream::new(source.text()) {
        let document = match piece {
            Piece::Yaml { start, end } => parse_yaml(source, start, end, number),
            Piece::Json { start, end, tape } => finish(source, start, end, number, tape).map(Some),
            Piece::Broken { at, message } => Err(error(source, at, message)),
        };
        match document {
            Ok(Some(document)) if document.root().kind() == Kind::Null => {}
            Ok(Some(document)) => {
                documents.push(Ok(document));
                number += 1;
            }
            Ok(None) => {}
            Err(error) => {
                documents.push(Err(error));
                number += 1;
            }
        }
    }
    documents
}

/// Reads the one document of `source` (the first, if there are several), as component configuration is read:
/// the whole text goes to `sigs.k8s.io/yaml`, or to a JSON decoder if it starts with `{`.
pub fn parse_one(source: &Arc<Source>) -> Result<Document, Error> {
    let text = source.text();
    if stream::starts_as_json(text) {
        return match json::value(text, 0) {
            Ok((tape, start, end)) => match json::skip_blanks(text, end) {
                rest if rest == text.len() => finish(source, start, end, 1, tape),
                rest => Err(error(source, rest, "found more text after the JSON value")),
            },
            // Kubernetes' recognizer tries YAML next.
            Err(_) => parse_whole(source),
        };
    }
    parse_whole(source)
}

fn parse_whole(source: &Arc<Source>) -> Result<Document, Error> {
    let end = source.text().len();
    if end <= DOCUMENT
        && let Some(tape) = fast::parse(source.text(), 0, end, false)
    {
        return finish(source, 0, end, 1, tape);
    }
    let chunk = Chunk::verbatim(source.text(), 0, end);
    match parse_chunk(&chunk) {
        Ok(Some(tape)) => finish(source, 0, end, 1, tape),
        Ok(None) => Err(error(source, 0, "no document")),
        Err(fault) => Err(error(source, chunk.offset(fault.at) as usize, fault.message)),
    }
}

fn parse_yaml(
    source: &Arc<Source>,
    start: usize,
    end: usize,
    number: u32,
) -> Result<Option<Document>, Error> {
    if end - start <= DOCUMENT
        && let Some(tape) = fast::parse(source.text(), start, end, true)
    {
        return finish(source, start, end, number, tape).map(Some);
    }
    let chunk = Chunk::lines(source.text(), start, end);
    match parse_chunk(&chunk) {
        Ok(tape) => tape.map(|tape| finish(source, start, end, number, tape)).transpose(),
        Err(fault) => Err(error(source, chunk.offset(fault.at) as usize, fault.message)),
    }
}

fn parse_chunk(chunk: &Chunk<'_>) -> Result<Option<Tape>, Fault> {
    if chunk.text().len() > DOCUMENT {
        return Err(Fault { at: 0, message: "document larger than 64 MiB" });
    }
    complete::parse(chunk)
}

/// Of a document that holds more than a tree can: it would take more memory than is given to hostile input.
const TOO_MANY: &str = "document with too many values";

fn finish(
    source: &Arc<Source>,
    start: usize,
    end: usize,
    number: u32,
    mut tape: Tape,
) -> Result<Document, Error> {
    if tape.full {
        return Err(error(source, start, TOO_MANY));
    }
    // Noted as mappings close, inner ones first.
    tape.duplicates.sort_unstable();
    Ok(Document {
        source: Arc::clone(source),
        number,
        span: Span { start: start as u32, end: end as u32 },
        nodes: tape.nodes.into_boxed_slice(),
        texts: tape.texts.boxed(),
        comments: tape.comments.into_boxed_slice(),
        duplicates: tape.duplicates.into_boxed_slice(),
        parents: std::sync::OnceLock::new(),
    })
}

fn error(source: &Arc<Source>, at: usize, message: &str) -> Error {
    let offset = at.min(source.text().len()) as u32;
    Error { offset, place: source.place(offset), message: message.into() }
}
