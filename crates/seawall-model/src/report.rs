//! Where a control writes what it found.

mod omitted;

pub use omitted::Omitted;

use crate::{At, Change, Finding, FindingBody, Fix, Outcome, Related, Safety, Severity};
use omitted::Kept;
use std::borrow::Cow;
use std::sync::Arc;

/// The findings of one run. The engine sets rule, severity and container before it calls a control.
#[derive(Debug, Default)]
pub struct Report {
    rule: &'static str,
    severity: Option<Severity>,
    group: Option<&'static str>,
    container: Option<Arc<str>>,
    findings: Vec<Finding>,
    kept: Kept,
    leave_out_fixes: bool,
}

impl Report {
    /// A report that keeps at most about `limit` findings and counts the others by rule: of each rule the first ones
    /// are kept, and frequent rules lose before rare ones do.
    pub fn bounded(limit: usize) -> Self {
        Self { kept: Kept::bounded(limit), ..Self::default() }
    }

    /// The same without fixes: most are never shown, and they take as much memory as all else of a finding.
    pub fn without_fixes(self) -> Self {
        Self { leave_out_fixes: true, ..self }
    }

    /// Names the control that writes next, its usual severity and its group.
    pub fn enter(&mut self, rule: &'static str, severity: Severity, group: Option<&'static str>) {
        self.kept.enter(&mut self.findings);
        self.rule = rule;
        self.severity = Some(severity);
        self.group = group;
    }

    /// Names the container that is visited next.
    pub fn enter_container(&mut self, name: Option<&str>) {
        self.container = name.map(Into::into);
    }

    /// Something is wrong at `at`. The message is one sentence about this case; names in backquotes.
    pub fn finding(&mut self, at: At<'_>, message: impl Into<String>) -> FindingBuilder<'_> {
        self.push(at, message.into(), Outcome::Fail)
    }

    /// It cannot be decided; `decides` says what would decide it.
    pub fn unknown(
        &mut self,
        at: At<'_>,
        message: impl Into<String>,
        decides: impl Into<String>,
    ) -> FindingBuilder<'_> {
        self.push(at, message.into(), Outcome::Unknown).evidence(decides)
    }

    fn push(&mut self, at: At<'_>, message: String, outcome: Outcome) -> FindingBuilder<'_> {
        if self.kept.is_full(self.findings.len()) {
            self.kept.omit(self.rule, self.severity.unwrap_or(Severity::Medium), at.object(), 1);
            return FindingBuilder { findings: &mut [], index: 0, leave_out_fixes: true };
        }
        let last = self.findings.last();
        let message = match last.filter(|last| *last.message == *message) {
            Some(last) => last.message.clone(),
            None => message.into(),
        };
        let finding = FindingBody {
            rule: self.rule,
            severity: self.severity.unwrap_or(Severity::Medium),
            outcome,
            message,
            at: at.field_ref_like(last.map(|last| &last.at)),
            container: self.container.clone(),
            details: None,
            fix: None,
            group: self.group,
            suppressed: None,
        };
        self.findings.push(finding.into());
        let index = self.findings.len() - 1;
        FindingBuilder { findings: &mut self.findings, index, leave_out_fixes: self.leave_out_fixes }
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.findings.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Names the container of the findings from number `from` on that name none.
    pub fn name_container(&mut self, from: usize, name: &Arc<str>) {
        for finding in self.findings.iter_mut().skip(from).filter(|finding| finding.container.is_none()) {
            finding.container = Some(name.clone());
        }
    }

    /// Everything found.
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    /// What was kept, and what was only counted.
    pub fn finish(mut self) -> (Vec<Finding>, Vec<Omitted>) {
        let omitted = self.kept.finish(&mut self.findings);
        (self.findings, omitted)
    }
}

/// Adds details to the finding just made.
pub struct FindingBuilder<'r> {
    findings: &'r mut [Finding],
    index: usize,
    leave_out_fixes: bool,
}

impl FindingBuilder<'_> {
    fn change(self, change: impl FnOnce(&mut Finding)) -> Self {
        if let Some(finding) = self.findings.get_mut(self.index) {
            change(finding);
        }
        self
    }

    /// A severity other than the control's usual one.
    pub fn severity(self, severity: Severity) -> Self {
        self.change(|finding| finding.severity = severity)
    }

    /// A container other than the visited one.
    pub fn container(self, name: &str) -> Self {
        self.change(|finding| finding.container = Some(name.into()))
    }

    /// Another place that belongs to it.
    pub fn related(self, at: At<'_>, message: impl Into<String>) -> Self {
        let related = Related { at: at.field_ref(), message: message.into() };
        self.change(|finding| finding.details.get_or_insert_default().related.push(related))
    }

    /// A fact that led to the verdict.
    pub fn evidence(self, fact: impl Into<String>) -> Self {
        let fact = fact.into();
        self.change(|finding| finding.details.get_or_insert_default().evidence.push(fact))
    }

    /// How to mend it without changing what a working application does.
    pub fn safe_fix(self, description: impl Into<Cow<'static, str>>, changes: Vec<Change>) -> Self {
        self.with_fix(Safety::Safe, description.into(), changes)
    }

    /// How to mend it, though it may break the application.
    pub fn unsafe_fix(self, description: impl Into<Cow<'static, str>>, changes: Vec<Change>) -> Self {
        self.with_fix(Safety::Unsafe, description.into(), changes)
    }

    fn with_fix(self, safety: Safety, description: Cow<'static, str>, changes: Vec<Change>) -> Self {
        if self.leave_out_fixes {
            return self;
        }
        // What an alias repeats, or a quoted text of a ConfigMap holds, cannot be edited where it stands.
        if changes.iter().any(|change| change.at().nearest().is_copied()) {
            return self;
        }
        let fix = Fix { safety, description, changes, verified: false };
        self.change(|finding| finding.fix = Some(Box::new(fix)))
    }

    /// Findings with the same group on the same object and container are mended by one edit.
    pub fn group(self, group: &'static str) -> Self {
        self.change(|finding| finding.group = Some(group))
    }
}
