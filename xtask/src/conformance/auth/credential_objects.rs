//! The objects that tokens are checked against: service accounts, pods, nodes, secrets, bootstrap tokens; some of them
//! deleted after a token was made for them.

use super::world::NAMESPACES;
use crate::kube::{Pool, Request};
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_model::Version;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Where the accounts live.
pub(crate) const HERE: &str = NAMESPACES[0];

/// One service account and what hangs on it.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: String,
    /// Tokens that the server made, with what they are.
    pub(crate) tokens: Vec<(String, String)>,
}

/// What there is.
pub(crate) struct Accounts {
    /// As the server stores them now.
    pub(crate) objects: Vec<Value>,
    pub(crate) accounts: Vec<Account>,
    /// Name and UID of a pod, a secret and a node, by kind.
    pub(crate) bound: Vec<(&'static str, String, String)>,
    /// Bootstrap tokens: id and secret.
    pub(crate) bootstrap: Vec<(String, String)>,
}

/// Makes the objects of one seed, tokens for them, and deletes some.
pub(crate) fn fixture(pool: &mut Pool, version: Version, seed: u64) -> Result<Accounts> {
    let name = |what: &str| format!("{what}-{seed}");
    let mut out =
        Accounts { objects: Vec::new(), accounts: Vec::new(), bound: Vec::new(), bootstrap: Vec::new() };
    let core = format!("/api/v1/namespaces/{HERE}");
    for account in ["live", "other", "dead", "again"] {
        let made =
            post(pool, &format!("{core}/serviceaccounts"), &json!({"metadata": {"name": name(account)}}))?;
        let uid = made["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        out.accounts.push(Account { name: name(account), uid, tokens: Vec::new() });
    }
    let pod = |name: &str, account: &str, node: Option<&str>| {
        let mut spec = json!({"serviceAccountName": account, "containers": [{"name": "c", "image": "x"}]});
        if let Some(node) = node {
            spec["nodeName"] = node.into();
        }
        json!({"metadata": {"name": name}, "spec": spec})
    };
    let node = post(pool, "/api/v1/nodes", &json!({"metadata": {"name": name("node")}}))?;
    let placed = pod(&name("pod"), &name("live"), Some(&name("node")));
    let bound = [
        ("Pod", retry(pool, &format!("{core}/pods"), &placed)?),
        ("Pod", retry(pool, &format!("{core}/pods"), &pod(&name("waiting"), &name("live"), None))?),
        ("Pod", retry(pool, &format!("{core}/pods"), &pod(&name("deleted"), &name("live"), None))?),
        ("Secret", post(pool, &format!("{core}/secrets"), &json!({"metadata": {"name": name("secret")}}))?),
        ("Node", node),
    ];
    for (kind, object) in bound {
        let text = |key: &str| object["metadata"][key].as_str().unwrap_or_default().to_owned();
        out.bound.push((kind, text("name"), text("uid")));
    }
    for index in 0..out.accounts.len() {
        request_tokens(pool, version, &mut out, index)?;
        legacy_token(pool, &mut out, index)?;
    }
    bootstrap(pool, &mut out, seed)?;
    delete(pool, &format!("{core}/serviceaccounts/{}", name("dead")))?;
    delete(pool, &format!("{core}/serviceaccounts/{}", name("again")))?;
    post(pool, &format!("{core}/serviceaccounts"), &json!({"metadata": {"name": name("again")}}))?;
    delete(pool, &format!("{core}/pods/{}", name("deleted")))?;
    // The caches of the authenticators learn of deletions a moment later.
    std::thread::sleep(Duration::from_millis(1500));
    for (kind, path) in
        [("ServiceAccount", "serviceaccounts"), ("Pod", "pods"), ("Secret", "secrets"), ("Node", "nodes")]
    {
        let mut list: Value =
            pool.send(&Request::new("GET", format!("/api/v1/{path}")))?.successful(kind)?.json()?;
        for mut object in list["items"].as_array_mut().map(std::mem::take).context("a list")? {
            object["apiVersion"] = "v1".into();
            object["kind"] = kind.into();
            out.objects.push(object);
        }
    }
    Ok(out)
}

pub(crate) fn post(pool: &mut Pool, path: &str, object: &Value) -> Result<Value> {
    pool.send(&Request::json("POST", path, object))?.successful(path)?.json()
}

/// As [`post`]; admission may not have seen a new service account yet.
pub(crate) fn retry(pool: &mut Pool, path: &str, object: &Value) -> Result<Value> {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = pool.send(&Request::json("POST", path, object))?;
        if answer.status != 403 || Instant::now() > end {
            return answer.successful(path)?.json();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn delete(pool: &mut Pool, path: &str) -> Result<()> {
    pool.send(&Request::json("DELETE", path, &json!({"gracePeriodSeconds": 0})))?.successful(path)?;
    Ok(())
}

/// Tokens of the TokenRequest API, with and without bindings and audiences.
fn request_tokens(pool: &mut Pool, version: Version, out: &mut Accounts, index: usize) -> Result<()> {
    let name = out.accounts[index].name.clone();
    let mut specs = vec![
        ("plain".to_owned(), json!({})),
        ("for vault".to_owned(), json!({"audiences": ["vault"]})),
        ("for both".to_owned(), json!({"audiences": ["vault", super::credentials::ISSUER]})),
    ];
    for (kind, object, uid) in &out.bound {
        // Pods belong to one account; tokens bound to nodes came with 1.31.
        if *kind == "Pod" && !name.starts_with("live") || *kind == "Node" && !version.at_least(31) {
            continue;
        }
        let reference = json!({"kind": kind, "apiVersion": "v1", "name": object, "uid": uid});
        specs.push((format!("bound to {kind} {object}"), json!({"boundObjectRef": reference})));
    }
    for (what, spec) in specs {
        let path = format!("/api/v1/namespaces/{HERE}/serviceaccounts/{name}/token");
        let answer = pool.send(&Request::json("POST", &path, &json!({"spec": spec})))?;
        // Where a gate is off the server refuses to bind to nodes.
        if answer.status == 422 || answer.status == 400 {
            continue;
        }
        let made: Value = answer.successful(&path)?.json()?;
        let token = made["status"]["token"].as_str().context("a token")?.to_owned();
        out.accounts[index].tokens.push((format!("token of {name}, {what}"), token));
    }
    Ok(())
}

/// The token of a Secret, which a controller fills.
fn legacy_token(pool: &mut Pool, out: &mut Accounts, index: usize) -> Result<()> {
    let account = out.accounts[index].name.clone();
    let secret = json!({
        "metadata": {"name": format!("{account}-legacy"), "annotations": {"kubernetes.io/service-account.name": account}},
        "type": "kubernetes.io/service-account-token",
    });
    let path = format!("/api/v1/namespaces/{HERE}/secrets");
    post(pool, &path, &secret)?;
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let made: Value = pool.send(&Request::new("GET", format!("{path}/{account}-legacy")))?.json()?;
        if let Some(token) = made["data"]["token"].as_str() {
            let token = String::from_utf8(STANDARD.decode(token)?)?;
            out.accounts[index].tokens.push((format!("legacy token of {account}"), token));
            return Ok(());
        }
        anyhow::ensure!(Instant::now() < end, "no token in the Secret of {account} after 30 s");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Bootstrap tokens: good ones, and each wrong in one way.
fn bootstrap(pool: &mut Pool, out: &mut Accounts, seed: u64) -> Result<()> {
    const SECRET: &str = "0123456789abcdef";
    let kind = "bootstrap.kubernetes.io/token";
    let variants: [(&str, Value); 12] = [
        (kind, json!({})),
        (kind, json!({"auth-extra-groups": "system:bootstrappers:a,system:bootstrappers:b"})),
        (kind, json!({"auth-extra-groups": "devs"})),
        (kind, json!({"usage-bootstrap-authentication": "false"})),
        (kind, json!({"usage-bootstrap-authentication": Value::Null})),
        (kind, json!({"expiration": "2020-01-01T00:00:00Z"})),
        (kind, json!({"expiration": "2090-01-01T00:00:00Z"})),
        (kind, json!({"expiration": "soon"})),
        (kind, json!({"token-id": "zzzzzz"})),
        (kind, json!({"token-secret": "fedcba9876543210"})),
        ("Opaque", json!({})),
        (kind, json!({"auth-extra-groups": "system:bootstrappers:a,,x"})),
    ];
    for (number, (kind, changes)) in variants.into_iter().enumerate() {
        let id = format!("{:04x}{:02}", seed % 0x1_0000, number);
        let mut data =
            json!({"token-id": id, "token-secret": SECRET, "usage-bootstrap-authentication": "true"});
        for (key, value) in changes.as_object().into_iter().flatten() {
            match value {
                Value::Null => drop(data.as_object_mut().and_then(|data| data.remove(key))),
                value => data[key] = value.clone(),
            }
        }
        let secret =
            json!({"metadata": {"name": format!("bootstrap-token-{id}")}, "type": kind, "stringData": data});
        let answer = pool.send(&Request::json("POST", "/api/v1/namespaces/kube-system/secrets", &secret))?;
        if answer.status != 409 {
            answer.successful("a bootstrap token")?;
        }
        out.bootstrap.push((id, SECRET.to_owned()));
    }
    Ok(())
}
