//! What a question is asked of: the input, with the changes that "what if" makes.

use crate::cli::{Common, Files, WhatIf};
use crate::files::{self, Sources, time_of, version_of};
use crate::progress::Progress;
use crate::{copies, coverage, output};
use anyhow::{Context, Result, bail};
use seawall_auth::authorizer::{Chain, Engines};
use seawall_auth::rbac::authorizer::RbacAuthorizer;
use seawall_collect::{Collected, GitTree, Header};
use seawall_model::{Authorizers, Cluster, ComponentAt, ComponentKind, Object, WellKnown};
use seawall_world::{Coverage, Extent, World};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The world, its authorizers, and what is not known of it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) world: World,
    /// What could not be read: the answer may have holes.
    pub(crate) holes: Vec<String>,
    /// What is taken for granted.
    pub(crate) notes: Vec<String>,
    /// Files that look as if they were read from a cluster.
    is_dump: bool,
}

impl Asked {
    /// Reads the input and applies `--with` and `--without`.
    ///
    /// # Errors
    /// When there is nothing to read, or `--without` names nothing that is there.
    pub(crate) fn load(paths: &[PathBuf], what_if: &WhatIf, common: &Common) -> Result<Self> {
        Self::load_in(paths, what_if, None, common)
    }

    /// The same; objects that name no namespace are in `namespace`.
    ///
    /// # Errors
    /// As [`Asked::load`].
    pub(crate) fn load_in(
        paths: &[PathBuf],
        what_if: &WhatIf,
        namespace: Option<&str>,
        common: &Common,
    ) -> Result<Self> {
        let asked = what_if.files.version(None)?;
        let mut holes = Vec::new();
        let mut objects = Vec::new();
        let mut snapshots = Vec::new();
        let sources = what_if.files.sources(paths, None, common)?;
        // Without a path and with `--with` alone the world is what `--with` says.
        if !paths.is_empty() || sources.cluster.is_some() || what_if.with.is_empty() {
            let mut collected = collect(&sources, &what_if.files, namespace, common)?;
            anyhow::ensure!(
                collected.files > 0 || !collected.errors.is_empty() || sources.cluster.is_some(),
                "no .yaml, .yml or .json file in the input"
            );
            snapshots = std::mem::take(&mut collected.snapshots);
            objects = take(collected, &mut holes);
            holes.extend(snapshots.iter().flat_map(Header::gaps));
        }
        for name in &what_if.without {
            leave_out(&mut objects, name)?;
        }
        for file in &what_if.with {
            let file_alone = Sources { paths: vec![file.clone()], cluster: None };
            let more = take(collect(&file_alone, &what_if.files, namespace, common)?, &mut holes);
            if more.is_empty() {
                bail!("--with {}: no object in it", file.display());
            }
            let new: Vec<_> = more.iter().map(|object| object.identity()).collect();
            objects.retain(|object| !new.contains(&object.identity()));
            objects.extend(more);
        }
        let unique = copies::separate(objects);
        let cluster = Cluster::new(unique.objects);
        let mut coverage = coverage::of(&snapshots);
        let is_dump = !coverage.is_closed() && is_dump(&cluster);
        if is_dump {
            coverage = Coverage::closed();
        }
        let reading = version_of(asked, &snapshots);
        let world = World::new(cluster, reading.version, coverage).at_time(time_of(&snapshots));
        let mut asked = Self { world, holes, notes: Vec::new(), is_dump };
        asked.notes.extend(reading.note());
        asked.notes.extend(asked.assumptions(unique.variants));
        Ok(asked)
    }

    /// The objects of files alone; those that name no namespace are in `namespace`. What could not be read comes with
    /// them.
    ///
    /// # Errors
    /// When there is nothing to read.
    pub(crate) fn objects_of(
        paths: &[PathBuf],
        files: &Files,
        namespace: Option<&str>,
        common: &Common,
    ) -> Result<(Vec<Arc<Object>>, Vec<String>)> {
        let sources = Sources { paths: paths.to_vec(), cluster: None };
        let mut holes = Vec::new();
        let objects = take(collect(&sources, files, namespace, common)?, &mut holes);
        Ok((copies::separate(objects).objects, holes))
    }

    /// A cluster that holds nothing but what its API server makes.
    ///
    /// # Errors
    /// When `--kubernetes-version` is none.
    pub(crate) fn nothing(files: &Files) -> Result<Self> {
        let reading = version_of(files.version(None)?, &[]);
        let world = World::new(Cluster::new([]), reading.version, Coverage::open());
        let mut asked = Self { world, holes: Vec::new(), notes: Vec::new(), is_dump: false };
        asked.notes.extend(reading.note());
        asked.notes.extend(asked.assumptions(0));
        Ok(asked)
    }

    /// The same, with workloads standing for pods that are not there yet.
    pub(crate) fn with_templates(self) -> Self {
        let reason = "what is installed has its pods only later".to_owned();
        let coverage =
            self.world.coverage().clone().except(WellKnown::Pod, None, Extent::NotCollected(reason));
        let world = World::new(self.world.cluster().clone(), self.world.version(), coverage);
        Self { world, ..self }
    }

    /// The same world with these objects applied to it.
    pub(crate) fn and(&self, objects: &[Arc<Object>]) -> Self {
        let new: std::collections::HashSet<_> = objects.iter().map(|object| object.identity()).collect();
        let old = self.world.cluster().objects().filter(|object| !new.contains(&object.identity()));
        self.with_world(self.world.with_cluster(Cluster::new(old.chain(objects).cloned())))
    }

    /// The same with another world.
    pub(crate) fn with_world(&self, world: World) -> Self {
        Self { world, holes: self.holes.clone(), notes: self.notes.clone(), is_dump: self.is_dump }
    }

    /// Whether the input is what a cluster stores, all of it: what is not there does not exist.
    pub(crate) fn is_whole(&self) -> bool {
        self.world.knows_all_rights()
    }

    /// What RBAC decides.
    pub(crate) fn rbac(&self) -> &RbacAuthorizer {
        self.world.authorizer()
    }

    /// The API server whose configuration is in the input.
    pub(crate) fn api_server(&self) -> Option<ComponentAt<'_>> {
        let mut servers = self.world.components().iter().filter(|one| one.kind() == ComponentKind::ApiServer);
        servers.next().map(|server| server.in_version(self.world.version()))
    }

    /// Who decides: as the API server in the input is told, else the usual chain.
    pub(crate) fn chain(&self) -> Chain<'_> {
        match self.api_server() {
            None => Chain::usual(self.world.node_authorizer(), self.rbac()),
            Some(server) => {
                let (rbac, node) = (self.rbac(), self.world.node_authorizer());
                let engines = Engines { rbac, node, abac: None, version: self.world.version() };
                Chain::configured(&server.authorizers(), engines)
            }
        }
    }

    fn assumptions(&self, variants: usize) -> Vec<String> {
        use WellKnown::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
        let mut notes = Vec::new();
        let cluster = self.world.cluster();
        if self.is_dump {
            let why =
                "the input is taken as the whole cluster: it holds the objects that the API server makes";
            notes.push(why.into());
        }
        if [ClusterRole, ClusterRoleBinding, Role, RoleBinding]
            .iter()
            .all(|&kind| cluster.of(kind).next().is_none())
        {
            notes.push(
                "the input holds no role and no binding: only what every API server makes for itself counts"
                    .into(),
            );
        }
        match self.api_server().map(|server| server.authorizers()) {
            None => notes.push(format!(
                "no kube-apiserver in the input: authorizers Node and RBAC of Kubernetes {}{} are assumed",
                self.world.version(),
                if self.is_whole() { "" } else { ", and the roles that it makes," }
            )),
            Some(Authorizers::Unknown(why)) => notes.push(format!("the authorizers cannot be known: {why}")),
            Some(Authorizers::Known { .. }) => {}
        }
        if variants > 0 {
            notes.push(
                "some objects have differing variants in the input: the last one in path order counts".into(),
            );
        }
        notes
    }

    /// Says on standard error what could not be read.
    pub(crate) fn say_holes(&self) {
        for hole in &self.holes {
            output::say(format_args!("error: {}", seawall_report::line(hole)));
        }
    }
}

/// Whether the objects were read from a cluster, the API server's own roles among them. Then nothing is assumed
/// beside them: what is not there was deleted.
fn is_dump(cluster: &Cluster) -> bool {
    let admin = cluster.find(WellKnown::ClusterRole, None, "cluster-admin");
    admin.is_some_and(|role| role.at().get("metadata.uid").exists())
}

fn collect(sources: &Sources, files: &Files, namespace: Option<&str>, common: &Common) -> Result<Collected> {
    let (revisions, paths): (Vec<_>, Vec<_>) =
        sources.paths.iter().cloned().partition(|path| GitTree::is_meant(path) && !path.exists());
    let inputs = files.inputs(paths, &[], namespace);
    let progress = Progress::new(common);
    let report = |done, all| progress.report(done, all);
    let mut collected = seawall_collect::collect(&inputs, &report);
    for revision in revisions {
        let revision = revision.to_string_lossy();
        let tree = GitTree::open(&revision, &inputs).with_context(|| format!("failed to read {revision}"))?;
        let more = seawall_collect::collect_git(&tree, &inputs, &report)?;
        collected.files += more.files;
        collected.objects.extend(more.objects);
        collected.errors.extend(more.errors);
    }
    files::add_cluster(&mut collected, sources.cluster.as_ref(), &report)?;
    progress.finish();
    Ok(collected)
}

fn take(collected: Collected, holes: &mut Vec<String>) -> Vec<Arc<Object>> {
    holes.extend(collected.errors.iter().map(|error| {
        let place = error.line.map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{place}: {}", error.file, error.message)
    }));
    collected.objects
}

/// `--without KIND/NAMESPACE/NAME`, or `KIND/NAME` for what lives in no namespace.
fn leave_out(objects: &mut Vec<Arc<Object>>, what: &str) -> Result<()> {
    let mut parts = what.splitn(3, '/');
    let (Some(kind), Some(first)) = (parts.next(), parts.next()) else {
        bail!("--without {what}: write KIND/NAMESPACE/NAME, or KIND/NAME for what lives in no namespace");
    };
    let (namespace, name) = match parts.next() {
        Some(name) => (Some(first), name),
        None => (None, first),
    };
    let is_meant = |object: &Arc<Object>| {
        let own = object.namespace().filter(|_| object.well_known().cluster_scoped() != Some(true));
        let in_namespace = match namespace {
            Some(namespace) => own.unwrap_or("default") == namespace,
            None => own.is_none() || own == Some("default"),
        };
        in_namespace && object.name() == name && is_kind(object, kind)
    };
    let before = objects.len();
    objects.retain(|object| !is_meant(object));
    if objects.len() < before {
        return Ok(());
    }
    let near = crate::select::nearest(name, objects.iter().filter(|o| is_kind(o, kind)).map(|o| o.name()));
    let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    bail!(
        "--without {what}: no such object in the input{hint} (roles that the API server makes cannot be left out)"
    )
}

fn is_kind(object: &Object, word: &str) -> bool {
    let kind = object.kind().to_ascii_lowercase();
    let word = word.to_ascii_lowercase();
    word == kind
        || word.strip_suffix('s') == Some(&kind)
        || super::resource::short_kind(&word) == Some(object.kind())
}

/// Whether a path is standard input.
pub(crate) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}
