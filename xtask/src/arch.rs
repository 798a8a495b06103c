//! `arch`: crates point down only, and pure crates do no I/O. The table is the one of ARCHITECTURE.md.

use crate::catalogue::root;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The floor of each crate, and for crates that may look sideways what they may look at.
const FLOORS: &[(&str, u8, &[&str])] = &[
    ("seawall-yaml", 0, &[]),
    ("seawall-model", 0, &["seawall-yaml"]),
    ("seawall-cel", 1, &[]),
    ("seawall-auth", 1, &["seawall-cel"]),
    ("seawall-admission", 1, &["seawall-cel"]),
    ("seawall-network", 1, &[]),
    ("seawall-detect", 1, &[]),
    ("seawall-keys", 1, &[]),
    ("seawall-controls-macros", 0, &[]),
    ("seawall-paths", 2, &[]),
    ("seawall-world", 2, &["seawall-paths"]),
    ("seawall-controls", 2, &["seawall-paths", "seawall-world"]),
    ("seawall-collect", 3, &[]),
    ("seawall-report", 3, &[]),
    ("seawall", 5, &[]),
    ("xtask", 6, &[]),
    ("xtask-docs", 6, &[]),
];

/// What pure crates (floors 0 to 2) may not depend on.
const IMPURE_CRATES: &[&str] = &[
    "tokio",
    "hyper",
    "reqwest",
    "kube",
    "kube-client",
    "rusqlite",
    "async-std",
    "mio",
    "socket2",
    "getrandom",
];

/// What pure crates may not call.
const IMPURE_PATHS: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "println!",
    "eprintln!",
];

/// Fails when an arrow points up or sideways, or a pure crate reaches outside.
pub fn run() -> Result<()> {
    let mut problems = Vec::new();
    let floors: BTreeMap<&str, (u8, &[&str])> =
        FLOORS.iter().map(|(name, floor, to)| (*name, (*floor, *to))).collect();
    for package in packages()? {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(&(floor, sideways)) = floors.get(name) else {
            problems.push(format!("{name}: has no floor; add it to xtask/src/arch.rs and ARCHITECTURE.md"));
            continue;
        };
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        for dependency in dependencies.filter(|dependency| dependency["kind"].is_null()) {
            let to = dependency["name"].as_str().unwrap_or_default();
            match floors.get(to) {
                Some(&(below, _)) if below < floor || sideways.contains(&to) => {}
                Some(_) => problems.push(format!("{name} (floor {floor}) may not depend on {to}")),
                None if floor <= 2 && IMPURE_CRATES.contains(&to) => {
                    problems.push(format!("{name} is pure and may not depend on {to}"));
                }
                None => {}
            }
        }
        if floor <= 2 && name != "seawall-controls-macros" {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
            let folder = manifest.parent().context("a manifest has a folder")?.join("src");
            purity(&folder, &mut problems)?;
        }
    }
    if problems.is_empty() {
        println!("arch: {} crates, every arrow points down", FLOORS.len());
        return Ok(());
    }
    bail!("{}", problems.join("\n"))
}

fn packages() -> Result<Vec<Value>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root())
        .output()
        .context("failed to run cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;
    Ok(metadata["packages"].as_array().cloned().unwrap_or_default())
}

fn purity(folder: &Path, problems: &mut Vec<String>) -> Result<()> {
    for file in rust_files(folder)? {
        // Modules of tests may look around; they are not part of the crate.
        if file.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file)?;
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("#[cfg(test)]") {
                break; // tests stand at the end of a file and may look around
            }
            let code = line.split("//").next().unwrap_or_default();
            for path in IMPURE_PATHS.iter().filter(|path| code.contains(**path)) {
                problems.push(format!("{}:{}: `{path}` in a pure crate", file.display(), number + 1));
            }
        }
    }
    Ok(())
}

/// Every Rust file below a folder, sorted.
pub fn rust_files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("failed to read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}
