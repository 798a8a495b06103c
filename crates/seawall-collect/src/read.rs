//! Bytes to documents, within the limits.

use crate::limits::size;
use crate::snapshot::Header;
use crate::{InputError, Limits, Skipped, Why};
use seawall_model::{Object, Origin, objects_of, unread_configurations};
use seawall_yaml::{Document, Source, parse_documents};
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What one file came to.
#[derive(Default)]
pub(crate) struct FileResult {
    pub(crate) name: String,
    pub(crate) objects: Vec<Arc<Object>>,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) errors: Vec<InputError>,
    /// Kustomization documents, whose patches are no objects of their own.
    pub(crate) kustomizations: Vec<Arc<Document>>,
    /// Whether there was any document at all.
    pub(crate) documents: usize,
    /// What snapshots say about themselves.
    pub(crate) snapshots: Vec<Header>,
}

impl FileResult {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub(crate) fn fail(&mut self, message: impl Into<String>) {
        self.errors.push(InputError::of_file(&self.name, message));
    }
}

/// Bytes of text that keep as much memory as one node does when half of it is text.
pub(crate) const NODE: u64 = 10;

/// What is shared by all files of a run.
pub(crate) struct Reader {
    pub(crate) limits: Limits,
    pub(crate) namespace: Option<Arc<str>>,
    pub(crate) kept: AtomicU64,
}

/// An I/O error for people, without the operating system's number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".into(),
        ErrorKind::PermissionDenied => "permission denied".into(),
        ErrorKind::IsADirectory => "is a folder".into(),
        _ => error.to_string(),
    }
}

impl Reader {
    /// Reads a text of known or unknown length: at once when it is small, else part by part at document
    /// boundaries, so that a huge stream costs no more memory than the objects that are kept of it.
    /// `hint` is the length to expect, 0 if it is not known.
    pub(crate) fn stream(&self, input: &mut dyn Read, hint: u64, out: &mut FileResult) {
        let mut segments = Segments { base_byte: 0, base_line: 0, documents: 0 };
        let part = self.limits.document;
        // One byte more, so that the end is seen without growing.
        let mut buffer = Vec::with_capacity(hint.min(part) as usize + 1);
        loop {
            let wanted = part.saturating_sub(buffer.len() as u64) + 1;
            match input.take(wanted).read_to_end(&mut buffer) {
                Err(error) => return out.fail(format!("failed to read it: {}", reason(&error))),
                Ok(_) if buffer.len() as u64 <= part => return self.segment(buffer, &mut segments, out),
                Ok(_) => {}
            }
            if segments.base_byte + buffer.len() as u64 > self.limits.file {
                return out
                    .fail(format!("is larger than {}; the rest was not analysed", size(self.limits.file)));
            }
            let Some(boundary) = last_boundary(&buffer) else {
                let line = segments.base_line + 1;
                out.errors.push(InputError {
                    line: Some(line),
                    ..InputError::of_file(&out.name, format!("a document is larger than {}", size(part)))
                });
                return;
            };
            let rest = buffer.split_off(boundary);
            self.segment(std::mem::replace(&mut buffer, rest), &mut segments, out);
            if self.kept.load(Ordering::Relaxed) > self.limits.kept {
                return;
            }
        }
    }

    /// Reads PEM certificates and public keys, which some questions need. Other files with such names (private keys,
    /// DER, requests) are left alone: they are no manifests. A private key beside a certificate is not kept.
    pub(crate) fn certificate(&self, input: &mut dyn Read, out: &mut FileResult) {
        let mut bytes = Vec::new();
        if let Err(error) = input.take(CERTIFICATES + 1).read_to_end(&mut bytes) {
            return out.fail(format!("failed to read it: {}", reason(&error)));
        }
        let Some(text) = String::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= CERTIFICATES)
        else {
            return;
        };
        let text = without_private_keys(&text);
        let document = Arc::new(Document::of_text(&Source::new(out.name.as_str(), text)));
        let objects = objects_of(&document, &Origin::File).into_iter().flatten();
        out.objects.extend(objects.map(Arc::new));
        let length: usize = out.objects.iter().map(|object| object.document().source().text().len()).sum();
        self.kept.fetch_add(length as u64, Ordering::Relaxed);
    }

    /// Reads what a tool rendered. Objects without a `# Source:` comment of their own name the folder.
    pub(crate) fn rendered(&self, bytes: &[u8], program: &str, out: &mut FileResult) {
        let mut segments = Segments { base_byte: 0, base_line: 0, documents: 0 };
        self.segment(bytes.to_vec(), &mut segments, out);
        let template: Arc<str> = format!("{} ({program})", out.name).into();
        for object in &mut out.objects {
            let template = match object.origin() {
                Origin::Rendered { template } => in_chart(&out.name, template).into(),
                _ => template.clone(),
            };
            if let Some(object) = Arc::get_mut(object) {
                object.set_origin(Origin::Rendered { template });
            }
        }
    }

    fn segment(&self, bytes: Vec<u8>, segments: &mut Segments, out: &mut FileResult) {
        let length = bytes.len() as u64;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let line =
                    segments.base_line + bytes[..at].iter().filter(|&&b| b == b'\n').count() as u32 + 1;
                let message = if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
                    "is UTF-16; save it as UTF-8".to_owned()
                } else {
                    format!("is not text: invalid UTF-8 at byte {}", segments.base_byte + at as u64)
                };
                out.errors.push(InputError { line: Some(line), ..InputError::of_file(&out.name, message) });
                return;
            }
        };
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() as u32;
        let source = Source::segment(out.name.as_str(), text, segments.base_byte, segments.base_line);
        self.documents(&source, segments, out);
        segments.base_byte += length;
        segments.base_line += lines;
    }

    fn documents(&self, source: &Arc<Source>, segments: &mut Segments, out: &mut FileResult) {
        let mut kept = false;
        let mut nodes = 0;
        for document in parse_documents(source) {
            segments.documents += 1;
            out.documents += 1;
            match document {
                Err(error) => self.refused(source, segments.documents, error, out),
                Ok(document) => {
                    nodes += document.len() as u64;
                    kept |= self.document(Arc::new(document), segments.documents, out);
                }
            }
        }
        if kept {
            // Text of many short values costs more than its bytes.
            let length = (source.text().len() as u64).max(nodes * NODE);
            if self.kept.fetch_add(length, Ordering::Relaxed) + length > self.limits.kept {
                out.fail(format!(
                    "all input together holds more than {}; the rest was not analysed, scan it in parts",
                    size(self.limits.kept)
                ));
            }
        }
    }

    fn refused(&self, source: &Source, number: u32, error: seawall_yaml::Error, out: &mut FileResult) {
        let foreign_json = out.name.ends_with(".json") && !source.text().contains("\"apiVersion\"");
        let why = match () {
            () if source.text().contains("{{") => Why::Template,
            () if foreign_json => Why::NotKubernetes,
            () => {
                let place = error.place;
                return out.errors.push(InputError {
                    file: out.name.clone(),
                    line: Some(place.line),
                    column: Some(place.column),
                    message: error.message,
                });
            }
        };
        out.skipped.push(Skipped { file: out.name.clone(), document: number, why });
    }

    /// Keeps the objects of a document; says whether there were any.
    fn document(&self, document: Arc<Document>, number: u32, out: &mut FileResult) -> bool {
        let origin = match rendered_from(&document) {
            Some(template) => Origin::Rendered { template: template.into() },
            None => Origin::File,
        };
        let skip = |out: &mut FileResult, why| {
            out.skipped.push(Skipped { file: out.name.clone(), document: number, why });
            false
        };
        if is_kustomization(&out.name, &document) {
            out.kustomizations.push(document);
            return skip(out, Why::Kustomization);
        }
        let Some(objects) = objects_of(&document, &origin) else {
            if document.root().is_null() {
                out.documents -= 1;
                return false;
            }
            return skip(out, Why::NotKubernetes);
        };
        for object in objects {
            for unread in unread_configurations(&object) {
                if unread.template {
                    skip(out, Why::Template);
                    continue;
                }
                out.errors.push(InputError {
                    file: out.name.clone(),
                    line: Some(unread.place.line),
                    column: Some(unread.place.column),
                    message: format!("{}: {}", unread.field, unread.message),
                });
            }
            let object = match &self.namespace {
                Some(namespace) => object.with_default_namespace(namespace.clone()),
                None => object,
            };
            out.objects.push(Arc::new(object));
        }
        true
    }
}

/// Longer files of certificates are whole trust stores, which are no cluster's own.
const CERTIFICATES: u64 = 64 << 10;

/// The text with empty lines in place of private keys, so that lines keep their numbers; nothing where a key does not
/// end.
fn without_private_keys(text: &str) -> String {
    let (mut out, mut inside) = (String::with_capacity(text.len()), false);
    for line in text.split_inclusive('\n') {
        inside |= line.starts_with("-----BEGIN ") && line.contains("PRIVATE KEY");
        if inside {
            out.push('\n');
        } else {
            out.push_str(line);
        }
        inside &= !line.starts_with("-----END ");
    }
    if inside { String::new() } else { out }
}

/// How far a file has been read.
struct Segments {
    base_byte: u64,
    base_line: u32,
    documents: u32,
}

/// The last place where a document starts: the byte after a line end that is followed by `---`.
fn last_boundary(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).rposition(|window| window == b"\n---").map(|at| at + 1)
}

/// Helm names a template by the chart's name; people find it by the chart's folder.
fn in_chart(folder: &str, template: &str) -> String {
    template.split_once('/').map_or_else(|| template.to_owned(), |(_, path)| format!("{folder}/{path}"))
}

/// The template that Helm names in the comment above a rendered document.
fn rendered_from(document: &Document) -> Option<&str> {
    let text = document.source().text();
    let root = document.root().span().start;
    document
        .comments()
        .iter()
        .take_while(|comment| comment.start <= root)
        .find_map(|comment| {
            text.get(comment.start as usize..comment.end as usize)?.strip_prefix("# Source: ")
        })
        .map(str::trim)
}

fn is_kustomization(name: &str, document: &Document) -> bool {
    let api_version = document.root().get("apiVersion").and_then(|value| value.as_str()).unwrap_or("");
    let file = name.rsplit('/').next().unwrap_or(name);
    api_version.starts_with("kustomize.config.k8s.io/")
        || (api_version.is_empty()
            && matches!(file, "kustomization.yaml" | "kustomization.yml" | "Kustomization"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn private_keys_are_left_out() {
        let key = "-----BEGIN EC PRIVATE KEY-----\nsecret\n-----END EC PRIVATE KEY-----\n";
        let certificate = "-----BEGIN CERTIFICATE-----\na\n-----END CERTIFICATE-----\n";
        let left = |text: &str| super::without_private_keys(text);
        assert_eq!(left(&format!("{key}{certificate}")), format!("\n\n\n{certificate}"));
        assert_eq!(left(&format!("{certificate}{key}")), format!("{certificate}\n\n\n"));
        assert_eq!(left(&format!("{certificate}-----BEGIN PRIVATE KEY-----\nsecret")), "");
    }
}
