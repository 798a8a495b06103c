//! Which releases the tables are made from, and where their published sources lie on this machine.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::PathBuf;
use std::process::Command;

/// One supported minor and the patch release that stands for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Release {
    /// Number after `1.`.
    pub(crate) minor: u8,
    /// Patch number.
    pub(crate) patch: u8,
}

/// Oldest first, as `seawall_model::Version::all()`.
pub(crate) const RELEASES: [Release; 7] = [
    Release { minor: 30, patch: 14 },
    Release { minor: 31, patch: 14 },
    Release { minor: 32, patch: 13 },
    Release { minor: 33, patch: 13 },
    Release { minor: 34, patch: 4 },
    Release { minor: 35, patch: 4 },
    Release { minor: 36, patch: 3 },
];

impl Release {
    /// `1.36.3`.
    pub(crate) fn name(self) -> String {
        format!("1.{}.{}", self.minor, self.patch)
    }

    /// Its bit in the masks of the tables.
    pub(crate) fn bit(self) -> u8 {
        1 << (self.minor - RELEASES[0].minor)
    }

    /// The folder of k8s.io/kubernetes.
    pub(crate) fn kubernetes(self) -> Result<PathBuf> {
        download("k8s.io/kubernetes", &format!("v{}", self.name()))
    }

    /// The folder of a staging module such as `api`, whose versions are 0.x of the same release.
    pub(crate) fn staging(self, module: &str) -> Result<PathBuf> {
        download(&format!("k8s.io/{module}"), &format!("v0.{}.{}", self.minor, self.patch))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Module {
    dir: Option<PathBuf>,
    error: Option<String>,
}

/// Fetches a module through Go's proxy (checked against its checksum database) unless it is there already.
pub(crate) fn download(module: &str, version: &str) -> Result<PathBuf> {
    let spec = format!("{module}@{version}");
    let output = Command::new("go")
        .args(["mod", "download", "-json", &spec])
        .current_dir(std::env::temp_dir())
        .output()
        .context("cannot run `go`; the tables are made with Go")?;
    let found: Module =
        serde_json::from_slice(&output.stdout).with_context(|| format!("no answer about {spec}"))?;
    match (found.dir, found.error) {
        (Some(dir), _) => Ok(dir),
        (None, error) => bail!("{spec}: {}", error.unwrap_or_default()),
    }
}

/// Whether Go can be run at all.
pub(crate) fn go_present() -> bool {
    Command::new("go").arg("version").output().is_ok_and(|output| output.status.success())
}

/// The versions of a mask as `30-33` or `30-31,34-36`.
pub(crate) fn ranges(mask: u8) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut from = None;
    for index in 0..=RELEASES.len() as u8 {
        let minor = RELEASES[0].minor + index;
        let set = (index as usize) < RELEASES.len() && mask >> index & 1 == 1;
        match (set, from) {
            (true, None) => from = Some(minor),
            (false, Some(first)) => {
                parts.push(format!("{first}-{}", minor - 1));
                from = None;
            }
            _ => {}
        }
    }
    parts.join(",")
}
