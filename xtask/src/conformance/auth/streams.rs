//! exec, attach and portforward: from 1.35 a GET is checked for `get` by the filter and for `create` by the handler
//! (the gate `AuthorizePodWebsocketUpgradeCreatePermission`). The pods do not exist, so that whoever passes is told
//! 404.

use super::super::generate::Random;
use super::load::{load, wipe};
use super::review::Engines;
use super::world::{NAMESPACES, World};
use crate::kube::{Answer, Pool, Request};
use anyhow::{Result, bail};
use seawall_auth::authorizer::{Chain, Decision, forbidden};
use seawall_auth::request_info::RequestInfo;
use seawall_auth::user::User;
use seawall_model::Version;
use seawall_model::tables::gates;
use serde_json::{Value, json};
use std::time::Instant;

/// Requests in one world.
const PER_WORLD: u64 = 200;
/// Differences printed at most.
const SHOWN: usize = 6;
const GATE: &str = "AuthorizePodWebsocketUpgradeCreatePermission";
const USERS: [&str; 3] = ["alice", "bob", "system:serviceaccount:team-a:builder"];
const PODS: [&str; 2] = ["not-there", "neither"];

/// One request.
struct Attempt {
    user: &'static str,
    method: &'static str,
    target: String,
    upgrade: bool,
}

/// Sends `questions` requests.
pub(crate) fn run(pool: &mut Pool, version: Version, questions: u64, seed: u64) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let gate = gates::lookup(version, GATE).is_some_and(|gate| gate.default);
    let (mut asked, mut worlds, mut passed, mut second, mut differences) = (0, 0, 0_u64, 0_u64, 0);
    while asked < questions {
        let world = world(format!("s{seed}-{worlds}"), &mut random);
        let stored = load(pool, &world)?;
        let engines = Engines::new(&world, &stored, version)?;
        let size = PER_WORLD.min(questions - asked);
        let attempts: Vec<Attempt> = (0..size).map(|_| attempt(&mut random)).collect();
        let requests: Vec<Request> = attempts.iter().map(Attempt::request).collect();
        for (attempt, answer) in attempts.iter().zip(pool.send_all(&requests)?) {
            passed += u64::from(answer.status != 403);
            match attempt.compare(&engines, version, gate, &answer) {
                Ok(refused_second) => second += u64::from(refused_second),
                Err(what) => {
                    differences += 1;
                    if differences <= SHOWN {
                        println!(
                            "difference: {what:#}\n  {} {} as {}, upgrade {}",
                            attempt.method, attempt.target, attempt.user, attempt.upgrade
                        );
                    }
                }
            }
        }
        asked += size;
        worlds += 1;
        wipe(pool, &world)?;
    }
    println!(
        "conformance auth streams: seed {seed}: {asked} requests in {worlds} worlds, {passed} passed, {second} refused by \
         the second check, {differences} differences, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

/// Rights on streams, many of them one verb short.
fn world(id: String, random: &mut Random) -> World {
    let mut world = World { objects: Vec::new(), id };
    for number in 0..8 {
        let name = format!("streams-{number}-{}", world.id);
        let verbs =
            [json!(["get"]), json!(["create"]), json!(["get", "create"]), json!(["*"]), json!(["get"])];
        let resources =
            ["pods/exec", "pods/attach", "pods/portforward", "pods/log", "*", "*/exec", "pods", "pods/*"];
        let mut rule = json!({
            "verbs": verbs[random.below(verbs.len())], "apiGroups": [""],
            "resources": [random.pick(&resources), random.pick(&resources)],
        });
        if random.below(4) == 0 {
            rule["resourceNames"] = json!([random.pick(&PODS)]);
        }
        world.add_role(&name, json!([rule]));
        let namespace = random.pick(&["team-a", "team-b"]);
        let user = random.pick(&USERS);
        let namespace = (random.below(4) > 0).then_some(namespace);
        // A reference to nothing: its text follows a refusal.
        let role = if random.below(8) == 0 { "nothing" } else { &name };
        world.bind(&name, ("User", user), namespace, role);
    }
    world
}

fn attempt(random: &mut Random) -> Attempt {
    let namespace = random.pick(&NAMESPACES);
    let namespace = if random.below(3) > 0 { "team-a" } else { namespace };
    let pod = random.pick(&PODS);
    let stream = match random.below(8) {
        0..3 => "exec?command=ls&stdout=1",
        3..5 => "attach?stdout=1",
        5..7 => "portforward?ports=80",
        _ => "log",
    };
    let target = format!("/api/v1/namespaces/{namespace}/pods/{pod}/{stream}");
    let method = if random.below(4) == 0 && stream != "log" { "POST" } else { "GET" };
    Attempt { user: random.pick(&USERS), method, target, upgrade: random.below(4) > 0 }
}

impl Attempt {
    fn request(&self) -> Request {
        let request = Request::new(self.method, self.target.as_str()).header("Impersonate-User", self.user);
        if !self.upgrade {
            return request;
        }
        let upgrade = [
            ("Connection", "Upgrade"),
            ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
            ("Sec-WebSocket-Protocol", "v5.channel.k8s.io"),
        ];
        upgrade.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Whether the second check refused it.
    fn compare(&self, engines: &Engines, version: Version, gate: bool, answer: &Answer) -> Result<bool> {
        let info = RequestInfo::of_request(self.method, &self.target, version.at_least(32))
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let attributes = info.attributes();
        let user = User::named(self.user).with_implied_groups();
        let mut second = false;
        for (side, rbac, node) in engines.each() {
            let chain = Chain::usual(node, rbac);
            let first = chain.authorize(&user, &attributes).answer;
            let expected = if first.decision != Decision::Allow {
                Some(forbidden(version, &user.name, &attributes, &first.reason))
            } else if let Some(verb) = info.second_verb(gate) {
                let also = chain.authorize(&user, &seawall_auth::Attributes { verb, ..attributes }).answer;
                second = also.decision != Decision::Allow;
                second.then(|| format!("pods {:?} is forbidden: {}", info.name, also.reason))
            } else {
                None
            };
            let message =
                || answer.json::<Value>().map(|body| body["message"].as_str().unwrap_or_default().to_owned());
            match expected {
                None if answer.status == 404 => {}
                Some(text) if answer.status == 403 && message()? == text => {}
                expected => {
                    let expected = expected.unwrap_or_else(|| "404".into());
                    bail!("{side}: {expected:?} here, the server answers {} {}", answer.status, answer.text())
                }
            }
        }
        Ok(second)
    }
}
