//! Node authorizer: reviews about node identities and objects that pods on nodes refer to.

use super::super::generate::Random;
use super::load::stored;
use super::node_world::{NODES, NodeWorld, THINGS};
use super::review::{Engines, Verdict, ask};
use super::world::NAMESPACES;
use crate::kube::{Pool, Request};
use anyhow::{Context, Result, bail};
use seawall_model::Version;
use serde_json::{Value, json};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Questions about one world.
const PER_WORLD: u64 = 2_000;
const PATIENCE: Duration = Duration::from_secs(60);
/// Differences printed at most.
const SHOWN: usize = 4;

/// Group, resource, kind, path of the collection over all namespaces.
const STORED: [(&str, &str); 4] = [
    ("Pod", "/api/v1/pods"),
    ("PersistentVolume", "/api/v1/persistentvolumes"),
    ("VolumeAttachment", "/apis/storage.k8s.io/v1/volumeattachments"),
    ("ResourceSlice", "/apis/resource.k8s.io/v1/resourceslices"),
];

/// Group, resource, subresources, whether namespaced.
const ASKED: [(&str, &str, &[&str], bool); 18] = [
    ("", "secrets", &["x"], true),
    ("", "configmaps", &["x"], true),
    ("", "persistentvolumeclaims", &["status", "x"], true),
    ("", "persistentvolumes", &["status"], false),
    ("", "serviceaccounts", &["token", "x"], true),
    ("", "pods", &["status", "eviction", "log", "exec", "ephemeralcontainers"], true),
    ("", "nodes", &["status", "proxy", "x"], false),
    ("", "services", &["status"], true),
    ("", "events", &["x"], true),
    ("storage.k8s.io", "volumeattachments", &["status"], false),
    ("storage.k8s.io", "csinodes", &["x"], false),
    ("storage.k8s.io", "csidrivers", &["x"], false),
    ("coordination.k8s.io", "leases", &["status"], true),
    ("resource.k8s.io", "resourceclaims", &["status", "binding"], true),
    ("resource.k8s.io", "resourceslices", &["status"], false),
    (
        "certificates.k8s.io",
        "certificatesigningrequests",
        &["approval", "nodeclient", "selfnodeclient"],
        false,
    ),
    ("certificates.k8s.io", "podcertificaterequests", &["status"], true),
    ("node.k8s.io", "runtimeclasses", &[], false),
];
const VERBS: [&str; 12] = [
    "get",
    "get",
    "get",
    "list",
    "watch",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "use",
    "GET",
];

/// Asks `questions` questions.
pub(crate) fn run(pool: &mut Pool, version: Version, questions: u64, seed: u64) -> Result<()> {
    let started = Instant::now();
    let mut random = Random::new(seed);
    prepare(pool)?;
    let (mut asked, mut allowed, mut reasons, mut differences) = (0, 0_u64, 0_u64, 0);
    let mut worlds = 0;
    while asked < questions {
        // Names are lower case and new in each run against the same server.
        let world = NodeWorld::random(format!("w{seed}-{worlds}"), version.at_least(34), &mut random);
        load(pool, &world, version)?;
        let engines = Engines::of_stored(&objects(pool, version)?, version)?;
        let size = PER_WORLD.min(questions - asked);
        let specs: Vec<Value> = (0..size).map(|_| question(&world, &mut random)).collect();
        for (spec, server) in specs.iter().zip(&ask(pool, &specs)?) {
            if let Verdict::Answered(status) = server {
                allowed += u64::from(status.allowed);
                reasons += u64::from(!status.allowed && !status.reason.is_empty());
            }
            if let Some(what) = engines.difference(spec, server) {
                differences += 1;
                if differences <= SHOWN {
                    println!("difference: {what}\n  {spec}");
                    show(&world, spec);
                }
            }
        }
        asked += size;
        worlds += 1;
    }
    println!(
        "conformance auth node: seed {seed}: {asked} questions about {worlds} worlds, {allowed} allowed, {reasons} refused \
         with reasons, {differences} differences, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

/// The objects of the world that name what was asked about.
fn show(world: &NodeWorld, spec: &Value) {
    let name = spec["resourceAttributes"]["name"].as_str().unwrap_or_default();
    let related = world.objects.iter().filter(|(_, object)| {
        let text = object.to_string();
        !name.is_empty() && text.contains(&format!("\"{name}\""))
    });
    related.take(6).for_each(|(path, object)| println!("  {path} {object}"));
}

/// Service accounts that pods use.
fn prepare(pool: &mut Pool) -> Result<()> {
    for namespace in &NAMESPACES[..2] {
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts");
        let answer = pool.send(&Request::json("POST", &path, &json!({"metadata": {"name": "builder"}})))?;
        if answer.status != 409 {
            answer.successful("a service account")?;
        }
        let default = Request::new("GET", format!("{path}/default"));
        until("the default service account", || Ok(pool.send(&default)?.status == 200))?;
    }
    Ok(())
}

fn load(pool: &mut Pool, world: &NodeWorld, version: Version) -> Result<()> {
    for (path, object) in &world.objects {
        let request = Request::json("POST", path, object);
        // Admission may not have seen a new service account yet.
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let answer = pool.send(&request)?;
            if answer.status == 403 && Instant::now() < end {
                sleep(Duration::from_millis(50));
                continue;
            }
            answer.successful(&object.to_string())?;
            break;
        }
    }
    for (path, patch) in &world.patches {
        let request = Request::json("PATCH", path, patch);
        let headers = vec![("Content-Type".to_owned(), "application/strategic-merge-patch+json".to_owned())];
        pool.send(&Request { headers, ..request })?.successful(&patch.to_string())?;
    }
    let marker = world.name("marker");
    // Patches are seen last by none of the markers: one question for each pod would be too much, a short wait is not.
    sleep(Duration::from_millis(200));
    for (group, resource, namespace) in [
        ("", "secrets", NAMESPACES[0]),
        ("", "persistentvolumes", ""),
        ("storage.k8s.io", "volumeattachments", ""),
        ("resource.k8s.io", "resourceslices", ""),
    ] {
        if resource == "resourceslices" && !version.at_least(34) {
            continue;
        }
        let spec = json!({
            "user": format!("system:node:{marker}"), "groups": ["system:nodes"],
            "resourceAttributes": {"verb": "get", "group": group, "resource": resource, "namespace": namespace, "name": marker},
        });
        until(resource, || {
            let answers = ask(pool, std::slice::from_ref(&spec))?;
            Ok(matches!(answers.as_slice(), [Verdict::Answered(status)] if status.allowed))
        })?;
    }
    Ok(())
}

fn until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !done()? {
        if Instant::now() > end {
            bail!("{what}: the server does not see the world after {} s", PATIENCE.as_secs());
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// What the server stores of the kinds that count.
fn objects(pool: &mut Pool, version: Version) -> Result<Vec<Value>> {
    let mut out = stored(pool)?;
    for (kind, path) in STORED {
        if kind == "ResourceSlice" && !version.at_least(34) {
            continue;
        }
        let mut list: Value = pool.send(&Request::new("GET", path))?.successful(kind)?.json()?;
        let api_version = list["apiVersion"].clone();
        for mut object in list["items"].as_array_mut().map(std::mem::take).context("a list")? {
            object["apiVersion"] = api_version.clone();
            object["kind"] = kind.into();
            out.push(object);
        }
    }
    Ok(out)
}

fn question(world: &NodeWorld, random: &mut Random) -> Value {
    let node = match random.below(16) {
        0 => String::new(),
        1 => "n1".into(),
        2 => world.name("nowhere"),
        _ => world.name(random.pick(&NODES)),
    };
    let (group, resource, subresources, namespaced) =
        ASKED[if random.below(3) == 0 { random.below(3) } else { random.below(ASKED.len()) }];
    let namespace = match random.below(10) {
        0 => "",
        1 => NAMESPACES[2],
        2 if resource == "leases" => NAMESPACES[0],
        _ if resource == "leases" => "kube-node-lease",
        _ if namespaced => NAMESPACES[random.below(2)],
        _ => "",
    };
    let mut attributes = json!({
        "verb": VERBS[random.below(VERBS.len())], "group": group, "resource": resource, "namespace": namespace,
        "name": name(world, resource, &node, random),
    });
    if random.below(4) == 0 {
        attributes["subresource"] =
            subresources.get(random.below(subresources.len())).copied().unwrap_or("").into();
        if subresources.first() == Some(&"token") && random.below(2) == 0 {
            attributes["verb"] = "create".into();
        }
    }
    if random.below(20) == 0 {
        attributes["group"] = "apps".into();
    }
    if random.below(4) == 0 {
        attributes["fieldSelector"] = json!({"requirements": (0..1 + random.below(2)).map(|_| json!({
            "key": *random.pick(&["spec.nodeName", "spec.nodeName", "nodeName", "metadata.name"]),
            "operator": *random.pick(&["In", "In", "In", "NotIn", "Exists"]),
            "values": [if random.below(4) > 0 { node.clone() } else { world.name(random.pick(&NODES)) }],
        })).collect::<Vec<_>>()});
        for term in attributes["fieldSelector"]["requirements"].as_array_mut().into_iter().flatten() {
            if term["operator"] == "Exists" {
                term["values"] = json!([]);
            }
        }
    }
    let groups: &[&str] = match random.below(20) {
        0 => &[],
        1 => &["system:authenticated"],
        _ => &["system:nodes", "system:authenticated"],
    };
    json!({"user": format!("system:node:{node}"), "groups": groups, "resourceAttributes": attributes})
}

/// A name of the kind, mostly one that there is.
fn name(world: &NodeWorld, resource: &str, node: &str, random: &mut Random) -> String {
    if random.below(8) == 0 {
        return String::new();
    }
    let number = random.below(10);
    match resource {
        "pods" => world.name(&format!("pod{number}")),
        "persistentvolumes" => world.name(&format!("pv{number}")),
        "volumeattachments" => world.name(&format!("va{}", number / 2)),
        "resourceslices" => world.name(&format!("slice{}", number / 3)),
        "serviceaccounts" => (*random.pick(&["default", "builder", "other"])).to_owned(),
        "nodes" | "leases" | "csinodes" if number < 6 => node.to_owned(),
        "nodes" | "leases" | "csinodes" => world.name(random.pick(&NODES)),
        "configmaps" if number == 0 => "kube-root-ca.crt".to_owned(),
        // The claim of a generic ephemeral volume is named after pod and volume.
        "persistentvolumeclaims" if number < 4 => {
            world.name(&format!("pod{}-v{}", random.below(8), random.below(3)))
        }
        _ => world.name(random.pick(&THINGS)),
    }
}
