//! Impersonation: real requests with `Impersonate-*` headers by people and service accounts with partial rights; who
//! the server says they then are, and what it refuses.
//!
//! From 1.36 the server first tries the modes of KEP-5284, remembers for each requestor which one worked, and keeps
//! what worked for ten seconds. Each question therefore comes from somebody new.

use super::super::generate::Random;
use super::credential_objects::{post, retry};
use super::credentials::{WHO, normal, user_info};
use super::load::{load, wipe};
use super::review::Engines;
use super::world::{NAMESPACES, World};
use crate::kube::{Answer, Client, Pool, Request, Server};
use anyhow::{Context, Result, bail};
use seawall_auth::authentication::{Features, Headers};
use seawall_auth::authorizer::{Chain, Decision, forbidden};
use seawall_auth::impersonation::{Impersonation, impersonate};
use seawall_auth::request_info::RequestInfo;
use seawall_auth::user::User;
use seawall_model::Version;
use serde_json::{Value, json};
use std::time::Instant;

/// Requests in one world.
const PER_WORLD: u64 = 100;
/// Differences printed at most.
const SHOWN: usize = 6;
const AUTHENTICATION: &str = "authentication.k8s.io";
const HERE: &str = NAMESPACES[0];
/// Whose rights the requestors have.
const GROUPS: [&str; 3] = ["devs", "ops", "system:serviceaccounts"];
const USERS: [&str; 10] = [
    "alice",
    "bob",
    "system:anonymous",
    "system:serviceaccount:team-a:builder",
    "system:serviceaccount:team-b:builder",
    "system:serviceaccount:team-a:",
    "system:node:n1",
    "system:node:n2",
    "system:node:N_1",
    "",
];
const MODES: [&str; 4] = ["associated-node", "arbitrary-node", "serviceaccount", "user-info"];

/// One request.
struct Attempt {
    requestor: User,
    /// A bearer token, or `None` for a client certificate.
    token: Option<String>,
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
}

/// What came of all.
#[derive(Default)]
struct Counts {
    asked: u64,
    accepted: u64,
    refused: u64,
    differences: usize,
}

/// Sends `questions` requests.
pub(crate) fn run(
    pool: &mut Pool,
    server: &Server,
    version: Version,
    questions: u64,
    seed: u64,
) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let features = Features::default_of(version);
    let (mut counts, mut worlds) = (Counts::default(), 0);
    while counts.asked < questions {
        let world = world(format!("i{seed}-{worlds}"), &mut random);
        let stored = load(pool, &world)?;
        let engines = Engines::new(&world, &stored, version)?;
        for number in 0..PER_WORLD.min(questions - counts.asked) {
            let attempt = attempt(pool, version, &format!("{}-{number}", world.id), &mut random)?;
            let answer = attempt.send(server)?;
            counts.asked += 1;
            *(if answer.status == 403 { &mut counts.refused } else { &mut counts.accepted }) += 1;
            if let Err(what) = attempt.compare(&engines, &features, version, &answer) {
                counts.differences += 1;
                if counts.differences <= SHOWN {
                    println!("difference: {what:#}\n  {}", attempt.shape());
                }
            }
        }
        worlds += 1;
        wipe(pool, &world)?;
    }
    let Counts { asked, accepted, refused, differences } = counts;
    println!(
        "conformance auth impersonation: seed {seed}: {asked} requests in {worlds} worlds, {accepted} accepted, {refused} \
         refused, {differences} differences, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

/// Roles that allow to act as others, whole and with one part missing.
fn world(id: String, random: &mut Random) -> World {
    let mut world = World { objects: Vec::new(), id };
    for number in 0..12 {
        let name = format!("acts-{number}-{}", world.id);
        let rules: Vec<Value> = (0..=random.below(2)).flat_map(|_| rules(random)).collect();
        world.add_role(&name, json!(rules));
        let group = random.pick(&GROUPS);
        let namespace = (random.below(5) == 0).then_some(HERE);
        world.bind(&name, ("Group", group), namespace, &name);
    }
    world
}

fn rules(random: &mut Random) -> Vec<Value> {
    let rule = |verbs: Value, group: &str, resources: Value| json!({"verbs": verbs, "apiGroups": [group], "resources": resources});
    let mode = random.pick(&MODES);
    let parts = ["uids", "userextras/scopes", "userextras/*", "userextras/acme.com/project", "userextras"];
    let mut out = match random.below(7) {
        0 => vec![
            rule(json!(["impersonate"]), "", json!(["users", "groups", "serviceaccounts"])),
            rule(json!(["impersonate"]), AUTHENTICATION, json!(parts)),
        ],
        1 => vec![rule(
            json!(["impersonate"]),
            "",
            json!([random.pick(&["users", "groups", "serviceaccounts", "*"])]),
        )],
        2 => vec![rule(
            json!(["impersonate:user-info"]),
            AUTHENTICATION,
            json!(["users", "groups", random.pick(&parts), random.pick(&parts)]),
        )],
        3 => {
            let resource = if mode == "serviceaccount" { "serviceaccounts" } else { "nodes" };
            vec![rule(
                json!([format!("impersonate:{mode}")]),
                AUTHENTICATION,
                json!([resource, "users", "groups"]),
            )]
        }
        4 => {
            let verbs: Vec<String> = ["create", "get", "list"]
                .iter()
                .map(|verb| format!("impersonate-on:{mode}:{verb}"))
                .collect();
            let path =
                json!({"verbs": verbs, "nonResourceURLs": [random.pick(&["/healthz", "*", "/version"])]});
            let resources = [json!(["*"]), json!(["selfsubjectreviews"]), json!(["configmaps", "nodes"])];
            let resources = resources[random.below(3)].clone();
            vec![rule(json!(verbs), random.pick(&["*", "", AUTHENTICATION]), resources), path]
        }
        5 => {
            let verbs: Vec<String> =
                MODES.iter().map(|mode| format!("impersonate-on:{mode}:create")).collect();
            vec![
                rule(json!(verbs), AUTHENTICATION, json!(["selfsubjectreviews"])),
                rule(json!([format!("impersonate:{mode}")]), AUTHENTICATION, json!(["*"])),
            ]
        }
        _ => vec![rule(json!(["get", "list"]), "", json!(["configmaps", "nodes"]))],
    };
    let at = random.below(out.len() * 3);
    if let Some(rule) = out.get_mut(at).filter(|rule| rule["resources"].is_array()) {
        match random.below(4) {
            0 => {
                rule["resourceNames"] = json!([random.pick(&["alice", "n1", "devs", "*", "builder", "view"])])
            }
            1 => rule["apiGroups"] = json!(["*"]),
            2 => rule["apiGroups"] = json!([random.pick(&["", AUTHENTICATION])]),
            _ => rule["verbs"] = json!(["*"]),
        }
    }
    out
}

fn attempt(pool: &mut Pool, version: Version, id: &str, random: &mut Random) -> Result<Attempt> {
    let (requestor, token) =
        if random.below(6) == 0 { account(pool, version, id, random)? } else { (person(id, random), None) };
    let (method, target) = match random.below(8) {
        0 => ("GET", format!("/api/v1/namespaces/{HERE}/configmaps/not-there")),
        1 => ("GET", "/api/v1/nodes".to_owned()),
        2 => ("GET", (random.pick(&["/healthz", "/version", "/metrics"])).to_owned()),
        _ => ("POST", WHO.to_owned()),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    let user = if token.is_some() {
        random.pick(&["system:node:n1", "system:node:n2", "alice"])
    } else {
        random.pick(&USERS)
    };
    if !user.is_empty() {
        add("Impersonate-User", user);
    }
    if random.below(2) == 0 {
        let groups = [
            "devs",
            "ops",
            "system:masters",
            "system:authenticated",
            "system:unauthenticated",
            "system:nodes",
            "team",
            "",
        ];
        for _ in 0..[1, 1, 2, 3, 4, 5][random.below(6)] {
            // The empty one ends nearly every question: rarely.
            let known = if random.below(8) == 0 { 8 } else { 7 };
            let group = groups[random.below(known)];
            add("Impersonate-Group", group);
        }
    }
    if random.below(4) == 0 {
        add("Impersonate-Uid", "some-uid");
    }
    if random.below(4) == 0 {
        const KEYS: [&str; 5] = ["Scopes", "acme.com%2Fproject", "scopes", "bad%20key", "Acme.com%2FProject"];
        for _ in 0..[1, 1, 2, 5][random.below(4)] {
            let known = if random.below(3) == 0 { 5 } else { 3 };
            let key = KEYS[random.below(known)];
            add(&format!("Impersonate-Extra-{key}"), random.pick(&["view", "edit", "alice"]));
        }
    }
    if headers.is_empty() {
        headers.push(("Impersonate-User".into(), "alice".into()));
    }
    Ok(Attempt { requestor, token, method, target, headers })
}

/// Somebody with a client certificate.
fn person(id: &str, random: &mut Random) -> User {
    let groups = [&["devs"][..], &["ops"], &["devs", "ops"], &[]][random.below(4)];
    let mut groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
    groups.push("system:authenticated".to_owned());
    User { groups, ..User::named(format!("requestor-{id}")) }
}

/// A service account; its pod may run on `n1`. Who it is the server says; another suite judges that.
fn account(
    pool: &mut Pool,
    version: Version,
    id: &str,
    random: &mut Random,
) -> Result<(User, Option<String>)> {
    let core = format!("/api/v1/namespaces/{HERE}");
    let name = format!("acts-{id}");
    post(pool, &format!("{core}/serviceaccounts"), &json!({"metadata": {"name": name}}))?;
    let mut spec = json!({});
    if random.below(4) > 0 && version.at_least(30) {
        let pod = json!({
            "metadata": {"name": name},
            "spec": {"serviceAccountName": name, "nodeName": "n1", "containers": [{"name": "c", "image": "x"}]},
        });
        let pod = retry(pool, &format!("{core}/pods"), &pod)?;
        let uid = pod["metadata"]["uid"].clone();
        spec["boundObjectRef"] = json!({"kind": "Pod", "apiVersion": "v1", "name": name, "uid": uid});
    }
    let made = post(pool, &format!("{core}/serviceaccounts/{name}/token"), &json!({"spec": spec}))?;
    let token = made["status"]["token"].as_str().context("a token")?.to_owned();
    let review =
        json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}});
    let review = post(pool, "/apis/authentication.k8s.io/v1/tokenreviews", &review)?;
    let info = &review["status"]["user"];
    let list = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let mut user = User::named(info["username"].as_str().context("a user name")?);
    user.uid = info["uid"].as_str().unwrap_or_default().to_owned();
    user.groups = list(&info["groups"]);
    for (key, values) in info["extra"].as_object().into_iter().flatten() {
        user.extra.insert(key.clone(), list(values));
    }
    Ok((user, Some(token)))
}

impl Attempt {
    fn shape(&self) -> String {
        format!(
            "{} {} by {:?} {:?} {:?} with {:?}",
            self.method,
            self.target,
            self.requestor.name,
            self.requestor.groups,
            self.requestor.extra,
            self.headers
        )
    }

    fn send(&self, server: &Server) -> Result<Answer> {
        let mut request = match self.method {
            "POST" => {
                let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
                Request::json("POST", self.target.as_str(), &body)
            }
            method => Request::new(method, self.target.as_str()),
        };
        request.headers.extend(self.headers.iter().cloned());
        let target = match &self.token {
            Some(token) => {
                request = request.header("Authorization", &format!("Bearer {token}"));
                server.target(None)?
            }
            None => {
                let groups: Vec<&str> = self.requestor.groups.iter().map(String::as_str).collect();
                let groups: Vec<&str> =
                    groups.into_iter().filter(|group| *group != "system:authenticated").collect();
                server.target(Some(&server.authority.client(&self.requestor.name, &groups)?))?
            }
        };
        Client::new(target).send(&request)
    }

    fn compare(
        &self,
        engines: &Engines,
        features: &Features,
        version: Version,
        answer: &Answer,
    ) -> Result<()> {
        let info = RequestInfo::of_request(self.method, &self.target, version.at_least(32))
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        let attributes = info.attributes();
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        // The server walks several extra keys in random order.
        let keys = self.headers.iter().filter(|(name, _)| name.starts_with("Impersonate-Extra-")).count();
        for (side, rbac, node) in engines.each() {
            let chain = Chain::usual(node, rbac);
            let mut authorize = |user: &User, attributes: &seawall_auth::Attributes<'_>| {
                chain.authorize(user, attributes).answer
            };
            let ours =
                impersonate(&self.requestor, &attributes, Headers::new(&headers), features, &mut authorize);
            let expected = match ours {
                Impersonation::As { user, .. } => {
                    let allowed = authorize(&user, &attributes);
                    if allowed.decision == Decision::Allow {
                        self.as_user(answer, &user).with_context(|| side.to_owned())?;
                        continue;
                    }
                    forbidden(version, &user.name, &attributes, &allowed.reason)
                }
                Impersonation::Forbidden(text) => text,
                Impersonation::BadRequest(text) => {
                    let status = if version.at_least(35) { 400 } else { 500 };
                    let same = keys > 1 || answer.text().contains(&json_text(&text));
                    if answer.status != status || !same {
                        bail!("{side}: {text} here, the server answers {} {}", answer.status, answer.text());
                    }
                    continue;
                }
                other => {
                    bail!("{side}: {other:?} here, the server answers {} {}", answer.status, answer.text())
                }
            };
            if answer.status != 403 {
                bail!("{side}: {expected} here, the server answers {} {}", answer.status, answer.text());
            }
            let message = answer.json::<Value>()?["message"].as_str().unwrap_or_default().to_owned();
            if message != expected && keys < 2 {
                bail!("{side}: text: {message:?} of the server, {expected:?} here");
            }
        }
        Ok(())
    }

    /// The request went on as this user.
    fn as_user(&self, answer: &Answer, user: &User) -> Result<()> {
        if self.method != "POST" {
            if matches!(answer.status, 400 | 401 | 403 | 500) {
                bail!("{user:?} may here, the server answers {} {}", answer.status, answer.text());
            }
            return Ok(());
        }
        if answer.status != 201 {
            bail!("{user:?} here, the server answers {} {}", answer.status, answer.text());
        }
        let theirs = answer.json::<Value>()?["status"]["userInfo"].take();
        let expected = user_info(user);
        if normal(&theirs) != normal(&expected) {
            bail!("{theirs} of the server, {expected} here");
        }
        Ok(())
    }
}

/// A text as it stands inside a JSON string; Go escapes `<`, `>` and `&` too.
fn json_text(text: &str) -> String {
    let quoted =
        json!(text).to_string().replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
    quoted.trim_matches('"').to_owned()
}
