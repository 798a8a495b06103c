//! What a scan hands over to be written: the one input of every format.

use foldhash::HashMap;
use seawall_model::{Finding, Object, Severity, Version};
use seawall_yaml::{Place, Source};
use std::sync::Arc;

/// The result of a scan. Equal input gives equal bytes in every format, so no time and no machine is in it.
#[derive(Clone, Debug, Default)]
pub struct ScanResult {
    /// The Kubernetes version whose semantics were applied.
    pub version: Version,
    /// What to say about the version, such as that a newer one was asked.
    pub version_note: Option<String>,
    /// How many files were read, archive members and standard input included.
    pub files: usize,
    /// How many Kubernetes objects and component configurations were judged, copies counted once.
    pub objects: usize,
    /// Documents that are no Kubernetes objects, or parts of charts and overlays.
    pub skipped: Vec<Skipped>,
    /// What was found, suppressed findings included; [`ScanResult::sort`] brings them in order.
    pub findings: Vec<Finding>,
    /// What could not be read.
    pub errors: Vec<InputError>,
    /// Sentences for people: what was left out and how to include it.
    pub notes: Vec<String>,
    /// Objects of equal identity and content that stand in several places.
    pub copies: Vec<Copies>,
    /// False when an input could not be read, or a finding is unknown: the answer has holes.
    pub complete: bool,
    /// The live clusters and snapshots of clusters in the input.
    pub clusters: Vec<ClusterRead>,
    /// Set when fixes were re-checked only where the report shows them: then how many there are is not known.
    pub fixes_uncounted: bool,
    /// Set when the report is to be grouped by the requirements of a framework.
    pub framework: Option<Framework>,
    /// How seawall was called, for the commands that reports suggest.
    pub invocation: Invocation,
}

impl ScanResult {
    /// Sorts findings, errors and skipped documents by file and place, so that the order of threads does not show.
    pub fn sort(&mut self) {
        self.sort_findings();
        self.errors.sort();
        self.skipped.sort();
        self.copies.sort_by_cached_key(|copies| {
            let document = copies.object.document();
            (document.source().shared_name().clone(), document.number(), copies.object.root().id())
        });
    }
}

impl ScanResult {
    fn sort_findings(&mut self) {
        // Files by rank, so that a place is two numbers and nothing is cloned for each of many findings.
        let mut files: Vec<Arc<str>> = Vec::new();
        let mut ranks: HashMap<*const Source, u32> = HashMap::default();
        for finding in &self.findings {
            let source = finding.at.object.document().source();
            ranks.entry(Arc::as_ptr(source)).or_insert_with(|| {
                files.push(source.shared_name().clone());
                0
            });
        }
        files.sort_unstable();
        files.dedup();
        for finding in &self.findings {
            let source = finding.at.object.document().source();
            if let Some(rank) = ranks.get_mut(&Arc::as_ptr(source)).filter(|rank| **rank == 0) {
                *rank = files.binary_search(source.shared_name()).map_or(0, |at| at as u32 + 1);
            }
        }
        // Where each stands is worked out once.
        let place = |finding: &Finding| {
            let document = finding.at.object.document();
            let source = document.source();
            let start = source.base_byte() + u64::from(finding.at.span().start);
            (ranks.get(&Arc::as_ptr(source)).copied().unwrap_or(0), document.number(), start)
        };
        let mut places: Vec<_> = std::mem::take(&mut self.findings)
            .into_iter()
            .map(|finding| (place(&finding), finding))
            .collect();
        // Within a place by rule, container and message.
        places.sort_by(|(place_of_a, a), (place_of_b, b)| {
            (place_of_a.0, place_of_a.2, place_of_a.1)
                .cmp(&(place_of_b.0, place_of_b.2, place_of_b.1))
                .then_with(|| a.rule.cmp(b.rule))
                .then_with(|| a.container.cmp(&b.container))
                .then_with(|| a.message.cmp(&b.message))
        });
        self.findings = places.into_iter().map(|(_, finding)| finding).collect();
        // The list may still have the room of the places.
        self.findings.shrink_to_fit();
    }
}

/// A document that was not judged.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Skipped {
    /// The file as people see it.
    pub file: Arc<str>,
    /// Its number in the file, from 1; `None` is the whole file.
    pub document: Option<u32>,
    /// Why, as a fragment: `Helm template`, `no apiVersion or kind`.
    pub reason: String,
    /// How to include it, as a command or sentence.
    pub hint: Option<String>,
}

/// A live cluster, or a snapshot of one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ClusterRead {
    /// As the kubeconfig calls it.
    pub name: String,
    /// The uid of its namespace `kube-system`.
    pub uid: Option<String>,
    /// What its server says it is.
    pub version: Option<String>,
    /// The only namespace that was read.
    pub namespace: Option<String>,
    /// When a snapshot was taken; absent of a live cluster.
    pub time: Option<String>,
    /// How many objects were read.
    pub objects: u64,
    /// Whether everything that analyses use could be read; what could not stands among the errors.
    pub complete: bool,
}

/// Something in the input that could not be read.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct InputError {
    /// The file as people see it.
    pub file: Arc<str>,
    /// Where; `None` when the file as a whole could not be read.
    pub place: Option<Place>,
    /// What is wrong, as a lowercase fragment.
    pub message: String,
}

/// An object that stands in several places with equal content. It was judged once.
#[derive(Clone, Debug)]
pub struct Copies {
    /// The object that was judged; findings point into it.
    pub object: Arc<Object>,
    /// The other places, in path order.
    pub places: Vec<CopyPlace>,
}

/// Where a copy stands.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct CopyPlace {
    /// The file as people see it.
    pub file: Arc<str>,
    /// Line of its first key, from 1.
    pub line: u32,
    /// Column of its first key in code points, from 1.
    pub column: u32,
}

/// How seawall was called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invocation {
    /// `seawall`, or `kubectl seawall` for the plugin.
    pub program: String,
    /// The inputs as given, such as `deploy` or `--cluster`; empty is the current directory.
    pub inputs: Vec<String>,
}

impl Default for Invocation {
    fn default() -> Self {
        Self { program: "seawall".into(), inputs: Vec::new() }
    }
}

/// A framework and its requirements, in the framework's own order.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    /// The id, such as `cis-1.12`.
    pub id: String,
    /// The name people know it by.
    pub title: String,
    /// All requirements, those that seawall cannot decide included.
    pub requirements: Vec<Requirement>,
}

/// One requirement of a framework.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Its number or id, such as `1.2.1`.
    pub id: String,
    /// What it asks, in our own words.
    pub title: String,
    /// Who decides it.
    pub standing: Standing,
    /// The controls that decide it, or parts of it.
    pub rules: Vec<&'static str>,
}

/// Who decides a requirement.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The controls do, and the input holds what they look at.
    Decided,
    /// The controls do, but nothing in this input is concerned by it.
    NotInInput,
    /// It needs a look at a node.
    NeedsNode,
    /// It needs a live cluster.
    NeedsCluster,
    /// It needs a person.
    Manual,
}

/// The formats of `--output`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Format {
    /// For people: source lines, related places and fixes.
    Full,
    /// One line for each finding.
    Concise,
    /// One JSON document, `seawall.dev/scan/v1`.
    Json,
    /// One finding a line.
    Jsonl,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
    /// Code Quality report of GitLab.
    Gitlab,
    /// A comment for a pull request.
    Markdown,
    /// One self-contained page.
    Html,
    /// `openreports.io/v1alpha1` objects as YAML.
    Openreports,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 11] = [
        Self::Full,
        Self::Concise,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Junit,
        Self::Github,
        Self::Gitlab,
        Self::Markdown,
        Self::Html,
        Self::Openreports,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Openreports => "openreports",
        }
    }

    /// The format of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// How to write.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether `full`, `concise` and tables use colours (ANSI). Nothing is said by colour alone.
    pub color: bool,
    /// Columns of the terminal; text is wrapped to it, source lines are not.
    pub width: usize,
    /// How many findings (groups count once) `full` and `markdown` draw before they count the rest in a table.
    pub limit: usize,
    /// Show findings of this severity and above. Counts stay whole, and say what is not shown.
    pub severity: Option<Severity>,
    /// `full` and `concise`: the header and the summary alone.
    pub summary: bool,
    /// `full` and `concise`: count findings per rule instead of showing them.
    pub statistics: bool,
    /// `full`: name every skipped document.
    pub verbose: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            limit: 100,
            severity: None,
            summary: false,
            statistics: false,
            verbose: false,
        }
    }
}
