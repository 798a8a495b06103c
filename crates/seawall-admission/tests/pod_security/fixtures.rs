//! Every fixture of kubernetes/pod-security-admission `test/testdata`: level / version / pass or fail.

use seawall_admission::pod_security::{Level, PolicyVersion, evaluate};
use std::path::{Path, PathBuf};

const FIXTURES: usize = 4537;

fn folder() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data =
        std::env::var_os("SEAWALL_DATA").map_or_else(|| workspace.join("../shared/data"), PathBuf::from);
    data.join("upstream/pod-security-testdata")
}

fn children(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let named = |entry: std::fs::DirEntry| (entry.file_name().into_string().expect("UTF-8"), entry.path());
    let mut out: Vec<_> = entries.map(|entry| named(entry.expect("an entry"))).collect();
    out.sort();
    out
}

/// The check that a failing fixture is about, told by its name: `hostports2.yaml` is about `hostPorts`.
fn is_about(file: &str, check: &str) -> bool {
    let stem = file.trim_end_matches(".yaml").trim_end_matches(|char: char| char.is_ascii_digit());
    // The baseline folders say `seccompprofile_baseline`; the restricted check stands in for it.
    let same = |id: &str| id.eq_ignore_ascii_case(stem);
    same(check)
        || match check {
            "capabilities_restricted" => same("capabilities_baseline"),
            "restrictedVolumes" => same("hostPathVolumes"),
            "seccompProfile_restricted" => same("seccompProfile_baseline"),
            "procMount_restricted" => same("procMount"),
            _ => false,
        }
}

#[test]
fn every_fixture_is_decided_as_upstream_does() {
    let folder = folder();
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there (SEAWALL_DATA names the folder)", folder.display());
        return;
    }
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (level_name, versions) in children(&folder) {
        let level = Level::parse(&level_name).expect("a level");
        for (version_name, outcomes) in children(&versions) {
            let version = PolicyVersion::parse(&version_name).expect("a version");
            for (outcome, files) in children(&outcomes) {
                for (file, path) in children(&files) {
                    seen += 1;
                    let text = std::fs::read_to_string(&path).expect("the file can be read");
                    let object = super::object(&text);
                    let pod = object.pods().next().expect("a pod");
                    let violations = evaluate(pod, level, version);
                    let right = match outcome.as_str() {
                        "pass" => violations.is_empty(),
                        _ => violations.iter().any(|violation| is_about(&file, violation.check.id)),
                    };
                    let placed = violations.iter().all(|violation| !violation.offences.is_empty());
                    if !right || !placed {
                        wrong.push(format!("{level_name}/{version_name}/{outcome}/{file}: {violations:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {seen} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(seen, FIXTURES, "the number of fixtures");
}
