//! Exit codes, and what is said when something cannot be done.

use crate::program::{BAD, Folder, HARDENED};

const BROKEN: &str = "apiVersion: v1\nkind: Pod\nmetadata: [1\n";

#[test]
fn a_hardened_workload_alone_is_clean() {
    let folder = Folder::with(&[("web.yaml", HARDENED)]);
    let answer = folder.run("scan -o json web.yaml").expect(0);
    assert_eq!(answer.json()["complete"], true);
    assert_eq!(answer.json()["summary"]["severity"]["high"], 0);
    assert_eq!(answer.json()["summary"]["severity"]["medium"], 0);
    folder.run("scan --strict web.yaml").expect(0);
}

#[test]
fn findings_fail_from_the_bar_on() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    folder.run("scan bad.yaml").expect(1);
    folder.run("scan --fail-on critical bad.yaml").expect(1);
    folder.run("scan --fail-on never bad.yaml").expect(0);
    folder.run("scan --ignore privileged-container --fail-on high bad.yaml").expect(0);
    folder.run("scan --ignore privileged-container --fail-on medium bad.yaml").expect(1);
    let answer = folder.run("scan --select pod/ -o json bad.yaml").expect(1);
    assert!(answer.rules().contains(&"privileged-container".to_owned()));
}

#[test]
fn what_cannot_be_done_is_2() {
    let folder = Folder::with(&[("web.yaml", HARDENED), ("broken/b.yaml", BROKEN)]);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    for (arguments, says) in [
        ("scan empty", "no .yaml, .yml or .json file in empty"),
        ("scan broken", "broken/b.yaml:4:1"),
        ("scan absent", "absent: there is no such file or folder"),
        ("scan --select privileged-contaner web.yaml", "did you mean `privileged-container`?"),
        ("scan --ignore nothing-like-it web.yaml", "`seawall rules` lists them"),
        ("scan -o jsom web.yaml", "did you mean `json`?"),
        ("scan -o json= web.yaml", "the file name after `=` is missing"),
        ("scan --fail-onn high web.yaml", "--fail-on"),
        ("scan --kubernetes-version 1.29 web.yaml", "the oldest is 1.30"),
        ("scan --kubernetes-version new web.yaml", "new"),
        ("scan --framework cis web.yaml", "cis"),
        ("scan --unsafe web.yaml", "--unsafe goes with --fix or --diff"),
        ("scan --baseline absent web.yaml", "failed to read the baseline absent"),
        ("scan --baseline web.yaml web.yaml", "web.yaml is no baseline"),
        ("scan --config absent web.yaml", "failed to read absent"),
        ("explain privilegd-container", "did you mean `privileged-container`?"),
        ("convert absent", "failed to read absent"),
        ("scna", "scan"),
    ] {
        let answer = folder.run(arguments).expect(2);
        assert!(answer.err.contains(says), "{arguments}: {}", answer.err);
        assert_eq!(answer.out, "", "{arguments}");
    }
}

#[test]
fn a_broken_file_beside_a_good_one_is_incomplete() {
    let folder = Folder::with(&[("a/broken.yaml", BROKEN), ("a/web.yaml", HARDENED)]);
    let answer = folder.run("scan -o json a").expect(3);
    let json = answer.json();
    assert_eq!(json["complete"], false);
    assert_eq!(json["summary"]["objects"], 1);
    assert_eq!(json["errors"][0]["file"], "a/broken.yaml");
    assert_eq!(json["errors"][0]["line"], 4);
    // Formats for machines name it on standard error, too, unless that is not wanted.
    assert!(answer.err.contains("a/broken.yaml:4:1"), "{}", answer.err);
    assert_eq!(folder.run("scan -q -o json a").expect(3).err, "");
    let text = folder.run("scan a").expect(3).out;
    assert!(text.contains("a/broken.yaml:4:1") && text.contains("incomplete"), "{text}");
    folder.run("scan --strict a").expect(1);
    // Findings win over holes.
    folder.write("a/bad.yaml", BAD);
    folder.run("scan a").expect(1);
    let answer = folder.run("convert a/broken.yaml a/web.yaml").expect(3);
    assert_eq!(answer.out.lines().count(), 2);
    assert!(answer.out.starts_with(r#"{"file":"a/broken.yaml","document":1,"error":{"line":4,"column":1,"#));
}

#[test]
fn wrong_types_are_errors_at_their_line() {
    let text = HARDENED.replace("replicas: 2", "replicas: \"three\"");
    let folder = Folder::with(&[("web.yaml", &text)]);
    let json = folder.run("scan -o json web.yaml").expect(3).json();
    assert_eq!(json["errors"][0]["line"], 7);
    assert_eq!(json["errors"][0]["column"], 13);
    let message = json["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("spec.replicas: expected an integer"), "{message}");
}

#[test]
fn help_and_version_need_nothing() {
    let folder = Folder::new();
    assert!(folder.run("--version").expect(0).out.starts_with("seawall "));
    assert!(folder.run("scan --help").expect(0).out.contains("Exit code"));
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(folder.run(&format!("completion {shell}")).expect(0).out.contains("seawall"));
    }
    folder.run("").expect(2);
}

#[test]
fn the_catalogue_and_one_rule_of_it() {
    let folder = Folder::new();
    let rules = folder.run("rules -o json").expect(0).json();
    assert_eq!(rules["schema"], "seawall.dev/rules/v1");
    let rules = rules["rules"].as_array().unwrap().clone();
    assert!(rules.len() >= 130, "{} rules", rules.len());
    let table = folder.run("rules").expect(0).out;
    for rule in &rules {
        for key in ["rule", "area", "severity", "finds", "why", "howToFix", "since"] {
            assert!(!rule[key].as_str().unwrap().is_empty(), "{key} of {rule}");
        }
        assert!(table.contains(rule["rule"].as_str().unwrap()), "{rule}");
    }
    for name in ["privileged-container", "KSV-0017", "CKV_K8S_16"] {
        let one = folder.run(&format!("explain {name} -o json")).expect(0).json();
        let ids: Vec<_> = one["rules"].as_array().unwrap().iter().map(|rule| rule["rule"].clone()).collect();
        assert!(ids.contains(&"privileged-container".into()), "{name}: {ids:?}");
    }
    assert!(folder.run("rules --framework cis-1.12").expect(0).out.contains("131 requirements"));
}
