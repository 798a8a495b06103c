//! Gzip and tar archives of manifests.

use crate::limits::size;
use crate::read::{FileResult, Reader, reason};
use crate::snapshot;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// The shape of a file, by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    Plain,
    Gzip,
    Tar,
    TarGzip,
    /// A PEM file, which may be certificates or public keys.
    Certificate,
    Snapshot,
}

impl Shape {
    pub(crate) fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match () {
            () if name.ends_with(".tar.gz") || name.ends_with(".tgz") => Self::TarGzip,
            () if name.ends_with(snapshot::EXTENSION) => Self::Snapshot,
            () if name.ends_with(".tar") => Self::Tar,
            () if name.ends_with(".gz") => Self::Gzip,
            () if [".crt", ".pem", ".pub"].iter().any(|ending| name.ends_with(ending)) => Self::Certificate,
            () => Self::Plain,
        }
    }
}

/// Reads standard input, whose name says nothing: its first bytes tell archives from text.
pub(crate) fn read_standard_input(reader: &Reader, input: &mut dyn Read, out: &mut Vec<FileResult>) {
    const NAME: &str = "-";
    let (head, rest) = match split_head(input) {
        Ok(split) => split,
        Err(error) => {
            let mut file = FileResult::new(NAME);
            file.fail(format!("failed to read it: {}", reason(&error)));
            return out.push(file);
        }
    };
    if !head.starts_with(&GZIP) {
        let shape = if is_tar(&head) { Shape::Tar } else { Shape::Plain };
        return read(reader, &mut head.as_slice().chain(rest), 0, shape, NAME, out);
    }
    let mut expanded = MultiGzDecoder::new(head.as_slice().chain(rest));
    match split_head(&mut expanded) {
        Ok((head, rest)) => {
            let shape = if is_tar(&head) { Shape::Tar } else { Shape::Plain };
            read(reader, &mut head.as_slice().chain(rest), 0, shape, NAME, out);
        }
        Err(error) => {
            let mut file = FileResult::new(NAME);
            file.fail(format!("failed to read the archive: {}", reason(&error)));
            out.push(file);
        }
    }
}

/// The first bytes of gzip (RFC 1952).
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// One block of a tar file: as much as is needed to recognise it.
const HEAD: u64 = 512;

fn split_head<R: Read>(mut input: R) -> std::io::Result<(Vec<u8>, R)> {
    let mut head = Vec::new();
    input.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok((head, input))
}

/// Whether this is the first block of a tar file: POSIX and GNU write `ustar` at byte 257.
fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
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
        Shape::Snapshot => {
            let mut file = FileResult::new(name);
            snapshot::read(reader, input, &mut file);
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
