//! Escalation prevention: roles and bindings written, as a dry run, by users with partial rights.

use super::super::generate::Random;
use super::load::{collection, load, object_of, wipe};
use super::review::{Engines, STORED};
use super::world::{LABEL, RBAC, World, rule};
use crate::kube::{Answer, Pool, Request};
use anyhow::{Context, Result, bail};
use seawall_auth::authorizer::Chain;
use seawall_auth::rbac::Subject;
use seawall_auth::rbac::escalation::{Verdict, Write};
use seawall_auth::user::User;
use seawall_model::Version;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Instant;

/// Writes in one world.
const PER_WORLD: u64 = 400;
/// Differences printed at most.
const SHOWN: usize = 4;
/// May write every role and binding, as far as authorization of the request goes.
const WRITERS: &str = "writers";

/// One write.
struct Attempt {
    user: &'static str,
    groups: Vec<&'static str>,
    method: &'static str,
    object: Value,
    old: Option<Value>,
}

/// Tries `questions` writes.
pub(crate) fn run(pool: &mut Pool, version: Version, questions: u64, seed: u64) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    let (mut asked, mut worlds, mut differences, mut refused, mut missing) = (0, 0, 0, 0, 0);
    while asked < questions {
        let world = world(format!("g{seed}-{worlds}"), &mut random);
        let stored = load(pool, &world)?;
        let engines = Engines::new(&world, &stored, version)?;
        let size = PER_WORLD.min(questions - asked);
        let attempts: Vec<Attempt> = (0..size).map(|_| attempt(&world, &stored, &mut random)).collect();
        let requests: Vec<Request> = attempts.iter().map(Attempt::request).collect();
        for (attempt, answer) in attempts.iter().zip(pool.send_all(&requests)?) {
            refused += u64::from(answer.status == 403);
            missing += u64::from(answer.status == 404);
            if let Err(what) = compare(&engines, attempt, &answer) {
                differences += 1;
                if differences <= SHOWN {
                    println!(
                        "difference: {what:#}\n  {} as {} {:?}: {}",
                        attempt.method, attempt.user, attempt.groups, attempt.object
                    );
                    attempt.old.iter().for_each(|old| println!("  instead of {old}"));
                }
            }
        }
        asked += size;
        worlds += 1;
        wipe(pool, &world)?;
    }
    println!(
        "conformance auth grants: seed {seed}: {asked} writes in {worlds} worlds, {refused} refused, {missing} of roles that \
         do not exist, {differences} differences, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

/// A random world whose users may write, and some of them bind and escalate.
fn world(id: String, random: &mut Random) -> World {
    let mut world = World::random(id, random);
    let label = json!({LABEL: world.id.clone()});
    let bind = |name: &str, subject: Value| {
        json!({
            "apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRoleBinding", "metadata": {"name": name, "labels": label},
            "subjects": [subject], "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
        })
    };
    let all = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"];
    let rules = json!([{"verbs": ["create", "update", "patch"], "apiGroups": [RBAC], "resources": all}]);
    world.add_role("writers-of-world", rules);
    world.objects.push(bind("writers-of-world", json!({"kind": "Group", "name": WRITERS})));
    for number in 0..2 {
        let mut rule = json!({
            "verbs": [*random.pick(&["bind", "escalate", "bind"])], "apiGroups": [RBAC],
            "resources": [*random.pick(&["roles", "clusterroles"])],
        });
        if random.below(2) == 0 {
            let names: Vec<&Value> = world.objects.iter().map(|object| &object["metadata"]["name"]).collect();
            rule["resourceNames"] = json!([names[random.below(names.len())]]);
        }
        let name = format!("extra{number}-of-world");
        let subject = json!({"kind": "User", "name": *random.pick(&USERS)});
        world.add_role(&name, json!([rule]));
        world.objects.push(bind(&name, subject));
    }
    world
}

/// Users that a header can name.
const USERS: [&str; 7] = [
    "alice",
    "bob",
    "Alice",
    "*",
    "system:serviceaccount:team-a:builder",
    "system:serviceaccount:a:builder",
    "system:kube-scheduler",
];

fn attempt(world: &World, stored: &[Value], random: &mut Random) -> Attempt {
    let user = *random.pick(&USERS.each_ref());
    let mut groups = vec![WRITERS];
    match random.below(30) {
        0 => groups.push("system:masters"),
        1..=10 => groups.push("devs"),
        11..=15 => groups.push("ops"),
        _ => {}
    }
    let ours: Vec<&Value> =
        stored.iter().filter(|object| object["metadata"]["labels"][LABEL] == world.id.as_str()).collect();
    if random.below(3) > 0 {
        let other = World::random(world.id.clone(), random);
        let mut object = other.objects[random.below(other.objects.len())].clone();
        narrow(&mut object, world, random);
        return Attempt { user, groups, method: "POST", object, old: None };
    }
    let old = ours[random.below(ours.len())].clone();
    let mut object = old.clone();
    change(&mut object, world, random);
    Attempt { user, groups, method: random.pick(&["PUT", "PATCH"]), object, old: Some(old) }
}

/// Makes it likelier that somebody holds what is given away: rules of the world, or parts of them, and bindings of its
/// roles.
fn narrow(object: &mut Value, world: &World, random: &mut Random) {
    if let Some(list) = object["rules"].as_array_mut() {
        for given in list.iter_mut().filter(|given| given["apiGroups"].is_array()) {
            if let Some(held) = some_rule(world, random) {
                *given = held;
            }
        }
        return;
    }
    let roles: Vec<&Value> =
        world.objects.iter().filter(|role| role["kind"] == object["roleRef"]["kind"]).collect();
    if random.below(4) > 0
        && let Some(role) = roles.get(random.below(roles.len()))
    {
        object["roleRef"]["name"] = role["metadata"]["name"].clone();
        if object["kind"] == "RoleBinding" && role["metadata"]["namespace"].is_string() {
            object["metadata"]["namespace"] = role["metadata"]["namespace"].clone();
        }
    }
}

/// A rule of the world that a Role may hold, or a part of it.
fn some_rule(world: &World, random: &mut Random) -> Option<Value> {
    let rules = world.objects.iter().filter_map(|object| object["rules"].as_array()).flatten();
    let rules: Vec<&Value> = rules.filter(|rule| rule["apiGroups"].is_array()).collect();
    let mut rule = (*rules.get(random.below(rules.len()))?).clone();
    for key in ["verbs", "apiGroups", "resources", "resourceNames"] {
        if let Some(list) = rule[key].as_array_mut()
            && list.len() > 1
            && random.below(2) == 0
        {
            list.pop();
        }
    }
    if rule["resourceNames"].is_null() {
        match rule.as_object_mut() {
            Some(map) if random.below(4) > 0 => map.remove("resourceNames"),
            _ => rule.as_object_mut()?.insert("resourceNames".into(), json!(["x"])),
        };
    }
    Some(rule)
}

/// Changes an object as somebody with an editor would.
fn change(object: &mut Value, world: &World, random: &mut Random) {
    match random.below(7) {
        0 => object["metadata"]["finalizers"] = json!(["test/x"]),
        1 => {
            object["metadata"]["ownerReferences"] =
                json!([{"apiVersion": "v1", "kind": "Pod", "name": "x", "uid": "u"}])
        }
        2 => object["metadata"]["annotations"] = json!({"test/x": "y"}),
        3 if object["roleRef"].is_object() => {
            object["subjects"] = json!([{"kind": "User", "name": "new", "apiGroup": RBAC}])
        }
        4 if object["kind"] == "ClusterRole" => {
            object["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]})
        }
        5 if object["kind"] == "ClusterRole" => object["aggregationRule"] = Value::Null,
        _ if object["roleRef"].is_object() => object["subjects"] = Value::Null,
        _ => {
            let new = some_rule(world, random)
                .filter(|_| random.below(4) > 0)
                .unwrap_or_else(|| rule(false, random));
            match object["rules"].as_array_mut() {
                Some(rules) if random.below(3) > 0 => rules.push(new),
                Some(rules) if random.below(2) == 0 => drop(rules.pop()),
                _ => object["rules"] = json!([new]),
            }
        }
    }
}

impl Attempt {
    fn namespace(&self) -> &str {
        self.object["metadata"]["namespace"].as_str().unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.object["metadata"]["name"].as_str().unwrap_or_default()
    }

    fn request(&self) -> Request {
        let mut path = collection(&self.object);
        if self.old.is_some() {
            path.push('/');
            for byte in self.name().bytes() {
                let _ = write!(path, "%{byte:02X}");
            }
        }
        let mut request = Request::json(self.method, format!("{path}?dryRun=All"), &self.object);
        if self.method == "PATCH" {
            request.headers = vec![("Content-Type".into(), "application/merge-patch+json".into())];
        }
        let request = request.header("Impersonate-User", self.user);
        self.groups.iter().fold(request, |request, group| request.header("Impersonate-Group", group))
    }
}

fn compare(engines: &Engines, attempt: &Attempt, answer: &Answer) -> Result<()> {
    let object = object_of(&attempt.object)?;
    let old = attempt.old.as_ref().map(object_of).transpose()?;
    let mut groups = attempt.groups.clone();
    groups.push("system:authenticated");
    let user = User { groups: groups.iter().map(ToString::to_string).collect(), ..User::named(attempt.user) };
    let name = if attempt.old.is_some() { attempt.name() } else { "" };
    let write = Write { object: &object, old: old.as_ref(), namespace: attempt.namespace(), name };
    for (side, rbac, node) in engines.each() {
        let chain = Chain::usual(node, rbac);
        let authorize =
            |attributes: &seawall_auth::Attributes<'_>| chain.authorize(&user, attributes).answer.decision;
        let verdict = rbac.check_write(Subject { user: attempt.user, groups: &groups }, &write, &authorize);
        judge(&verdict, answer, side == STORED).with_context(|| side.to_owned())?;
    }
    Ok(())
}

/// `ordered`: whether the words of a rule stand in the server's order. The controller that fills aggregated roles leaves
/// rules in an order that depends on what came first.
fn judge(verdict: &Verdict, answer: &Answer, ordered: bool) -> Result<()> {
    let message = || -> Result<String> {
        Ok(answer.json::<Value>()?["message"].as_str().unwrap_or_default().to_owned())
    };
    match verdict {
        // What comes after the check (validation, conflicts) is not asked here.
        Verdict::Allowed(_) if !matches!(answer.status, 403 | 404) => Ok(()),
        Verdict::Forbidden { message: ours, .. } if answer.status == 403 => {
            let theirs = message()?;
            let (one, other) = (unordered(&theirs), unordered(ours));
            if one != other && (ordered || words(&one) != words(&other)) {
                bail!("text: {theirs:?} of the server, {ours:?} here");
            }
            Ok(())
        }
        Verdict::NotFound(ours) if answer.status == 404 => {
            let theirs = message()?;
            if theirs != *ours {
                bail!("text: {theirs:?} of the server, {ours:?} here");
            }
            Ok(())
        }
        other => bail!("{other:?} here, the server answers {} {}", answer.status, answer.text()),
    }
}

/// The server names roles that it did not find in random order.
fn unordered(message: &str) -> (String, Vec<String>) {
    let (head, errors) = message.split_once("; resolution errors: ").unwrap_or((message, ""));
    let errors = errors.trim_matches(['[', ']']).split(" not found");
    let mut errors: Vec<String> = errors.map(|error| error.trim_start_matches(", ").to_owned()).collect();
    errors.sort_unstable();
    (head.to_owned(), errors)
}

fn words(message: &(String, Vec<String>)) -> Vec<String> {
    let line = |line: &str| {
        let mut words: Vec<&str> = line.split([' ', '[', ']']).collect();
        words.sort_unstable();
        words.join(" ")
    };
    let mut lines: Vec<String> = message.0.lines().map(line).collect();
    lines.sort_unstable();
    lines.extend(message.1.iter().cloned());
    lines
}
