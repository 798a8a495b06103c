//! `simulate`.

use super::Files;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

const SIMULATE_EXAMPLES: &str = "\
Examples:
  seawall simulate app.yaml --against prod.seawall            would the API server take it, and if not, which plugin says no
  seawall simulate app.yaml --cluster --as sa:ci/deployer      the same, asked by somebody: authorization comes first
  seawall simulate --pod-security restricted --cluster         what would break in which namespace
  seawall simulate --migrate --against prod.seawall            the strictest level that each namespace passes today
  seawall simulate deploy/ --kubernetes-version 1.33 --upgrade 1.36
Exit code: 0 everything surely enters, 1 something is denied, 2 could not do it, 3 something is not known.";

#[derive(Args, Debug)]
#[command(after_help = SIMULATE_EXAMPLES)]
pub(crate) struct Simulate {
    /// The objects: files, folders, archives, or - for standard input; without any, the objects of --against
    pub(crate) paths: Vec<PathBuf>,
    /// The cluster they come to: files, folders, archives or a snapshot; repeatable [default: the objects themselves]
    #[arg(long, value_name = "INPUT")]
    pub(crate) against: Vec<PathBuf>,
    /// The namespace of objects that name none; with --pod-security and --migrate the only one looked at
    #[arg(short, long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Who asks: a user, or sa:NAMESPACE/NAME [default: a cluster administrator]
    #[arg(long = "as", value_name = "USER")]
    pub(crate) user: Option<String>,
    /// Their groups; for a service account they replace its own, as impersonation does
    #[arg(long = "as-group", value_name = "GROUP")]
    pub(crate) groups: Vec<String>,
    /// What is done [default: update where the object is there, else create]
    #[arg(long, value_enum)]
    pub(crate) operation: Option<SimulatedOperation>,
    /// Instead: AdmissionReview requests, a JSON line each, or - for standard input; answers AdmissionReview responses
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "pod_security", "migrate", "upgrade"])]
    pub(crate) review: Option<PathBuf>,
    /// Instead: what this Pod Security level would refuse of what is there, and the fields that would mend it
    #[arg(long, value_name = "LEVEL[:VERSION]", conflicts_with_all = ["migrate", "upgrade"])]
    pub(crate) pod_security: Option<String>,
    /// Instead: the strictest Pod Security level that every namespace passes today, and the labels for it
    #[arg(long, conflicts_with = "upgrade")]
    pub(crate) migrate: bool,
    /// Instead: what answers otherwise in this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) upgrade: Option<String>,
    #[command(flatten)]
    pub(crate) files: Files,
    /// Format
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: SimulateFormat,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum SimulatedOperation {
    Create,
    Update,
    Delete,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum SimulateFormat {
    #[default]
    Text,
    Json,
}
