//! What is known or allowed does not count.

use crate::program::{BAD, Folder};

#[test]
fn a_baseline_holds_what_is_known() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    folder.run("scan --write-baseline known.json bad.yaml").expect(1);
    let baseline: serde_json::Value = serde_json::from_str(&folder.read("known.json")).unwrap();
    assert_eq!(baseline["schema"], "seawall.dev/baseline/v1");
    let known = baseline["findings"].as_array().unwrap().len();
    let json = folder.run("scan --baseline known.json -o json bad.yaml").expect(0).json();
    assert_eq!(json["summary"]["failed"], 0);
    assert_eq!(json["summary"]["suppressed"], known);
    assert_eq!(json["findings"][0]["suppressed"]["kind"], "baseline");
    assert!(folder.run("scan --baseline known.json bad.yaml").expect(0).out.contains("suppressed"));
    // Lines that move are no news; a new container is.
    folder.write("bad.yaml", format!("# one\n# two\n{}", BAD.replace("spec:", "# three\nspec:")));
    folder.run("scan --baseline known.json bad.yaml").expect(0);
    let other = BAD.split_once("    - name: app").unwrap().1.replace("app:1", "other:1");
    folder.write("bad.yaml", format!("{BAD}    - name: other{other}"));
    let json = folder.run("scan --baseline known.json -o json bad.yaml").expect(1).json();
    let open = json["findings"].as_array().unwrap().iter().filter(|finding| finding["suppressed"].is_null());
    assert!(open.clone().count() > 0);
    assert!(open.clone().all(|finding| finding["container"] == "other"), "{:?}", open.collect::<Vec<_>>());
    // Written again over itself, it holds old and new.
    folder.run("scan --baseline known.json --write-baseline known.json bad.yaml").expect(1);
    folder.run("scan --baseline known.json bad.yaml").expect(0);
}

#[test]
fn a_reason_allows_a_finding_and_no_reason_does_not() {
    let line = "        privileged: true";
    for (text, allowed) in [
        (format!("{line} # seawall: allow privileged-container -- a device plugin"), true),
        (format!("        # seawall: allow privileged-container -- a device plugin\n{line}"), true),
        (format!("{line} # seawall: allow naked-pod, privileged-container -- a device plugin"), true),
        (format!("{line} # seawall: allow privileged-container"), false),
        (format!("{line} # seawall: allow privileged-container --"), false),
        (format!("{line} # seawall: allow naked-pod -- a device plugin"), false),
        (format!("{line} # allow privileged-container -- a device plugin"), false),
    ] {
        let folder = Folder::with(&[("in.yaml", &BAD.replace(line, &text))]);
        let answer = folder.run("scan -o json in.yaml").expect(if allowed { 0 } else { 1 });
        assert_eq!(!answer.rules().contains(&"privileged-container".to_owned()), allowed, "{text}");
        if allowed {
            let json = answer.json();
            let findings = json["findings"].as_array().unwrap();
            let finding = findings.iter().find(|finding| finding["rule"] == "privileged-container").unwrap();
            let suppressed = serde_json::json!({ "kind": "inSource", "reason": "a device plugin" });
            assert_eq!(finding["suppressed"], suppressed);
            folder.run("scan --no-inline-suppressions in.yaml").expect(1);
            assert!(folder.run("scan -o sarif in.yaml").expect(0).out.contains("\"suppressions\""));
            assert!(!folder.run("scan -o concise in.yaml").expect(0).out.contains("privileged-container"));
        }
    }
}

#[test]
fn an_annotation_allows_for_a_whole_object() {
    let with = |text: &str| {
        BAD.replace(
            "  namespace: shop",
            &format!("  namespace: shop\n  annotations:\n    seawall.dev/allow: {text}"),
        )
    };
    let folder = Folder::with(&[("in.yaml", &with("\"privileged-container -- a device plugin\""))]);
    folder.run("scan in.yaml").expect(0);
    folder.write("in.yaml", with("privileged-container"));
    folder.run("scan in.yaml").expect(1);
}
