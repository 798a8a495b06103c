//! `html`: one page without outside requests, safe to mail, readable on a phone, printable.
//!
//! Everything from objects is escaped, and a content security policy allows this very style and script and
//! nothing else, so that even a mistake in escaping runs nothing.

mod finding;
mod head;
mod tail;

use crate::escape::Html;
use crate::shown::Sources;
use crate::view::{Ranked, View};
use crate::{Options, ScanResult, names};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// Source lines are shown for this many blocks; the others keep place, message and rule.
const WITH_SOURCE: usize = 2_000;

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let view = View::new(result, options);
    start(&view, out)?;
    head::write(&view, out)?;
    if !options.summary {
        let mut sources = Sources::default();
        if let Some(framework) = &result.framework {
            tail::framework(&view, framework, out)?;
        }
        head::filter(&view, out)?;
        writeln!(out, "<main>")?;
        let mut drawn = 0;
        for (number, ranked) in view.objects.iter().enumerate() {
            object(&view, number, ranked, &mut drawn, &mut sources, out)?;
        }
        writeln!(out, "</main>")?;
        tail::rules(&view, out)?;
    }
    tail::write(&view, out)?;
    // The script must come after what it looks for.
    writeln!(out, "<script>{SCRIPT}</script>\n</body></html>")
}

fn start(view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{}'; \
         script-src 'sha256-{}'; base-uri 'none'; form-action 'none'\">",
        hash(STYLE),
        hash(SCRIPT)
    )?;
    writeln!(out, "<meta name=\"referrer\" content=\"no-referrer\">")?;
    writeln!(out, "<title>seawall: {}</title>", Html(&head::verdict(view)))?;
    writeln!(out, "<style>{STYLE}</style></head><body>")
}

fn object(
    view: &View<'_>,
    number: usize,
    ranked: &Ranked<'_>,
    drawn: &mut usize,
    sources: &mut Sources,
    out: &mut dyn Write,
) -> io::Result<()> {
    let object = ranked.object;
    writeln!(out, "<section class=\"object\" id=\"object-{}\">", number + 1)?;
    write!(out, "<header><h3>{}</h3>", Html(&names::object(object)))?;
    if let Some(namespace) =
        names::namespace(object).filter(|namespace| *namespace == seawall_model::UNSET_NAMESPACE)
    {
        write!(out, " <span class=\"soft\">namespace {namespace}</span>")?;
    }
    writeln!(out, " <code class=\"soft\">{}</code></header>", Html(&names::object_place(object)))?;
    if let Some(copies) = view.copies(object) {
        let places: Vec<String> =
            copies.places.iter().take(20).map(|place| format!("{}:{}", place.file, place.line)).collect();
        let more = copies.places.len() - places.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "<p class=\"soft\">The same in {}{more}</p>", Html(&places.join(", ")))?;
    }
    for block in view.blocks_of(ranked) {
        finding::write(view, block, (*drawn < WITH_SOURCE).then_some(&mut *sources), out)?;
        *drawn += 1;
    }
    writeln!(out, "</section>")
}

/// The SHA-256 of an inline element in base64, as content security policies want it.
pub(crate) fn hash(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digest = Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for chunk in digest.chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place)) as usize & 63).copied().unwrap_or(b'=');
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn hashes_as_browsers_do() {
        // The digest of no bytes, as any content security policy generator prints it.
        assert_eq!(super::hash(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
