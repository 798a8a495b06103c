//! Certificates that objects hold: kubeconfigs, Secrets, certificate files, signing requests.

use super::{Certificate, certificates_of_pem};
use seawall_model::decode::base64;
use seawall_model::{At, Object, Origin, WellKnown, objects_of};
use seawall_yaml::{Source, parse_documents};
use std::sync::Arc;

/// Longer texts in Secrets are not read.
const LONGEST: usize = 1 << 20;

/// What holds a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Holding {
    /// A user of a kubeconfig, by name.
    Kubeconfig,
    /// A key of a Secret.
    Secret,
    /// A file.
    File,
    /// A CertificateSigningRequest of a signer for clients of the API server.
    Request,
}

/// A certificate, its intermediates behind it, and where it is held.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// What holds it.
    pub holding: Holding,
    /// In words: `user admin of a kubeconfig`, `tls.crt of Secret shop/web`.
    pub holder: String,
    /// Where.
    pub at: At<'a>,
    /// The leaf first; never empty.
    pub chain: Vec<Certificate>,
}

impl Held<'_> {
    /// The certificate itself.
    pub fn leaf(&self) -> Option<&Certificate> {
        self.chain.first()
    }
}

/// The certificates that an object holds, authorities among them. Values that were left out when a cluster was read, and
/// text that is no certificate, give nothing.
pub fn certificates_held(object: &Arc<Object>) -> Vec<Held<'_>> {
    let mut out = Vec::new();
    match object.well_known() {
        WellKnown::CertificateFile => {
            push(&mut out, Holding::File, "a certificate file".into(), object.at(), object.root().text());
        }
        WellKnown::CertificateSigningRequest => {
            let at = object.at().get("status.certificate");
            let signer = object.at().get("spec.signerName").str().unwrap_or("");
            if signer.starts_with("kubernetes.io/kube-apiserver-client") {
                let holder = format!("CertificateSigningRequest {}", object.name());
                push(&mut out, Holding::Request, holder, at, &decoded(at));
            }
        }
        WellKnown::Secret => secret(object, &mut out),
        WellKnown::Other if is_kubeconfig(object) => users(object, "a kubeconfig", |at| at, &mut out),
        _ => {}
    }
    out
}

/// Whether an object is a kubeconfig.
pub fn is_kubeconfig(object: &Object) -> bool {
    object.kind() == "Config" && object.api_version() == "v1"
}

/// The kubeconfigs in a text.
pub fn kubeconfigs_in(text: &str) -> Vec<Arc<Object>> {
    if text.len() > LONGEST || !text.contains("Config") || !text.contains("users") {
        return Vec::new();
    }
    let documents = parse_documents(&Source::new("-", text.to_owned())).into_iter().filter_map(Result::ok);
    let objects = documents.flat_map(|one| objects_of(&Arc::new(one), &Origin::File).unwrap_or_default());
    objects.map(Arc::new).filter(|object| is_kubeconfig(object)).collect()
}

fn secret<'a>(secret: &'a Arc<Object>, out: &mut Vec<Held<'a>>) {
    if secret.at().key("type").str() == Some("kubernetes.io/service-account-token") {
        return;
    }
    let holder = format!("Secret {}/{}", secret.namespace().unwrap_or("default"), secret.name());
    let text = secret.at().key("stringData").entries();
    // What stands in both is written from `stringData`.
    let replaced = |key: &str| text.clone().any(|(other, _)| other == key);
    let data = secret.at().key("data").entries().filter(|(key, _)| !replaced(key));
    let data = data.map(|(key, at)| (key, at, decoded(at)));
    let text = text.clone().map(|(key, at)| (key, at, at.str().unwrap_or_default().to_owned()));
    let all: Vec<_> = data.chain(text).collect();
    for (key, at, text) in all.into_iter().filter(|(_, _, text)| text.len() <= LONGEST) {
        if text.contains("-----BEGIN CERTIFICATE-----") {
            push(out, Holding::Secret, format!("{key} of {holder}"), at, &text);
            continue;
        }
        for config in kubeconfigs_in(&text) {
            users(&config, &format!("a kubeconfig in {holder}"), |_| at, out);
        }
    }
}

/// The users of a kubeconfig; `place` says where a finding about one of them points.
fn users<'c, 'a>(
    config: &'c Arc<Object>,
    what: &str,
    place: impl Fn(At<'c>) -> At<'a>,
    out: &mut Vec<Held<'a>>,
) {
    for entry in config.at().key("users").items() {
        let name = entry.key("name").str().unwrap_or("");
        let at = entry.key("user").key("client-certificate-data");
        push(out, Holding::Kubeconfig, format!("user {name} of {what}"), place(at), &decoded(at));
    }
}

fn decoded(at: At<'_>) -> String {
    at.str().and_then(base64).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn push<'a>(out: &mut Vec<Held<'a>>, holding: Holding, holder: String, at: At<'a>, text: &str) {
    if let Ok(chain) = certificates_of_pem(text)
        && !chain.is_empty()
    {
        out.push(Held { holding, holder, at, chain });
    }
}
