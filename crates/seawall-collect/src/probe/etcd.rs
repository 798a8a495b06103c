//! Whom does etcd answer? Everything of the cluster lies there, so it must refuse whoever has no certificate of its own
//! authority.

use super::wire::connect;
use super::{Findings, ProbeTarget, http, tls};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;

/// Told to everybody whom the listener lets in at all.
const PATH: &str = "/version";

/// Asks without TLS where none is spoken, else without a certificate and with one that nobody knows.
pub(super) fn ask(target: &ProbeTarget, findings: &mut Findings) {
    if findings.fields.get("answers") != Some(&true.into()) {
        return;
    }
    // Without TLS etcd ends a connection that begins with something else.
    let spoken = findings.fields.get("tls").and_then(|tls| tls.get("accepted")?.as_array());
    if spoken.is_none_or(Vec::is_empty) {
        let answer = connect(target)
            .map_err(|silence| silence.words().to_owned())
            .and_then(|mut stream| http::get(&mut stream, &target.host, PATH));
        let verdict = record("without TLS", answer, findings);
        findings.set("clientCertificate", json!({ "plain": verdict }));
        return;
    }
    let none = tls::handshake(target, rustls::ALL_VERSIONS, None)
        .and_then(|mut stream| http::get(&mut stream, &target.host, PATH));
    let none = record("without a certificate", none, findings);
    let foreign = foreign().and_then(|identity| tls::handshake(target, rustls::ALL_VERSIONS, Some(identity)));
    let foreign = foreign.and_then(|mut stream| http::get(&mut stream, &target.host, PATH));
    let foreign = record("with a certificate of an unknown authority", foreign, findings);
    findings.set("clientCertificate", json!({ "none": none, "foreign": foreign }));
}

/// A refusal is what TLS says or a connection that ends; silence is neither.
fn record(how: &str, answer: Result<u16, String>, findings: &mut Findings) -> &'static str {
    match answer {
        Ok(401 | 403) => {
            findings.say(format!("GET {PATH} {how}: refused"));
            "refused"
        }
        Ok(status) => {
            findings.say(format!("GET {PATH} {how}: {status}"));
            "accepted"
        }
        Err(why) => {
            findings.say(format!("GET {PATH} {how}: {why}"));
            let lower = why.to_ascii_lowercase();
            let refusal = ["alert", "reset", "closed", "close_notify", "broken pipe", "eof", "no http"];
            if refusal.iter().any(|word| lower.contains(word)) { "refused" } else { "unknown" }
        }
    }
}

/// A certificate that nobody's authority signed, made now and forgotten.
fn foreign() -> Result<tls::Identity, String> {
    let key = KeyPair::generate().map_err(|error| error.to_string())?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "seawall-probe");
    let certificate = params.self_signed(&key).map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(str::to_owned)?;
    Ok((vec![certificate.der().clone()], key))
}
