//! Measures parsing of all files below a folder: megabytes a second on one core, best of several rounds, beside
//! serde_yaml on the same bytes in the same process.
//! Counts processor time where the system tells it, so that other work on the machine does not matter.

#![allow(clippy::print_stdout)]

use seawall_yaml::{Source, parse_documents};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Instant;

/// Nanoseconds this process has run, or has existed.
fn now(start: Instant) -> u64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let ran = text.split(' ').next().and_then(|number| number.parse().ok());
    ran.unwrap_or_else(|| start.elapsed().as_nanos() as u64)
}

fn main() -> std::io::Result<()> {
    let mut folders: Vec<PathBuf> = std::env::args().skip(1).map(PathBuf::from).collect();
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                texts.push(Source::new(path.display().to_string(), text));
            }
        }
    }
    let bytes: usize = texts.iter().map(|source| source.text().len()).sum();
    let started = Instant::now();
    let best_of = |rounds: usize, work: &mut dyn FnMut()| {
        let mut best = f64::MAX;
        for _ in 0..rounds {
            let before = now(started);
            work();
            best = best.min((now(started) - before) as f64 / 1e9);
        }
        best
    };
    let (mut documents, mut memory) = (0, 0);
    let ours = best_of(15, &mut || {
        (documents, memory) = (0, 0);
        for source in &texts {
            for document in parse_documents(source).into_iter().flatten() {
                documents += 1;
                memory += document.memory();
            }
        }
    });
    let theirs = best_of(3, &mut || {
        for source in &texts {
            for document in serde_yaml::Deserializer::from_str(source.text()) {
                // What it refuses costs it less, not more; behind an error it would repeat that error for ever.
                if std::hint::black_box(serde_json::Value::deserialize(document)).is_err() {
                    break;
                }
            }
        }
    });
    let rate = |seconds: f64| bytes as f64 / seconds / 1e6;
    println!(
        "{} files, {documents} documents, {bytes} bytes, {memory} bytes of trees; one core",
        texts.len()
    );
    println!("{:<40} {:>8.0} MB/s  target ≥ 400", "seawall-yaml, trees with spans", rate(ours));
    println!(
        "{:<40} {:>8.0} MB/s  seawall-yaml is {:.1} times as fast, target ≥ 10",
        "serde_yaml, JSON values",
        rate(theirs),
        theirs / ours
    );
    Ok(())
}
