//! `paths` and `cut`.

use super::WhatIf;
use clap::{Args, ValueEnum};
use seawall_paths::Place;
use std::path::PathBuf;

const PATHS_EXAMPLES: &str = "\
Examples:
  seawall paths deploy/                         from everything to cluster administrator and to nodes
  seawall paths --from pod:shop/web --to cluster-admin deploy/
  seawall paths --from sa:ci/deployer --to secrets:prod deploy/ --without RoleBinding/prod/ci
  seawall paths --from internet --fail deploy/  exit code 1 when there is one
  seawall paths deploy/ -o html > paths.html    a picture to follow, with the evidence of each step
Places: cluster-admin, namespace-admin:NAMESPACE, secrets:NAMESPACE, node:NAME, pod:NAMESPACE/NAME,
sa:NAMESPACE/NAME, user:NAME, group:NAME, internet; node:* is a node that the input does not name.";

#[derive(Args, Debug)]
#[command(after_help = PATHS_EXAMPLES)]
pub(crate) struct PathsQuestion {
    /// Files, folders, archives, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    /// Where the attacker starts [default: outside, every pod, every identity]
    #[arg(long, value_name = "PLACE")]
    pub(crate) from: Option<Place>,
    /// Where the attacker wants to be [default: cluster-admin and every node]
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Option<Place>,
    /// Paths, at most
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
    /// Exit code 1 when a path is found
    #[arg(long)]
    pub(crate) fail: bool,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: PathsFormat,
}

const CUT_EXAMPLES: &str = "\
Examples:
  seawall cut --from pod:shop/web --to cluster-admin deploy/
  seawall cut --from internet --to node:worker-1 deploy/ -o json
It may change bindings, roles, pods, workloads, secrets and the mounting of tokens; never identities, namespaces,
nodes or the ClusterRole cluster-admin.";

#[derive(Args, Debug)]
#[command(after_help = CUT_EXAMPLES)]
pub(crate) struct CutQuestion {
    /// Files, folders, archives, or - for standard input; none is the current folder
    pub(crate) paths: Vec<PathBuf>,
    /// Where the attacker starts
    #[arg(long, value_name = "PLACE")]
    pub(crate) from: Place,
    /// Where the attacker must not come
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Place,
    #[command(flatten)]
    pub(crate) what_if: WhatIf,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: CutFormat,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum PathsFormat {
    /// For people, to follow step by step
    #[default]
    Full,
    /// For programs
    Json,
    /// One page with the picture, and what explains each step
    Html,
    /// The picture
    Svg,
    /// The picture as Graphviz reads it
    Dot,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum CutFormat {
    /// For people
    #[default]
    Full,
    /// For programs
    Json,
}
