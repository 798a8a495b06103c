//! SelfSubjectRulesReview: the rules that the server lists for somebody allow what the engine allows, and of resources
//! nothing else.

use super::super::generate::Random;
use super::load::{load, wipe};
use super::question::Question;
use super::review::Engines;
use super::world::{NAMESPACES, World};
use crate::kube::{Pool, Request};
use anyhow::{Result, bail};
use seawall_auth::authorizer::Decision;
use seawall_auth::authorizer::review::SubjectAccessReviewSpec;
use seawall_auth::rbac::{PolicyRule, Subject, matches};
use seawall_model::Version;
use serde::Deserialize;
use serde_json::json;
use std::time::Instant;

/// Reviews in one world.
const PER_WORLD: u64 = 50;
/// Questions put to the rules of one review.
const QUESTIONS: usize = 40;
/// Differences printed at most.
const SHOWN: usize = 4;
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

#[derive(Deserialize)]
struct Review {
    status: Rules,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rules {
    #[serde(default)]
    resource_rules: Vec<Rule>,
    #[serde(default)]
    non_resource_rules: Vec<Rule>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rule {
    verbs: Vec<String>,
    api_groups: Vec<String>,
    resources: Vec<String>,
    resource_names: Vec<String>,
    #[serde(rename = "nonResourceURLs")]
    non_resource_urls: Vec<String>,
}

impl PolicyRule for Rule {
    fn verbs(&self) -> impl Iterator<Item = &str> {
        self.verbs.iter().map(String::as_str)
    }
    fn api_groups(&self) -> impl Iterator<Item = &str> {
        self.api_groups.iter().map(String::as_str)
    }
    fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str)
    }
    fn resource_names(&self) -> impl Iterator<Item = &str> {
        self.resource_names.iter().map(String::as_str)
    }
    fn non_resource_urls(&self) -> impl Iterator<Item = &str> {
        self.non_resource_urls.iter().map(String::as_str)
    }
}

/// Asks for `questions` reviews.
pub(crate) fn run(pool: &mut Pool, version: Version, questions: u64, seed: u64) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let (mut asked, mut worlds, mut compared, mut allowed, mut differences) = (0, 0, 0_u64, 0_u64, 0);
    while asked < questions {
        let world = World::random(format!("r{seed}-{worlds}"), &mut random);
        let stored = load(pool, &world)?;
        let engines = Engines::new(&world, &stored, version)?;
        for _ in 0..PER_WORLD.min(questions - asked) {
            asked += 1;
            let who = person(&world, &mut random);
            let namespace = *random.pick(&NAMESPACES.each_ref());
            let body = json!({
                "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": namespace},
            });
            let request = Request::json("POST", REVIEWS, &body).header("Impersonate-User", &who.user);
            let request =
                who.groups.iter().fold(request, |request, group| request.header("Impersonate-Group", group));
            let rules = pool.send(&request)?.successful("a rules review")?.json::<Review>()?.status;
            let mut groups: Vec<&str> = who.groups.iter().map(String::as_str).collect();
            if !groups.iter().any(|group| matches!(*group, "system:authenticated" | "system:unauthenticated"))
            {
                groups.push("system:authenticated");
            }
            for _ in 0..QUESTIONS {
                let mut spec = Question::random(&world, &mut random).spec(&mut random);
                if spec["resourceAttributes"].is_object() {
                    spec["resourceAttributes"]["namespace"] = namespace.into();
                }
                let spec: SubjectAccessReviewSpec = serde_json::from_value(spec)?;
                let Some(attributes) = spec.attributes(None) else { continue };
                let mut listed = rules.resource_rules.iter().chain(&rules.non_resource_rules);
                let listed = listed.any(|rule| matches(rule, &attributes));
                compared += 1;
                allowed += u64::from(listed);
                for (side, rbac, _) in engines.each() {
                    let ours = rbac.decide(Subject { user: &who.user, groups: &groups }, &attributes);
                    // A RoleBinding lists URLs of its ClusterRole though it cannot grant them.
                    let more = listed && spec.non_resource_attributes.is_some();
                    if (ours == Decision::Allow) != listed && !more {
                        differences += 1;
                        if differences <= SHOWN {
                            println!(
                                "difference: {side}: {ours:?}, listed is {listed}: {} {groups:?} {attributes:?}",
                                who.user
                            );
                        }
                    }
                }
            }
        }
        worlds += 1;
        wipe(pool, &world)?;
    }
    println!(
        "conformance auth rule-reviews: seed {seed}: {asked} reviews, {compared} questions to them, {allowed} allowed, \
         {differences} differences, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

/// Somebody whom headers can name. Of `system:masters` the server lists the rules of its binding, which are those of
/// everything; of the anonymous user another group is implied.
fn person(world: &World, random: &mut Random) -> Question {
    let nameable = |text: &String| {
        !text.is_empty() && text.trim() == text && text.bytes().all(|byte| (b' '..0x7f).contains(&byte))
    };
    loop {
        let mut who = Question::random(world, random);
        who.groups.retain(|group| {
            nameable(group) && group != "system:masters" && group != "system:unauthenticated"
        });
        // A service account without groups is given those of its namespace.
        let implied = who.user.starts_with("system:serviceaccount:") && who.groups.is_empty();
        if nameable(&who.user) && who.user != "system:anonymous" && !implied {
            return who;
        }
    }
}
