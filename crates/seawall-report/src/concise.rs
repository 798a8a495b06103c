//! `concise`: one line for each finding, `file:line:column: severity rule: message [object]`.

use crate::full::{footer, statistics};
use crate::redact::mask;
use crate::style::Paint;
use crate::view::View;
use crate::{Options, ScanResult, escape, names};
use seawall_model::{Finding, Outcome};
use std::io::{self, Write};

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let view = View::new(result, options);
    let paint = Paint::new(options.color);
    if options.statistics {
        statistics::write(&view, paint, out)?;
    } else if !options.summary {
        for finding in
            result.findings.iter().filter(|finding| finding.suppressed.is_none() && view.shows(finding))
        {
            writeln!(out, "{}", line(finding, paint))?;
        }
    }
    footer::counts(&view, paint, out)
}

/// One finding as one line.
pub(crate) fn line(finding: &Finding, paint: Paint) -> String {
    let severity = finding.severity.as_str();
    let word = match finding.outcome {
        Outcome::Fail => severity.to_owned(),
        Outcome::Unknown => format!("unknown({severity})"),
    };
    let place = names::place(finding);
    let message = mask(&finding.message);
    let object = names::object(&finding.at.object);
    format!(
        "{}: {} {}: {} [{}]",
        escape::line(&place),
        paint.severity(finding.severity, word),
        finding.rule,
        escape::line(&message),
        escape::line(&object)
    )
}
