//! Where the report goes: standard output, files, or several at once.

use crate::cli::{Common, Output, Target};
use anyhow::{Context, Result};
use seawall_report::{Format, Options, ScanResult, ShownFixes, line};
use std::io::{BufWriter, IsTerminal, Write};

/// Writes every report that was asked for. Files are written whole or not at all.
pub(crate) fn write_all(result: &ScanResult, output: &Output, common: &Common) -> Result<()> {
    let default = [Target { format: Format::Full, file: None }];
    let targets: &[Target] = if output.output.is_empty() { &default } else { &output.output };
    for target in targets {
        match &target.file {
            Some(file) => {
                let options = options(output, common, false);
                seawall_collect::replace_file(file, |out| {
                    seawall_report::write(result, target.format, &options, out)
                })?;
            }
            None => {
                let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
                let written =
                    seawall_report::write(result, target.format, &options(output, common, color()), &mut out)
                        .and_then(|()| out.flush())
                        .context("failed to write the report");
                crate::exit::unless_closed(written)?;
            }
        }
    }
    let is_for_people = |target: &Target| target.file.is_none() && target.format == Format::Full;
    if !common.quiet && !targets.iter().any(is_for_people) {
        // Formats for machines are read by nobody: say on standard error what a person must know.
        errors(result);
        if common.verbose {
            skipped(result);
        }
    }
    Ok(())
}

/// The fixes that the reports that were asked for show.
pub(crate) fn shown_fixes(result: &ScanResult, output: &Output, common: &Common) -> ShownFixes {
    if output.output.is_empty() {
        return seawall_report::shown_fixes(result, Format::Full, &options(output, common, false));
    }
    let formats = output.output.iter().map(|target| target.format);
    formats.fold(ShownFixes::None, |shown, format| {
        shown.or(seawall_report::shown_fixes(result, format, &options(output, common, false)))
    })
}

/// Whether a format shows the fixes of all findings, however many there are.
pub(crate) fn shows_all_fixes(output: &Output) -> bool {
    output.output.iter().any(|target| target.format.shows_all_fixes())
}

fn options(output: &Output, common: &Common, color: bool) -> Options {
    Options {
        color,
        width: width(),
        limit: output.limit,
        severity: output.severity.map(crate::cli::Level::severity),
        summary: output.summary,
        statistics: output.statistics,
        verbose: common.verbose,
    }
}

/// Whether standard output shows colours.
pub(crate) fn color() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}

/// A word in bold, if standard output shows that.
pub(crate) fn strong(word: &str) -> String {
    if color() { format!("\u{1b}[1m{word}\u{1b}[0m") } else { word.to_owned() }
}

/// How texts without a scan are written.
pub(crate) fn plain_options() -> Options {
    Options { color: color(), width: width(), ..Options::default() }
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let wanted = columns.filter(|_| std::io::stdout().is_terminal());
    wanted.unwrap_or(100).clamp(40, 200)
}

/// A line on standard error. When nobody can read it there is nobody to tell: no panic, as `eprintln!` has it.
pub(crate) fn say(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// What could not be read, on standard error.
pub(crate) fn errors(result: &ScanResult) {
    for error in &result.errors {
        let place = error.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        say(format_args!("error: {}{place}: {}", line(&error.file), line(&error.message)));
    }
}

/// What was left out, on standard error.
pub(crate) fn skipped(result: &ScanResult) {
    for skipped in &result.skipped {
        let document = skipped.document.map(|number| format!(" document {number}")).unwrap_or_default();
        say(format_args!("skipped: {}{document}: {}", line(&skipped.file), line(&skipped.reason)));
    }
}
