//! `review`.

use super::Files;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const REVIEW_EXAMPLES: &str = "\
Examples:
  seawall review operator.yaml --against prod.seawall    what a manifest would bring into a cluster
  seawall review --render charts/operator --cluster      a chart, against the live cluster
  helm template ./chart | seawall review - --against deploy/
Exit code: 0 nothing dangerous is asked for, 1 something is, 2 could not do it, 3 the answer is incomplete.";

#[derive(Args, Debug)]
#[command(after_help = REVIEW_EXAMPLES)]
pub(crate) struct Review {
    /// The software: manifests, folders, archives, charts with --render, or - for standard input
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Where it would be installed: files, folders, archives or a snapshot; repeatable [default: a new cluster]
    #[arg(long, value_name = "INPUT")]
    pub(crate) against: Vec<PathBuf>,
    /// The namespace of objects of the software that name none
    #[arg(short, long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: ReviewFormat,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum ReviewFormat {
    #[default]
    Text,
    Json,
}
