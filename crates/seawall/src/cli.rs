//! What can be typed. The contract is `docs/cli.md`.

mod diff;
mod network;
mod paths;
mod review;
mod simulate;

pub(crate) use diff::{Diff, DiffFormat};
pub(crate) use network::{
    ConnectionsFormat, ConnectionsQuestion, Generate, GenerateFormat, NetworkCommand, NetworkOptions,
    NetworkTask, ReachQuestion,
};
pub(crate) use paths::{CutFormat, CutQuestion, PathsFormat, PathsQuestion};
pub(crate) use review::{Review, ReviewFormat};
pub(crate) use simulate::{Simulate, SimulateFormat, SimulatedOperation};

use clap::{Args, Parser, Subcommand, ValueEnum};
use seawall_model::Severity;
use seawall_report::Format;
use std::path::PathBuf;
use std::str::FromStr;

/// Finds what is wrong in Kubernetes manifests and configuration, with proof and verified fixes.
#[derive(Debug, Parser)]
#[command(name = "seawall", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: Common,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Says what is wrong here, with evidence and a re-checked fix
    Scan(Box<Scan>),
    /// Says whether somebody may do something, and by which binding, role and rule
    #[command(name = "can-i")]
    CanI(Box<CanI>),
    /// Lists everybody who may do something, with the chain that gives it
    WhoCan(Box<WhoCan>),
    /// Lists everything that one subject may do, the dangerous first
    Access(Box<Access>),
    /// Answers many SubjectAccessReviewSpecs, a line each
    Authorize(Box<Authorize>),
    /// Says for many credentials whose they are, a line each
    Authenticate(Box<Authenticate>),
    /// Shows how one identity or place becomes another, shortest way first
    Paths(Box<PathsQuestion>),
    /// Finds the smallest set of changes after which no path is left
    Cut(Box<CutQuestion>),
    /// Says whether one pod or address can reach another, and which policies decide
    Reach(Box<ReachQuestion>),
    /// Lists every allowed connection between workloads and with the outside
    Connections(Box<ConnectionsQuestion>),
    /// Writes policies for the connections that are wanted
    Network(NetworkCommand),
    /// Says which rights a change gives and takes, and which attack paths it opens and closes
    Diff(Box<Diff>),
    /// Says what somebody else's software asks for before it is installed, and what it could do without
    Review(Box<Review>),
    /// Says what the API server would answer if objects were created or changed now, and which plugin says no
    Simulate(Box<Simulate>),
    /// Writes a live cluster, or files, into one file that every command reads
    Snapshot(Box<Snapshot>),
    /// Prints how Kubernetes decodes these files
    Convert(Convert),
    /// Lists the catalogue
    Rules(Rules),
    /// Explains one rule: what it finds, why it matters, how to mend it
    Explain(Explain),
    /// Prints a completion script for a shell
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// The flags that name a live cluster, and the only namespace to read of it.
    pub(crate) fn cluster(&self) -> Option<(&Files, Option<&str>)> {
        Some(match self {
            Self::Scan(scan) => (&scan.reading.files, scan.reading.namespace.as_deref()),
            Self::Snapshot(snapshot) => (&snapshot.reading.files, snapshot.reading.namespace.as_deref()),
            Self::CanI(question) => (&question.what_if.files, None),
            Self::WhoCan(question) => (&question.what_if.files, None),
            Self::Access(question) => (&question.what_if.files, None),
            Self::Authorize(question) => (&question.what_if.files, None),
            Self::Authenticate(question) => (&question.what_if.files, None),
            Self::Reach(question) => (&question.what_if.files, None),
            Self::Connections(question) => (&question.what_if.files, None),
            Self::Network(NetworkCommand { task: NetworkTask::Generate(generate) }) => {
                (&generate.what_if.files, None)
            }
            Self::Diff(question) => (&question.files, None),
            Self::Review(question) => (&question.files, None),
            Self::Simulate(question) => (&question.files, None),
            _ => return None,
        })
    }
}

/// Flags that every command takes.
#[derive(Args, Debug)]
pub(crate) struct Common {
    /// When to use colours (NO_COLOR is honoured)
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Show no progress
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more: name every skipped document
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Called as kubectl-seawall: where no input is named, it is the current context.
    #[arg(skip)]
    pub(crate) plugin: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

const SCAN_EXAMPLES: &str = "\
Examples:
  seawall scan deploy/                          what is wrong in a folder
  helm template ./chart | seawall scan -        what a chart would create
  seawall scan --fix deploy/                    mend what can be mended safely
  seawall scan --diff --unsafe deploy/          show every fix, write nothing
  seawall scan -o full -o sarif=seawall.sarif   for people and for code scanning
  seawall scan --framework cis-1.12 /etc/kubernetes/manifests
  seawall scan --cluster                        what is wrong in the cluster of the current context
  seawall scan --cluster --probe --dry-run      which listeners --probe would ask
Exit code: 0 nothing at or above --fail-on, 1 findings, 2 could not do it, 3 nothing found but incomplete.";

#[derive(Args, Debug)]
#[command(after_help = SCAN_EXAMPLES)]
pub(crate) struct Scan {
    /// Files, folders, archives, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// With --cluster: ask the cluster's own listeners (API server, kubelets, etcd, NodePorts) what they answer to
    /// somebody unknown; says before whom. With --dry-run it only says whom
    #[arg(long, help_heading = "Input")]
    pub(crate) probe: bool,
    #[command(flatten)]
    pub(crate) choice: Choice,
    #[command(flatten)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) fixing: Fixing,
}

/// What is read from the input, and as what; the same for every command.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Input")]
pub(crate) struct Files {
    /// The live cluster of the kubeconfig's current context
    #[arg(long)]
    pub(crate) cluster: bool,
    /// The live cluster of this context
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// The kubeconfig [default: KUBECONFIG, ~/.kube/config, or the account of the pod one is in]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Say what would be read of the cluster, and read nothing but the list of its resources
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Kubernetes version whose semantics apply [default: the cluster's, else the newest known]
    #[arg(long, value_name = "VERSION")]
    pub(crate) kubernetes_version: Option<String>,
    /// Render Helm charts and Kustomize overlays with the tools on the PATH; not those of git revisions
    #[arg(long)]
    pub(crate) render: bool,
    /// Leave out files and folders inside folders that match
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Read inside folders what git ignores, too
    #[arg(long)]
    pub(crate) no_ignore: bool,
}

/// What `scan` reads beside it.
#[derive(Args, Debug)]
#[command(next_help_heading = "Input")]
pub(crate) struct Reading {
    /// Namespace of objects that name none; of a live cluster the only one that is read
    #[arg(short, long, value_name = "NAME", conflicts_with = "all_namespaces")]
    pub(crate) namespace: Option<String>,
    /// Every namespace of the live cluster (so it is without -n, too)
    #[arg(short = 'A', long)]
    pub(crate) all_namespaces: bool,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Configuration [default: seawall.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// What is looked for, and what counts.
#[derive(Args, Debug)]
#[command(next_help_heading = "Rules")]
pub(crate) struct Choice {
    /// Only these rules
    #[arg(long, value_name = "RULE|AREA/", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULE|AREA/", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Only what a framework asks, grouped by its requirements
    #[arg(long, value_name = "NAME")]
    pub(crate) framework: Option<String>,
    /// Severity from which on findings fail the run [default: high]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Skipped, unknown and unreadable things fail the run, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Findings in this file do not count
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write the findings of this run as a baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) write_baseline: Option<PathBuf>,
    /// Suppressions inside the input have no effect
    #[arg(long)]
    pub(crate) no_inline_suppressions: bool,
}

/// How it is shown.
#[derive(Args, Debug)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Format, and file if not standard output: full (default), concise, json, jsonl, sarif, junit, github,
    /// gitlab, markdown, html, openreports; repeatable
    #[arg(short, long, value_name = "FORMAT[=FILE]")]
    pub(crate) output: Vec<Target>,
    /// Show findings of this severity and above
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) severity: Option<Level>,
    /// Show the summary alone
    #[arg(long)]
    pub(crate) summary: bool,
    /// Count findings per rule
    #[arg(long)]
    pub(crate) statistics: bool,
    /// Draw at most this many findings in full; the others are counted per rule
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: usize,
}

/// What is changed.
#[derive(Args, Debug)]
#[command(next_help_heading = "Fixes")]
pub(crate) struct Fixing {
    /// Apply the fixes that cannot break a working application
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix or --diff: the others, too
    #[arg(long = "unsafe")]
    pub(crate) unsafe_fixes: bool,
    /// Print what --fix would change, and change nothing
    #[arg(long)]
    pub(crate) diff: bool,
}

const CAN_I_EXAMPLES: &str = "\
Examples:
  seawall can-i create pods/exec --as jane -n shop deploy/
  seawall can-i get secrets --name db --as sa:shop/web -n shop deploy/
  seawall can-i list pods -A --as-group devs deploy/ --without RoleBinding/shop/devs
  seawall can-i get /metrics --as system:anonymous deploy/
Exit code: 0 allowed, 1 refused, 2 could not do it, 3 it cannot be known from the input.";

#[derive(Args, Debug)]
#[command(after_help = CAN_I_EXAMPLES)]
pub(crate) struct CanI {
    /// The verb: get, list, create, impersonate …
    pub(crate) verb: String,
    /// The resource (deploy, deployments.apps, pods/exec), or a path such as /metrics
    pub(crate) resource: String,
    /// Files, folders, archives, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    /// Who asks: a user, or sa:NAMESPACE/NAME. Groups that every such user has are added
    #[arg(long = "as", value_name = "USER")]
    pub(crate) user: Option<String>,
    /// Their groups; for a service account they replace its own, as impersonation does
    #[arg(long = "as-group", value_name = "GROUP")]
    pub(crate) groups: Vec<String>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: AnswerFormat,
}

const WHO_CAN_EXAMPLES: &str = "\
Examples:
  seawall who-can get secrets -n shop deploy/
  seawall who-can create pods/exec -A deploy/
  seawall who-can impersonate users --with new-role.yaml deploy/
  seawall who-can '*' '*' -A deploy/               who is cluster administrator";

#[derive(Args, Debug)]
#[command(after_help = WHO_CAN_EXAMPLES)]
pub(crate) struct WhoCan {
    /// The verb
    pub(crate) verb: String,
    /// The resource, or a path such as /metrics
    pub(crate) resource: String,
    /// Files, folders, archives, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: AnswerFormat,
}

const ACCESS_EXAMPLES: &str = "\
Examples:
  seawall access sa:shop/web deploy/            a service account
  seawall access user:jane deploy/              a user; group:devs, node:worker-1 likewise
  seawall access pod:shop/web deploy/           a pod or workload: its account, and whether it gets a token
  seawall access sa:shop/web deploy/ --without ClusterRoleBinding/ops
  seawall access --credentials /etc/kubernetes  every certificate and token that is there
  seawall access cert:jane.crt /etc/kubernetes  a client certificate; token:- reads a token, and never shows it
Exit code: 0 done, 2 could not do it, 3 the answer is incomplete.";

#[derive(Args, Debug)]
#[command(after_help = ACCESS_EXAMPLES, override_usage = "seawall access [OPTIONS] <SUBJECT> [PATH]...\n       seawall access [OPTIONS] --credentials [SUBJECT] [PATH]...")]
pub(crate) struct Access {
    /// The subject: sa:NAMESPACE/NAME, user:NAME, group:NAME, node:NAME, pod:NAMESPACE/NAME, cert:FILE, token:FILE or
    /// token:- for standard input. Then files, folders, archives, or - for standard input; none is the current folder
    #[arg(value_name = "SUBJECT|PATH", required_unless_present = "credentials")]
    pub(crate) words: Vec<String>,
    /// List every credential in the input, whose it is, and until when. SUBJECT may be left out; no secret is shown
    #[arg(long)]
    pub(crate) credentials: bool,
    /// When a certificate or token is judged [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: AnswerFormat,
}

const AUTHORIZE_EXAMPLES: &str = "\
Example:
  seawall authorize --requests questions.jsonl deploy/
  each line in:  {\"user\":\"jane\",\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\",\"namespace\":\"shop\"}}
  each line out: {\"allowed\":true,\"denied\":false,\"reason\":\"RBAC: allowed by …\"}
No groups are added to those that a line names.";

#[derive(Args, Debug)]
#[command(after_help = AUTHORIZE_EXAMPLES)]
pub(crate) struct Authorize {
    /// SubjectAccessReviewSpecs as JSON, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) requests: PathBuf,
    /// Files, folders, archives; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
}

const AUTHENTICATE_EXAMPLES: &str = "\
Example:
  seawall authenticate --requests credentials.jsonl --at 2027-01-31 /etc/kubernetes
  each line in:  {\"certificate\":PEM}, or {\"token\":\"…\",\"audiences\":[…]}
  each line out: {\"authenticated\":true,\"user\":{\"username\":\"jane\",\"groups\":[…]},\"expires\":\"…\"}
The flags of the kube-apiserver in the input decide; the files that they name are found in the input, too.
Exit code: 0 every line is answered, 2 could not do it, 3 some cannot be known from the input.";

#[derive(Args, Debug)]
#[command(after_help = AUTHENTICATE_EXAMPLES)]
pub(crate) struct Authenticate {
    /// Credentials as JSON, one a line; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) requests: PathBuf,
    /// When [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Files, folders, archives; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
}

/// The place of a request.
#[derive(Args, Debug)]
#[command(next_help_heading = "Request")]
pub(crate) struct Place {
    /// The object's name; without it requests on the whole collection are asked for
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The request's namespace [default: default]
    #[arg(short, long, value_name = "NAME", conflicts_with = "all_namespaces")]
    pub(crate) namespace: Option<String>,
    /// The request is over all namespaces
    #[arg(short = 'A', long)]
    pub(crate) all_namespaces: bool,
}

/// What is read, and what if it were otherwise.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Input")]
pub(crate) struct WhatIf {
    /// As if these objects were applied, too
    #[arg(long, value_name = "FILE")]
    pub(crate) with: Vec<PathBuf>,
    /// As if this object were deleted
    #[arg(long, value_name = "KIND/[NAMESPACE/]NAME")]
    pub(crate) without: Vec<String>,
    #[command(flatten)]
    pub(crate) files: Files,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum AnswerFormat {
    #[default]
    Table,
    Json,
}

const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  seawall snapshot --cluster -o prod.seawall        a whole cluster; then: seawall scan prod.seawall
  seawall snapshot --context prod -n shop -o shop.seawall
  seawall snapshot -o repo.seawall deploy/          files
  seawall snapshot --print-rbac | kubectl apply -f -
Values of Secrets never enter it: only their keys, sizes, and digests whose key is forgotten.
Exit code: 0 complete, 2 could not do it, 3 written, but something could not be read.";

#[derive(Args, Debug)]
#[command(after_help = SNAPSHOT_EXAMPLES)]
pub(crate) struct Snapshot {
    /// Files, folders, archives, or - for standard input, beside the cluster or without one
    pub(crate) paths: Vec<PathBuf>,
    /// The file to write; its name ends in .seawall
    #[arg(short, long, value_name = "FILE", required_unless_present_any = ["print_rbac", "dry_run"])]
    pub(crate) output: Option<PathBuf>,
    /// Print the smallest role that reads all this from a cluster, and write nothing
    #[arg(long)]
    pub(crate) print_rbac: bool,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

#[derive(Args, Debug)]
pub(crate) struct Convert {
    /// Files, or - for standard input
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Format: jsonl, a line for each document
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: ConvertFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum ConvertFormat {
    #[default]
    Jsonl,
}

#[derive(Args, Debug)]
pub(crate) struct Rules {
    /// Only what a framework asks, by its requirements
    #[arg(long, value_name = "NAME")]
    pub(crate) framework: Option<String>,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: TableFormat,
}

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// The rule, or the id that another tool gives it
    pub(crate) rule: String,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: TableFormat,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum TableFormat {
    #[default]
    Table,
    Json,
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

impl FailOn {
    pub(crate) fn severity(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::Never => None,
        }
    }
}

/// `--severity`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Level {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl Level {
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::High => Severity::High,
            Self::Medium => Severity::Medium,
            Self::Low => Severity::Low,
            Self::Info => Severity::Info,
        }
    }
}

/// `FORMAT[=FILE]`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').map_or((text, None), |(name, file)| (name, Some(file)));
        let format = Format::from_name(name).ok_or_else(|| {
            let names: Vec<_> = Format::ALL.iter().map(|format| format.as_str()).collect();
            let near = crate::select::nearest(name, names.iter().copied());
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("no format `{name}`{hint} (formats: {})", names.join(", "))
        })?;
        match file {
            Some("") => Err("the file name after `=` is missing".into()),
            file => Ok(Self { format, file: file.map(PathBuf::from) }),
        }
    }
}
