//! How is what was found told to people and machines?
//!
//! [`write`] turns a [`ScanResult`] into any [`Format`]. Text from objects is untrusted and escaped for the format;
//! secret values are masked in every excerpt and diff; equal results give equal bytes.

mod concise;
mod diff;
mod draw;
mod edits;
mod escape;
mod excerpt;
mod fingerprint;
mod fixes;
mod framework;
mod full;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod names;
mod openreports;
mod patch;
mod rules;
mod sarif;
mod scan;
mod shown;
mod style;
mod table;
mod view;

pub use diff::write_diff;
pub use draw::{Drawing, Edge, Node, NodeKind, Picture, Route, draw};
pub use escape::{csv_cell, is_hidden, line, markdown};
pub use fingerprint::{Fingerprint, fingerprint, fingerprints};
pub use fixes::{ShownFixes, shown_fixes};
pub use json::schema as scan_schema;
pub use rules::{rules_schema, write_explain, write_framework, write_rules, write_rules_json};
pub use scan::*;
pub use seawall_model::redact;

use std::io;

/// Writes `result` in `format`. Give a buffered writer.
///
/// # Errors
/// Those of `out`, such as a closed pipe.
pub fn write(
    result: &ScanResult,
    format: Format,
    options: &Options,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Full => full::write(result, options, out),
        Format::Concise => concise::write(result, options, out),
        Format::Json => json::json(result, options, out),
        Format::Jsonl => json::jsonl(result, options, out),
        Format::Sarif => sarif::write(result, options, out),
        Format::Junit => junit::write(result, options, out),
        Format::Github => github::write(result, options, out),
        Format::Gitlab => gitlab::write(result, options, out),
        Format::Markdown => markdown::write(result, options, out),
        Format::Html => html::write(result, options, out),
        Format::Openreports => openreports::write(result, options, out),
    }
}
