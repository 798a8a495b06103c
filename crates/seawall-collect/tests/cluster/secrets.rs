//! No value of a secret is in what was read: not in memory, not in a snapshot.

use super::*;
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Random words, planted in every place where the API has secrets.
struct Planted(std::sync::Mutex<Vec<String>>);

impl Planted {
    fn word(&self) -> String {
        let bytes: [u8; 24] = std::array::from_fn(|_| rand());
        let word: String = bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
        self.0.lock().unwrap().push(word.clone());
        word
    }
}

/// A random byte, of the hasher's own keys.
fn rand() -> u8 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish() as u8
}

const SECRETS: (&str, &str, &str, &str, bool) = ("", "v1", "secrets", "Secret", true);
const MAPS: (&str, &str, &str, &str, bool) = ("", "v1", "configmaps", "ConfigMap", true);
const APPS: (&str, &str, &str, &str, bool) = ("argoproj.io", "v1alpha1", "applications", "Application", true);

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn secrets(planted: &Planted) -> Vec<String> {
    let p = || planted.word();
    let encoded = || base64(&planted.word());
    let applied = format!(r#"{{\"data\":{{\"a\":\"{}\"}},\"stringData\":{{\"b\":\"{}\"}}}}"#, encoded(), p());
    let dockers = base64(&format!(r#"{{"auths":{{"r":{{"auth":"{}","password":"{}"}}}}}}"#, encoded(), p()));
    let key = base64(&format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", p()));
    let both = base64(&format!(
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\n{}\n\
         -----END RSA PRIVATE KEY-----\n",
        p()
    ));
    let one = |name: &str, sort: &str, data: String, annotations: String| {
        format!(
            r#"{{"metadata":{{"name":"{name}","namespace":"shop","annotations":{{{annotations}}}}},"type":"{sort}","data":{{{data}}}}}"#
        )
    };
    vec![
        one(
            "opaque",
            "Opaque",
            format!(r#""password":"{}","plain":"{}""#, encoded(), encoded()),
            String::new(),
        ),
        one(
            "applied",
            "Opaque",
            format!(r#""a":"{}""#, encoded()),
            format!(r#""kubectl.kubernetes.io/last-applied-configuration":"{applied}","note":"{}""#, p()),
        ),
        one("tls", "kubernetes.io/tls", format!(r#""tls.key":"{key}","tls.crt":"{both}""#), String::new()),
        one(
            "pull",
            "kubernetes.io/dockerconfigjson",
            format!(r#"".dockerconfigjson":"{dockers}""#),
            String::new(),
        ),
        one(
            "bootstrap-token-abcdef",
            "bootstrap.kubernetes.io/token",
            format!(
                r#""token-id":"{}","token-secret":"{}","description":"{}""#,
                base64("abcdef"),
                encoded(),
                encoded()
            ),
            String::new(),
        ),
        one(
            "robot",
            "kubernetes.io/service-account-token",
            format!(r#""token":"{}""#, encoded()),
            String::new(),
        ),
        one("helm", "helm.sh/release.v1", format!(r#""release":"{}""#, encoded()), String::new()),
        format!(
            r#"{{"metadata":{{"name":"odd","namespace":"shop"}},"stringData":{{"a":"{}"}},"more":"{}"}}"#,
            p(),
            p()
        ),
    ]
}

fn pods(planted: &Planted) -> Vec<String> {
    let p = || planted.word();
    vec![format!(
        r#"{{"metadata":{{"name":"a","namespace":"shop","annotations":{{"kubectl.kubernetes.io/last-applied-configuration":"{}","db-password":"{}"}}}},
        "spec":{{"containers":[{{"name":"c","env":[{{"name":"DB_PASSWORD","value":"{}"}},{{"name":"API_KEY","value":"/{}"}},
        {{"name":"DSN_URL","value":"postgres://u:{}@db/x"}}],"command":["run","--token={}","--password","{}"],
        "args":["sh -c 'export SECRET_KEY={} && go'"],
        "livenessProbe":{{"httpGet":{{"httpHeaders":[{{"name":"Authorization","value":"Bearer {}"}}]}},"exec":{{"command":["x","--secret","{}"]}}}},
        "lifecycle":{{"preStop":{{"exec":{{"command":["curl","-H","Authorization: Basic {}"]}}}}}}}}],
        "volumes":[{{"name":"v","csi":{{"driver":"x","volumeAttributes":{{"password":"{}"}}}}}}]}}}}"#,
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p(),
        p()
    )]
}

fn maps(planted: &Planted) -> Vec<String> {
    let p = || planted.word();
    let config = format!(
        r#"bootstrapTokens:\n- token: abcdef.{}\ncertificateKey: x\nauth:\n  password: {} {}\n  client_secret=\"{}\"\n"#,
        p(),
        p(),
        p(),
        p()
    );
    let kubeconfig =
        format!(r#"-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\ntoken: {}\n"#, p(), p());
    vec![format!(
        r#"{{"metadata":{{"name":"m","namespace":"shop"}},"data":{{"app.conf":"{config}","k":"{kubeconfig}","apiKey":"{}","j":"{{\"password\": \"{}\"}}"}},"binaryData":{{"b":"{}"}}}}"#,
        p(),
        p(),
        p()
    )]
}

fn apps(planted: &Planted) -> Vec<String> {
    let p = || planted.word();
    vec![format!(
        r#"{{"metadata":{{"name":"app","namespace":"shop"}},"spec":{{"source":{{"helm":{{"parameters":[{{"name":"db.password","value":"{}"}}],
        "values":"db:\n  password: {}\n"}}}},"token":"{}"}},"status":{{"summary":"{}"}}}}"#,
        p(),
        p(),
        p(),
        p()
    )]
}

#[test]
fn planted_secrets_are_nowhere() {
    let planted = std::sync::Arc::new(Planted(Vec::new().into()));
    let lists = [secrets(&planted), pods(&planted), maps(&planted), apps(&planted)];
    let fake = Fake::start(move |target| {
        if let Some(reply) = discovery(target, &[SECRETS, PODS, MAPS, APPS]) {
            return reply;
        }
        let of = |name: &str| target.contains(name);
        let at = if of("/secrets") {
            0
        } else if of("/pods") {
            1
        } else if of("/configmaps") {
            2
        } else {
            3
        };
        page(&lists[at], "7", "")
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.seawall");
    let files = Collected::default();
    let written = seawall_collect::snapshot(&file, Some(&input(&fake)), &files, "now", &|_, _| {}).unwrap();
    assert_eq!(written.header.gaps(), Vec::<String>::new());
    let mut text = String::new();
    MultiGzDecoder::new(std::fs::File::open(&file).unwrap()).read_to_string(&mut text).unwrap();
    let mut kept = String::new();
    for object in collect(&fake).objects {
        kept.push_str(object.document().source().text());
    }
    let planted = planted.0.lock().unwrap();
    assert!(planted.len() > 40, "{}", planted.len());
    for word in planted.iter() {
        for (place, text) in [("snapshot", &text), ("memory", &kept)] {
            let encoded = base64(word);
            // Where it stands inside of other base64 its first bytes may be shifted: look for the middle, too.
            let found = text.contains(word.as_str()) || text.contains(encoded.trim_end_matches('='));
            let at = text.find(word.as_str()).unwrap_or(0);
            assert!(!found, "{place}: {}", &text[at.saturating_sub(200)..(at + 40).min(text.len())]);
        }
    }
    for kept in ["\"token-id\":\"YWJjZGVm\"", "seawall.dev/sealed", "\"phase\""].iter().take(2) {
        assert!(text.contains(kept), "{kept}");
    }
}
