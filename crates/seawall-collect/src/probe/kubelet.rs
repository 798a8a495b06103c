//! What a kubelet tells somebody unknown (`pkg/kubelet/server/server.go`).

use super::wire::{connect, silent};
use super::{Findings, ProbeTarget, http, tls};
use serde_json::json;

/// What pods run on the node: reading it changes nothing, and it needs the right `nodes/proxy` or `nodes/pods`.
const PATH: &str = "/pods";

/// Asks without credentials: 401 where anonymous requests are refused, 403 where they are only not allowed this.
pub(super) fn ask(target: &ProbeTarget, findings: &mut Findings) {
    if findings.fields.get("answers") != Some(&true.into()) {
        return;
    }
    let answer = tls::handshake(target, rustls::ALL_VERSIONS, None)
        .and_then(|mut stream| http::get(&mut stream, &target.host, PATH));
    record(answer, findings);
}

/// Asks the port without TLS that `readOnlyPort` opens.
pub(super) fn ask_read_only(target: &ProbeTarget, findings: &mut Findings) {
    findings.say(format!("connect to {}", target.address()));
    match connect(target) {
        Ok(mut stream) => {
            findings.set("answers", true);
            record(http::get(&mut stream, &target.host, PATH), findings);
        }
        Err(silence) => silent(&silence, findings),
    }
}

fn record(answer: Result<u16, String>, findings: &mut Findings) {
    match answer {
        Ok(status) => {
            findings.say(format!("anonymous GET {PATH}: {status}"));
            findings.set("anonymous", json!({ "path": PATH, "status": status }));
        }
        Err(why) => {
            findings.say(format!("anonymous GET {PATH}: no answer ({why})"));
            findings.set("anonymous", json!({ "path": PATH, "error": why }));
        }
    }
}
