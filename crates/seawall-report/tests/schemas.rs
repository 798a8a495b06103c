//! Output against schemas: our own JSON against the schema generated from its types, SARIF against OASIS' one.

#![allow(clippy::unwrap_used)] // helpers of tests

mod common;

use common::{framework, many, result, text};
use seawall_model::{Report, Severity};
use seawall_report::{Format, Options, ScanResult};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn json(result: &ScanResult, format: Format) -> Value {
    serde_json::from_str(&text(result, format, &Options::default())).unwrap()
}

fn results() -> [ScanResult; 4] {
    [result(), many(3), ScanResult::default(), ScanResult { framework: Some(framework()), ..result() }]
}

fn check(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<_> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(10)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = seawall_report::scan_schema();
    assert_eq!(schema.get("$id").unwrap(), "https://seawall.dev/schemas/scan-v1.json");
    let validator = jsonschema::validator_for(schema.as_value()).unwrap();
    for result in results() {
        check(&validator, &json(&result, Format::Json));
    }
    let mut wrong = json(&result(), Format::Json);
    wrong["findings"][0]["location"]["line"] = "seven".into();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn rules_are_as_their_schema_says() {
    let validator = jsonschema::validator_for(seawall_report::rules_schema().as_value()).unwrap();
    let controls: Vec<_> = seawall_controls::CATALOGUE.to_vec();
    let mut out = Vec::new();
    seawall_report::write_rules_json(&controls, &mut out).unwrap();
    let value: Value = serde_json::from_slice(&out).unwrap();
    check(&validator, &value);
    assert_eq!(value["rules"].as_array().unwrap().len(), controls.len());
    assert_eq!(value["schema"], "seawall.dev/rules/v1");
}

#[test]
fn sarif_is_as_the_standard_says() {
    let data = std::env::var_os("SEAWALL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let Ok(schema) = std::fs::read_to_string(data.join("upstream/schemas/sarif-2.1.0.json")) else {
        println!("skipped: no SARIF schema below SEAWALL_DATA");
        return;
    };
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    // The published pattern is no valid regular expression (a bracket too many); we write no language.
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language")).unwrap();
        language.as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for result in results() {
        check(&validator, &json(&result, Format::Sarif));
    }
    assert!(!validator.is_valid(&serde_json::json!({ "version": "2.1.0", "runs": [{}] })));
}

/// The parts that code scanning needs, on a rule of the catalogue.
#[test]
fn sarif_carries_help_levels_and_fixes() {
    let object = &common::objects("a b/web.yaml", common::WEB)[0];
    let mut report = Report::default();
    report.enter("privileged-container", Severity::Critical, None);
    let at = object.at().get("spec.template.spec.containers").items().next().unwrap();
    let at = at.get("securityContext.privileged");
    report.finding(at, "container `app` runs privileged").unsafe_fix("drop it", vec![at.set("false")]);
    let sarif =
        json(&ScanResult { findings: report.into_findings(), ..ScanResult::default() }, Format::Sarif);
    let run = &sarif["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(rule["id"], "privileged-container");
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("**Fix**"));
    let result = &run["results"][0];
    assert_eq!((result["level"].as_str(), result["ruleIndex"].as_u64()), (Some("error"), Some(0)));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b/web.yaml");
    assert_eq!(
        (place["region"]["startLine"].as_u64(), place["region"]["startColumn"].as_u64()),
        (Some(14), Some(13))
    );
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "false");
}
