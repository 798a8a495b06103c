//! When API kinds were introduced, deprecated and removed, and what replaces them: upstream's own markers
//! (`zz_generated.prerelease-lifecycle.go` of k8s.io/api and two more modules), the newest release's word first.

use super::encode::ServedAnyway;
use super::modules::{RELEASES, Release};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One kind's history; 0 is "not said".
#[derive(Clone, Debug, Default)]
pub(crate) struct Life {
    pub(crate) introduced: u8,
    pub(crate) deprecated: u8,
    pub(crate) removed: u8,
    /// `group/version Kind`.
    pub(crate) replacement: String,
}

/// Keyed by group, version, kind.
pub(crate) type Lives = BTreeMap<(String, String, String), Life>;

/// Reads the markers of every release.
pub(crate) fn read_all() -> Result<Lives> {
    let mut lives = Lives::new();
    for release in RELEASES.into_iter().rev() {
        // The other two never dropped a kind from their sources, so the newest release has all of theirs.
        let newest = release.minor == RELEASES[RELEASES.len() - 1].minor;
        let modules = ["api", "apiextensions-apiserver", "kube-aggregator"];
        for module in &modules[..if newest { 3 } else { 1 }] {
            let root = release.staging(module)?;
            for file in marker_files(&root)? {
                read_file(&file, &mut lives).with_context(|| file.display().to_string())?;
            }
        }
    }
    Ok(lives)
}

fn marker_files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == "zz_generated.prerelease-lifecycle.go" {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read_file(file: &Path, lives: &mut Lives) -> Result<()> {
    let folder = file.parent().context("folder")?;
    let version = folder.file_name().and_then(|name| name.to_str()).context("version")?.to_owned();
    let Some(group) = group_name(folder)? else { return Ok(()) };
    let text = std::fs::read_to_string(file)?;
    let mut fresh = Lives::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(rest) = line.strip_prefix("func (in *") else { continue };
        let (kind, rest) = rest.split_once(") APILifecycle").context("kind")?;
        let what = rest.split('(').next().unwrap_or_default();
        let value = lines.next().unwrap_or_default().trim().strip_prefix("return ").unwrap_or_default();
        let key = (group.clone(), version.clone(), kind.to_owned());
        let life = fresh.entry(key).or_default();
        let minor = || value.split(", ").nth(1).and_then(|text| text.parse::<u8>().ok()).context("minor");
        match what {
            "Introduced" => life.introduced = minor()?,
            "Deprecated" => life.deprecated = minor()?,
            "Removed" => life.removed = minor()?,
            "Replacement" => life.replacement = replacement(value),
            _ => {}
        }
    }
    for (key, life) in fresh {
        lives.entry(key).or_insert(life);
    }
    Ok(())
}

fn replacement(value: &str) -> String {
    let part = |name: &str| {
        let rest = value.split_once(&format!("{name}: \"")).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default()
    };
    format!("{}/{} {}", part("Group"), part("Version"), part("Kind"))
}

/// `const GroupName = "…"` of a package's register.go.
fn group_name(folder: &Path) -> Result<Option<String>> {
    for file in ["register.go", "../register.go"] {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else { continue };
        for line in text.lines() {
            let line = line.trim().trim_start_matches("const ");
            if let Some(value) = line.strip_prefix("GroupName") {
                return Ok(value.split('"').nth(1).map(str::to_owned));
            }
        }
    }
    Ok(None)
}

/// Beta versions that an API server still serves by default (`legacyBetaEnabledByDefaultResources`).
pub(crate) fn served_anyway() -> Result<ServedAnyway> {
    let mut served = ServedAnyway::new();
    for release in RELEASES {
        for (group, version) in legacy_betas(release)? {
            *served.entry((group, version)).or_default() |= release.bit();
        }
    }
    Ok(served)
}

fn legacy_betas(release: Release) -> Result<Vec<(String, String)>> {
    let root = release.kubernetes()?;
    let mut found = Vec::new();
    for file in ["pkg/controlplane/instance.go", "pkg/controlplane/apiserver/server.go"] {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else { continue };
        let mut inside = false;
        for line in text.lines() {
            inside |= line.contains("egacyBetaEnabledByDefaultResources = ");
            inside &= line.trim() != "}";
            if inside && let Some((alias, _)) = line.trim().split_once(".SchemeGroupVersion") {
                let import = text
                    .lines()
                    .find_map(|line| line.trim().strip_prefix(&format!("{alias} \"k8s.io/")))
                    .with_context(|| format!("import of {alias}"))?;
                let path = import.trim_end_matches('"');
                let path =
                    path.strip_prefix("kubernetes/pkg/apis/").or(path.strip_prefix("api/")).unwrap_or(path);
                let folder = release.staging("api")?.join(path);
                let group = group_name(&folder)?.context("group")?;
                found.push((group, path.rsplit('/').next().unwrap_or_default().to_owned()));
            }
        }
    }
    Ok(found)
}
