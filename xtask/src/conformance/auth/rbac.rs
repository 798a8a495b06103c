//! RBAC × SubjectAccessReview: random worlds in the server and in the engine, the same questions to both.

use super::super::generate::Random;
use super::load::{cluster, load, wipe};
use super::question::{About, Question};
use super::shrink;
use super::world::World;
use crate::kube::{Answer, Pool, Request};
use anyhow::{Result, bail};
use seawall_auth::Attributes;
use seawall_auth::authorizer::Decision;
use seawall_auth::rbac::Subject;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::Version;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Instant;

/// Questions about one world.
const PER_WORLD: u64 = 3_000;
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// What the server says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Status {
    #[serde(default)]
    allowed: bool,
    #[serde(default)]
    denied: bool,
    #[serde(default)]
    reason: String,
    #[serde(default, rename = "evaluationError")]
    evaluation_error: String,
}

#[derive(Deserialize)]
struct Review {
    status: Status,
}

/// The two ways in which seawall gets to know a cluster.
pub(crate) struct Engines {
    /// From manifests: aggregation and the server's own objects are ours.
    files: RbacAuthorizer,
    /// From what the server stores.
    stored: RbacAuthorizer,
}

impl Engines {
    pub(crate) fn new(world: &World, stored: &[serde_json::Value], version: Version) -> Result<Self> {
        Ok(Self {
            files: RbacAuthorizer::new(&cluster(&world.objects)?, Options::files(version)),
            stored: RbacAuthorizer::new(&cluster(stored)?, Options::stored(version)),
        })
    }

    /// What differs from the server's answer, if anything.
    pub(crate) fn difference(&self, question: &Question, server: &Status) -> Option<String> {
        if server.denied || !server.evaluation_error.is_empty() {
            return Some(format!("the server denies or reports an error: {server:?}"));
        }
        let sides = [("from manifests", &self.files), ("from stored objects", &self.stored)];
        sides
            .into_iter()
            .find_map(|(name, engine)| judge(engine, question, server).map(|what| format!("{name}: {what}")))
    }
}

/// Counts of one run.
#[derive(Default)]
struct Counts {
    questions: u64,
    worlds: u64,
    allowed: u64,
    reasons: u64,
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
        let asked: Vec<Question> = (0..size).map(|_| Question::random(&world, &mut random)).collect();
        let answers = ask(pool, &asked)?;
        for (question, server) in asked.iter().zip(&answers) {
            counts.allowed += u64::from(server.allowed);
            counts.reasons += u64::from(!server.allowed && !server.reason.is_empty());
            if let Some(what) = engines.difference(question, server) {
                println!("difference: {what}");
                wipe(pool, &world)?;
                shrink::run(pool, version, &world, question)?;
                bail!("a difference in world {} of seed {seed}", counts.worlds);
            }
        }
        counts.questions += size;
        counts.worlds += 1;
        wipe(pool, &world)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "conformance auth rbac: seed {seed}: {} questions about {} worlds, {} allowed, {} refused with reasons, \
         0 differences, {:.0} s, {:.0} questions/s",
        counts.questions,
        counts.worlds,
        counts.allowed,
        counts.reasons,
        seconds,
        counts.questions as f64 / seconds
    );
    Ok(())
}

/// The server's answers.
pub(crate) fn ask(pool: &mut Pool, questions: &[Question]) -> Result<Vec<Status>> {
    let requests: Vec<Request> =
        questions.iter().map(|question| Request::json("POST", REVIEWS, &question.review())).collect();
    let read = |answer: Answer| Ok(answer.successful("a review")?.json::<Review>()?.status);
    pool.send_all(&requests)?.into_iter().map(read).collect()
}

fn judge(engine: &RbacAuthorizer, question: &Question, server: &Status) -> Option<String> {
    let groups: Vec<&str> = question.groups.iter().map(String::as_str).collect();
    let who = Subject { user: &question.user, groups: &groups };
    if groups.contains(&"system:masters") {
        // Decided before RBAC, without a reason.
        let right = server.allowed && server.reason.is_empty();
        return (!right).then(|| format!("system:masters is not allowed at once: {server:?}"));
    }
    let attributes = attributes(question);
    let answer = engine.authorize(who, &attributes);
    match (answer.decision, server.allowed) {
        (Decision::Allow, true) => {
            let proofs = engine.proofs(who, &attributes, usize::MAX);
            let scope = proofs.first().map(|proof| proof.namespace);
            let of_scope = proofs.iter().filter(|proof| Some(proof.namespace) == scope);
            let valid: BTreeSet<String> = of_scope.map(|proof| proof.reason()).collect();
            let right = valid.contains(&server.reason) && valid.contains(&answer.reason);
            (!right).then(|| {
                format!(
                    "reason: {:?} of the server, {:?} here, valid {valid:?}",
                    server.reason, answer.reason
                )
            })
        }
        (Decision::NoOpinion, false) => {
            let right = same_refusal(&server.reason, &answer.reason);
            (!right).then(|| {
                format!("reason of the refusal: {:?} of the server, {:?} here", server.reason, answer.reason)
            })
        }
        (ours, theirs) => Some(format!(
            "{ours:?} here ({}), allowed is {theirs} on the server ({})",
            answer.reason, server.reason
        )),
    }
}

/// The server lists what it did not find in random order.
fn same_refusal(server: &str, ours: &str) -> bool {
    let parts = |text: &str| {
        let inner = text.strip_prefix("RBAC: [").and_then(|text| text.strip_suffix(']'));
        let mut parts: Vec<String> = match inner {
            Some(inner) => {
                inner.split(" not found").map(|part| part.trim_start_matches(", ").to_owned()).collect()
            }
            None => vec![text.to_owned()],
        };
        parts.sort_unstable();
        parts
    };
    parts(server) == parts(ours)
}

/// The question as an authorizer sees it.
pub(crate) fn attributes(question: &Question) -> Attributes<'_> {
    match &question.about {
        About::Path(path) => Attributes::path(&question.verb, path),
        About::Resource { group, resource, subresource, namespace, name } => {
            let mut attributes =
                Attributes::resource(&question.verb, group, "").named(name).in_namespace(namespace);
            if let seawall_auth::Request::Resource { resource: to, subresource: sub, .. } =
                &mut attributes.request
            {
                (*to, *sub) = (resource, subresource);
            }
            attributes
        }
    }
}
