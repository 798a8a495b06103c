//! Text from objects is hostile here, and secrets are everywhere: neither may get through in any format.

#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{objects, result, text};
use seawall_model::{Finding, Report, Severity};
use seawall_report::{Format, InputError, Options, ScanResult, Skipped};
use serde_json::Value;

/// What names, messages and files carry.
const EVIL: &str = "x\u{1b}[31m\u{9b}2J\u{202e}\u{7}<img src=x onerror=alert(1)>\"'&]]>|@all [l](http://evil.example) \
                    `b` ::error::y%0A\r\nz ${{ secrets.A }}";

fn hostile() -> ScanResult {
    // YAML refuses most raw control characters, and takes all of them as escapes.
    let name: String = EVIL.chars().fold(String::new(), |name, c| match c {
        '"' | '\\' => format!("{name}\\{c}"),
        c if seawall_report::is_hidden(c) => format!("{name}\\u{:04x}", u32::from(c)),
        c => format!("{name}{c}"),
    });
    let name = format!("\"{name}\"");
    let yaml = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: {name}\n  labels: {{ {name}: {name} }}\n"
    );
    let objects = objects(&format!("dir/{EVIL}.yaml"), &yaml);
    let mut report = Report::default();
    report.enter("test-evil", Severity::High, Some("group"));
    for _ in 0..2 {
        report
            .finding(
                objects[0].at().get("metadata").get("labels").key(EVIL),
                format!("label `{EVIL}` of {EVIL}"),
            )
            .container(EVIL)
            .related(objects[0].at().get("metadata.name"), EVIL)
            .evidence(EVIL)
            .safe_fix(EVIL, vec![objects[0].at().get("metadata.name").set(name.clone())]);
    }
    let findings = report.into_findings();
    ScanResult {
        files: 1,
        objects: 1,
        findings,
        errors: vec![InputError { file: EVIL.into(), place: None, message: EVIL.into() }],
        skipped: vec![Skipped {
            file: EVIL.into(),
            document: Some(1),
            reason: EVIL.into(),
            hint: Some(EVIL.into()),
        }],
        notes: vec![EVIL.into()],
        ..ScanResult::default()
    }
}

#[test]
fn no_format_sends_control_characters() {
    for format in Format::ALL {
        for verbose in [false, true] {
            let text = text(&hostile(), format, &Options { verbose, ..Options::default() });
            let bad = text.chars().find(|&c| c != '\n' && seawall_report::is_hidden(c));
            assert_eq!(bad, None, "{format:?}: {text}");
        }
    }
}

#[test]
fn html_holds_no_markup_of_others() {
    let html = text(&hostile(), Format::Html, &Options::default());
    assert!(!html.contains("<img"), "{html}");
    assert_eq!(html.matches("<script>").count(), 1);
    for attribute in ["style=", "onerror=alert(1)>", "onclick", "http-equiv=\"refresh"] {
        assert!(!html.contains(attribute), "{attribute}");
    }
    assert!(html.contains("default-src 'none'"));
    // Nothing is loaded: links are the only addresses, and they go to https pages of our own texts.
    assert!(!html.contains("src=\"") && !html.contains("url(") && !html.contains("@import"));
}

#[test]
fn markdown_holds_no_links_and_no_mentions() {
    let markdown = text(&hostile(), Format::Markdown, &Options::default());
    let outside: String = {
        let mut inside = false;
        markdown
            .split('`')
            .map(|part| {
                inside = !inside;
                if inside { part } else { "" }
            })
            .collect()
    };
    assert!(
        !outside.contains("](http") && !outside.contains("<img") && !outside.contains("@all"),
        "{outside}"
    );
}

#[test]
fn workflow_commands_are_one_line_each() {
    let github = text(&hostile(), Format::Github, &Options::default());
    assert_eq!(github.lines().count(), 3, "{github}");
    for line in github.lines() {
        assert!(line.starts_with("::error "), "{line}");
        let properties = line[2..].split("::").next().unwrap();
        assert!(properties.contains("%3A%3Aerror%3A%3Ay%250A"), "{properties}");
    }
}

#[test]
fn xml_and_json_and_yaml_parse() {
    let junit = text(&hostile(), Format::Junit, &Options::default());
    assert!(!junit.contains("<img") && !junit.contains("]]>"), "{junit}");
    for format in [Format::Json, Format::Sarif, Format::Gitlab] {
        serde_json::from_str::<Value>(&text(&hostile(), format, &Options::default())).unwrap();
    }
    for line in text(&hostile(), Format::Jsonl, &Options::default()).lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    let yaml = text(&hostile(), Format::Openreports, &Options::default());
    let documents = seawall_yaml::parse_documents(&seawall_yaml::Source::new("x", yaml));
    assert_eq!(documents.len(), 1);
    assert!(documents.iter().all(Result::is_ok));
}

#[test]
fn sarif_links_are_escaped() {
    let sarif: Value = serde_json::from_str(&text(&hostile(), Format::Sarif, &Options::default())).unwrap();
    let mut messages = Vec::new();
    collect(&sarif, &mut messages);
    assert!(messages.len() > 5);
    for message in messages {
        assert!(message.contains("\\[l\\](") && !message.contains("[l]("), "{message}");
    }
}

/// The texts of all SARIF messages below `value`, those of rules left out.
fn collect(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), &value["text"]) {
                    ("message" | "description", Value::String(text)) => out.push(text.clone()),
                    ("rules", _) => {}
                    _ => collect(value, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        _ => {}
    }
}

const SECRETS: &str = r#"apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata:
      name: a
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: '{"data":{"x":"hunter2a"}}'
    data: { key: aHVudGVyMg==, other: "hunter2b" }
    stringData:
      text: |
        hunter2c
        hunter2d
  - apiVersion: v1
    kind: ConfigMap
    metadata: { name: b }
    data:
      password: hunter2e
      app.properties: |
        db.user=x
        db.password=hunter2f # the password: hunter2g
        url=postgres://u:hunter2h@db/x
  - apiVersion: v1
    kind: Pod
    spec:
      containers:
        - name: c
          env:
            - { name: API_TOKEN, value: "hunter2i" }
            - name: JWT # eyJhbGciOiJSUzI1NiJ9.hunter2jhunter2j.hunter2
              value: eyJhbGciOiJSUzI1NiJ9.hunter2kkkkkkkkkkkk.hunter2
          command: [run, --password, hunter2l, --api-key=hunter2m]
          args: ["export PGPASSWORD=hunter2n; psql"]
  - apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources:
      - resources: [secrets]
        providers:
          - aescbc: { keys: [{ name: k1, secret: hunter2o }] }
"#;

/// A finding with a fix on every node of a document.
fn everywhere() -> Vec<Finding> {
    let mut report = Report::default();
    report.enter("test-everywhere", Severity::High, None);
    for object in objects("list.yaml", SECRETS) {
        let document = object.document().clone();
        for id in object.root().id().0..object.root().id().0 + object.root().size() {
            let at = object.at().child(document.node(seawall_yaml::NodeId(id)));
            let change = if id % 2 == 0 { at.set("other") } else { at.remove() };
            report.finding(at, "here").related(at, "and here").safe_fix("change it", vec![change]);
        }
    }
    report.into_findings()
}

#[test]
fn secrets_stay_out_of_every_format() {
    let findings = everywhere();
    assert!(findings.len() > 60, "{}", findings.len());
    let result = ScanResult { findings, ..ScanResult::default() };
    for format in Format::ALL {
        let text = text(&result, format, &Options { limit: usize::MAX, ..Options::default() });
        for line in text.lines() {
            assert!(!line.contains("hunter2") && !line.contains("aHVudGVyMg"), "{format:?}: {line}");
        }
    }
}

#[test]
fn the_shop_tells_no_secret() {
    for format in Format::ALL {
        let text = text(&result(), format, &Options::default());
        assert!(!text.contains("hunter2"), "{format:?}: {text}");
    }
}
