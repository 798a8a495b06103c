//! `scan --cluster --probe` against a real API server and a real etcd.

use super::{Suite, create};
use crate::kube::Client;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Probes; how many listeners were asked.
pub(super) fn all(suite: &mut Suite<'_>, client: &mut Client) -> Result<usize> {
    // The API server stands for a kubelet: it lets the anonymous user in, who may not see pods.
    for name in ["n1", "n2"] {
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": suite.server.port}}}});
        create(client, "/api/v1/nodes", &node)?;
    }
    let etcd = format!("--advertise-client-urls=http://127.0.0.1:{}", suite.server.etcd_port);
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "etcd-n1", "namespace": "kube-system"},
        "spec": {"nodeName": "n1", "containers": [{"name": "etcd", "image": "etcd", "command": ["etcd", etcd]}]}});
    create(client, "/api/v1/namespaces/kube-system/pods", &pod)?;
    let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "open", "namespace": "shop"},
        "spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 31987}]}});
    create(client, "/api/v1/namespaces/shop/services", &service)?;
    let admin = suite.admin.clone();
    let plan = suite.seawall(&admin, &["scan", "--cluster", "--probe", "--dry-run"])?.expect(&[0])?.out;
    let targets: Vec<&str> = plan.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    for target in [
        format!("apiServer at 127.0.0.1:{}", suite.server.port),
        format!("kubelet of n1 at 127.0.0.1:{}", suite.server.port),
        "kubeletReadOnly of n1 at 127.0.0.1:10255".to_owned(),
        format!("etcd of n1 at 127.0.0.1:{}", suite.server.etcd_port),
        "nodePort of shop/open at 127.0.0.1:31987".to_owned(),
        "n1 changes n2".to_owned(),
    ] {
        ensure!(targets.iter().any(|line| line.starts_with(&format!("{target}: "))), "no {target}: {plan}");
    }
    let words = ["scan", "--cluster", "--probe", "--select", "probe/", "-o", "json"];
    let ran = suite.seawall(&admin, &words)?.expect(&[1])?;
    let answer = ran.json()?;
    let of = |rule: &str| -> Vec<&Value> {
        answer["findings"].as_array().into_iter().flatten().filter(|one| one["rule"] == rule).collect()
    };
    let [etcd] = of("etcd-answers-anybody")[..] else { anyhow::bail!("etcd: {answer:#}") };
    ensure!(
        etcd["severity"] == "critical"
            && etcd["message"].as_str().is_some_and(|text| text.ends_with("answers without TLS")),
        "{etcd:#}"
    );
    let evidence = etcd["evidence"].as_array().context("a transcript")?;
    ensure!(evidence.iter().any(|line| line == "GET /version without TLS: 200"), "{etcd:#}");
    let kubelets = of("kubelet-answers-anybody");
    ensure!(kubelets.len() == 2 && kubelets.iter().all(|one| one["severity"] == "medium"), "{kubelets:#?}");
    for rule in [
        "listener-takes-old-tls",
        "node-changes-other-nodes",
        "kubelet-read-only-port-answers",
        "node-port-answers",
    ] {
        ensure!(of(rule).is_empty(), "{rule}: {:#?}", of(rule));
    }
    ensure!(ran.err.contains("probe: n1 changes n2: refused"), "{}", ran.err);
    ensure!(ran.err.contains("TLSv1.2, TLSv1.3"), "{}", ran.err);
    // Whoever may not impersonate a node learns that this is why it is not known.
    let reader = suite.folder.join("reader.kubeconfig");
    let ran = suite.seawall(&reader, &words)?.expect(&[1])?.json()?;
    let mut unknown =
        ran["findings"].as_array().into_iter().flatten().filter(|one| one["result"] == "unknown");
    let write =
        unknown.find(|one| one["rule"] == "node-changes-other-nodes").context("an unknown verdict")?;
    ensure!(write.to_string().contains("impersonate"), "{write:#}");
    Ok(targets.len())
}
