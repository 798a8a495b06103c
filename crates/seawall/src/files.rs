//! The input that every command reads, as its flags say.

use crate::cli::Files;
use anyhow::{Context, Result};
use seawall_collect::{Inputs, Limits};
use seawall_model::{Version, VersionReading};
use std::path::PathBuf;

impl Files {
    /// The version whose semantics apply: the flag's, else `configured`, else the newest.
    ///
    /// # Errors
    /// When it is no version, or older than what is supported.
    pub(crate) fn version(&self, configured: Option<&str>) -> Result<VersionReading> {
        match self.kubernetes_version.as_deref().or(configured) {
            None => Ok(VersionReading { version: Version::NEWEST, newer: None }),
            Some(text) => Version::read(text).with_context(|| format!("--kubernetes-version {text}")),
        }
    }

    /// What is read at `paths`; no path is nothing.
    pub(crate) fn inputs(&self, paths: Vec<PathBuf>, exclude: &[String], namespace: Option<&str>) -> Inputs {
        // Our own configuration is no input.
        let exclude = exclude.iter().chain(&self.exclude).cloned().chain([crate::config::FILE.into()]);
        Inputs {
            paths,
            exclude: exclude.collect(),
            no_ignore: self.no_ignore,
            namespace: namespace.map(str::to_owned),
            render: self.render,
            limits: Limits::default(),
        }
    }
}

/// The current folder, where no path is named.
pub(crate) fn or_here(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}
