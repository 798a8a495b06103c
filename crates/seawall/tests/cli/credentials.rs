//! `access --credentials`.

use crate::authenticate::{AT, Pki};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// A cluster with a credential of every sort.
fn pki() -> Pki {
    let pki = Pki::new();
    let encode = |text: &str| STANDARD.encode(text);
    let kubeconfig = format!(
        "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: admin\n  user:\n    \
         client-certificate-data: {}\n    client-key-data: {}\n- name: robot\n  user: {{token: {}}}\n",
        encode(&pki.certificate("jane", "ops")),
        encode("hunter2"),
        pki.good_token(),
    );
    pki.folder.write("node/etc/kubernetes/admin.conf", &kubeconfig);
    pki.folder.write("node/etc/nginx.conf", "server {\n");
    let key = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
    let kubelet = pki.certificate("system:node:worker-1", "system:nodes");
    pki.folder.write("node/kubelet-client.pem", format!("{kubelet}{key}"));
    let secrets = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: old\n  namespace: shop\n  annotations: \
         {{kubernetes.io/service-account.name: web}}\ntype: kubernetes.io/service-account-token\n---\napiVersion: \
         v1\nkind: Secret\nmetadata: {{name: far, namespace: shop}}\ndata: {{kubeconfig: {}}}\n---\napiVersion: \
         certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {{name: masters}}\nspec: {{signerName: \
         kubernetes.io/kube-apiserver-client}}\nstatus: {{certificate: {}}}\n",
        encode(&kubeconfig),
        encode(&pki.certificate("root", "system:masters")),
    );
    pki.folder.write("node/secrets.yaml", secrets);
    pki
}

fn short(one: &Value) -> String {
    let text = |key: &str| one[key].as_str().unwrap_or("-").to_owned();
    format!("{} {} {} {}", text("kind"), text("subject"), one["accepted"], one["clusterAdministrator"])
}

#[test]
fn every_credential_and_no_secret() {
    let pki = pki();
    let ask = format!("access --credentials --at {AT} node");
    let answer = pki.folder.run(&format!("{ask} -o json")).expect(3);
    let json = answer.json();
    let mut found: Vec<String> = json["credentials"].as_array().unwrap().iter().map(short).collect();
    assert!(found[0].ends_with(" true true"), "{found:#?}");
    found.sort();
    assert_eq!(
        found,
        [
            "bootstrapToken user:system:bootstrap:abcdef true false",
            "certificateFile node:worker-1 true false",
            "certificateSigningRequest user:root true true",
            "kubeconfigCertificate user:jane true true",
            "kubeconfigCertificate user:jane true true",
            "kubeconfigToken sa:shop/web true false",
            "kubeconfigToken sa:shop/web true false",
            "serviceAccountToken sa:shop/web null false",
        ]
    );
    let admin = json["credentials"].as_array().unwrap().iter();
    let admin =
        admin.clone().find(|one| one["location"]["file"] == "node/etc/kubernetes/admin.conf").unwrap();
    assert_eq!(admin["expires"], "2031-01-01T00:00:00Z");
    let table = pki.folder.run(&ask).expect(3);
    assert!(table.out.contains("user jane"), "{}", table.out);
    let token = pki.good_token();
    let claims = token.split('.').nth(1).unwrap();
    for text in [&answer.out, &answer.err, &table.out, &table.err] {
        for secret in ["hunter2", "aHVudGVyMg", "0123456789abcdef", claims] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}

#[test]
fn those_of_one_subject() {
    let pki = pki();
    let ask = |subject: &str| {
        let arguments = format!("access --credentials {subject} --at {AT} -o json node");
        pki.folder.run(&arguments).expect(0).json()["credentials"].as_array().unwrap().len()
    };
    assert_eq!(ask("node:worker-1"), 1);
    assert_eq!(ask("user:jane"), 2);
    assert_eq!(ask("group:system:masters"), 1);
    assert_eq!(ask("user:nobody"), 0);
}

#[test]
fn expired_ones_give_nothing() {
    let pki = pki();
    let answer =
        pki.folder.run("access --credentials user:jane --at 2032-01-01 -o json node").expect(0).json();
    assert!(answer["credentials"][0]["error"].as_str().unwrap().contains("expired"), "{answer:#}");
    assert!(answer["credentials"][0]["clusterAdministrator"].is_null());
}

#[test]
fn tokens_of_pods_that_are_good_for_a_year() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  serviceAccountName: web\n  \
               containers: [{name: web, image: web}]\n  volumes:\n  - name: token\n    projected:\n      sources:\n      - \
               serviceAccountToken: {path: token, expirationSeconds: 3607}\n  - name: other\n    projected:\n      \
               sources:\n      - serviceAccountToken: {path: token, expirationSeconds: 3607, audience: vault}\n";
    let server = |flag: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: kube-apiserver-a, namespace: kube-system}}\nspec:\n  \
             containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.36.3\n    command: \
             [kube-apiserver{flag}]\n"
        )
    };
    let ask = |flag: Option<&str>| {
        let folder = crate::program::Folder::new();
        folder.write("pod.yaml", format!("{pod}{}", flag.map(server).unwrap_or_default()));
        let json = folder.run("access --credentials -o json pod.yaml").expect(3).json();
        let all: Vec<Value> = json["credentials"].as_array().unwrap().clone();
        assert_eq!(all.len(), 1, "{json:#}");
        all[0].clone()
    };
    let year = ask(Some(""));
    assert_eq!((&year["kind"], &year["subject"]), (&"mountedToken".into(), &"sa:shop/web".into()));
    assert_eq!(
        (&year["holder"], &year["lifetimeSeconds"]),
        (&"pods of Pod shop/web".into(), &31_536_000.into())
    );
    assert_eq!(ask(Some(", --service-account-extend-token-expiration=false"))["lifetimeSeconds"], 3607);
    let open = ask(None);
    assert!(open["lifetimeSeconds"].is_null(), "{open}");
    assert!(open["unknown"].to_string().contains("--service-account-extend-token-expiration"), "{open}");
}
