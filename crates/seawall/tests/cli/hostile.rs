//! Input that is broken, huge or made to harm.

use crate::program::{Answer, BAD, Folder, HARDENED, finish};
use std::fmt::Write as _;
use std::fs::File;
use std::process::Stdio;

/// Runs and insists that the program ended by itself, with one of its own codes.
fn survives(folder: &Folder, arguments: &str) -> Answer {
    let answer = folder.run(arguments);
    assert!((0..=3).contains(&answer.code), "{arguments}: exit {} {}", answer.code, answer.err);
    assert!(!answer.err.contains("panicked"), "{arguments}: {}", answer.err);
    answer
}

#[test]
fn what_is_no_text_is_named() {
    let folder = Folder::with(&[("web.yaml", HARDENED)]);
    let binary: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    folder.write("bad/binary.yaml", &binary);
    folder.write("bad/empty.yaml", "");
    folder.write("bad/comments.yaml", "# nothing\n---\n---\n# more\n");
    folder.write("bad/nul.yaml", "a: b\0c\n");
    folder.write("bad/utf16.yaml", b"\xff\xfea\0:\0");
    for (file, says) in [("binary", "is not text"), ("utf16", "UTF-16"), ("empty", "no Kubernetes object")] {
        let answer = survives(&folder, &format!("scan bad/{file}.yaml")).expect(2);
        assert!(answer.err.contains(says), "{file}: {}", answer.err);
    }
    survives(&folder, "scan bad/comments.yaml").expect(2);
    // Everything else is still judged.
    let json = survives(&folder, "scan -o json bad web.yaml").expect(3).json();
    assert_eq!(json["summary"]["objects"], 1);
    let files: Vec<_> =
        json["errors"].as_array().unwrap().iter().map(|error| error["file"].clone()).collect();
    assert!(
        files.contains(&"bad/binary.yaml".into()) && files.contains(&"bad/utf16.yaml".into()),
        "{files:?}"
    );
    assert!(!files.contains(&"bad/empty.yaml".into()), "{files:?}");
    // The same through `convert`.
    let answer = folder.run("convert bad/binary.yaml bad/empty.yaml web.yaml").expect(3);
    assert!(answer.out.lines().next().unwrap().contains("\"error\""), "{}", answer.out);
}

#[test]
fn deep_and_self_multiplying_texts_are_refused() {
    let folder = Folder::new();
    folder.write("deep.yaml", "[".repeat(200_000));
    folder.write("deep.json", "{\"a\":".repeat(200_000));
    let mut aliases = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..30 {
        let before = level - 1;
        let _ = writeln!(aliases, "a{level}: &a{level} [{}]", vec![format!("*a{before}"); 10].join(","));
    }
    folder.write("aliases.yaml", aliases);
    for file in ["deep.yaml", "deep.json", "aliases.yaml"] {
        assert_eq!(survives(&folder, &format!("scan {file}")).code, 2, "{file}");
        assert_eq!(survives(&folder, &format!("convert {file}")).code, 3, "{file}");
    }
}

#[test]
fn many_documents_are_bounded() {
    let folder = Folder::new();
    let mut text = String::new();
    for number in 0..100_000 {
        let _ = write!(
            text,
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\n  namespace: shop\n---\n"
        );
    }
    folder.write("many.yaml", &text);
    let json = survives(&folder, "scan -o json --summary many.yaml").json();
    assert_eq!(json["summary"]["objects"], 100_000);
    folder.write("empty.yaml", "---\n".repeat(100_000));
    survives(&folder, "scan empty.yaml").expect(2);
}

#[test]
fn a_file_over_the_limit_is_refused_and_the_rest_is_judged() {
    let folder = Folder::with(&[("web.yaml", HARDENED)]);
    // A hole in the file system: it is never read.
    File::create(folder.path().join("huge.yaml")).unwrap().set_len((1 << 30) + 1).unwrap();
    let json = survives(&folder, "scan -o json huge.yaml web.yaml").expect(3).json();
    assert_eq!(json["summary"]["objects"], 1);
    assert_eq!(json["errors"][0]["message"], "is larger than 1 GiB");
    // One document over its limit, from a stream whose length nobody knows.
    let mut text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: ".to_owned();
    text.push_str(&"x".repeat(65 << 20));
    let answer = folder.run_with("scan -", &text).expect(2);
    assert!(answer.err.contains("a document is larger than 64 MiB"), "{}", answer.err);
}

/// Names that would move the cursor, write a title, close a tag, or hide by direction.
const NAMES: [&str; 4] = [
    "a\\u001b[31mred\\u001b]0;owned\\u0007",
    "<script>alert(1)</script>",
    "evil\\u202etxt",
    "x\\r\\n::error::y",
];

#[test]
fn names_cannot_harm_any_format() {
    for name in NAMES {
        let folder = Folder::with(&[("bad.yaml", &BAD.replace("name: web", &format!("name: \"{name}\"")))]);
        for format in [
            "full",
            "concise",
            "json",
            "jsonl",
            "sarif",
            "junit",
            "github",
            "gitlab",
            "markdown",
            "html",
            "openreports",
        ] {
            let answer = survives(&folder, &format!("scan -o {format} bad.yaml")).expect(1);
            let all = format!("{}{}", answer.out, answer.err);
            for hidden in ['\u{1b}', '\u{7}', '\u{202e}', '\r'] {
                assert!(!all.contains(hidden), "{format} lets {hidden:?} of {name} through");
            }
            // Inside of code Markdown holds no markup: every other part between backticks.
            let outside: String = all.split('`').step_by(if format == "markdown" { 2 } else { 1 }).collect();
            if matches!(format, "html" | "markdown" | "junit") {
                assert!(!outside.contains("<script>alert"), "{format}:\n{all}");
            }
            if format == "github" {
                assert!(!all.lines().any(|line| line.starts_with("::error::y")), "{all}");
            }
        }
        survives(&folder, "scan --summary --statistics bad.yaml").expect(1);
        let diff = survives(&folder, "scan --diff --unsafe bad.yaml");
        assert!(!diff.out.contains('\u{1b}'), "{}", diff.out);
    }
}

#[cfg(unix)]
#[test]
fn hostile_file_names_are_escaped() {
    let folder = Folder::new();
    folder.write("a\u{1b}[2Jb.yaml", BAD);
    folder.write("c\u{1b}[2Jd.yaml", "a: [");
    let answer = survives(&folder, "scan .").expect(1);
    assert!(!answer.out.contains('\u{1b}') && !answer.err.contains('\u{1b}'), "{}{}", answer.out, answer.err);
    let answer = survives(&folder, "scan -v -o concise .").expect(1);
    assert!(!answer.out.contains('\u{1b}') && !answer.err.contains('\u{1b}'), "{}{}", answer.out, answer.err);
}

#[cfg(unix)]
#[test]
fn links_do_not_loop() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with(&[("a/b/web.yaml", HARDENED), ("elsewhere/bad.yaml", BAD)]);
    let at = |name: &str| folder.path().join(name);
    symlink("..", at("a/b/up")).unwrap();
    symlink("self", at("a/self")).unwrap();
    symlink("../elsewhere/bad.yaml", at("a/link.yaml")).unwrap();
    let json = survives(&folder, "scan -o json a").expect(0).json();
    assert_eq!(json["summary"]["objects"], 1);
    assert_eq!(json["skipped"][0]["file"], "a/link.yaml");
    assert_eq!(json["skipped"][0]["reason"], "a symbolic link");
    survives(&folder, "scan a/link.yaml").expect(1);
    survives(&folder, "scan a/self").expect(2);
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_an_error_and_the_rest_is_judged() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("in/closed/bad.yaml", BAD), ("in/web.yaml", HARDENED)]);
    let closed = folder.path().join("in/closed");
    let mode = |mode| std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o000);
    if std::fs::read_dir(&closed).is_ok() {
        eprintln!("skipped: this user reads every folder");
        return mode(0o755);
    }
    let answer = folder.run("scan -o json in");
    mode(0o755);
    let json = answer.expect(3).json();
    assert_eq!(json["errors"][0]["file"], "in/closed");
    assert_eq!(json["errors"][0]["message"], "permission denied");
}

#[cfg(unix)]
#[test]
fn readers_that_go_early_are_no_failure() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    // What was found decides, not who read it.
    for (arguments, code) in [
        ("scan bad.yaml", 1),
        ("scan -o json bad.yaml", 1),
        ("scan --fail-on never bad.yaml", 0),
        ("scan -o concise -o json=report.json bad.yaml", 1),
        ("rules", 0),
        ("rules -o json", 0),
        ("explain privileged-container", 0),
        ("completion bash", 0),
        ("convert bad.yaml", 0),
        ("scan --diff --unsafe bad.yaml", 1),
        ("--help", 0),
    ] {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = folder.command(&words).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            err.is_empty() && output.status.code() == Some(code),
            "{arguments}: {:?} {err}",
            output.status
        );
    }
    // The other reports are written all the same.
    assert!(folder.read("report.json").ends_with("}\n"));
}

/// What takes the square of the input's size takes minutes here.
#[test]
fn time_is_about_linear() {
    let folder = Folder::new();
    let mut pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec:\n  containers:\n".to_owned();
    for number in 0..2_000 {
        let _ = writeln!(
            pod,
            "  # seawall: allow privileged-container -- because\n  - name: c{number}\n    image: nginx\n    \
             securityContext: {{privileged: true, capabilities: {{add: [A{number}]}}}}"
        );
    }
    folder.write("comments.yaml", pod);
    let mut list = r#"{"apiVersion":"v1","kind":"List","items":["#.to_owned();
    for number in 0..2_000 {
        let comma = if number > 0 { "," } else { "" };
        let _ = write!(
            list,
            r#"{comma}{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p{number}","namespace":"shop"}},"spec":{{"hostNetwork":true,"containers":[{{"name":"a","image":"nginx"}}]}}}}"#
        );
    }
    folder.write("line.json", list + "]}");
    let capabilities: String = (0..5_000).map(|number| format!("        - CAP{number}\n")).collect();
    folder.write(
        "capabilities.yaml",
        BAD.replace(
            "        privileged: true\n",
            &format!(
                "        capabilities:\n          add:\n  {}",
                capabilities.replace("\n        -", "\n          -")
            ),
        ),
    );
    let mut roles = String::new();
    for number in 0..300 {
        let _ = write!(
            roles,
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: r{number}, labels: {{l: x}}}}\n\
             aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{l: x}}}}]}}\n---\n"
        );
    }
    folder.write("aggregated.yaml", roles);
    for file in ["comments.yaml", "line.json", "capabilities.yaml", "aggregated.yaml"] {
        let start = std::time::Instant::now();
        survives(&folder, &format!("scan -o json {file}"));
        // Far above what a slow machine needs for linear work in a build without optimization.
        assert!(start.elapsed().as_secs() < 60, "{file}: {:?}", start.elapsed());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_written() {
    let folder = Folder::with(&[("bad.yaml", BAD)]);
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let answer = folder.run("scan -o json=/dev/full bad.yaml").expect(2);
    assert!(answer.err.contains("failed to write /dev/full: No space left"), "{}", answer.err);
    for arguments in
        ["scan bad.yaml", "scan -o json bad.yaml", "rules", "completion bash", "convert bad.yaml"]
    {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let output = folder.command(&words).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments}: {err}");
        assert!(err.contains("No space left") && !err.contains("panicked"), "{arguments}: {err}");
    }
    // Nobody can be told, and yet the exit code is right.
    let output = folder.command(&["scan", "absent"]).stderr(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    // A report that cannot be made leaves the old one, and no other file.
    folder.write("old.json", "old");
    folder.run("scan -o json=absent/new.json bad.yaml").expect(2);
    folder.run("scan -o json=old.json/new.json bad.yaml").expect(2);
    assert_eq!(folder.read("old.json"), "old");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn secrets_never_leave() {
    let value = "hunter2-Tr0ub4dor";
    let folder = Folder::new();
    let base64 = "aHVudGVyMi1UcjB1YjRkb3I=";
    folder.write(
        "secret.yaml",
        format!(
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\n  annotations:\n    \
             kubectl.kubernetes.io/last-applied-configuration: '{{\"data\":{{\"password\":\"{base64}\"}}}}'\n\
             stringData:\n  password: {value}\ndata:\n  other: {base64}\n---\napiVersion: v1\nkind: ConfigMap\n\
             metadata:\n  name: c\n  namespace: shop\ndata:\n  db.password: {value}\n---\n{}      env:\n        \
             - name: DB_PASSWORD\n          value: {value}\n      args: [--password={value}]\n",
            BAD
        ),
    );
    for format in [
        "full",
        "concise",
        "json",
        "jsonl",
        "sarif",
        "junit",
        "github",
        "gitlab",
        "markdown",
        "html",
        "openreports",
    ] {
        let answer = survives(&folder, &format!("scan -v -o {format} secret.yaml")).expect(1);
        for text in [&answer.out, &answer.err] {
            assert!(!text.contains(value) && !text.contains(base64), "{format}:\n{text}");
        }
    }
    let diff = survives(&folder, "scan --diff --unsafe secret.yaml").out;
    assert!(!diff.contains(value) && !diff.contains(base64), "{diff}");
}

#[test]
fn a_changed_working_folder_configuration_is_not_taken_from_the_input() {
    // The scanned tree cannot switch rules off.
    let folder = Folder::with(&[
        ("in/bad.yaml", BAD),
        ("in/seawall.yaml", "apiVersion: seawall.dev/v1alpha1\nkind: SeawallConfiguration\nignore: [pod/]\n"),
    ]);
    let answer = folder.run("scan -o json in").expect(1);
    assert!(answer.rules().contains(&"privileged-container".to_owned()));
    let mut inside = folder.command(&["scan", "in"]);
    finish(inside.current_dir(folder.path()), b"").expect(1);
}
