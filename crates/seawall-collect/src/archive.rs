//! Gzip and tar archives of manifests.

use crate::limits::size;
use crate::read::{FileResult, Reader, reason};
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// The shape of a file, by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    Plain,
    Gzip,
    Tar,
    TarGzip,
    /// A PEM file, which may be certificates.
    Certificate,
}

impl Shape {
    pub(crate) fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match () {
            () if name.ends_with(".tar.gz") || name.ends_with(".tgz") => Self::TarGzip,
            () if name.ends_with(".tar") => Self::Tar,
            () if name.ends_with(".gz") => Self::Gzip,
            () if name.ends_with(".crt") || name.ends_with(".pem") => Self::Certificate,
            () => Self::Plain,
        }
    }
}

/// Reads `input` as its shape says; members of archives are named `a.tar/x/y.yaml`.
pub(crate) fn read(
    reader: &Reader,
    input: &mut dyn Read,
    hint: u64,
    shape: Shape,
    name: &str,
    out: &mut Vec<FileResult>,
) {
    match shape {
        Shape::Plain => {
            let mut file = FileResult::new(name);
            reader.stream(input, hint, &mut file);
            out.push(file);
        }
        Shape::Certificate => {
            let mut file = FileResult::new(name);
            reader.certificate(input, &mut file);
            out.push(file);
        }
        Shape::Gzip => {
            let mut file = FileResult::new(name);
            reader.stream(&mut MultiGzDecoder::new(input), 0, &mut file);
            out.push(file);
        }
        Shape::Tar => members(reader, input, name, out),
        Shape::TarGzip => members(reader, &mut MultiGzDecoder::new(input), name, out),
    }
}

fn members(reader: &Reader, input: &mut dyn Read, name: &str, out: &mut Vec<FileResult>) {
    let mut whole = FileResult::new(name);
    let limits = reader.limits;
    // One byte more than allowed, so that reaching the end of the limit can be told from the end of the archive.
    let mut bounded = input.take(limits.archive + 1);
    let mut archive = tar::Archive::new(&mut bounded);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => {
            whole.fail(format!("failed to read the archive: {}", reason(&error)));
            return out.push(whole);
        }
    };
    for (count, entry) in entries.enumerate() {
        if count >= limits.members {
            whole.fail(format!("has more than {} members; the rest was not analysed", limits.members));
            break;
        }
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                whole.fail(format!("failed to read the archive: {}", reason(&error)));
                break;
            }
        };
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let shape = Shape::of(&path);
        let is_manifest = [".yaml", ".yml", ".json"].iter().any(|e| path.ends_with(e));
        if shape == Shape::Plain && is_manifest || shape == Shape::Certificate {
            read(reader, &mut entry, 0, shape, &format!("{name}/{}", path.trim_start_matches("./")), out);
        }
    }
    if bounded.limit() == 0 {
        whole.fail(format!("expands to more than {}; the rest was not analysed", size(limits.archive)));
    }
    // An archive is counted by its members; by itself only when something is wrong with it.
    if !whole.errors.is_empty() || out.is_empty() {
        out.push(whole);
    }
}
