//! `kube`: etcd, kube-apiserver and kube-controller-manager of a chosen release on loopback, for the project's own
//! tests. Built from the published Go modules into a cache folder, started with fresh data and fresh certificates,
//! stopped without leaving anything.

mod build;
mod certificates;
mod http;
mod pool;
mod process;
mod recorder;
mod server;

pub(crate) use certificates::{Authority, Credential, subject as certificate_subject};
pub(crate) use http::{Answer, Client, Request, Target};
pub(crate) use pool::Pool;
pub(crate) use recorder::Recorder;
pub(crate) use server::{Options as ServerOptions, Server};

use crate::schema::{RELEASES, Release};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with the test control plane.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Builds the binaries into the cache folder (SEAWALL_KUBE_CACHE, else the user's cache folder).
    Build(Which),
    /// Starts a control plane on loopback that stays until `kube stop`, and prints the path of its kubeconfig.
    Start(Start),
    /// Stops what `kube start` and killed test runs left.
    Stop,
}

/// Which release.
#[derive(Args)]
pub(crate) struct Which {
    /// A release from 1.30 to 1.36 with its patch number.
    #[arg(long, default_value = "1.36.3")]
    version: String,
}

/// Options of `kube start`.
#[derive(Args)]
pub(crate) struct Start {
    #[command(flatten)]
    which: Which,
    /// Further flags of kube-apiserver.
    #[arg(last = true)]
    flags: Vec<String>,
}

/// Runs one action.
pub(crate) fn run(action: &Action) -> Result<()> {
    match action {
        Action::Build(which) => {
            let binaries = built(&which.version)?;
            println!("{}", binaries.folder.display());
            Ok(())
        }
        Action::Start(start) => {
            let binaries = built(&start.which.version)?;
            let options = ServerOptions { flags: start.flags.clone(), ..ServerOptions::default() };
            println!("{}", Server::start(&binaries, &options)?.detach()?.display());
            Ok(())
        }
        Action::Stop => {
            let stopped = process::stop_all(&runs()?)?;
            println!("kube stop: {stopped} processes ended");
            Ok(())
        }
    }
}

fn built(version: &str) -> Result<build::Binaries> {
    match build::build(release(version)?)? {
        Some(binaries) => Ok(binaries),
        None => bail!("Go is not installed: the control plane is built with it"),
    }
}

/// The binaries of a release; `None` if Go is missing and they were not built before.
pub(crate) fn binaries(version: &str) -> Result<Option<build::Binaries>> {
    build::build(release(version)?)
}

/// The release that `1.36.3` names.
fn release(version: &str) -> Result<Release> {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u8>);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(1)), Some(Ok(minor)), Some(Ok(patch)), None)
            if RELEASES.iter().any(|known| known.minor == minor) =>
        {
            Ok(Release { minor, patch })
        }
        _ => bail!(
            "{version}: a release from 1.{}.x to 1.{}.x is needed",
            RELEASES[0].minor,
            RELEASES[RELEASES.len() - 1].minor
        ),
    }
}

/// Where binaries and running control planes lie.
fn cache() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("SEAWALL_KUBE_CACHE") {
        return Ok(folder);
    }
    match variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache"))) {
        Some(folder) => Ok(folder.join("seawall/kube")),
        None => bail!("no cache folder: set SEAWALL_KUBE_CACHE"),
    }
}

/// One folder for each running control plane.
fn runs() -> Result<PathBuf> {
    Ok(cache()?.join("run"))
}
