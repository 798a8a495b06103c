//! `junit`: JUnit XML, one suite per file, one case per finding, for the test views of CI systems.

use crate::escape::Html;
use crate::redact::mask;
use crate::view::Counts;
use crate::{InputError, Options, ScanResult, names};
use seawall_model::{Finding, Outcome, Suppression};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What one file has.
#[derive(Default)]
struct Suite<'r> {
    findings: Vec<&'r Finding>,
    errors: Vec<&'r InputError>,
}

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let shown = |finding: &&Finding| options.severity.is_none_or(|bar| finding.severity >= bar);
    let mut suites: BTreeMap<&str, Suite<'_>> = BTreeMap::new();
    for finding in result.findings.iter().filter(shown) {
        let file = names::path(&finding.at.object).unwrap_or("cluster");
        suites.entry(file).or_default().findings.push(finding);
    }
    for error in &result.errors {
        suites.entry(&error.file).or_default().errors.push(error);
    }
    let counts = Counts::of(result.findings.iter().filter(shown));
    let total = counts.failed + counts.unknown + counts.suppressed + result.errors.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"seawall\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        total.max(1),
        counts.failed,
        counts.unknown + result.errors.len(),
        counts.suppressed
    )?;
    if suites.is_empty() {
        // A report without cases reads as "nothing ran".
        writeln!(
            out,
            "  <testsuite name=\"seawall\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">"
        )?;
        writeln!(
            out,
            "    <testcase classname=\"seawall\" name=\"scan of {}\"/>",
            names::count(result.objects, "object")
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    for (file, suite) in &suites {
        write_suite(file, suite, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn write_suite(file: &str, suite: &Suite<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts = Counts::of(suite.findings.iter().copied());
    writeln!(
        out,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        Html(file),
        suite.findings.len() + suite.errors.len(),
        counts.failed,
        counts.unknown + suite.errors.len(),
        counts.suppressed
    )?;
    for finding in &suite.findings {
        case(file, finding, out)?;
    }
    for error in &suite.errors {
        let place = error.place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        writeln!(out, "    <testcase classname=\"input\" name=\"{}\">", Html(file))?;
        let message = mask(&error.message);
        writeln!(
            out,
            "      <error type=\"input\" message=\"{}\">{}{place}</error>",
            Html(&message),
            Html(file)
        )?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn case(file: &str, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let object = names::object(&finding.at.object);
    let container = finding.container.as_ref().map(|name| format!(" container {name}")).unwrap_or_default();
    let line = finding.at.location().start.line;
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}: {}{}\" file=\"{}\" line=\"{line}\">",
        Html(&object),
        finding.rule,
        Html(&object),
        Html(&container),
        Html(file)
    )?;
    let severity = finding.severity.as_str();
    let message = mask(&finding.message);
    match (finding.suppressed.as_deref(), finding.outcome) {
        (Some(Suppression::InSource(reason)), _) => {
            writeln!(out, "      <skipped message=\"suppressed: {}\"/>", Html(reason))?;
        }
        (Some(Suppression::Baseline), _) => writeln!(out, "      <skipped message=\"in the baseline\"/>")?,
        (None, Outcome::Fail) => {
            writeln!(out, "      <failure type=\"{severity}\" message=\"{}\">", Html(&message))?;
            details(finding, out)?;
            writeln!(out, "</failure>")?;
        }
        (None, Outcome::Unknown) => {
            writeln!(out, "      <error type=\"unknown\" message=\"{}\">", Html(&message))?;
            details(finding, out)?;
            writeln!(out, "</error>")?;
        }
    }
    writeln!(out, "    </testcase>")
}

fn details(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{} {}", Html(&names::place(finding)), Html(&finding.at.field()))?;
    for fact in finding.evidence() {
        write!(out, "\n{}", Html(&mask(fact)))?;
    }
    if let Some(fix) = &finding.fix {
        write!(out, "\nFix: {}", Html(&fix.description))?;
    }
    Ok(())
}
