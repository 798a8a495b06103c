//! `seawall convert`: how Kubernetes decodes these files.

use crate::Exit;
use crate::cli::Convert;
use anyhow::{Context, Result};
use seawall_yaml::{Error, Source, parse_documents};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::sync::Arc;

/// Files larger than this are refused, as by `scan`.
const LIMIT: u64 = 1 << 30;

/// Runs the command: a line for each document, in order.
pub(crate) fn run(convert: &Convert) -> Result<Exit> {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut refused = false;
    for path in &convert.files {
        let name = path.to_string_lossy();
        let bytes = read(path).with_context(|| format!("failed to read {name}"))?;
        match String::from_utf8(bytes) {
            Ok(text) => refused |= file(&Source::new(&*name, text), &mut out)?,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let before = String::from_utf8_lossy(error.as_bytes().get(..at).unwrap_or(b"")).into_owned();
                let place = Source::new(&*name, before).place(u32::MAX);
                let error = Error { offset: at as u32, place, message: "invalid UTF-8".into() };
                line(&name, 1, &Err(error), &mut out)?;
                refused = true;
            }
        }
    }
    out.flush()?;
    Ok(if refused { Exit::Incomplete } else { Exit::Clean })
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path)?)
    };
    input.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(std::io::Error::other("it is larger than 1 GiB"));
    }
    Ok(bytes)
}

fn file(source: &Arc<Source>, out: &mut dyn Write) -> Result<bool> {
    let mut refused = false;
    for (at, document) in parse_documents(source).into_iter().enumerate() {
        let json = document.map(|document| {
            let mut json = String::new();
            document.root().write_json(&mut json);
            json
        });
        refused |= json.is_err();
        line(source.name(), at + 1, &json, out)?;
    }
    Ok(refused)
}

fn line(
    file: &str,
    document: usize,
    json: &Result<String, Error>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match json {
        Ok(json) => writeln!(out, r#"{{"file":{},"document":{document},"json":{json}}}"#, quoted(file)),
        Err(error) => writeln!(
            out,
            r#"{{"file":{},"document":{document},"error":{{"line":{},"column":{},"message":{}}}}}"#,
            quoted(file),
            error.place.line,
            error.place.column,
            quoted(&error.message),
        ),
    }
}
