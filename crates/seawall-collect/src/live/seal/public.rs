//! What of a Secret's value is public by its nature: certificates, and facts about a token.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use seawall_yaml::{NodeRef, Source, parse_documents};
use serde_json::{Value, json};

/// Keys of a bootstrap token that are no secret (`k8s.io/cluster-bootstrap/token/api`).
const BOOTSTRAP: [&str; 5] = [
    "token-id",
    "expiration",
    "usage-bootstrap-authentication",
    "usage-bootstrap-signing",
    "auth-extra-groups",
];

/// Longer texts are no kubeconfigs.
const KUBECONFIG: usize = 1 << 20;

/// The public part of a value: all of it, the certificates in it, or those of a kubeconfig's users; `None` where there is
/// none.
pub(super) fn part(sort: &str, key: &str, value: &[u8]) -> Option<Vec<u8>> {
    match sort {
        "bootstrap.kubernetes.io/token" if BOOTSTRAP.contains(&key) => return Some(value.to_vec()),
        "kubernetes.io/service-account-token" if key == "namespace" => return Some(value.to_vec()),
        _ => {}
    }
    let text = std::str::from_utf8(value).ok()?;
    let certificates = certificates(text);
    if !certificates.is_empty() {
        // Whole where there is nothing else: its digest would say nothing more.
        let all = text.lines().map(str::trim).filter(|line| !line.is_empty()).count()
            == certificates.lines().count();
        return Some(if all { value.to_vec() } else { certificates.into_bytes() });
    }
    kubeconfig(text)
}

/// The PEM certificates of a text. What stands between their marks is base64, and nothing else is kept.
fn certificates(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut out = String::new();
    let mut block: Option<String> = None;
    for line in text.lines().map(str::trim) {
        match (line, &mut block) {
            (BEGIN, _) => block = Some(format!("{BEGIN}\n")),
            (END, Some(lines)) => {
                out.push_str(lines);
                out.push_str(END);
                out.push('\n');
                block = None;
            }
            ("", _) => {}
            (line, Some(lines)) if is_base64(line) => {
                lines.push_str(line);
                lines.push('\n');
            }
            _ => block = None,
        }
    }
    out
}

fn is_base64(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

/// The users of a kubeconfig with their certificates alone.
fn kubeconfig(text: &str) -> Option<Vec<u8>> {
    if text.len() > KUBECONFIG || !text.contains("Config") || !text.contains("client-certificate-data") {
        return None;
    }
    let mut documents = parse_documents(&Source::new("-", text)).into_iter().filter_map(Result::ok);
    let document = documents.find(|document| {
        document.root().get("kind").and_then(NodeRef::as_str) == Some("Config")
            && document.root().get("apiVersion").and_then(NodeRef::as_str) == Some("v1")
    })?;
    let users = document.root().get("users").into_iter().flat_map(NodeRef::items).filter_map(|user| {
        let certificate = user.get("user")?.get("client-certificate-data")?.as_str()?;
        let decoded = String::from_utf8(seawall_model::decode::base64(certificate)?).ok()?;
        let public = certificates(&decoded);
        let encoded = BASE64.encode(public.as_bytes());
        let name = user.get("name").and_then(NodeRef::as_str).unwrap_or_default();
        Some(json!({ "name": name, "user": { "client-certificate-data": encoded } }))
    });
    let users: Vec<Value> = users.collect();
    let kept = json!({ "apiVersion": "v1", "kind": "Config", "users": users });
    (!users.is_empty()).then(|| kept.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

    #[test]
    fn certificates_and_nothing_else() {
        let of =
            |text: &str| part("Opaque", "a", text.as_bytes()).map(|part| String::from_utf8(part).unwrap());
        assert_eq!(of(PEM).as_deref(), Some(PEM));
        let key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
        assert_eq!(of(&format!("{key}{PEM}hunter2")).as_deref(), Some(PEM));
        for text in ["", "MIIB", key, &PEM.replace("MIIB", "hunter 2"), &PEM.replace("END", "E")] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn facts_about_bootstrap_tokens() {
        let of = |key: &str| part("bootstrap.kubernetes.io/token", key, b"x");
        assert_eq!((of("expiration"), of("token-secret")), (Some(b"x".to_vec()), None));
    }

    #[test]
    fn kubeconfigs_keep_certificates() {
        let encoded = BASE64.encode(PEM.as_bytes());
        let text = format!(
            "apiVersion: v1\nkind: Config\nusers:\n- name: jane\n  user:\n    client-certificate-data: {encoded}\n    \
             client-key-data: aHVudGVyMg==\n    token: hunter2\n- name: joe\n  user: {{token: hunter2}}\n"
        );
        let kept = String::from_utf8(part("Opaque", "kubeconfig", text.as_bytes()).unwrap()).unwrap();
        assert!(kept.contains(&encoded) && kept.contains("jane"), "{kept}");
        assert!(!kept.contains("hunter2") && !kept.contains("aHVudGVyMg") && !kept.contains("joe"), "{kept}");
    }
}
