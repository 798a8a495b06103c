//! Reading snapshots: nothing in them is believed.

use super::{FILE_KEY, FORMAT, Header};
use crate::limits::{bounded, size};
use crate::live::sink::title_of;
use crate::read::{FileResult, NODE, Reader, reason};
use flate2::bufread::MultiGzDecoder;
use seawall_model::{Live, Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What snapshots are called.
pub(crate) const EXTENSION: &str = ".seawall";

/// Bytes of the first line.
const HEADER: u64 = 16 << 20;

/// The first field of the header, whatever else a newer format has.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Preamble {
    seawall_snapshot: u32,
    #[serde(default)]
    seawall: String,
}

/// Reads a snapshot. Objects are taken only from a file that is complete and says the truth about its length.
pub(crate) fn read(reader: &Reader, input: &mut dyn Read, out: &mut FileResult) {
    if let Err(message) = try_read(reader, input, out) {
        out.objects.clear();
        out.snapshots.clear();
        out.fail(message);
    }
}

fn try_read(reader: &Reader, input: &mut dyn Read, out: &mut FileResult) -> Result<(), String> {
    let mut compressed = BufReader::with_capacity(1 << 16, input);
    let start = compressed.fill_buf().map_err(|error| reason(&error))?;
    if !start.starts_with(&[0x1F, 0x8B]) {
        return Err("is no snapshot of seawall".into());
    }
    let mut lines = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(compressed));
    let mut line = Vec::new();
    next_line(&mut lines, HEADER, &mut line)?;
    let header = header(&line)?;
    if header.length > reader.limits.archive {
        return Err(format!("is larger than {}", size(reader.limits.archive)));
    }
    let live = origin(&header, &out.name, false);
    let from_file = origin(&header, &out.name, true);
    let mut file: Option<Arc<str>> = None;
    let (mut length, mut objects) = (0, 0);
    while next_line(&mut lines, reader.limits.document, &mut line)? {
        length += line.len() as u64;
        if length > header.length {
            return Err("is damaged: it is longer than its first line says".into());
        }
        let text = std::str::from_utf8(line.trim_ascii_end()).map_err(|_| "is damaged: it is no text")?;
        let broken = || format!("is damaged: object {} cannot be read", objects + 1);
        if text.starts_with("{\"seawallFile\":") {
            let marker: serde_json::Value = serde_json::from_str(text).map_err(|_| broken())?;
            file = marker.get(FILE_KEY).and_then(|name| name.as_str()).map(Into::into);
            continue;
        }
        let is_live = file.is_none();
        let name = file.clone().unwrap_or_else(|| title(text));
        let document = parse_one(&Source::new(name, text)).map_err(|_| broken())?;
        let kept = (text.len() as u64).max(document.len() as u64 * NODE);
        if reader.kept.fetch_add(kept, Ordering::Relaxed) + kept > reader.limits.live {
            return Err(format!(
                "holds more than {}; read it one namespace a time",
                size(reader.limits.live)
            ));
        }
        let origin = if is_live { &live } else { &from_file };
        let found = objects_of(&Arc::new(document), origin).ok_or_else(broken)?;
        out.objects.extend(found.into_iter().map(Arc::new));
        objects += 1;
    }
    if length != header.length || objects != header.objects {
        return Err(format!(
            "is not complete: {objects} objects of {}; whoever wrote it did not finish, or it was cut off",
            header.objects
        ));
    }
    out.documents += objects as usize;
    out.snapshots.push(header);
    Ok(())
}

fn header(line: &[u8]) -> Result<Header, String> {
    let foreign = |_| "is no snapshot of seawall: its first line does not say so".to_owned();
    let preamble: Preamble = serde_json::from_slice(line).map_err(foreign)?;
    match preamble.seawall_snapshot {
        FORMAT => serde_json::from_slice(line).map_err(|error| format!("is damaged: {error}")),
        format => Err(format!(
            "was written by seawall {} in format {format}; this is seawall {}, which reads format {FORMAT}",
            bounded(&preamble.seawall),
            env!("CARGO_PKG_VERSION")
        )),
    }
}

fn origin(header: &Header, name: &str, from_file: bool) -> Origin {
    let cluster = header.cluster.as_ref().map(|cluster| bounded(&cluster.name)).unwrap_or_default();
    Origin::Live(Arc::new(Live {
        cluster: cluster.into(),
        context: None,
        snapshot: Some(name.into()),
        from_file,
    }))
}

/// The next line with its end; false at the end of the file.
fn next_line(lines: &mut impl BufRead, limit: u64, line: &mut Vec<u8>) -> Result<bool, String> {
    line.clear();
    let read = lines.by_ref().take(limit + 1).read_until(b'\n', line);
    read.map_err(|error| format!("is damaged or cut off: {}", reason(&error)))?;
    match line.last() {
        None => Ok(false),
        Some(b'\n') => Ok(true),
        _ if line.len() as u64 > limit => Err(format!("is damaged: a line is longer than {}", size(limit))),
        _ => Err("is cut off in the middle of a line".into()),
    }
}

/// `Pod shop/web`, as when it was read; the words stand near the start of the text.
fn title(text: &str) -> Arc<str> {
    #[derive(Default, serde::Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Title {
        kind: String,
        metadata: Names,
    }
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Names {
        name: String,
        namespace: Option<String>,
    }
    let Title { kind, metadata } = serde_json::from_str(text).unwrap_or_default();
    title_of(&kind, metadata.namespace.as_deref(), &metadata.name)
}
