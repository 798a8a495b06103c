//! Every sort of kubeconfig that people use.

use super::Suite;
use super::rights::base64;
use crate::kube::{Client, Request};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Reads the cluster with each; how many there were.
pub(super) fn all(suite: &mut Suite<'_>, client: &mut Client) -> Result<usize> {
    let credential = suite.server.authority.client("conformance", &["system:masters"])?;
    let certificate = suite.write("client.crt", &credential.certificate_pem)?;
    let key = suite.write("client.key", &credential.key_pem)?;
    let token = token(client)?;
    let token_file = suite.write("account.token", &token)?;
    let plugin = |status: &Value| -> Result<Value> {
        let answer = json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status});
        let file = suite.write("credential.json", &answer.to_string())?;
        Ok(json!({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "cat", "args": [file],
            "interactiveMode": "Never"}}))
    };
    let users = [
        ("client certificate in files", json!({"client-certificate": certificate, "client-key": key})),
        (
            "client certificate in the kubeconfig",
            json!({"client-certificate-data": base64(&credential.certificate_pem), "client-key-data": base64(&credential.key_pem)}),
        ),
        ("token", json!({"token": token})),
        ("token file", json!({"tokenFile": token_file})),
        ("plugin that gives a token", plugin(&json!({"token": token}))?),
    ];
    for (name, user) in &users {
        let file = suite.write("user.kubeconfig", &suite.server.kubeconfig_of(&user.to_string()))?;
        reads(suite, &file).with_context(|| (*name).to_owned())?;
    }
    let certificate =
        json!({"clientCertificateData": credential.certificate_pem, "clientKeyData": credential.key_pem});
    let by_plugin = suite.server.kubeconfig_of(&plugin(&certificate)?.to_string());
    reads(suite, &suite.write("user.kubeconfig", &by_plugin)?).context("plugin that gives a certificate")?;
    contexts(suite)?;
    refused(suite)?;
    let proxies = super::proxies::all(suite, &token)?;
    let inside = super::proxies::inside(suite, &token)?;
    Ok(users.len() + 2 + proxies + inside)
}

/// The question that [`reads`] asks.
pub(super) const QUESTION: [&str; 7] = ["who-can", "list", "secrets", "-n", "shop", "-o", "json"];

/// Reads everything, which needs that the server knows who asks and what they may do.
fn reads(suite: &Suite<'_>, kubeconfig: &std::path::Path) -> Result<()> {
    let words: Vec<&str> = QUESTION.into_iter().chain(["--cluster"]).collect();
    answered(suite.seawall(kubeconfig, &words)?)
}

/// Whether the answer is that of this cluster.
pub(super) fn answered(ran: super::Ran) -> Result<()> {
    let answer = ran.expect(&[0])?.json()?;
    let jane = answer["subjects"].as_array().into_iter().flatten().any(|one| one["name"] == "jane");
    ensure!(jane, "jane may list secrets: {answer}");
    Ok(())
}

/// `--context`, `--kubeconfig`, a context in place of a path, and a plugin of kubectl.
fn contexts(suite: &Suite<'_>) -> Result<()> {
    let text = std::fs::read_to_string(&suite.admin)?;
    let away = text
        .replace("current-context: test", "current-context: away")
        .replace("contexts: [", "contexts: [{name: away, context: {cluster: gone, user: test}}, ");
    let file = suite.write("two.kubeconfig", &away)?;
    suite.seawall(&file, &["who-can", "get", "pods", "--cluster"])?.expect(&[2])?;
    suite.seawall(&file, &["who-can", "get", "pods", "--context", "test"])?.expect(&[0])?;
    let admin = suite.admin.to_string_lossy().into_owned();
    let none = suite.folder.join("none");
    suite.seawall(&none, &["who-can", "get", "pods", "--cluster", "--kubeconfig", &admin])?.expect(&[0])?;
    let word = suite.seawall(&file, &["scan", "--cluster", "test"])?.expect(&[2])?;
    ensure!(word.err.contains("--context test"), "{}", word.err);
    let unknown = suite.seawall(&file, &["scan", "--context", "tset"])?.expect(&[2])?;
    ensure!(unknown.err.contains("no context `tset`"), "{}", unknown.err);
    Ok(())
}

/// Credentials that the server does not take are an error, not an empty cluster.
fn refused(suite: &Suite<'_>) -> Result<()> {
    let wrong = suite.server.kubeconfig_of(&json!({"token": "wrong"}).to_string());
    let ran =
        suite.seawall(&suite.write("wrong.kubeconfig", &wrong)?, &["scan", "--cluster"])?.expect(&[2])?;
    ensure!(ran.err.contains("does not know who asks"), "{}", ran.err);
    Ok(())
}

/// A token of an account that may read everything.
fn token(client: &mut Client) -> Result<String> {
    let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": {"name": "conformance-reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "seawall-reader", "namespace": "kube-system"}]});
    super::create(client, "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding)?;
    let path = "/api/v1/namespaces/kube-system/serviceaccounts/seawall-reader/token";
    let request = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let answer: Value = client.send(&Request::json("POST", path, &request))?.successful(path)?.json()?;
    Ok(answer["status"]["token"].as_str().context("a token")?.to_owned())
}
