//! `reach` and `connections`.

use super::WhatIf;
use clap::{Args, Subcommand, ValueEnum};
use seawall_network::{Dialect, Goal};
use std::path::PathBuf;

const REACH_EXAMPLES: &str = "\
Examples:
  seawall reach shop/web shop/db:5432 deploy/
  seawall reach shop/web 169.254.169.254:80 deploy/ --explain
  seawall reach internet shop/web:8080/TCP deploy/
  seawall reach shop/web '[fd00::1]:443' deploy/ --without NetworkPolicy/shop/web
  seawall reach --queries questions.jsonl deploy/
FROM and TO: a pod or workload as NAMESPACE/NAME, an address, or internet (any address outside). A line of the file:
{\"from\":\"shop/web\",\"to\":\"shop/db\",\"port\":5432,\"protocol\":\"TCP\"}
Exit code: 0 reachable, 1 not, 2 could not do it, 3 it cannot be known from the input.";

#[derive(Args, Debug)]
#[command(after_help = REACH_EXAMPLES, override_usage = "seawall reach [OPTIONS] <FROM> <TO[:PORT[/PROTOCOL]]> [PATH]...\n       seawall reach [OPTIONS] --queries <FILE> [PATH]...")]
pub(crate) struct ReachQuestion {
    /// Who opens the connection and who listens; then files, folders, archives, or - for standard input; none is the
    /// current folder
    #[arg(value_name = "FROM|TO|PATH", required_unless_present = "queries")]
    pub(crate) words: Vec<String>,
    /// Answer many questions, a JSON line each; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    pub(crate) queries: Option<PathBuf>,
    /// Show every policy that selects either side, and what each of its rules says
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: super::AnswerFormat,
}

const CONNECTIONS_EXAMPLES: &str = "\
Examples:
  seawall connections deploy/                   who may connect to whom, and what is open to the outside
  seawall connections --focus shop/web deploy/  only what one workload takes part in
  seawall connections --to metadata deploy/     which workloads reach the metadata service of the cloud, and why
  seawall connections --namespaces deploy/      which namespaces reach each other
  seawall connections --ports deploy/           which declared ports are needed and open, and what is open beside
  seawall connections -o csv deploy/ > open.csv
  seawall connections -o html deploy/ > open.html   a picture, a band for each namespace
Exit code: 0 done, 2 could not do it, 3 the answer is incomplete.";

#[derive(Args, Debug)]
#[command(after_help = CONNECTIONS_EXAMPLES)]
pub(crate) struct ConnectionsQuestion {
    /// Files, folders, archives, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    /// Only connections of this workload; repeatable
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub(crate) focus: Vec<String>,
    /// Show what is open to pods that do not exist yet, by the labels that they would need
    #[arg(long)]
    pub(crate) exposure: bool,
    /// Show who reaches what an attacker looks for first, with every condition that decides; repeatable
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) to: Vec<GoalName>,
    /// Show which namespaces reach each other
    #[arg(long)]
    pub(crate) namespaces: bool,
    /// Show which ports that containers declare are needed and open, and what is open beside them
    #[arg(long)]
    pub(crate) ports: bool,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: ConnectionsFormat,
}

/// What both commands take.
#[derive(Args, Debug)]
pub(crate) struct NetworkOptions {
    /// Namespace of objects that name none
    #[arg(short, long, value_name = "NAME", help_heading = "Input")]
    pub(crate) namespace: Option<String>,
    /// Whose reading of what upstream leaves open
    #[arg(long, value_enum, default_value_t)]
    pub(crate) dialect: DialectName,
}

/// What is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum GoalName {
    /// The metadata services of clouds
    Metadata,
    /// The kubelets' API
    Kubelet,
    /// etcd
    Etcd,
    /// The API server
    Apiserver,
    /// The servers that look up names
    Dns,
    /// Addresses outside the cluster
    Internet,
}

impl GoalName {
    pub(crate) fn goal(self) -> Goal {
        match self {
            Self::Metadata => Goal::Metadata,
            Self::Kubelet => Goal::Kubelet,
            Self::Etcd => Goal::Etcd,
            Self::Apiserver => Goal::ApiServer,
            Self::Dns => Goal::Dns,
            Self::Internet => Goal::Internet,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum DialectName {
    /// As Kubernetes' documentation and tests say
    #[default]
    Upstream,
    /// As Cilium does: an ipBlock never means a pod
    Cilium,
    /// Policies alone decide: also about a pod and itself, and a pod and its node
    Strict,
}

impl DialectName {
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Upstream => Dialect::UPSTREAM,
            Self::Cilium => Dialect::CILIUM,
            Self::Strict => Dialect::STRICT,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum ConnectionsFormat {
    /// For people
    #[default]
    Table,
    /// Comma-separated, for spreadsheets
    Csv,
    /// For programs
    Json,
    /// For a comment
    Markdown,
    /// One page with the picture, and what explains each edge
    Html,
    /// The picture
    Svg,
    /// The picture as Graphviz reads it
    Dot,
}

const GENERATE_EXAMPLES: &str = "\
Examples:
  seawall network generate deploy/ > policies.yaml
      policies for what the objects declare: Services that settings name, ways in from outside, DNS
  seawall network generate --wanted wanted.yaml deploy/
      for what a file says: a list `connections` of {from, to, ports}, as `seawall connections -o json` prints it
  seawall network generate --flows hubble.jsonl cluster.seawall
      for what was seen: JSON lines {\"from\",\"to\",\"port\",\"protocol\"}, Hubble's export, or lines of conntrack
Each workload gets one policy that lets pass what is wanted and nothing else. The engine then asks the cluster with the
policies: standard error says what would not pass, what stays open, and what NetworkPolicies cannot say.
Exit code: 0 all that is wanted passes, 2 could not do it, 3 something is missing or unknown.";

/// Policies.
#[derive(Args, Debug)]
pub(crate) struct NetworkCommand {
    #[command(subcommand)]
    pub(crate) task: NetworkTask,
}

/// What is to be done with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum NetworkTask {
    /// Writes least-privilege policies for what is wanted, with the proof
    Generate(Box<Generate>),
}

#[derive(Args, Debug)]
#[command(after_help = GENERATE_EXAMPLES)]
pub(crate) struct Generate {
    /// Files, folders, archives, snapshots, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    /// Connections to allow, from a file; repeatable
    #[arg(long, value_name = "FILE", help_heading = "What is wanted")]
    pub(crate) wanted: Vec<PathBuf>,
    /// Connections that were seen, a record a line; - is standard input; repeatable
    #[arg(long, value_name = "FILE", help_heading = "What is wanted")]
    pub(crate) flows: Vec<PathBuf>,
    /// What the objects declare, beside --wanted and --flows; alone it is the default
    #[arg(long, help_heading = "What is wanted")]
    pub(crate) declared: bool,
    /// Do not let every workload ask the cluster's DNS
    #[arg(long, help_heading = "What is wanted")]
    pub(crate) no_dns: bool,
    /// Only policies of this namespace; repeatable [default: all but kube-system]
    #[arg(long, value_name = "NAMESPACE")]
    pub(crate) only: Vec<String>,
    /// Keep the metadata addresses of clouds closed: by a ClusterNetworkPolicy where the input defines them
    #[arg(long)]
    pub(crate) deny_metadata: bool,
    #[command(flatten)]
    pub(crate) network: NetworkOptions,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: GenerateFormat,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum GenerateFormat {
    /// The policies, to be applied
    #[default]
    Yaml,
    /// Policies and proof, for programs
    Json,
}
