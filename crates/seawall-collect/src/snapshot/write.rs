//! Writing snapshots.

use super::{FILE_KEY, Header};
use crate::live::seal::Sealer;
use crate::live::sink::{Sink, prepare_map};
use crate::live::{self, ClusterError, ClusterInput, SinkError};
use crate::{Collected, WriteError, replace_file};
use flate2::Compression;
use flate2::write::GzEncoder;
use seawall_model::{Object, WellKnown};
use seawall_yaml::{Document, Source, parse_one};
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

/// A snapshot could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The cluster could not be read.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// Something could not be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The system gives no randomness.
    #[error("failed to make a key for the digests: the system has no randomness")]
    NoRandomness,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// The first line of the file.
    pub header: Header,
    /// Bytes of the file.
    pub bytes: u64,
    /// Objects of files that could not be taken in, by name.
    pub left_out: Vec<String>,
}

/// Writes a snapshot of a cluster, of what was collected from files, or of both. The file appears when it is complete.
///
/// # Errors
/// When the cluster cannot be read at all, or the file not be written. Kinds that could not be read stand in the
/// header.
pub fn snapshot(
    path: &Path,
    cluster: Option<&ClusterInput>,
    files: &Collected,
    time: &str,
    progress: &dyn Fn(usize, usize),
) -> Result<Written, SnapshotError> {
    let sealer = Sealer::new().ok_or(SnapshotError::NoRandomness)?;
    let mut sink = FileSink::new()?;
    let mut header = match cluster {
        Some(input) => live::read(input, &sealer, &mut sink, progress)?,
        None => Header { seawall_snapshot: super::FORMAT, ..Header::default() },
    };
    let mut left_out = Vec::new();
    header.objects += sink.files(&files.objects, &sealer, &mut left_out)?;
    header.seawall = env!("CARGO_PKG_VERSION").to_owned();
    header.time = time.to_owned();
    let unread = files.errors.iter().map(|error| format!("{}: {}", error.file, error.message));
    header.problems.extend(unread);
    if files.objects.iter().any(|object| object.well_known() == WellKnown::EncryptionConfiguration) {
        let unknown = "keys of an EncryptionConfiguration are sealed: whether they are good is not known";
        header.problems.push(unknown.to_owned());
    }
    for snapshot in &files.snapshots {
        // A snapshot of a snapshot lacks what that one lacked.
        header.kinds.extend(snapshot.kinds.iter().cloned());
        header.problems.extend(snapshot.problems.iter().cloned());
        header.cluster = header.cluster.or_else(|| snapshot.cluster.clone());
    }
    let (mut body, length) = sink.finish()?;
    header.length = length;
    let mut bytes = 0;
    replace_file(path, |out| {
        let mut first = GzEncoder::new(Vec::new(), Compression::default());
        serde_json::to_writer(&mut first, &header)?;
        first.write_all(b"\n")?;
        let first = first.finish()?;
        out.write_all(&first)?;
        bytes = first.len() as u64 + std::io::copy(&mut body, out)?;
        Ok(())
    })?;
    Ok(Written { header, bytes, left_out })
}

/// Writes lines into a temporary file, a gzip member for each kind, so that a kind can be begun anew.
struct FileSink {
    encoder: GzEncoder<File>,
    /// Where the member begins, and how many bytes of lines stand before it.
    mark: (u64, u64),
    length: u64,
}

impl FileSink {
    fn new() -> Result<Self, SinkError> {
        Ok(Self { encoder: encoder(tempfile::tempfile()?), mark: (0, 0), length: 0 })
    }

    fn line(&mut self, text: &str) -> Result<(), SinkError> {
        self.encoder.write_all(text.as_bytes())?;
        self.encoder.write_all(b"\n")?;
        self.length += text.len() as u64 + 1;
        Ok(())
    }

    /// Objects of files, each file's after its name.
    fn files(
        &mut self,
        objects: &[Arc<Object>],
        sealer: &Sealer,
        left_out: &mut Vec<String>,
    ) -> Result<u64, SinkError> {
        if objects.is_empty() {
            return Ok(0);
        }
        self.begin()?;
        let mut file = "";
        let mut written = 0;
        // What a ConfigMap's text holds is found again when the ConfigMap is read.
        for object in objects.iter().filter(|object| object.host().is_none()) {
            let Some(document) = of_object(object, sealer) else {
                left_out.push(format!("{}: {} {}", object.file(), object.kind(), object.name()));
                continue;
            };
            let from_cluster = object.live().is_some_and(|live| !live.from_file);
            let here = if from_cluster { "" } else { object.file() };
            if here != file {
                let name = if here.is_empty() { Value::Null } else { here.into() };
                self.line(&json!({ FILE_KEY: name }).to_string())?;
                file = here;
            }
            self.line(document.source().text())?;
            written += 1;
        }
        Ok(written)
    }

    fn finish(mut self) -> Result<(File, u64), SinkError> {
        self.encoder.try_finish()?;
        let mut file = self.encoder.get_ref().try_clone()?;
        file.seek(SeekFrom::Start(0))?;
        Ok((file, self.length))
    }
}

fn encoder(file: File) -> GzEncoder<File> {
    GzEncoder::new(file, Compression::default())
}

impl Sink for FileSink {
    fn begin(&mut self) -> Result<(), SinkError> {
        self.encoder.try_finish()?;
        let mut file = self.encoder.get_ref().try_clone()?;
        let at = file.stream_position()?;
        self.mark = (at, self.length);
        self.encoder = encoder(file);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.encoder.try_finish()?;
        let mut file = self.encoder.get_ref().try_clone()?;
        file.set_len(self.mark.0)?;
        file.seek(SeekFrom::Start(self.mark.0))?;
        self.length = self.mark.1;
        self.encoder = encoder(file);
        Ok(())
    }

    fn object(&mut self, document: Document) -> Result<(), SinkError> {
        self.line(document.source().text())
    }
}

/// An object of a file as a line of a snapshot.
fn of_object(object: &Object, sealer: &Sealer) -> Option<Document> {
    let mut text = String::new();
    object.root().write_json(&mut text);
    let name: Arc<str> = object.file().into();
    if object.well_known() == WellKnown::CertificateFile {
        return parse_one(&Source::new(name, text)).ok();
    }
    let mut map: Map<String, Value> = serde_json::from_str(&text).ok()?;
    // Files of components that name neither are told by what they hold.
    let plain = !map.contains_key("apiVersion") && object.well_known().is_configuration();
    if plain {
        return sealer.document(&name, text, false);
    }
    if let Some(namespace) = object.namespace()
        && let Some(Value::Object(metadata)) = map.get_mut("metadata")
    {
        metadata.insert("namespace".to_owned(), namespace.into());
    }
    // What a snapshot holds was sealed when it was read.
    if object.is_sealed() && object.live().is_some() {
        return parse_one(&Source::new(name, text)).ok();
    }
    prepare_map(map, object.api_version(), object.kind(), sealer)
}
