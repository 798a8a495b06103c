//! RBAC × SubjectAccessReview: random worlds in the server and in the engine, the same questions to both.

use super::super::generate::Random;
use super::load::{load, wipe};
use super::question::Question;
use super::review::{Engines, Verdict, ask};
use super::shrink;
use super::world::World;
use crate::kube::Pool;
use anyhow::{Result, bail};
use seawall_model::Version;
use serde_json::Value;
use std::time::Instant;

/// Questions about one world.
const PER_WORLD: u64 = 1_500;

/// Worlds between two lines that say how far it is.
const REPORT: u64 = 70;

/// Counts of one run.
#[derive(Default)]
struct Counts {
    questions: u64,
    worlds: u64,
    allowed: u64,
    /// Refused with a reason.
    reasons: u64,
    /// Reviews that the API does not take.
    invalid: u64,
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        self.questions += 1;
        match verdict {
            Verdict::Invalid(_) => self.invalid += 1,
            Verdict::Answered(status) if status.allowed => self.allowed += 1,
            Verdict::Answered(status) => self.reasons += u64::from(!status.reason.is_empty()),
        }
    }
}

/// Asks `questions` questions; fails at the first difference, shrunk.
pub(crate) fn run(pool: &mut Pool, version: Version, questions: u64, seed: u64) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let mut counts = Counts::default();
    while counts.questions < questions {
        let world = World::random(format!("{seed}-{}", counts.worlds), &mut random);
        let stored = load(pool, &world)?;
        let engines = Engines::new(&world, &stored, version)?;
        let size = PER_WORLD.min(questions - counts.questions);
        let specs: Vec<Value> =
            (0..size).map(|_| Question::random(&world, &mut random).spec(&mut random)).collect();
        for (spec, server) in specs.iter().zip(&ask(pool, &specs)?) {
            counts.add(server);
            if let Some(what) = engines.difference(spec, server) {
                println!("difference: {what}");
                wipe(pool, &world)?;
                shrink::run(pool, version, &world, spec)?;
                bail!("a difference in world {} of seed {seed}", counts.worlds);
            }
        }
        counts.worlds += 1;
        wipe(pool, &world)?;
        if counts.worlds % REPORT == 0 {
            let seconds = started.elapsed().as_secs();
            println!(
                "conformance auth rbac: seed {seed}: {} questions so far, {seconds} s",
                counts.questions
            );
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "conformance auth rbac: seed {seed}: {} questions about {} worlds, {} allowed, {} refused with reasons, \
         {} invalid, 0 differences, {seconds:.0} s, {:.0} questions/s",
        counts.questions,
        counts.worlds,
        counts.allowed,
        counts.reasons,
        counts.invalid,
        counts.questions as f64 / seconds
    );
    Ok(())
}
