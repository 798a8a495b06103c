//! Builds the binaries from Go modules. A warm Go build cache makes this seconds, a cold one minutes.

use super::cache;
use crate::schema::{Release, go_module, go_present};
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// One etcd for all releases: the API server asks nothing of it that older ones lack.
const ETCD: &str = "3.6.8";

/// What is run of Kubernetes.
const COMMANDS: [&str; 2] = ["kube-apiserver", "kube-controller-manager"];

/// Where the binaries of a release are.
pub(crate) struct Binaries {
    pub(crate) release: Release,
    /// Holds kube-apiserver and kube-controller-manager.
    pub(crate) folder: PathBuf,
    pub(crate) etcd: PathBuf,
}

/// Builds what is missing; `None` if something is and Go is not installed.
pub(crate) fn build(release: Release) -> Result<Option<Binaries>> {
    let cache = cache()?;
    let folder = cache.join(format!("kubernetes-{}", release.name()));
    let etcd = cache.join(format!("etcd-{ETCD}"));
    let binaries = Binaries { release, folder: folder.clone(), etcd: etcd.join("etcd") };
    let complete = || etcd.join("etcd").exists() && COMMANDS.iter().all(|name| folder.join(name).exists());
    if complete() {
        return Ok(Some(binaries));
    }
    if !go_present() {
        return Ok(None);
    }
    fs::create_dir_all(&cache).with_context(|| cache.display().to_string())?;
    // Two runs at once would build the same twice; the second waits and finds everything there.
    let lock = File::create(cache.join("build.lock"))?;
    lock.lock()?;
    if !etcd.join("etcd").exists() {
        build_etcd(&etcd).context("building etcd failed")?;
    }
    if !complete() {
        let name = release.name();
        build_kubernetes(release, &folder).with_context(|| format!("building Kubernetes {name} failed"))?;
    }
    Ok(Some(binaries))
}

fn build_kubernetes(release: Release, folder: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let module = fs::read_to_string(release.kubernetes()?.join("go.mod"))?;
    fs::write(work.path().join("go.mod"), go_module(&module, release))?;
    // As the official build stamps it; discovery, feature defaults and user agents read it.
    let stamp = "k8s.io/component-base/version";
    let flags = format!(
        "-s -w -X {stamp}.gitVersion=v{} -X {stamp}.gitMajor=1 -X {stamp}.gitMinor={} -X {stamp}.gitTreeState=clean",
        release.name(),
        release.minor
    );
    let packages = COMMANDS.map(|name| format!("k8s.io/kubernetes/cmd/{name}"));
    go_build(work.path(), &flags, &packages)?;
    install(work.path(), folder, &COMMANDS.map(|name| (name, name)))
}

fn build_etcd(folder: &Path) -> Result<()> {
    let work = tempfile::tempdir()?;
    let module = "go.etcd.io/etcd/server/v3";
    fs::write(
        work.path().join("go.mod"),
        format!("module seawall/etcd\ngo 1.24\nrequire {module} v{ETCD}\n"),
    )?;
    go_build(work.path(), "-s -w", &[module.to_owned()])?;
    install(work.path(), folder, &[("server", "etcd")])
}

fn go_build(work: &Path, flags: &str, packages: &[String]) -> Result<()> {
    eprintln!("kube: building {} (minutes when Go's build cache is cold)", packages.join(" "));
    let output = work.join("out");
    fs::create_dir(&output)?;
    let status = Command::new("nice")
        .args(["go", "build", "-mod=mod", "-trimpath", "-ldflags", flags, "-o"])
        .arg(output.join(""))
        .args(packages)
        .current_dir(work)
        .env("CGO_ENABLED", "0")
        .env("GOFLAGS", "")
        .status()?;
    ensure!(status.success(), "go build failed");
    Ok(())
}

/// Copies under a temporary name first, so that a half-written binary is never run.
fn install(work: &Path, folder: &Path, names: &[(&str, &str)]) -> Result<()> {
    fs::create_dir_all(folder)?;
    for (from, to) in names {
        let unfinished = folder.join(format!("{to}.unfinished"));
        fs::copy(work.join("out").join(from), &unfinished)?;
        fs::rename(&unfinished, folder.join(to))?;
    }
    Ok(())
}
