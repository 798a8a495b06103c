//! The input that every command reads, as its flags say.

use crate::cli::{Common, Files};
use anyhow::{Context, Result, bail};
use seawall_collect::{ClusterInput, Collected, GitTree, Header, Inputs, Limits, Target};
use seawall_model::{Version, VersionReading};
use std::path::{Path, PathBuf};

/// What is read: files, a live cluster, or both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    /// Files, folders, archives, snapshots, git revisions.
    pub(crate) paths: Vec<PathBuf>,
    /// The cluster.
    pub(crate) cluster: Option<ClusterInput>,
}

impl Files {
    /// The version whose semantics apply, as somebody said it: the flag, else `configured`.
    ///
    /// # Errors
    /// When it is no version, or older than what is supported.
    pub(crate) fn version(&self, configured: Option<&str>) -> Result<Option<VersionReading>> {
        let text = self.kubernetes_version.as_deref().or(configured);
        text.map(|text| Version::read(text).with_context(|| format!("--kubernetes-version {text}")))
            .transpose()
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

    /// Whether a flag asks for a cluster.
    pub(crate) fn names_cluster(&self) -> bool {
        self.cluster || self.context.is_some() || self.kubeconfig.is_some()
    }

    /// The paths and the cluster; where neither is named the current folder, or for a kubectl plugin the current
    /// context. Of a cluster only `namespace` is read, if one is given.
    ///
    /// # Errors
    /// When a word after `--cluster` is a context and no path.
    pub(crate) fn sources(
        &self,
        paths: &[PathBuf],
        namespace: Option<&str>,
        common: &Common,
    ) -> Result<Sources> {
        let asked = self.names_cluster() || self.dry_run;
        if self.cluster {
            self.no_context_as_path(paths)?;
        }
        let cluster = (asked || common.plugin && paths.is_empty()).then(|| ClusterInput {
            target: Target { kubeconfig: self.kubeconfig.clone(), context: self.context.clone() },
            namespace: namespace.map(str::to_owned),
            ..ClusterInput::default()
        });
        let here = paths.is_empty() && cluster.is_none();
        let paths = if here { vec![PathBuf::from(".")] } else { paths.to_vec() };
        Ok(Sources { paths, cluster })
    }

    /// `--cluster prod` is meant as `--context prod`.
    fn no_context_as_path(&self, paths: &[PathBuf]) -> Result<()> {
        let missing = |path: &&PathBuf| !path.exists() && path.as_os_str() != "-" && !GitTree::is_meant(path);
        let Some(word) = paths.iter().find(missing) else { return Ok(()) };
        let contexts = seawall_collect::contexts(self.kubeconfig.as_deref());
        if contexts.iter().any(|context| Path::new(context) == word) {
            bail!(
                "`{0}` is a context and no file, and --cluster takes no value: write --context {0}",
                word.display()
            );
        }
        Ok(())
    }
}

/// Reads the cluster, if there is one, into what was collected from files.
///
/// # Errors
/// When it cannot be read at all.
pub(crate) fn add_cluster(
    collected: &mut Collected,
    cluster: Option<&ClusterInput>,
    progress: &dyn Fn(usize, usize),
) -> Result<()> {
    let Some(cluster) = cluster else { return Ok(()) };
    let live = seawall_collect::collect_cluster(cluster, Limits::default(), progress)?;
    collected.documents += live.documents;
    collected.objects.extend(live.objects);
    collected.snapshots.extend(live.snapshots);
    Ok(())
}

/// The version that was asked for, else the cluster's own, else the newest.
pub(crate) fn version_of(asked: Option<VersionReading>, snapshots: &[Header]) -> VersionReading {
    let own = || {
        let versions = snapshots.iter().filter_map(|header| header.cluster.as_ref()?.version.as_deref());
        versions.filter_map(|text| Version::read(text).ok()).next_back()
    };
    asked.or_else(own).unwrap_or(VersionReading { version: Version::NEWEST, newer: None })
}

/// When the cluster was read: the time of the last snapshot, now for a live one; `None` for files alone.
pub(crate) fn time_of(snapshots: &[Header]) -> Option<i64> {
    let cluster = snapshots.iter().rfind(|header| header.cluster.is_some())?;
    let written = cluster.time.parse::<jiff::Timestamp>().ok();
    Some(written.unwrap_or_else(jiff::Timestamp::now).as_second())
}
