//! Measures parsing of all files below a folder: megabytes a second on one core, best of several rounds.
//! Counts processor time where the system tells it, so that other work on the machine does not matter.

#![allow(clippy::print_stdout)]

use seawall_yaml::{Source, parse_documents};
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
    let mut best = f64::MAX;
    let (mut documents, mut memory) = (0, 0);
    for _ in 0..15 {
        (documents, memory) = (0, 0);
        let before = now(started);
        for source in &texts {
            for document in parse_documents(source).into_iter().flatten() {
                documents += 1;
                memory += document.memory();
            }
        }
        best = best.min((now(started) - before) as f64 / 1e9);
    }
    println!(
        "{} files, {documents} documents, {bytes} bytes, {:.0} MB/s, {memory} bytes of trees",
        texts.len(),
        bytes as f64 / best / 1e6
    );
    Ok(())
}
