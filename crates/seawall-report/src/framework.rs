//! `--framework`: the report grouped by the requirements of a framework.

use crate::concise;
use crate::style::Paint;
use crate::table::{Align, Cell, Table};
use crate::view::View;
use crate::{Framework, Requirement, Standing, names};
use seawall_model::{Finding, Outcome, Severity};
use std::io::{self, Write};

/// What came out for a requirement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// This many findings say that it is not met.
    Fail(usize),
    /// Nothing failed, but this many could not be decided.
    Unknown(usize),
    /// Nothing failed that is not suppressed; this many are.
    Suppressed(usize),
    /// Its controls looked and found nothing.
    Pass,
    /// Nobody looked, and this is why.
    Open(Standing),
}

impl Verdict {
    pub(crate) fn of(requirement: &Requirement, findings: &[Finding]) -> Self {
        let (mut failed, mut unknown, mut suppressed) = (0, 0, 0);
        for finding in findings.iter().filter(|finding| requirement.rules.contains(&finding.rule)) {
            match (finding.suppressed.as_deref(), finding.outcome) {
                (Some(_), _) => suppressed += 1,
                (None, Outcome::Fail) => failed += 1,
                (None, Outcome::Unknown) => unknown += 1,
            }
        }
        match (failed, unknown, suppressed, requirement.standing) {
            (1.., ..) => Self::Fail(failed),
            (0, 1.., ..) => Self::Unknown(unknown),
            (0, 0, _, standing) if standing != Standing::Decided => Self::Open(standing),
            (0, 0, 1.., _) => Self::Suppressed(suppressed),
            _ => Self::Pass,
        }
    }

    /// One word for machines.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Fail(_) => "fail",
            Self::Unknown(_) => "unknown",
            Self::Suppressed(_) => "suppressed",
            Self::Pass => "pass",
            Self::Open(Standing::Decided | Standing::NotInInput) => "not-in-input",
            Self::Open(Standing::NeedsNode) => "needs-node",
            Self::Open(Standing::NeedsCluster) => "needs-cluster",
            Self::Open(Standing::Manual) => "manual",
        }
    }

    /// How many findings it rests on.
    pub(crate) fn findings(self) -> usize {
        match self {
            Self::Fail(count) | Self::Unknown(count) | Self::Suppressed(count) => count,
            Self::Pass | Self::Open(_) => 0,
        }
    }

    fn cell(self, paint: Paint) -> Cell {
        let text = match self {
            Self::Fail(count) => format!("fail ({count})"),
            Self::Unknown(count) => format!("unknown ({count})"),
            Self::Suppressed(count) => format!("suppressed ({count})"),
            _ => self.word().replace('-', " "),
        };
        let shown = match self {
            Self::Fail(_) => paint.severity(Severity::High, &text),
            Self::Unknown(_) => paint.severity(Severity::Medium, &text),
            Self::Pass => paint.added(&text),
            Self::Suppressed(_) | Self::Open(_) => paint.dim(&text),
        };
        Cell::painted(text, shown)
    }
}

/// Writes all requirements with their verdicts, and below each failed one its findings.
pub(crate) fn write(
    view: &View<'_>,
    framework: &Framework,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", paint.bold(&framework.title))?;
    let findings = &view.result.findings;
    let verdicts: Vec<Verdict> =
        framework.requirements.iter().map(|requirement| Verdict::of(requirement, findings)).collect();
    let mut table = Table::new(&[Align::Left, Align::Left, Align::Left], 2);
    for (requirement, verdict) in framework.requirements.iter().zip(&verdicts) {
        table.row(vec![
            requirement.id.as_str().into(),
            verdict.cell(paint),
            requirement.title.as_str().into(),
        ]);
    }
    table.write(out)?;
    writeln!(out, "\n{}\n", totals(&verdicts))?;
    for (requirement, verdict) in framework.requirements.iter().zip(&verdicts) {
        if matches!(verdict, Verdict::Fail(_) | Verdict::Unknown(_)) {
            writeln!(out, "{}", paint.bold(format!("{} {}", requirement.id, requirement.title)))?;
            let of_it = |finding: &&Finding| {
                requirement.rules.contains(&finding.rule) && finding.suppressed.is_none()
            };
            let (mut shown, mut left) = (0, 0);
            for finding in findings.iter().filter(of_it).filter(|finding| view.shows(finding)) {
                if shown < view.options.limit {
                    writeln!(out, "  {}", concise::line(finding, paint))?;
                    shown += 1;
                } else {
                    left += 1;
                }
            }
            if left > 0 {
                let rules: Vec<String> =
                    requirement.rules.iter().map(|rule| format!("--select {rule}")).collect();
                writeln!(out, "  and {}: {}", names::count(left, "more finding"), rules.join(" "))?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// `12 fail, 3 pass, 60 not in input …`, in the order of first sight.
fn totals(verdicts: &[Verdict]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for verdict in verdicts {
        match counts.iter_mut().find(|(word, _)| *word == verdict.word()) {
            Some((_, count)) => *count += 1,
            None => counts.push((verdict.word(), 1)),
        }
    }
    let parts: Vec<String> =
        counts.iter().map(|(word, count)| format!("{count} {}", word.replace('-', " "))).collect();
    format!("{}: {}.", names::count(verdicts.len(), "requirement"), parts.join(", "))
}
