//! Comparison with Kubernetes' own code.
//!
//! `config` asks a small Go program over the published modules (`conformance/config-go`) and seawall the same
//! questions; every difference is shrunk and printed, and the command fails. Where Go is missing it says so and passes.

mod convert;
mod corpus;
mod generate;
mod judge;
mod pod_security;

use clap::{Args, Subcommand};

/// What is compared.
#[derive(Subcommand)]
pub(crate) enum Suite {
    /// Configuration texts: how they decode, and what the structured configuration files mean.
    Config(Config),
    /// Pod Security: decisions and words on generated pods, at every level and version.
    PodSecurity(PodSecurity),
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

/// Runs a suite; an error when there are differences.
pub(crate) fn run(suite: &Suite) -> anyhow::Result<()> {
    match suite {
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
            convert::run(&program, config.questions, config.seed)
        }
    }
}
