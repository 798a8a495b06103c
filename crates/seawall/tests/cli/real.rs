//! The public manifests: a bounded sample of them, fixed and scanned again.

use crate::program::{Folder, data};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How many files are fixed: every n-th of them all, so that each project has its part.
const SAMPLE: usize = 100;

fn yaml_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            yaml_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            out.push(path);
        }
    }
}

#[test]
fn what_is_fixed_is_gone_and_nothing_new_appears() {
    let Some(data) = data() else { return };
    let mut files = Vec::new();
    yaml_files(&data, &mut files);
    let step = files.len() / SAMPLE + 1;
    let mut fixed = 0;
    for file in files.iter().step_by(step) {
        let text = std::fs::read(file).unwrap();
        if text.len() > 300_000 {
            continue;
        }
        let folder = Folder::new();
        folder.write("in.yaml", &text);
        let before = folder.run("scan -o json in.yaml");
        if before.code == 2 {
            continue;
        }
        let keys = |answer: &crate::program::Answer| -> BTreeSet<String> {
            let json = answer.json();
            let findings = json["findings"].as_array().unwrap().iter();
            findings
                .map(|f| {
                    format!("{} {} {} {}", f["rule"], f["object"], f["container"], f["location"]["field"])
                })
                .collect()
        };
        let fixable = before.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["fix"]["verified"] == true)
            .count();
        let after = folder.run("scan --fix --unsafe -o json in.yaml");
        let name = file.strip_prefix(&data).unwrap().display();
        let new: Vec<_> = keys(&after).difference(&keys(&before)).cloned().collect();
        assert!(new.is_empty(), "{name}: fixes brought {new:?}");
        let left: Vec<_> = after.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["fix"]["verified"] == true)
            .map(|f| f["rule"].to_string())
            .collect();
        assert!(left.is_empty(), "{name}: verified fixes were not made: {left:?}");
        fixed += fixable;
        let once = folder.read("in.yaml");
        folder.run("scan --fix --unsafe -o json in.yaml");
        assert!(folder.read("in.yaml") == once, "{name}: a second run changes it again");
    }
    assert!(fixed > 80, "only {fixed} findings were fixed: the sample says nothing");
}

#[test]
fn the_public_manifests_hold_no_error_of_ours() {
    let Some(data) = data() else { return };
    let folder = Folder::new();
    let words = ["scan", "-o", "json", data.to_str().unwrap()];
    let answer = crate::program::finish(&mut folder.command(&words), b"");
    assert!(answer.code == 1 || answer.code == 0, "exit {}: {}", answer.code, answer.err);
    let json = answer.json();
    assert!(json["summary"]["objects"].as_u64().unwrap() > 1_000, "{}", json["summary"]);
    // One of them is really wrong: it gives a number as a string.
    let files: Vec<_> =
        json["errors"].as_array().unwrap().iter().map(|error| error["file"].to_string()).collect();
    assert!(files.len() == 1 && files[0].contains("fibre_channel/fc.yaml"), "{}", json["errors"]);
}
