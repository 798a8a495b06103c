//! What do the listeners of a cluster answer? Asked only where somebody wants it, and only of addresses of that cluster.
//!
//! Nothing is written, no credential is sent: each listener is asked for its TLS versions and certificates, and for what
//! it gives to somebody unknown. One request goes to the API server with the reader's own credentials, as a dry run. The
//! answers become objects of the kind `Probe`, which controls judge like any other; every line that went over the wire
//! stands in their `transcript`.

mod etcd;
mod hello;
mod http;
mod kubelet;
mod targets;
mod tls;
mod wire;
mod write;

#[cfg(test)]
mod fake;

pub use targets::{ProbeTarget, Role, targets};

use crate::live::ClusterInput;
use seawall_model::{Live, Object, Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Listeners that are asked at once: most of the time is spent waiting for those that do not answer.
const AT_ONCE: usize = 16;

/// What a listener said.
#[derive(Debug, Default)]
struct Findings {
    fields: Map<String, Value>,
    transcript: Vec<String>,
}

impl Findings {
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.fields.insert(key.to_owned(), value.into());
    }

    /// A line of the transcript; text of others is bounded.
    fn say(&mut self, line: impl AsRef<str>) {
        self.transcript.push(crate::limits::bounded(line.as_ref()));
    }
}

/// Asks the listeners, and as one node about another; the answers as objects, in the order of the targets.
pub fn probe(targets: &[ProbeTarget], input: &ClusterInput) -> Vec<Arc<Object>> {
    let next = AtomicUsize::new(0);
    let answers: Mutex<Vec<(usize, Arc<Object>)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(targets.len()) {
            scope.spawn(|| {
                while let Some((number, target)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, targets.get(at)?)))
                {
                    let object = object(target, ask(target, input));
                    if let (Some(object), Ok(mut all)) = (object, answers.lock()) {
                        all.push((number, object));
                    }
                }
            });
        }
    });
    let mut all = answers.into_inner().unwrap_or_default();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, object)| object).collect()
}

fn ask(target: &ProbeTarget, input: &ClusterInput) -> Findings {
    let mut findings = Findings::default();
    match &target.role {
        Role::ApiServer => tls::ask(target, &mut findings),
        Role::Kubelet => {
            tls::ask(target, &mut findings);
            kubelet::ask(target, &mut findings);
        }
        Role::KubeletReadOnly => kubelet::ask_read_only(target, &mut findings),
        Role::Etcd => {
            tls::ask(target, &mut findings);
            etcd::ask(target, &mut findings);
        }
        Role::NodePort => wire::answers(target, &mut findings),
        Role::NodeWrite { other } => write::ask(target, other, input, &mut findings),
    }
    findings
}

/// The answer as an object; it was made here, so no cluster has it.
fn object(target: &ProbeTarget, findings: Findings) -> Option<Arc<Object>> {
    let mut fields = Map::new();
    fields.insert("apiVersion".to_owned(), "file.seawall.dev/v1".into());
    fields.insert("kind".to_owned(), "Probe".into());
    fields.insert("metadata".to_owned(), json!({ "name": target.name() }));
    fields.insert("role".to_owned(), target.role.word().into());
    fields.insert("address".to_owned(), target.address().into());
    for (key, value) in [("node", &target.node), ("service", &target.service)] {
        if let Some(value) = value {
            fields.insert(key.to_owned(), value.as_str().into());
        }
    }
    fields.extend(findings.fields);
    fields.insert("transcript".to_owned(), findings.transcript.into());
    let text = Value::Object(fields).to_string();
    let document = parse_one(&Source::new(format!("probe of {}", target.name()), text)).ok()?;
    let origin = Origin::Live(Arc::new(Live { from_file: true, ..Live::default() }));
    objects_of(&Arc::new(document), &origin)?.into_iter().next().map(Arc::new)
}
