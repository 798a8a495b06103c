//! `conformance auth`: a real API server judges seawall's authentication and authorization.
//!
//! Each version's control plane is started once; every suite uses it. Where Go is missing nothing can be built, and the
//! suites say that they were not run.

mod credential_objects;
mod credentials;
mod grants;
mod impersonation;
mod load;

mod node;
mod node_world;
mod question;
mod rbac;
mod requests;
mod review;
mod rule_reviews;
mod shrink;
mod streams;
mod tokens;
mod world;

pub(crate) use load::cluster;

use super::sizes::{FULL, Sizes, USUAL};
use crate::kube::{Pool, Recorder, Server, ServerOptions, binaries};
use anyhow::{Context, Result, bail};
use clap::Args;
use seawall_model::Version;
use std::time::{Instant, SystemTime};

/// Options of `conformance auth`.
#[derive(Args)]
pub(crate) struct Options {
    /// Releases to ask, from 1.30 to 1.36 with their patch number; once for each.
    #[arg(long = "version", default_values = ["1.36.3", "1.33.13"])]
    versions: Vec<String>,
    /// Access reviews for each version and seed; the other suites grow with it.
    #[arg(long)]
    questions: Option<u64>,
    /// Where the generators start; the same seed asks the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Ask as much again from a new seed, which is printed.
    #[arg(long)]
    fresh: bool,
    /// The sizes that are asked before an issue is resolved.
    #[arg(long)]
    full: bool,
    /// Only this suite.
    #[arg(long)]
    only: Option<String>,
}

/// Runs the suites against each version; an error when something differs or a server cannot be built.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut sizes = if options.full { FULL } else { USUAL };
    if let Some(questions) = options.questions {
        sizes = sizes.scaled(questions);
    }
    let mut seeds = vec![options.seed];
    if options.fresh {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
        seeds.push(now.as_secs());
    }
    let mut failed = Vec::new();
    for version in &options.versions {
        let Some(binaries) = binaries(version)? else {
            println!("conformance auth: NOT RUN, Go is not installed");
            return Ok(());
        };
        let started = Instant::now();
        let recorder = Recorder::start()?;
        let how = ServerOptions { recorder: Some(&recorder), ..ServerOptions::default() };
        let server = Server::start(&binaries, &how)
            .with_context(|| format!("starting the control plane of {version}"))?;
        println!(
            "conformance auth: {version}: control plane ready after {:.1} s",
            started.elapsed().as_secs_f64()
        );
        let known: Version = version.parse()?;
        let before = failed.len();
        for &seed in &seeds {
            suites(options, (&server, &recorder), known, sizes, seed, &mut failed)?;
        }
        if failed.len() > before {
            continue;
        }
        println!(
            "conformance auth: {version}: seeds {seeds:?}: no differences, {:.0} s",
            started.elapsed().as_secs_f64()
        );
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    Ok(())
}

/// Every suite, one after the other; a difference in one does not keep the others from running.
fn suites(
    options: &Options,
    (server, recorder): (&Server, &Recorder),
    version: Version,
    sizes: Sizes,
    seed: u64,
    failed: &mut Vec<String>,
) -> Result<()> {
    let mut pool = Pool::new(&server.admin()?);
    load::prepare(&mut pool)?;
    let mut suite = |name: &str, run: &mut dyn FnMut() -> Result<()>| {
        if options.only.as_deref().is_none_or(|only| only == name)
            && let Err(error) = run()
        {
            println!("conformance auth {name}: FAILED: {error:#}");
            failed.push(format!("{version}, {name}: {error:#}"));
        }
    };
    suite("rbac", &mut || rbac::run(&mut pool, version, sizes.access_reviews, seed));
    suite("requests", &mut || requests::run(&mut pool, recorder, version, sizes.requests, seed));
    suite("node", &mut || node::run(&mut pool, version, sizes.node_reviews, seed));
    suite("grants", &mut || grants::run(&mut pool, version, sizes.grants, seed));
    suite("credentials", &mut || credentials::run(&mut pool, server, version, sizes.credentials, seed));
    suite("impersonation", &mut || {
        impersonation::run(&mut pool, server, version, sizes.impersonations, seed)
    });
    suite("streams", &mut || streams::run(&mut pool, version, sizes.streams, seed));
    suite("rule-reviews", &mut || rule_reviews::run(&mut pool, version, sizes.rule_reviews, seed));
    Ok(())
}
