//! `conformance admission`: a real API server's dry runs judge seawall's admission chain.
//!
//! Random objects come to random namespaces, limit ranges, quotas, accounts and classes; allowed, code, text, warnings
//! and the stored object must be equal. Where seawall says that it does not know, the case is counted apart.

mod ask;
mod audit;
mod objects;
mod pods;
mod world;

use super::generate::Random;
use crate::kube::{Pool, Server, ServerOptions, binaries};
use anyhow::{Context, Result, bail};
use ask::{Case, Judged};
use clap::Args;
use seawall_admission::Settings;
use seawall_model::Version;
use seawall_model::tables::plugins;
use std::collections::BTreeMap;
use std::time::Instant;

/// Options of `conformance admission`.
#[derive(Args)]
pub(crate) struct Options {
    /// Releases to ask, from 1.30 to 1.36 with their patch number; once for each.
    #[arg(long = "version", default_values = ["1.36.3", "1.33.13"])]
    versions: Vec<String>,
    /// Objects that are sent to each.
    #[arg(long, default_value_t = 3_000)]
    questions: u64,
    /// Where the generator starts; the same seed asks the same.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only objects of this kind.
    #[arg(long)]
    kind: Option<String>,
    /// Differences that are printed.
    #[arg(long, default_value_t = 5)]
    show: usize,
}

/// Objects that are sent to one world.
const PER_WORLD: u64 = 60;

/// Plugins that are off by default, and switched on for the comparison.
const MORE: [&str; 8] = [
    "NodeRestriction",
    "PodNodeSelector",
    "PodTolerationRestriction",
    "AlwaysPullImages",
    "DenyServiceExternalIPs",
    "ExtendedResourceToleration",
    "OwnerReferencesPermissionEnforcement",
    "LimitPodHardAntiAffinityTopology",
];

/// Compares with each version; an error when something differs or a server cannot be built.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut failed = Vec::new();
    for version in &options.versions {
        let Some(binaries) = binaries(version)? else {
            println!("conformance admission: NOT RUN, Go is not installed");
            return Ok(());
        };
        for more in [false, true] {
            let folder = tempfile::tempdir()?;
            let log = audit::Log::prepare(folder.path())?;
            let mut flags = log.flags();
            if more {
                flags.push(format!("--enable-admission-plugins={}", MORE.join(",")));
            }
            let how = ServerOptions { flags, ..ServerOptions::default() };
            let server = Server::start(&binaries, &how)
                .with_context(|| format!("starting the control plane of {version}"))?;
            let questions = options.questions / 2;
            let differences = compare(options, (&server, &log), version.parse()?, more, questions)?;
            if differences > 0 {
                failed.push(format!("{version}: {differences} differences"));
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("{}", failed.join("; ")) }
}

/// The server's set-up as seawall takes it.
fn settings(version: Version, more: bool) -> Settings<'static> {
    let mut settings = Settings::defaults(version);
    // The test control plane switches one plugin on and one off (`kube/server.rs`).
    let on = |name: &str| {
        name == "NodeRestriction"
            || more && MORE.contains(&name)
            || plugins::is_default_on(version, name) && name != "StorageObjectInUseProtection"
    };
    settings.plugins = plugins::known(version).filter(|name| on(name)).collect();
    settings
}

fn compare(
    options: &Options,
    (server, log): (&Server, &audit::Log),
    version: Version,
    more: bool,
    questions: u64,
) -> Result<usize> {
    let started = Instant::now();
    let mut pool = Pool::new(&server.admin()?);
    let mut random = Random::new(options.seed ^ u64::from(more) << 32);
    let settings = settings(version, more);
    let common = world::prepare(&mut pool, &mut random)?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    let mut audited = Vec::new();
    let mut asked = 0;
    let mut number = 0;
    while asked < questions {
        number += 1;
        let world = world::make(&mut pool, &mut random, &common, options.seed, number)?;
        let count = PER_WORLD.min(questions - asked);
        let cases: Vec<Case> =
            (0..count).map(|_| objects::case(&world, options.kind.as_deref(), &mut random)).collect();
        asked += count;
        for judged in ask::judge(&mut pool, &world, &settings, &cases, &mut audited)? {
            match judged {
                Judged::Same(what) => *counts.entry(what).or_default() += 1,
                Judged::Open(why) => *open.entry(why).or_default() += 1,
                Judged::Different(text) => differences.push(text),
            }
        }
    }
    let (events, wrong) = log.compare(&audited)?;
    differences.extend(wrong);
    for text in differences.iter().take(options.show) {
        println!("---- {version}: differs\n{text}");
    }
    let same: usize = counts.values().sum();
    let unknown: usize = open.values().sum();
    println!(
        "conformance admission: {version}{}: seed {}: {asked} objects in {number} worlds: {same} the same, {unknown} \
         unknown to seawall, {events} audit events compared, {} differences, {:.0} s",
        if more { " with more plugins" } else { "" },
        options.seed,
        differences.len(),
        started.elapsed().as_secs_f64()
    );
    let list = |counts: &BTreeMap<String, usize>| -> String {
        let mut all: Vec<_> = counts.iter().collect();
        all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        all.into_iter().take(24).map(|(what, count)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
    };
    println!("  the same: {}", list(&counts));
    if unknown > 0 {
        println!("  unknown: {}", list(&open));
    }
    Ok(differences.len())
}
