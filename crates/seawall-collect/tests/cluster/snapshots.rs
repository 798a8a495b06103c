//! Snapshots: what is written is what is read, and nothing else is believed.

use super::*;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use seawall_collect::Inputs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

fn read(path: &Path) -> Collected {
    let inputs = Inputs { paths: vec![path.to_owned()], ..Inputs::default() };
    seawall_collect::collect(&inputs, &|_, _| {})
}

fn error_of(path: &Path) -> String {
    let read = read(path);
    assert!(read.objects.is_empty() && read.snapshots.is_empty(), "nothing of a bad snapshot is used");
    read.errors.first().unwrap().message.clone()
}

fn texts(collected: &Collected) -> Vec<(String, String)> {
    let one = |object: &std::sync::Arc<seawall_model::Object>| {
        let mut text = String::new();
        object.root().write_json(&mut text);
        (object.file().to_owned(), text)
    };
    collected.objects.iter().map(one).collect()
}

fn cluster_snapshot(folder: &Path) -> PathBuf {
    let fake = Fake::start(ordinary);
    let file = folder.join("a.seawall");
    let files = Collected::default();
    seawall_collect::snapshot(&file, Some(&input(&fake)), &files, "2026-01-01T00:00:00Z", &|_, _| {})
        .unwrap();
    assert_eq!(texts(&read(&file)), texts(&collect(&fake)));
    file
}

#[test]
fn what_was_read_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = cluster_snapshot(folder.path());
    let back = read(&file);
    assert_eq!((back.errors.len(), back.objects.len()), (0, 20));
    let header = &back.snapshots[0];
    assert_eq!((header.objects, header.kinds.len(), &*header.time), (20, 2, "2026-01-01T00:00:00Z"));
    assert_eq!(back.objects[0].live().unwrap().snapshot.as_deref(), file.to_str());
}

#[test]
fn files_keep_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = folder.path().join("a.yaml");
    std::fs::write(
        &yaml,
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: s}}\n\
         ---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {password: hunter2}\n",
    )
    .unwrap();
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    std::fs::write(folder.path().join("ca.crt"), pem).unwrap();
    let files = read(folder.path());
    assert_eq!(files.objects.len(), 3);
    let file = folder.path().join("b.seawall");
    let written = seawall_collect::snapshot(&file, None, &files, "now", &|_, _| {}).unwrap();
    assert!(written.left_out.is_empty() && written.header.cluster.is_none());
    let back = read(&file);
    let names = |collected: &Collected| -> Vec<_> {
        let one = |object: &std::sync::Arc<seawall_model::Object>| {
            (object.file().to_owned(), object.kind().to_owned(), object.name().to_owned())
        };
        collected.objects.iter().map(one).collect()
    };
    assert_eq!(names(&back), names(&files));
    assert!(!texts(&back).iter().any(|(_, text)| text.contains("hunter2")));
    assert!(back.objects.iter().any(|object| object.is_sealed()));
    assert!(back.objects.iter().any(|object| object.root().text() == pem));
}

#[test]
fn cut_off_anywhere_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(cluster_snapshot(folder.path())).unwrap();
    let cut = folder.path().join("cut.seawall");
    for length in 0..bytes.len() {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        // The last bytes are a checksum: without them everything may be there, and is counted.
        if length + 8 >= bytes.len() && read(&cut).objects.len() == 20 {
            continue;
        }
        let message = error_of(&cut);
        let words = ["is no snapshot", "is damaged", "is cut off", "is not complete"];
        assert!(words.iter().any(|word| message.contains(word)), "{length}: {message}");
    }
}

#[test]
fn changed_anywhere_it_is_refused_or_read() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(cluster_snapshot(folder.path())).unwrap();
    let file = folder.path().join("changed.seawall");
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        std::fs::write(&file, &changed).unwrap();
        let back = read(&file);
        assert!(back.errors.len() == 1 || back.objects.len() == 20, "{at}");
    }
}

fn written(folder: &Path, lines: &str) -> PathBuf {
    let file = folder.join("w.seawall");
    let mut out = GzEncoder::new(std::fs::File::create(&file).unwrap(), Compression::fast());
    out.write_all(lines.as_bytes()).unwrap();
    out.finish().unwrap();
    file
}

#[test]
fn foreign_newer_and_lying_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = |lines: &str| error_of(&written(folder.path(), lines));
    let plain = folder.path().join("plain.seawall");
    std::fs::write(&plain, "apiVersion: v1\n").unwrap();
    assert!(error_of(&plain).contains("no snapshot"));
    assert!(error("hello\n").contains("no snapshot"));
    assert!(error("{}\n").contains("no snapshot"));
    assert!(
        error("{\"seawallSnapshot\":2,\"seawall\":\"9.9\"}\n").contains("written by seawall 9.9 in format 2")
    );
    let head = |objects: u32, length: u64| {
        format!(
            "{{\"seawallSnapshot\":1,\"seawall\":\"0\",\"time\":\"\",\"objects\":{objects},\"length\":{length}}}\n"
        )
    };
    let pod = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}\n";
    let good = format!("{}{pod}", head(1, pod.len() as u64));
    assert_eq!(read(&written(folder.path(), &good)).objects.len(), 1);
    assert!(error(&format!("{}{pod}", head(2, pod.len() as u64))).contains("not complete"));
    assert!(error(&format!("{}{pod}", head(1, 5))).contains("longer than its first line says"));
    assert!(error(&format!("{}{pod}", head(1, 500))).contains("not complete"));
    assert!(error(&format!("{}{pod}", head(1, 1 << 50))).contains("larger than"));
    assert!(error(&format!("{}[1]\n", head(1, 4))).contains("object 1 cannot be read"));
    assert!(
        error(&format!("{}{pod}", head(1, pod.len() as u64)).replace(":\"Pod\"", ":")).contains("damaged")
    );
    // A line that never ends costs no more than the limit.
    let long = format!("{}{}", head(1, 100), "x".repeat(1 << 20));
    assert!(error(&long).contains("cut off"));
}

#[test]
fn a_snapshot_that_cannot_be_made_leaves_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = cluster_snapshot(folder.path());
    let before = std::fs::read(&file).unwrap();
    let away = Fake::start(|_| Reply::status(401, "who?"));
    let files = Collected::default();
    assert!(seawall_collect::snapshot(&file, Some(&input(&away)), &files, "now", &|_, _| {}).is_err());
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let mut text = String::new();
    MultiGzDecoder::new(before.as_slice()).read_to_string(&mut text).unwrap();
    assert!(text.starts_with("{\"seawallSnapshot\":1,"));
}
