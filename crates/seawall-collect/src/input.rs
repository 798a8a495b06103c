//! From paths to objects.

use crate::Limits;
use crate::archive::{self, Shape};
use crate::classify::{chart_of, charts, normal, parts};
use crate::git::{Contents, GitError, GitTree};
use crate::limits::size;
use crate::live::seal::Sealer;
use crate::live::{self, ClusterError, ClusterInput};
use crate::read::{FileResult, Reader, reason};
use crate::render;
use crate::snapshot::{Header, MemorySink};
use crate::walk::{Found, Walked, walk};
use seawall_model::Object;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What to read.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Files, folders, archives, `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// Globs of files inside folders that are left out.
    pub exclude: Vec<String>,
    /// Read inside folders what git ignores, too.
    pub no_ignore: bool,
    /// The namespace of objects that name none.
    pub namespace: Option<String>,
    /// Render Helm charts and Kustomize overlays with the tools on the PATH.
    pub render: bool,
    /// What hostile input may cost.
    pub limits: Limits,
}

/// Something that could not be read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct InputError {
    /// The file as people see it.
    pub file: String,
    /// Line, from 1; absent when the file as a whole could not be read.
    pub line: Option<u32>,
    /// Column in code points, from 1.
    pub column: Option<u32>,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
}

impl InputError {
    /// An error about a file as a whole.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, column: None, message: message.into() }
    }
}

/// Why a document was not judged.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Why {
    /// No `apiVersion` and `kind`.
    NotKubernetes,
    /// Text with `{{` that is no YAML before it is rendered.
    Template,
    /// Below `templates` of a Helm chart in this folder.
    Chart(String),
    /// A kustomization: it says how objects are made.
    Kustomization,
    /// Named as a patch or configuration by a kustomization.
    Patch,
    /// A symbolic link inside a folder; links are followed only when they are named.
    Link,
}

impl Why {
    /// The reason, as a fragment.
    pub fn reason(&self) -> String {
        match self {
            Self::NotKubernetes => "no apiVersion and kind: not a Kubernetes object".into(),
            Self::Template => "a template that is not rendered".into(),
            Self::Chart(chart) => format!("a template of the Helm chart {chart}"),
            Self::Kustomization => "a kustomization".into(),
            Self::Patch => "a part that a kustomization names".into(),
            Self::Link => "a symbolic link".into(),
        }
    }

    /// How to include it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotKubernetes => None,
            Self::Template => Some("render it and scan the result: helm template CHART | seawall scan -"),
            Self::Chart(_) | Self::Kustomization | Self::Patch => Some("--render includes what it makes"),
            Self::Link => Some("name it on the command line"),
        }
    }
}

/// A document that was not judged.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Skipped {
    /// The file as people see it.
    pub file: String,
    /// Number of the document in its file, from 1; 0 is the whole file.
    pub document: u32,
    /// Why.
    pub why: Why,
}

/// What the input came to, in path order.
#[derive(Debug, Default)]
pub struct Collected {
    /// The objects.
    pub objects: Vec<Arc<Object>>,
    /// How many files were read, members of archives counted each.
    pub files: usize,
    /// How many documents were found.
    pub documents: usize,
    /// What is no object.
    pub skipped: Vec<Skipped>,
    /// What could not be read.
    pub errors: Vec<InputError>,
    /// Sentences about charts and overlays.
    pub notes: Vec<String>,
    /// What snapshots and the live cluster say about themselves.
    pub snapshots: Vec<Header>,
}

/// Reads everything that `inputs` names. Never fails as a whole: what is wrong stands in `errors`.
pub fn collect(inputs: &Inputs, progress: &(dyn Fn(usize, usize) + Sync)) -> Collected {
    assemble(walk(inputs), inputs, &read_file, progress)
}

/// Reads what a git revision holds, as [`collect`] does with folders; `paths` of the inputs are not looked at, and
/// nothing is rendered.
///
/// # Errors
/// When git cannot be run. What it cannot read stands in `errors`.
pub fn collect_git(
    tree: &GitTree,
    inputs: &Inputs,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Collected, GitError> {
    let contents = Contents::of(tree)?;
    let inputs = Inputs { render: false, ..inputs.clone() };
    Ok(assemble(
        tree.walk(&inputs),
        &inputs,
        &|reader, found, out| contents.read(reader, found, out),
        progress,
    ))
}

/// Reads a live cluster, as [`collect`] does with files. Kinds that may not be read stand in the header that comes with
/// it ([`Collected::snapshots`]).
///
/// # Errors
/// When the cluster cannot be read at all.
pub fn collect_cluster(
    input: &ClusterInput,
    limits: Limits,
    progress: &dyn Fn(usize, usize),
) -> Result<Collected, ClusterError> {
    let sealer = Sealer::new().ok_or_else(|| ClusterError::System("there is no randomness".into()))?;
    let mut sink = MemorySink::new(input.target.context.as_deref(), limits.live);
    let header = live::read(input, &sealer, &mut sink, progress)?;
    let documents = sink.objects.len();
    Ok(Collected { objects: sink.objects, documents, snapshots: vec![header], ..Collected::default() })
}

/// How a file is read: what it and its members come to is put into the list.
type ReadFile<'r> = &'r (dyn Fn(&Reader, &Found, &mut Vec<FileResult>) + Sync);

fn assemble(
    walked: Walked,
    inputs: &Inputs,
    read_file: ReadFile<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Collected {
    let charts = charts(&walked.files);
    let mut out = Collected { errors: walked.errors, skipped: walked.skipped, ..Collected::default() };
    let mut read = Vec::with_capacity(walked.files.len());
    for found in walked.files {
        match chart_of(&charts, &found.path) {
            Some(chart) => {
                let why = Why::Chart(chart.to_string_lossy().into_owned());
                out.files += 1;
                out.documents += 1;
                out.skipped.push(Skipped { file: found.name, document: 0, why });
            }
            None => read.push(found),
        }
    }
    let reader = Reader {
        limits: inputs.limits,
        namespace: inputs.namespace.as_deref().map(Into::into),
        kept: AtomicU64::new(0),
    };
    let mut results = read_all(&reader, &read, read_file, progress);
    let kustomizations: Vec<_> =
        results.iter().flat_map(|file| file.kustomizations.iter().cloned()).collect();
    let patches: BTreeSet<PathBuf> = kustomizations.iter().flat_map(|document| parts(document)).collect();
    if !patches.is_empty() {
        leave_out_patches(&mut results, &patches);
    }
    if inputs.render {
        let rendered = render::render(&charts, &kustomizations, &reader, &mut out);
        render::leave_out_bases(&mut results, &kustomizations, &rendered);
        results.extend(rendered.files);
    }
    for file in results {
        out.files += 1;
        out.documents += file.documents;
        out.objects.extend(file.objects);
        out.skipped.extend(file.skipped);
        out.errors.extend(file.errors);
        out.snapshots.extend(file.snapshots);
    }
    if inputs.render {
        // What they make was judged, or an error says why not.
        let rendered = |why: &Why| matches!(why, Why::Chart(_) | Why::Kustomization | Why::Patch);
        out.skipped.retain(|skipped| !rendered(&skipped.why));
    }
    note_left_out(inputs, &charts, kustomizations.len(), &mut out);
    out
}

/// Reads the files on as many threads as there are cores; the results are in the order of `files`.
fn read_all(
    reader: &Reader,
    files: &[Found],
    read_file: ReadFile<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<FileResult> {
    // Threads cost more than they bring for a handful of files.
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(files.len() / 16 + 1);
    let next = AtomicUsize::new(0);
    let work = || {
        // A list for each file would leave a hole in memory for each file.
        let (mut done, mut of_file) = (Vec::new(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(found) = files.get(at) else { return done };
            read_file(reader, found, &mut of_file);
            done.extend(of_file.drain(..).map(|file| (at, file)));
            progress(at + 1, files.len());
        }
    };
    let mut results: Vec<(usize, FileResult)> = if threads <= 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            // This thread works, too.
            let handles: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let own = work();
            let join = |handle: std::thread::ScopedJoinHandle<'_, _>| match handle.join() {
                Ok(part) => part,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            own.into_iter().chain(handles.into_iter().flat_map(join)).collect()
        })
    };
    // Stable: members of an archive stay in their order.
    results.sort_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, file)| file).collect()
}

fn read_file(reader: &Reader, found: &Found, out: &mut Vec<FileResult>) {
    if let Err(message) = try_read_file(reader, found, out) {
        let mut file = FileResult::new(&found.name);
        file.fail(message);
        out.push(file);
    }
}

fn try_read_file(reader: &Reader, found: &Found, out: &mut Vec<FileResult>) -> Result<(), String> {
    if reader.kept.load(Ordering::Relaxed) > reader.limits.kept {
        return Err(format!("was not read: all input together holds more than {}", size(reader.limits.kept)));
    }
    let shape = Shape::of(&found.name);
    if found.name == "-" {
        archive::read_standard_input(reader, &mut std::io::stdin().lock(), out);
        return Ok(());
    }
    let opened = File::open(&found.path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
    let (mut file, metadata) = opened.map_err(|error| reason(&error))?;
    if metadata.len() > reader.limits.file {
        return Err(format!("is larger than {}", size(reader.limits.file)));
    }
    archive::read(reader, &mut file, metadata.len(), shape, &found.name, out);
    Ok(())
}

fn leave_out_patches(results: &mut [FileResult], patches: &BTreeSet<PathBuf>) {
    for file in results {
        if !file.objects.is_empty() && patches.contains(&normal(Path::new(&file.name))) {
            file.errors.clear();
            let mut documents: BTreeSet<u32> = BTreeSet::new();
            documents.extend(file.objects.drain(..).map(|object| object.document().number()));
            let skipped = documents.into_iter().map(|document| Skipped {
                file: file.name.clone(),
                document,
                why: Why::Patch,
            });
            file.skipped.extend(skipped);
        } else if !file.skipped.is_empty() && patches.contains(&normal(Path::new(&file.name))) {
            file.skipped.iter_mut().for_each(|skipped| skipped.why = Why::Patch);
        }
    }
}

fn note_left_out(inputs: &Inputs, charts: &BTreeSet<PathBuf>, kustomizations: usize, out: &mut Collected) {
    if inputs.render {
        return;
    }
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for skipped in &out.skipped {
        let what = match skipped.why {
            Why::Chart(_) => ("template of a Helm chart", "templates of Helm charts"),
            Why::Patch => ("part of a Kustomize overlay", "parts of Kustomize overlays"),
            _ => continue,
        };
        *counts.entry(what).or_default() += 1;
    }
    if counts.is_empty() && (charts.is_empty() && kustomizations == 0) {
        return;
    }
    let list: Vec<String> =
        counts.iter().map(|((one, many), n)| format!("{n} {}", if *n == 1 { one } else { many })).collect();
    if !list.is_empty() {
        out.notes.push(format!("left out: {}; `--render` includes what they make", list.join(", ")));
    } else if kustomizations > 0 {
        out.notes.push(format!(
            "{kustomizations} kustomization{} found: resources were judged as they stand; `--render` judges the result",
            if kustomizations == 1 { "" } else { "s" }
        ));
    }
}
