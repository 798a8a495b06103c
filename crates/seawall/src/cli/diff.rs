//! `diff`.

use super::Files;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const DIFF_EXAMPLES: &str = "\
Examples:
  seawall diff old/ new/                        two folders
  seawall diff git:main:deploy deploy/          a branch and the working tree
  seawall diff git:HEAD~1:deploy git:HEAD:deploy -o markdown
  seawall diff monday.seawall --cluster         what has changed in a cluster since a snapshot
Exit code: 0 nothing dangerous is gained, 1 something is, 2 could not do it, 3 not everything could be compared.";

#[derive(Args, Debug)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct Diff {
    /// Before: a file, folder, archive, snapshot, -, or git:REVISION:PATH of the repository here
    pub(crate) old: PathBuf,
    /// After; with --cluster or --context it may be left out, and the cluster is what is compared
    #[arg(required_unless_present_any = ["cluster", "context", "kubeconfig", "dry_run"])]
    pub(crate) new: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: DiffFormat,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum DiffFormat {
    #[default]
    Text,
    Json,
    Markdown,
}
