//! What the server's audit log says of the requests: the annotations of admission plugins.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

const POLICY: &str = r#"{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
 "rules": [{"level": "Metadata"}]}"#;

/// The plugins' annotations; others are of authorization and of the server.
const PREFIX: &str = "pod-security.kubernetes.io/";

/// The log of one server.
pub(crate) struct Log {
    policy: PathBuf,
    log: PathBuf,
}

/// A request that was answered as seawall said: its id, and the annotations that seawall expects.
pub(crate) struct Audited {
    pub(crate) id: String,
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) about: String,
}

impl Log {
    /// Writes the audit policy.
    pub(crate) fn prepare(folder: &Path) -> Result<Self> {
        let log = Self { policy: folder.join("audit.yaml"), log: folder.join("audit.log") };
        fs::write(&log.policy, POLICY)?;
        Ok(log)
    }

    /// The flags of kube-apiserver.
    pub(crate) fn flags(&self) -> Vec<String> {
        vec![
            format!("--audit-policy-file={}", self.policy.display()),
            format!("--audit-log-path={}", self.log.display()),
            "--audit-log-mode=blocking".to_owned(),
        ]
    }

    /// How many events were compared, and those that differ.
    pub(crate) fn compare(&self, audited: &[Audited]) -> Result<(usize, Vec<String>)> {
        // The event of an answer is written after it.
        sleep(Duration::from_millis(500));
        let text = fs::read_to_string(&self.log).context("reading the audit log")?;
        let mut events: HashMap<String, Value> = HashMap::new();
        for line in text.lines() {
            let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
            if let Some(id) = event["auditID"].as_str() {
                events.insert(id.to_owned(), event["annotations"].clone());
            }
        }
        let mut wrong = Vec::new();
        let mut compared = 0;
        for one in audited {
            let Some(found) = events.get(&one.id) else { continue };
            compared += 1;
            let found: BTreeMap<String, String> = found
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(key, _)| key.starts_with(PREFIX))
                .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect();
            if found != one.annotations {
                wrong.push(format!(
                    "{}\naudit annotations of seawall: {:#?}\nserver: {found:#?}",
                    one.about, one.annotations
                ));
            }
        }
        Ok((compared, wrong))
    }
}
