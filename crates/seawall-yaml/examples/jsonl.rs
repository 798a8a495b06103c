//! Prints every document of the files named as JSON lines, refusals as `!` lines.

#![allow(clippy::print_stdout)]

use seawall_yaml::{Source, parse_documents};
use std::io::Write as _;

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::env::args().skip(1) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for document in parse_documents(&Source::new(path.as_str(), text)) {
            match document {
                Ok(document) => {
                    let mut json = String::new();
                    document.root().write_json(&mut json);
                    writeln!(out, "{path} {} {json}", document.number())?;
                }
                Err(error) => {
                    writeln!(out, "{path} ! {}:{} {}", error.place.line, error.place.column, error.message)?
                }
            }
        }
    }
    out.flush()
}
