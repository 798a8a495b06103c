//! Each format against the text it must give. `UPDATE_EXPECTED=1` writes the texts anew: read the difference.

#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{framework, many, result, text};
use seawall_model::Severity;
use seawall_report::{Format, Options, ScanResult};
use std::path::Path;

fn check(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expected").join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(actual == expected, "{name} differs; it is now:\n{actual}");
}

const ENDINGS: [(Format, &str); 11] = [
    (Format::Full, "full.txt"),
    (Format::Concise, "concise.txt"),
    (Format::Json, "json.json"),
    (Format::Jsonl, "jsonl.jsonl"),
    (Format::Sarif, "sarif.json"),
    (Format::Junit, "junit.xml"),
    (Format::Github, "github.txt"),
    (Format::Gitlab, "gitlab.json"),
    (Format::Markdown, "markdown.md"),
    (Format::Html, "html.html"),
    (Format::Openreports, "openreports.yaml"),
];

#[test]
fn every_format_is_as_expected() {
    for (format, name) in ENDINGS {
        check(name, &text(&result(), format, &Options::default()));
    }
    assert_eq!(ENDINGS.map(|(format, _)| format), Format::ALL);
}

#[test]
fn colours_do_not_change_the_words() {
    let plain = text(&result(), Format::Full, &Options::default());
    let colored = text(&result(), Format::Full, &Options { color: true, ..Options::default() });
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        stripped.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('m').unwrap() + 1..];
    }
    stripped.push_str(rest);
    assert!(colored.contains('\u{1b}'));
    assert_eq!(stripped.replace(' ', ""), plain.replace(' ', ""));
}

#[test]
fn long_results_begin_with_the_worst_and_lose_nothing() {
    let long = many(60);
    let options = Options { limit: 5, ..Options::default() };
    check("full-long.txt", &text(&long, Format::Full, &options));
    check("full-summary.txt", &text(&long, Format::Full, &Options { summary: true, ..Options::default() }));
    check(
        "full-statistics.txt",
        &text(&long, Format::Full, &Options { statistics: true, ..Options::default() }),
    );
}

#[test]
fn frameworks_say_what_nobody_looked_at() {
    let result = ScanResult { framework: Some(framework()), ..result() };
    check("full-framework.txt", &text(&result, Format::Full, &Options::default()));
    let json: serde_json::Value =
        serde_json::from_str(&text(&result, Format::Json, &Options::default())).unwrap();
    let words: Vec<_> = json["framework"]["requirements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["result"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["fail", "unknown", "pass", "not-in-input", "needs-node", "manual"]);
}

#[test]
fn the_severity_filter_hides_and_says_so() {
    let options = Options { severity: Some(Severity::High), ..Options::default() };
    let full = text(&result(), Format::Full, &options);
    assert!(!full.contains("test-root") && full.contains("4 findings below high not shown."), "{full}");
    let json: serde_json::Value = serde_json::from_str(&text(&result(), Format::Json, &options)).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), 3);
    assert_eq!(json["summary"]["severity"]["medium"], 1);
}

#[test]
fn nothing_found_is_said_in_every_format() {
    let nothing = ScanResult { files: 2, objects: 3, complete: true, ..ScanResult::default() };
    for format in Format::ALL {
        let text = text(&nothing, format, &Options::default());
        assert_eq!(text.is_empty(), matches!(format, Format::Github | Format::Jsonl), "{format:?}");
    }
    let full = text(&nothing, Format::Full, &Options::default());
    assert_eq!(full, "No problem found. Scanned 2 files: 3 objects, judged as Kubernetes 1.36 would.\n");
}

#[test]
fn output_is_the_same_in_every_run() {
    for format in Format::ALL {
        assert_eq!(
            text(&many(30), format, &Options::default()),
            text(&many(30), format, &Options::default()),
            "{format:?}"
        );
    }
}

#[test]
fn edits_in_json_make_the_fix() {
    let json: serde_json::Value =
        serde_json::from_str(&text(&result(), Format::Json, &Options::default())).unwrap();
    let mut seen = 0;
    for finding in json["findings"].as_array().unwrap() {
        for edit in finding["fix"]["edits"].as_array().into_iter().flatten() {
            let offset = |key: &str| edit[key].as_u64().unwrap() as usize;
            let mut fixed = common::WEB.to_owned();
            fixed.replace_range(offset("start")..offset("end"), edit["text"].as_str().unwrap());
            assert_eq!(common::objects("x", &fixed).len(), 2);
            assert_ne!(fixed, common::WEB);
            seen += 1;
        }
    }
    assert_eq!(seen, 3);
}

#[test]
fn fingerprints_stay_when_lines_move_and_differ_otherwise() {
    let findings = common::findings();
    let prints = seawall_report::fingerprints(&findings);
    let unique: std::collections::HashSet<_> = prints.iter().collect();
    assert_eq!(unique.len(), prints.len());
    assert!(prints.iter().all(|print| print.to_string().len() == 32));
    let moved = common::objects("./deploy/web.yaml", &format!("# a comment\n\n{}", common::WEB));
    let mut finding = findings[0].clone();
    let at = moved[0].at().get("spec.template.spec.containers").items().next().unwrap();
    finding.at = at.get("securityContext.privileged").field_ref();
    assert_eq!(seawall_report::fingerprint(&finding), prints[0]);
    assert_ne!(finding.at.location().start, findings[0].at.location().start);
    // Equal findings are told apart by their order.
    let twice = seawall_report::fingerprints(&[finding.clone(), finding]);
    assert_eq!(twice[0], prints[0]);
    assert_ne!(twice[1], prints[0]);
}

#[test]
fn rules_and_explanations_read_well() {
    let control = seawall_controls::find("privileged-container").unwrap();
    let mut out = Vec::new();
    seawall_report::write_rules(&[control], &Options::default(), &mut out).unwrap();
    let table = String::from_utf8(out).unwrap();
    assert!(table.contains("privileged-container  critical  unsafe  pod\n"), "{table}");
    let mut out = Vec::new();
    seawall_report::write_explain(control, &Options { width: 60, ..Options::default() }, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("privileged-container  critical\n\n"), "{text}");
    for part in [
        "Why it matters\n",
        "Fix\n",
        "CIS 1.12        5.2.2\n",
        "# seawall: allow privileged-container -- reason",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.lines().filter(|line| !line.contains("https://")).all(|line| line.chars().count() <= 100));
    let mut out = Vec::new();
    seawall_report::write_framework(&framework(), &Options::default(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.ends_with("6 requirements: 4 decided, 1 needs a node, 1 manual.\n"), "{text}");
}

#[test]
fn variants_of_one_object_are_one_of_the_worst() {
    let two = common::many(12);
    let mut result = common::many(12);
    // The same names in other files: variants of the twelve.
    result.findings.extend(two.findings.into_iter().take(3));
    let full = text(&result, Format::Full, &Options::default());
    let header = full.split("Next:").next().unwrap();
    assert_eq!(header.matches("Deployment shop/web-0").count(), 1, "{header}");
    assert!(header.contains("     another version of it in deploy/00000.yaml:1\n"), "{header}");
    assert!(header.contains("Deployment shop/web-2"), "{header}");
}

#[test]
fn guesses_are_named() {
    let text_of = |kind: &str| {
        let rollout = format!(
            "apiVersion: example.com/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n  template:\n    spec:\n      containers: [{{name: app, image: x}}]\n"
        );
        let object = common::objects("r.yaml", &rollout).remove(0);
        let mut report = seawall_model::Report::default();
        report.enter("test-root", Severity::Low, None);
        report.finding(object.at().get("spec.template.spec.containers"), "in the template");
        report.finding(object.at().get("spec"), "outside of it");
        let result = ScanResult { findings: report.into_findings(), ..ScanResult::default() };
        let of = |format| text(&result, format, &Options::default());
        (
            of(Format::Json).matches("\"byShape\": true").count(),
            of(Format::Full).matches("judged by shape").count(),
        )
    };
    assert_eq!(text_of("Rollout"), (1, 1));
    let deployment = common::objects("./deploy/web.yaml", common::WEB).remove(0);
    assert!(!deployment.at().get("spec.template.spec").field_ref().is_by_shape());
}
