//! An API server that does as it is told: plain HTTP on loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: String,
    /// Says that more comes than does.
    pub(crate) cut: bool,
    /// Before the answer.
    pub(crate) wait: Duration,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, headers: String::new(), body: body.into(), cut: false, wait: Duration::ZERO }
    }

    /// A Status object, as Kubernetes writes it.
    pub(crate) fn status(status: u16, reason: &str) -> Self {
        let body = format!(
            r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{reason}","code":{status}}}"#
        );
        Self { status, ..Self::ok(body) }
    }
}

type Answer = dyn Fn(&str) -> Reply + Send + Sync;

/// A running server; its kubeconfig lies in a folder that goes with it.
pub(crate) struct Fake {
    folder: tempfile::TempDir,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    /// Serves until the test's process ends; `answer` gets path and query.
    pub(crate) fn start(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let log = asked.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (answer, log) = (answer.clone(), log.clone());
                std::thread::spawn(move || serve(&socket, &*answer, &log));
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: me@fake\n\
             clusters: [{{name: fake, cluster: {{server: 'http://127.0.0.1:{port}'}}}}]\n\
             contexts: [{{name: me@fake, context: {{cluster: fake, user: me}}}}]\n\
             users: [{{name: me, user: {{}}}}]\n"
        );
        std::fs::write(folder.path().join("kubeconfig"), text).unwrap();
        Self { folder, asked }
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// What was asked since the start.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(socket: &TcpStream, answer: &Answer, log: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(socket);
    loop {
        let mut target = None;
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end() {
                "" => break,
                line if target.is_none() => target = line.split(' ').nth(1).map(str::to_owned),
                _ => {}
            }
        }
        let target = target.unwrap_or_default();
        log.lock().unwrap().push(target.clone());
        let reply = answer(&target);
        std::thread::sleep(reply.wait);
        let length = reply.body.len() + if reply.cut { 100 } else { 0 };
        let head = format!(
            "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{}\r\n",
            reply.status, reply.headers
        );
        let mut out = socket;
        if out.write_all(head.as_bytes()).is_err()
            || out.write_all(reply.body.as_bytes()).is_err()
            || reply.cut
        {
            return;
        }
    }
}

/// Discovery of these resources: `(group, version, resource, kind, namespaced)`.
pub(crate) fn discovery(target: &str, resources: &[(&str, &str, &str, &str, bool)]) -> Option<Reply> {
    let core = match target {
        "/api" => true,
        "/apis" => false,
        "/version" => return Some(Reply::ok(r#"{"gitVersion":"v1.36.3"}"#)),
        _ => return None,
    };
    let groups: Vec<String> = resources
        .iter()
        .filter(|(group, ..)| group.is_empty() == core)
        .map(|(group, version, resource, kind, namespaced)| {
            let scope = if *namespaced { "Namespaced" } else { "Cluster" };
            format!(
                r#"{{"metadata":{{"name":"{group}"}},"versions":[{{"version":"{version}","freshness":"Current","resources":[
                {{"resource":"{resource}","responseKind":{{"kind":"{kind}"}},"scope":"{scope}","verbs":["get","list"]}}]}}]}}"#
            )
        })
        .collect();
    Some(Reply::ok(format!(r#"{{"kind":"APIGroupDiscoveryList","items":[{}]}}"#, groups.join(","))))
}

/// A page of a list.
pub(crate) fn page(items: &[String], version: &str, next: &str) -> Reply {
    Reply::ok(format!(
        r#"{{"kind":"List","metadata":{{"resourceVersion":"{version}","continue":"{next}"}},"items":[{}]}}"#,
        items.join(",")
    ))
}

/// The number after `continue=` of a query; 0 without one.
pub(crate) fn token(target: &str) -> usize {
    target.split("continue=").nth(1).and_then(|token| token.parse().ok()).unwrap_or(0)
}
