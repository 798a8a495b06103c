//! Comparison with Kubernetes' own code.
//!
//! `config` asks a small Go program over the published modules (`conformance/config-go`) and seawall the same
//! questions; every difference is shrunk and printed, and the command fails. Where Go is missing it says so and passes.

mod admission;
mod audit;
mod auth;
mod authentication;
mod authorization;
mod cel;
mod cluster;
mod convert;
mod corpus;
mod encryption;
mod generate;
mod judge;
mod lab;
mod network;
mod paths;
mod pod_security;
mod sizes;
mod structured;

use clap::{Args, Subcommand};

/// What is compared.
#[derive(Subcommand)]
pub(crate) enum Suite {
    /// Configuration texts: how they decode, and what the structured configuration files mean.
    Config(Config),
    /// Pod Security: decisions and words on generated pods, at every level and version.
    PodSecurity(PodSecurity),
    /// CEL expressions: how they compile, their values, errors and costs.
    Cel(Cel),
    /// Authentication and authorization: a real API server answers the same questions.
    Auth(auth::Options),
    /// The network engine: tables of other projects, and a slow form of itself on clusters made by chance.
    Network(network::Options),
    /// Admission: a real API server's dry runs against seawall's chain of plugins.
    Admission(admission::Options),
    /// Live clusters and snapshots: a real API server is read, with every sort of kubeconfig and of missing rights.
    Cluster(cluster::Options),
    /// Real kubelets: a cluster with nodes is read and probed; needs root and the lab's scripts.
    Lab(lab::Options),
    /// Attack paths: chains that are found are carried out through a real API server, and ended by their cut.
    Paths(paths::Options),
}

/// Options of `conformance config`.
#[derive(Args)]
pub(crate) struct Config {
    /// Generated texts.
    #[arg(long, default_value_t = 100_000)]
    questions: u64,
    /// Where the generator starts; the same seed gives the same texts.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this comparison: convert, encryption, audit, authentication or authorization.
    #[arg(long)]
    only: Option<String>,
}

/// Options of `conformance pod-security`.
#[derive(Args)]
pub(crate) struct PodSecurity {
    /// Generated pods.
    #[arg(long, default_value_t = 100_000)]
    questions: u64,
    /// Where the generator starts; the same seed gives the same pods.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Options of `conformance cel`.
#[derive(Args)]
pub(crate) struct Cel {
    /// Generated expressions, beside those of the table.
    #[arg(long, default_value_t = 100_000)]
    questions: u64,
    /// Where the generator starts; the same seed gives the same expressions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The structured files; of each, a tenth as many are made as texts to convert.
const STRUCTURED: [structured::Suite; 4] =
    [encryption::SUITE, audit::SUITE, authentication::SUITE, authorization::SUITE];

/// Runs a suite; an error when there are differences.
pub(crate) fn run(suite: &Suite) -> anyhow::Result<()> {
    match suite {
        Suite::Auth(options) => auth::run(options),
        Suite::Network(options) => network::run(options),
        Suite::Admission(options) => admission::run(options),
        Suite::Cluster(options) => cluster::run(options),
        Suite::Lab(options) => lab::run(options),
        Suite::Paths(options) => paths::run(options),
        Suite::Cel(options) => match judge::build("cel-go")? {
            Some(program) => cel::run(&program, options.questions, options.seed),
            None => {
                println!("conformance cel: NOT RUN, Go is not installed");
                Ok(())
            }
        },
        Suite::PodSecurity(options) => match judge::build("pod-security-go")? {
            Some(program) => pod_security::run(&program, options.questions, options.seed),
            None => {
                println!("conformance pod-security: NOT RUN, Go is not installed");
                Ok(())
            }
        },
        Suite::Config(config) => {
            let Some(program) = judge::build("config-go")? else {
                println!("conformance config: NOT RUN, Go is not installed");
                return Ok(());
            };
            let wanted = |mode: &str| config.only.as_deref().is_none_or(|only| only == mode);
            let mut outcome = Ok(());
            if wanted("convert") {
                outcome = convert::run(&program, config.questions, config.seed);
            }
            for suite in STRUCTURED.iter().filter(|suite| wanted(suite.mode)) {
                outcome = outcome.and(structured::run(suite, &program, config.questions / 10, config.seed));
            }
            outcome
        }
    }
}
