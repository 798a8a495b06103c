//! SubjectAccessReviews: the server's answers beside the engine's.

use super::load::cluster;
use super::world::World;
use crate::kube::{Answer, Pool, Request};
use anyhow::{Result, bail};
use seawall_auth::authorizer::review::{SubjectAccessReviewSpec, evaluation_error};
use seawall_auth::authorizer::{Chain, Decision};
use seawall_auth::node::{NodeAuthorizer, NodeOptions};
use seawall_auth::rbac::Subject;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_model::Version;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The name of the engine that knows what the server stores.
pub(crate) const STORED: &str = "from stored objects";
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// What the server says.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The review is refused; the fields that are named.
    Invalid(Vec<String>),
    /// It is answered.
    Answered(Status),
}

/// `status` of a review.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Status {
    pub(crate) allowed: bool,
    pub(crate) denied: bool,
    pub(crate) reason: String,
    pub(crate) evaluation_error: String,
}

#[derive(Deserialize)]
struct Review {
    #[serde(default)]
    status: Status,
}

/// One way in which seawall gets to know a cluster.
pub(crate) struct Engine {
    name: &'static str,
    rbac: RbacAuthorizer,
    node: NodeAuthorizer,
}

/// Both ways: from manifests, where aggregation and the server's own objects are ours, and from what the server stores.
pub(crate) struct Engines {
    version: Version,
    engines: Vec<Engine>,
}

impl Engines {
    /// Engines that know a world, and what the server made of it.
    pub(crate) fn new(world: &World, stored: &[Value], version: Version) -> Result<Self> {
        let manifests = cluster(&world.objects)?;
        let stored = cluster(stored)?;
        let options = NodeOptions::new(version, true);
        let engines = vec![
            Engine {
                name: "from manifests",
                rbac: RbacAuthorizer::new(&manifests, Options::files(version)),
                node: NodeAuthorizer::new(&manifests, options),
            },
            Engine {
                name: STORED,
                rbac: RbacAuthorizer::new(&stored, Options::stored(version)),
                node: NodeAuthorizer::new(&stored, options),
            },
        ];
        Ok(Self { version, engines })
    }

    /// Engines that know only what the server stores.
    pub(crate) fn of_stored(stored: &[Value], version: Version) -> Result<Self> {
        let stored = cluster(stored)?;
        let engine = Engine {
            name: STORED,
            rbac: RbacAuthorizer::new(&stored, Options::stored(version)),
            node: NodeAuthorizer::new(&stored, NodeOptions::new(version, true)),
        };
        Ok(Self { version, engines: vec![engine] })
    }

    /// Each engine with its name.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&'static str, &RbacAuthorizer, &NodeAuthorizer)> {
        self.engines.iter().map(|engine| (engine.name, &engine.rbac, &engine.node))
    }

    /// What differs from the server's answer about `spec`, if anything.
    pub(crate) fn difference(&self, spec: &Value, server: &Verdict) -> Option<String> {
        let read: SubjectAccessReviewSpec = match serde_json::from_value(spec.clone()) {
            Ok(read) => read,
            Err(error) => return Some(format!("not read here: {error}")),
        };
        // The gate AuthorizeWithSelectors is on by default from 1.32.
        let gate = self.version.at_least(32);
        let problems: BTreeSet<String> =
            read.problems(true, gate).into_iter().map(|problem| problem.field).collect();
        let status = match server {
            Verdict::Invalid(fields) => {
                let same = *fields == Vec::from_iter(problems.iter().cloned());
                return (!same)
                    .then(|| format!("refused for {fields:?} by the server, for {problems:?} here"));
            }
            Verdict::Answered(_) if !problems.is_empty() => {
                return Some(format!("refused here for {problems:?}, answered by the server"));
            }
            Verdict::Answered(status) => status,
        };
        self.engines.iter().find_map(|engine| {
            engine.difference(&read, gate, status).map(|what| format!("{}: {what}", engine.name))
        })
    }
}

impl Engine {
    fn difference(&self, spec: &SubjectAccessReviewSpec, gate: bool, server: &Status) -> Option<String> {
        let selectors = spec.selectors(gate);
        let attributes = spec.attributes(selectors.as_ref())?;
        let chain = Chain::usual(&self.node, &self.rbac);
        let ours = chain.authorize(&spec.user(), &attributes);
        let answer = &ours.answer;
        let error = evaluation_error(answer.error.as_deref(), selectors.as_ref());
        if error != server.evaluation_error {
            return Some(format!(
                "evaluationError: {:?} of the server, {error:?} here",
                server.evaluation_error
            ));
        }
        let (allowed, denied) = match answer.decision {
            Decision::Allow => (true, false),
            Decision::Deny => (false, true),
            Decision::NoOpinion => (false, false),
            _ => return Some(format!("unknown here: {:?}", answer.unknown)),
        };
        if (allowed, denied) != (server.allowed, server.denied) {
            return Some(format!("{:?} ({}) here, {server:?} of the server", answer.decision, answer.reason));
        }
        let by_rbac = ours.decided_by.is_some_and(|link| chain.links[link].name == "rbac");
        if !allowed || !by_rbac {
            let same = same_refusal(&server.reason, &answer.reason);
            return (!same)
                .then(|| format!("reason: {:?} of the server, {:?} here", server.reason, answer.reason));
        }
        // The server names any binding of the first scope that grants.
        let groups: Vec<&str> = spec.groups.iter().map(String::as_str).collect();
        let proofs = self.rbac.proofs(Subject { user: &spec.user, groups: &groups }, &attributes, usize::MAX);
        let scope = proofs.first().map(|proof| proof.namespace);
        let of_scope = proofs.iter().filter(|proof| Some(proof.namespace) == scope);
        let valid: BTreeSet<String> = of_scope.map(|proof| proof.reason()).collect();
        let right = valid.contains(&server.reason) && valid.contains(&answer.reason);
        (!right).then(|| {
            format!("reason: {:?} of the server, {:?} here, valid {valid:?}", server.reason, answer.reason)
        })
    }
}

/// The server's answers.
pub(crate) fn ask(pool: &mut Pool, specs: &[Value]) -> Result<Vec<Verdict>> {
    let request = |spec: &Value| {
        let body =
            json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec});
        Request::json("POST", REVIEWS, &body)
    };
    let requests: Vec<Request> = specs.iter().map(request).collect();
    pool.send_all(&requests)?.iter().map(verdict).collect()
}

fn verdict(answer: &Answer) -> Result<Verdict> {
    match answer.status {
        201 => Ok(Verdict::Answered(answer.json::<Review>()?.status)),
        422 => {
            let body: Value = answer.json()?;
            let causes = body["details"]["causes"].as_array().map(Vec::as_slice).unwrap_or_default();
            let fields: BTreeSet<String> =
                causes.iter().filter_map(|cause| cause["field"].as_str().map(str::to_owned)).collect();
            Ok(Verdict::Invalid(fields.into_iter().collect()))
        }
        status => bail!("a review: {status} {}", answer.text()),
    }
}

/// Reasons line by line; the server lists roles that it did not find in random order.
fn same_refusal(server: &str, ours: &str) -> bool {
    let line = |text: &str| {
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
    server.lines().map(line).eq(ours.lines().map(line))
}
