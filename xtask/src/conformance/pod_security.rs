//! Pod Security: pods made of everything that some check looks at, judged by both sides at every level and version.

use super::generate::Random;
use super::judge::Judge;
use anyhow::{Context, bail};
use seawall_admission::pod_security::{Level, PolicyVersion, evaluate};
use seawall_model::{Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;

/// Differences printed at most.
const SHOWN: usize = 6;
/// Texts per question.
const BATCH: usize = 500;
/// The newest policy version that is asked, one past the newest known.
const NEWEST: usize = 38;

#[derive(serde::Deserialize)]
struct Answer {
    violations: Option<Vec<String>>,
    #[serde(default)]
    error: String,
}

/// Asks both sides about `questions` pods.
pub(crate) fn run(program: &Path, questions: u64, seed: u64) -> anyhow::Result<()> {
    let mut judge = Judge::start(program, "evaluate")?;
    let mut random = Random::new(seed);
    let (mut asked, mut forbidden, mut differences) = (0, 0, 0);
    while asked < questions {
        let texts: Vec<String> = (0..BATCH).map(|_| question(&mut random)).collect();
        for (text, line) in texts.iter().zip(judge.ask(&texts)?) {
            asked += 1;
            let answer: Answer = serde_json::from_str(&line)?;
            if !answer.error.is_empty() {
                bail!("the judge refused a pod that is meant to be valid: {}\n{text}", answer.error);
            }
            let theirs = answer.violations.unwrap_or_default();
            forbidden += usize::from(!theirs.is_empty());
            let ours = ours(text)?;
            if ours != theirs {
                differences += 1;
                if differences <= SHOWN {
                    println!("{text}\n  upstream: {theirs:#?}\n  seawall:  {ours:#?}");
                }
            }
        }
    }
    println!("conformance pod-security: {asked} pods, {forbidden} forbidden, {differences} differences");
    if differences > 0 { bail!("{differences} differences") } else { Ok(()) }
}

fn ours(text: &str) -> anyhow::Result<Vec<String>> {
    let (head, body) = text.split_once('\n').context("no head")?;
    let (level, version) = head.split_once(' ').context("no version")?;
    let level = Level::parse(level).context("no level")?;
    let version = PolicyVersion::parse(version).context("no version")?;
    let document = parse_one(&Source::new("pod", body)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let objects = objects_of(&Arc::new(document), &Origin::File).context("no object")?;
    let object = Arc::new(objects.into_iter().next().context("no object")?);
    let pod = object.pods().next().context("no pod")?;
    Ok(evaluate(pod, level, version).iter().map(ToString::to_string).collect())
}

/// A level and version, and a pod as JSON, which is YAML too.
fn question(random: &mut Random) -> String {
    let level = ["baseline", "restricted", "restricted", "privileged"][random.below(4)];
    let version = match random.below(NEWEST + 2) {
        minor if minor <= NEWEST => format!("v1.{minor}"),
        _ => "latest".to_owned(),
    };
    format!("{level} {version}\n{}", pod(random))
}

/// A field with one of some values, or not at all.
fn put(random: &mut Random, map: &mut Map<String, Value>, key: &str, rarity: usize, values: &[Value]) {
    if random.below(rarity) == 0
        && let Some(value) = values.get(random.below(values.len()))
    {
        map.insert(key.to_owned(), value.clone());
    }
}

/// Booleans and null.
fn booleans() -> [Value; 3] {
    [json!(true), json!(false), Value::Null]
}

const NAMES: [&str; 6] = ["a", "b", "init", "web-1", "é\"x", ""];

fn pod(random: &mut Random) -> Value {
    let mut spec = Map::new();
    for field in ["hostNetwork", "hostPID", "hostIPC", "hostUsers"] {
        put(random, &mut spec, field, 6, &booleans());
    }
    put(
        random,
        &mut spec,
        "os",
        6,
        &[json!({"name": "windows"}), json!({"name": "linux"}), json!({"name": "Windows"})],
    );
    let context = security_context(random, true);
    put(random, &mut spec, "securityContext", 2, &[context]);
    for (list, most) in [("initContainers", 3), ("containers", 4), ("ephemeralContainers", 2)] {
        let count = random.below(most + 1);
        if count > 0 {
            spec.insert(list.to_owned(), (0..count).map(|_| container(random)).collect());
        }
    }
    let volumes: Vec<Value> = (0..random.below(4)).map(|_| volume(random)).collect();
    put(random, &mut spec, "volumes", 2, &[volumes.into()]);
    let mut annotations = Map::new();
    let values =
        ["unconfined", "runtime/default", "docker/default", "localhost/x", "", "a\"\\\n\t\u{7}é\u{200b}"];
    for prefix in
        ["container.apparmor.security.beta.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/"]
    {
        for name in NAMES {
            put(random, &mut annotations, &format!("{prefix}{name}"), 12, &values.map(Value::from));
        }
    }
    put(random, &mut annotations, "seccomp.security.alpha.kubernetes.io/pod", 4, &values.map(Value::from));
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod", "annotations": annotations}, "spec": spec,
    })
}

fn container(random: &mut Random) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), NAMES[random.below(NAMES.len())].into());
    let context = security_context(random, false);
    put(random, &mut map, "securityContext", 2, &[context]);
    let ports = [
        json!([{"hostPort": 8080}, {"hostPort": 30000}]),
        json!([{"hostPort": 0}]),
        json!([{}, {"hostPort": 1}]),
    ];
    put(random, &mut map, "ports", 5, &ports);
    let hosts = ["", "127.0.0.1", "example.com", "::1"];
    let action = |random: &mut Random| {
        let host = hosts[random.below(hosts.len())];
        match random.below(3) {
            0 => json!({"httpGet": {"host": host, "port": 80}}),
            1 => json!({"tcpSocket": {"host": host, "port": "web"}}),
            _ => json!({"exec": {"command": ["true"]}}),
        }
    };
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let value = action(random);
        put(random, &mut map, probe, 8, &[value]);
    }
    let lifecycle = json!({"postStart": action(random), "preStop": action(random)});
    put(random, &mut map, "lifecycle", 8, &[lifecycle]);
    map.into()
}

fn security_context(random: &mut Random, of_pod: bool) -> Value {
    let mut map = Map::new();
    put(random, &mut map, "runAsNonRoot", 2, &booleans());
    put(random, &mut map, "runAsUser", 3, &[json!(0), json!(1000), Value::Null]);
    let profiles = ["RuntimeDefault", "Localhost", "Unconfined", "", "runtimedefault"];
    let profile = json!({"type": profiles[random.below(profiles.len())]});
    put(random, &mut map, "seccompProfile", 2, &[profile.clone(), profile.clone(), json!({}), Value::Null]);
    put(random, &mut map, "appArmorProfile", 5, &[profile.clone(), profile, json!({})]);
    let mut options = Map::new();
    put(
        random,
        &mut options,
        "type",
        2,
        &["", "container_t", "container_engine_t", "spc_t"].map(Value::from),
    );
    put(random, &mut options, "user", 6, &["", "root"].map(Value::from));
    put(random, &mut options, "role", 6, &["", "system_r"].map(Value::from));
    put(random, &mut map, "seLinuxOptions", 4, &[options.into()]);
    let mut windows = Map::new();
    put(random, &mut windows, "hostProcess", 2, &booleans());
    put(random, &mut map, "windowsOptions", 6, &[windows.into()]);
    if of_pod {
        let names = [
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_notsent_lowat",
            "kernel.msgmax",
            "net/ipv4/tcp_rmem",
        ];
        let sysctls: Vec<Value> = (0..random.below(3))
            .map(|_| json!({"name": names[random.below(names.len())], "value": "1"}))
            .collect();
        put(random, &mut map, "sysctls", 3, &[sysctls.into()]);
        return map.into();
    }
    put(
        random,
        &mut map,
        "allowPrivilegeEscalation",
        2,
        &[json!(false), json!(false), json!(true), Value::Null],
    );
    put(random, &mut map, "privileged", 6, &booleans());
    put(random, &mut map, "procMount", 6, &[json!("Default"), json!("Unmasked"), json!(""), Value::Null]);
    let added = ["CHOWN", "NET_BIND_SERVICE", "NET_RAW", "SYS_ADMIN", "cap_chown", "CAP_CHOWN", "ALL"];
    let list = |random: &mut Random, from: &[&str]| -> Value {
        (0..random.below(3)).map(|_| Value::from(from[random.below(from.len())])).collect()
    };
    let capabilities =
        json!({"add": list(random, &added), "drop": list(random, &["ALL", "ALL", "all", "NET_RAW"])});
    put(random, &mut map, "capabilities", 2, &[capabilities, json!({}), json!({"drop": ["ALL"]})]);
    map.into()
}

fn volume(random: &mut Random) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), NAMES[random.below(NAMES.len())].into());
    let sources = [
        ("hostPath", json!({"path": "/"})),
        ("emptyDir", json!({})),
        ("configMap", json!({"name": "a"})),
        ("nfs", json!({"server": "a", "path": "/"})),
        ("iscsi", json!({"targetPortal": "a", "iqn": "b", "lun": 0})),
        ("gitRepo", json!({"repository": "a"})),
        ("rbd", json!({"monitors": ["a"], "image": "b"})),
        ("csi", json!({"driver": "a"})),
        ("image", json!({"reference": "a"})),
        ("photonPersistentDisk", json!({"pdID": "a"})),
        ("portworxVolume", json!({"volumeID": "a"})),
        ("storageos", json!({})),
        ("hostPath", Value::Null),
    ];
    for _ in 0..random.below(3) {
        let (key, value) = &sources[random.below(sources.len())];
        map.insert((*key).to_owned(), value.clone());
    }
    map.into()
}
