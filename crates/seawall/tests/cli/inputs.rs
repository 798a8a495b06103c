//! What is read: folders, streams, archives, lists, line ends.

use crate::program::{BAD, Folder, HARDENED};
use std::io::Write;

fn places(json: &serde_json::Value, rule: &str) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap().iter();
    let of_rule = findings.filter(|finding| finding["rule"] == rule);
    let place = |at: &serde_json::Value| {
        format!(
            "{}:{}:{} {}",
            at["file"].as_str().unwrap_or("?"),
            at["line"],
            at["column"],
            at["field"].as_str().unwrap()
        )
    };
    of_rule.map(|finding| place(&finding["location"])).collect()
}

const FIELD: &str = "spec.containers[0].securityContext.privileged";

fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, text) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn archives_are_opened() {
    let folder = Folder::new();
    let archive = tar(&[("deploy/bad.yaml", BAD), ("deploy/readme.txt", "a: [")]);
    folder.write("all/a.tar", &archive);
    folder.write("all/b.tgz", gzip(&archive));
    folder.write("all/c.tar.gz", gzip(&archive));
    folder.write("all/d.yaml.gz", gzip(BAD.as_bytes()));
    for (input, file) in [
        ("all/a.tar", "all/a.tar/deploy/bad.yaml"),
        ("all/b.tgz", "all/b.tgz/deploy/bad.yaml"),
        ("all/c.tar.gz", "all/c.tar.gz/deploy/bad.yaml"),
        ("all/d.yaml.gz", "all/d.yaml.gz"),
    ] {
        let json = folder.run(&format!("scan -o json {input}")).expect(1).json();
        assert_eq!(places(&json, "privileged-container"), [format!("{file}:11:9 {FIELD}")]);
    }
    // Inside a folder, too; equal objects are one.
    let json = folder.run("scan -o json all").expect(1).json();
    assert_eq!(json["summary"]["objects"], 1);
    assert_eq!(json["summary"]["files"], 4);
    // Broken archives are errors, and what was before the break is judged.
    folder.write("cut.tar", &archive[..archive.len() - 1600]);
    folder.write("cut.tgz", &gzip(&archive)[..40]);
    assert!(folder.run("scan cut.tgz").expect(2).err.contains("cut.tgz"));
    folder.run("scan cut.tar").expect(1);
    // Archives are not written.
    let before = std::fs::read(folder.path().join("all/b.tgz")).unwrap();
    folder.run("scan --fix --unsafe all/b.tgz").expect(1);
    assert_eq!(std::fs::read(folder.path().join("all/b.tgz")).unwrap(), before);
}

#[test]
fn standard_input_is_a_dash() {
    let folder = Folder::new();
    let json = folder.run_with("scan -o json -", BAD).expect(1).json();
    assert_eq!(places(&json, "privileged-container"), [format!("-:11:9 {FIELD}")]);
    folder.run_with("scan -", "").expect(2);
    let answer = folder.run_with("convert -", "a: 0644\n---\nb: yes\n").expect(0);
    let lines = [
        "{\"file\":\"-\",\"document\":1,\"json\":{\"a\":420}}",
        "{\"file\":\"-\",\"document\":2,\"json\":{\"b\":true}}",
    ];
    assert_eq!(answer.out.lines().collect::<Vec<_>>(), lines);
}

#[test]
fn no_input_is_the_current_folder() {
    let folder = Folder::with(&[("a/bad.yaml", BAD)]);
    let json = folder.run("scan -o json").expect(1).json();
    assert_eq!(places(&json, "privileged-container"), [format!("a/bad.yaml:11:9 {FIELD}")]);
}

#[test]
fn line_ends_and_marks_do_not_move_places() {
    let folder = Folder::new();
    folder.write("crlf.yaml", BAD.replace('\n', "\r\n"));
    folder.write("mark.yaml", format!("\u{feff}{BAD}"));
    folder.write("wide.yaml", BAD.replace("  name: web", "  name: web # ščž日本"));
    for file in ["crlf.yaml", "mark.yaml", "wide.yaml"] {
        let json = folder.run(&format!("scan -o json {file}")).expect(1).json();
        assert_eq!(places(&json, "privileged-container"), [format!("{file}:11:9 {FIELD}")]);
    }
    // Columns count code points.
    folder.write(
        "flow.yaml",
        BAD.replace("        privileged: true", "        {\"š日\": 1, privileged: true}"),
    );
    let json = folder.run("scan -o json flow.yaml").expect(1).json();
    assert_eq!(places(&json, "privileged-container"), [format!("flow.yaml:11:19 {FIELD}")]);
}

#[test]
fn folders_leave_out_what_git_ignores() {
    let folder = Folder::with(&[
        ("in/web.yaml", HARDENED),
        ("in/.gitignore", "build/\n"),
        ("in/build/bad.yaml", BAD),
        ("in/node_modules/bad.yaml", BAD),
        ("in/.git/bad.yaml", BAD),
        ("in/notes.txt", "a: ["),
    ]);
    folder.run("scan in").expect(0);
    folder.run("scan --no-ignore in").expect(1);
    folder.run("scan in/build").expect(1);
    folder.run("scan --no-ignore --exclude build in").expect(0);
    folder.run("scan --no-ignore --exclude build/** in").expect(0);
}

#[test]
fn the_namespace_flag_fills_in() {
    let folder = Folder::with(&[("bad.yaml", &BAD.replace("  namespace: shop\n", ""))]);
    let object = |arguments: &str| folder.run(arguments).expect(1).json()["findings"][0]["object"].clone();
    assert!(object("scan -o json bad.yaml").get("namespace").is_none());
    assert_eq!(object("scan -o json -n shop bad.yaml")["namespace"], "shop");
}

#[test]
fn configuration_holds_what_a_team_decides() {
    let folder = Folder::with(&[("deploy/bad.yaml", BAD)]);
    let configure = |text: &str| {
        let text = format!("apiVersion: seawall.dev/v1alpha1\nkind: SeawallConfiguration\n{text}");
        folder.write("seawall.yaml", text);
    };
    configure("ignore: [privileged-container]\n");
    folder.run("scan deploy").expect(0);
    configure("severity: {privileged-container: low}\n");
    folder.run("scan deploy").expect(0);
    configure("failOn: never\n");
    folder.run("scan deploy").expect(0);
    folder.run("scan --fail-on high deploy").expect(1);
    configure("perPathIgnores:\n- path: 'deploy/*'\n  rules: [privileged-container]\n");
    folder.run("scan deploy").expect(0);
    configure("exclude: ['bad.yaml']\n");
    folder.run("scan deploy").expect(2);
    configure("select: [network/]\n");
    assert_eq!(folder.run("scan -o json deploy").expect(0).rules(), Vec::<String>::new());
    configure("kubernetesVersion: '1.31'\n");
    assert_eq!(folder.run("scan -o json deploy").expect(1).json()["kubernetesVersion"], "1.31");
    for wrong in ["ignore: [privileged-contaner]\n", "unknown: 1\n", "failOn: sometimes\n", "ignore: {\n"] {
        configure(wrong);
        let answer = folder.run("scan deploy").expect(2);
        assert!(answer.err.starts_with("error: seawall.yaml"), "{wrong}: {}", answer.err);
    }
    // It is no input, and another file can take its place.
    folder
        .write("team.yaml", "apiVersion: seawall.dev/v1alpha1\nkind: SeawallConfiguration\nfailOn: never\n");
    folder.run("scan --config team.yaml deploy").expect(0);
}

#[test]
fn archives_come_through_a_pipe_too() {
    let folder = Folder::new();
    let archive = tar(&[("deploy/bad.yaml", BAD), ("deploy/readme.txt", "a: [")]);
    for (input, file) in [
        (archive.clone(), "-/deploy/bad.yaml"),
        (gzip(&archive), "-/deploy/bad.yaml"),
        (gzip(BAD.as_bytes()), "-"),
        (BAD.as_bytes().to_vec(), "-"),
    ] {
        let json = folder.run_with("scan -o json -", &input).expect(1).json();
        assert_eq!(json["summary"]["objects"], 1, "{file}");
        assert_eq!(json["findings"][0]["location"]["file"], file);
    }
    // A pipe that ends in the middle of the compressed bytes.
    let cut = gzip(&archive);
    let answer = folder.run_with("scan -o json -", &cut[..cut.len() / 2]);
    assert!([2, 3].contains(&answer.code), "{}", answer.code);
    folder.run_with("scan -", "\u{1f}").expect(2);
    folder.run_with("scan -", "").expect(2);
}
