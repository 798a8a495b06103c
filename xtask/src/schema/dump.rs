//! Builds and runs `xtask/schema-dump` against each release: its own option packages say which flags, gates and
//! plugins there are. The first build of a release takes minutes; answers are kept in the target folder (or in
//! the folder that SEAWALL_SCHEMA_DUMPS names), by release.

use super::modules::{RELEASES, Release, download};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The components whose flags are listed.
pub(crate) const COMPONENTS: [&str; 6] =
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubelet"];

/// etcd as kubeadm of a release installs it (`DefaultEtcdVersion`); patches of one minor share their flags.
const ETCD: [(&str, std::ops::RangeInclusive<u8>); 2] = [("3.5.24", 30..=33), ("3.6.8", 34..=36)];

/// Staging modules whose patch the module proxy or the checksum database lacks: the first patch of the same minor
/// stands in. They hold types and helpers; no flag, gate or plugin is defined in them.
const FIRST_PATCH: [(u8, &str); 17] = [
    (30, "kube-proxy"),
    (31, "cluster-bootstrap"),
    (31, "cri-client"),
    (31, "csi-translation-lib"),
    (31, "dynamic-resource-allocation"),
    (31, "endpointslice"),
    (31, "kube-aggregator"),
    (31, "kube-controller-manager"),
    (31, "kube-proxy"),
    (31, "kube-scheduler"),
    (31, "pod-security-admission"),
    (32, "cri-client"),
    (32, "csi-translation-lib"),
    (32, "endpointslice"),
    (32, "kube-controller-manager"),
    (32, "kube-proxy"),
    (32, "kube-scheduler"),
];

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Flag {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) default: String,
    #[serde(default)]
    pub(crate) deprecated: String,
    #[serde(default)]
    pub(crate) hidden: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Gate {
    pub(crate) default: bool,
    pub(crate) lock_to_default: bool,
    pub(crate) pre_release: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Plugins {
    pub(crate) ordered: Vec<String>,
    pub(crate) on: Vec<String>,
}

/// What one release says.
pub(crate) struct Dump {
    pub(crate) release: Release,
    /// What `note.txt` in the release's folder says, for answers that were made in another way.
    pub(crate) note: Option<String>,
    pub(crate) flags: BTreeMap<&'static str, Vec<Flag>>,
    pub(crate) gates: BTreeMap<String, Gate>,
    pub(crate) plugins: Plugins,
}

/// Comment lines with the notes of the releases that have one.
pub(crate) fn notes(dumps: &[Dump]) -> String {
    let noted = dumps.iter().filter_map(|dump| Some((dump.release.name(), dump.note.as_ref()?)));
    noted.map(|(release, note)| format!("# {release}: {}\n", note.trim())).collect()
}

/// All releases, oldest first.
pub(crate) fn read_all() -> Result<Vec<Dump>> {
    let root = folder();
    for (version, _) in &ETCD {
        build_etcd(&root, version).with_context(|| format!("etcd {version}"))?;
    }
    let mut dumps = Vec::new();
    for release in RELEASES {
        build(&root, release).with_context(|| release.name())?;
        dumps.push(read(&root, release).with_context(|| release.name())?);
    }
    Ok(dumps)
}

fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("SEAWALL_SCHEMA_DUMPS") {
        return folder.into();
    }
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    target.join("schema-dump")
}

fn read(root: &Path, release: Release) -> Result<Dump> {
    let folder = root.join(release.name());
    let mut flags = BTreeMap::new();
    for component in COMPONENTS {
        let folder = match ETCD.iter().find(|(_, minors)| minors.contains(&release.minor)) {
            Some((version, _)) if component == "etcd" => root.join(format!("etcd-{version}")),
            _ => folder.clone(),
        };
        flags.insert(component, parse(&folder, component)?);
    }
    let note = std::fs::read_to_string(folder.join("note.txt")).ok();
    Ok(Dump { release, note, flags, gates: parse(&folder, "gates")?, plugins: parse(&folder, "plugins")? })
}

fn parse<T: serde::de::DeserializeOwned>(folder: &Path, name: &str) -> Result<T> {
    let path = folder.join(format!("{name}.json"));
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

fn build(root: &Path, release: Release) -> Result<()> {
    let folder = root.join(release.name());
    if folder.join("plugins.json").exists() && folder.join("gates.json").exists() {
        return Ok(());
    }
    copy_program(&folder)?;
    let module = std::fs::read_to_string(release.kubernetes()?.join("go.mod"))?;
    std::fs::write(folder.join("go.mod"), go_module(&module, release))?;
    let custom = if release.minor <= 33 { "custom_flags" } else { "" };
    let control =
        ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "gates", "plugins"];
    for (package, answers) in [(".", &control[..]), ("./proxy", &["kube-proxy"])] {
        go_build(&folder, package, custom)?;
        for answer in answers {
            run_program(&folder, answer)?;
        }
        std::fs::remove_file(folder.join("program"))?;
    }
    Ok(())
}

/// Requires the release and points its staging modules at their published versions.
pub(crate) fn go_module(kubernetes: &str, release: Release) -> String {
    let go = kubernetes.lines().find(|line| line.starts_with("go ")).unwrap_or("go 1.24");
    let mut text = format!(
        "module seawall/schema-dump\n{go}\nrequire k8s.io/kubernetes v{}\nreplace (\n",
        release.name()
    );
    for line in kubernetes.lines() {
        if let Some((module, _)) = line.trim().split_once(" => ./staging/") {
            let first = FIRST_PATCH.contains(&(release.minor, module.trim_start_matches("k8s.io/")));
            let patch = if first { 0 } else { release.patch };
            text.push_str(&format!("\t{module} => {module} v0.{}.{patch}\n", release.minor));
        }
    }
    text + ")\n"
}

fn copy_program(folder: &Path) -> Result<()> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema-dump");
    for name in ["main.go", "custom_flags.go", "no_custom_flags.go", "proxy/main.go", "flagset/flagset.go"] {
        let to = folder.join(name);
        std::fs::create_dir_all(to.parent().context("folder")?)?;
        std::fs::copy(source.join(name), to)?;
    }
    Ok(())
}

/// etcd keeps its flag set private: a copy of its server module gets one more file that hands it out.
fn build_etcd(root: &Path, version: &str) -> Result<()> {
    let folder = root.join(format!("etcd-{version}"));
    if folder.join("etcd.json").exists() {
        return Ok(());
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema-dump/etcd");
    let server = download("go.etcd.io/etcd/server/v3", &format!("v{version}"))?;
    let copy = folder.join("server");
    copy_tree(&server, &copy)?;
    std::fs::copy(source.join("export.go.txt"), copy.join("etcdmain/export.go"))?;
    std::fs::copy(source.join("main.go"), folder.join("main.go"))?;
    let module = std::fs::read_to_string(server.join("go.mod"))?;
    let go = module.lines().find(|line| line.starts_with("go ")).unwrap_or("go 1.24").to_owned();
    std::fs::write(
        folder.join("go.mod"),
        format!(
            "module seawall/etcd-dump\n{go}\nrequire go.etcd.io/etcd/server/v3 v{version}\n\
             replace go.etcd.io/etcd/server/v3 => ./server\n"
        ),
    )?;
    go_build(&folder, ".", "")?;
    run_program(&folder, "etcd")
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            // Read and write, not copy: the module cache is read-only.
            std::fs::write(&target, std::fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

fn go_build(folder: &Path, package: &str, tags: &str) -> Result<()> {
    println!("building {} {package}", folder.display());
    let status = Command::new("go")
        .args([
            "build",
            "-mod=mod",
            "-trimpath",
            "-p",
            "1",
            "-tags",
            tags,
            "-ldflags",
            "-s -w",
            "-o",
            "program",
            package,
        ])
        .current_dir(folder)
        .env("CGO_ENABLED", "0")
        .status()?;
    ensure!(status.success(), "go build failed in {}", folder.display());
    Ok(())
}

fn run_program(folder: &Path, answer: &str) -> Result<()> {
    let output = Command::new(folder.join("program")).arg(answer).output()?;
    ensure!(output.status.success(), "{answer}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(folder.join(format!("{answer}.json")), output.stdout)?;
    Ok(())
}
