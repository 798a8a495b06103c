//! `--fix` and `--diff` on real files.

use crate::program::{BAD, Folder};

/// Comments, flow style, odd indentation: what a fix may not disturb.
const COMMENTED: &str = "\
# the shop
apiVersion: v1
kind: Pod
metadata:
   name: web   # its name
   namespace: shop
spec:
   hostPID: yes   # wanted by nobody
   containers:
   -  name: app
      image: 'registry.example/app:1.2.3'   # pinned
      securityContext: {privileged: true, runAsNonRoot: yes} # both
# the end
";

#[test]
fn a_fix_keeps_comments_line_ends_and_mode() {
    for (name, text) in [
        ("unix.yaml", COMMENTED.to_owned()),
        ("windows.yaml", COMMENTED.replace('\n', "\r\n")),
        ("mark.yaml", format!("\u{feff}{COMMENTED}")),
        ("no-end.yaml", COMMENTED.trim_end().to_owned()),
    ] {
        let folder = Folder::with(&[(name, &text)]);
        set_mode(&folder, name, 0o640);
        let answer = folder.run(&format!("scan --fix --unsafe -o json {name}"));
        let rules = answer.rules();
        assert!(!rules.contains(&"privileged-container".to_owned()), "{name}: {rules:?}");
        let new = folder.read(name);
        assert_ne!(new, text, "{name}");
        for comment in ["# the shop", "# its name", "# pinned", "# both", "# the end"] {
            assert!(new.contains(comment), "{name} lost {comment}:\n{new}");
        }
        assert_eq!(new.starts_with('\u{feff}'), text.starts_with('\u{feff}'), "{name}");
        let (ends, windows) = (new.matches('\n').count(), new.matches("\r\n").count());
        assert!(windows == if name == "windows.yaml" { ends } else { 0 }, "{name}: {windows} of {ends}");
        assert_eq!(mode(&folder, name), 0o640, "{name}");
        // Nothing is left to do for a second run.
        folder.run(&format!("scan --fix --unsafe {name}"));
        assert_eq!(folder.read(name), new, "{name} changed again");
    }
}

#[cfg(unix)]
fn set_mode(folder: &Folder, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.path().join(name), permissions).unwrap();
}

#[cfg(unix)]
fn mode(folder: &Folder, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777
}

#[cfg(not(unix))]
fn set_mode(_: &Folder, _: &str, _: u32) {}

#[cfg(not(unix))]
fn mode(_: &Folder, _: &str) -> u32 {
    0o640
}

#[test]
fn without_unsafe_no_unsafe_fix_is_made() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    let answer = folder.run("scan --fix bad.yaml").expect(1);
    assert!(folder.read("bad.yaml").contains("privileged: true"), "{}", answer.err);
}

#[test]
fn a_diff_writes_nothing_and_can_be_applied() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    let answer = folder.run("scan --diff --unsafe bad.yaml").expect(1);
    assert_eq!(folder.read("bad.yaml"), BAD);
    assert!(answer.out.starts_with("--- "), "{}", answer.out);
    assert!(answer.out.contains("-        privileged: true\n"), "{}", answer.out);
    folder.write("fix.patch", &answer.out);
    folder.run("scan --fix --unsafe bad.yaml");
    let fixed = folder.read("bad.yaml");
    folder.write("bad.yaml", BAD);
    let patch = std::process::Command::new("patch")
        .args(["-p1", "-i", "fix.patch", "bad.yaml"])
        .current_dir(folder.path())
        .output();
    match patch {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            assert_eq!(folder.read("bad.yaml"), fixed);
        }
        Err(_) => eprintln!("skipped: patch is not installed"),
    }
}

#[test]
fn what_cannot_be_written_is_said() {
    let folder = Folder::new();
    let answer = folder.run_with("scan --fix --unsafe -", BAD).expect(1);
    assert!(answer.err.contains("standard input cannot be changed"), "{}", answer.err);
    let answer = folder.run_with("scan --diff --unsafe -", BAD).expect(1);
    assert!(answer.out.contains("+        privileged: false"), "{}", answer.out);
}

#[test]
fn copies_are_fixed_with_their_original() {
    let folder = Folder::with(&[("a.yaml", BAD), ("b.yaml", BAD)]);
    folder.run("scan --fix --unsafe a.yaml b.yaml");
    assert!(!folder.read("a.yaml").contains("privileged: true"));
    assert_eq!(folder.read("a.yaml"), folder.read("b.yaml"));
}
