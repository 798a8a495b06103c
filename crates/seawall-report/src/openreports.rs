//! `openreports`: Report and ClusterReport of `openreports.io/v1alpha1`, to be applied to a cluster.
//!
//! No timestamps, so that the same input gives the same objects.

use crate::escape::line;
use crate::redact::mask;
use crate::view::Counts;
use crate::{Options, ScanResult, names};
use seawall_controls::find;
use seawall_model::{Finding, Outcome};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// More results than this go to a further object: etcd takes objects of 1.5 MB.
const MOST: usize = 500;

pub(crate) fn write(result: &ScanResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    // `None`: cluster-scoped; `Some(None)`: namespaced without a namespace.
    let mut reports: BTreeMap<Option<Option<&str>>, Vec<&Finding>> = BTreeMap::new();
    let shown = |finding: &&Finding| options.severity.is_none_or(|bar| finding.severity >= bar);
    for finding in result.findings.iter().filter(shown) {
        let object = &*finding.at.object;
        let scope = (!object.is_cluster_scoped()).then(|| object.namespace());
        reports.entry(scope).or_default().push(finding);
    }
    let mut first = true;
    for (scope, findings) in &reports {
        for (number, part) in findings.chunks(MOST).enumerate() {
            if !first {
                writeln!(out, "---")?;
            }
            first = false;
            report(*scope, number, part, out)?;
        }
    }
    if first {
        // Nothing found is a result too.
        report(None, 0, &[], out)?;
    }
    Ok(())
}

fn report(
    scope: Option<Option<&str>>,
    number: usize,
    findings: &[&Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    let kind = if scope.is_some() { "Report" } else { "ClusterReport" };
    let name = if number == 0 { "seawall".to_owned() } else { format!("seawall-{}", number + 1) };
    writeln!(out, "apiVersion: openreports.io/v1alpha1\nkind: {kind}\nmetadata:\n  name: {name}")?;
    if let Some(Some(namespace)) = scope {
        writeln!(out, "  namespace: {}", quoted(namespace))?;
    }
    writeln!(out, "  labels:\n    app.kubernetes.io/managed-by: seawall\nsource: seawall")?;
    let counts = Counts::of(findings.iter().copied());
    writeln!(
        out,
        "summary:\n  pass: 0\n  fail: {}\n  warn: 0\n  error: {}\n  skip: {}",
        counts.failed, counts.unknown, counts.suppressed
    )?;
    if findings.is_empty() {
        return writeln!(out, "results: []");
    }
    writeln!(out, "results:")?;
    findings.iter().try_for_each(|finding| one(finding, out))
}

fn one(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match (finding.suppressed.as_deref(), finding.outcome) {
        (Some(_), _) => "skip",
        (None, Outcome::Fail) => "fail",
        (None, Outcome::Unknown) => "error",
    };
    let object = &*finding.at.object;
    writeln!(out, "- source: seawall\n  policy: {}\n  result: {verdict}", finding.rule)?;
    writeln!(out, "  severity: {}\n  scored: true", finding.severity.as_str())?;
    if let Some(area) = find(finding.rule).map(|control| control.area()).filter(|area| !area.is_empty()) {
        writeln!(out, "  category: {area}")?;
    }
    writeln!(out, "  message: {}", quoted(&mask(&finding.message)))?;
    writeln!(
        out,
        "  resources:\n  - apiVersion: {}\n    kind: {}",
        quoted(object.api_version()),
        quoted(object.kind())
    )?;
    if let Some(namespace) = object.namespace() {
        writeln!(out, "    namespace: {}", quoted(namespace))?;
    }
    writeln!(out, "    name: {}", quoted(object.name()))?;
    writeln!(out, "  properties:\n    field: {}", quoted(&finding.at.field()))?;
    if let Some(container) = &finding.container {
        writeln!(out, "    container: {}", quoted(container))?;
    }
    if names::file(object).is_some() {
        writeln!(out, "    location: {}", quoted(&names::place(finding)))?;
    }
    Ok(())
}

/// A double-quoted YAML scalar: JSON strings without control characters are such.
fn quoted(text: &str) -> String {
    Value::from(line(text)).to_string()
}
