//! `authenticate`, and certificates and tokens in `access`.

use crate::program::Folder;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

const SERVER: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.34.1
    command:
    - kube-apiserver
    - --authorization-mode=Node,RBAC
    - --client-ca-file=/etc/kubernetes/pki/ca.crt
    - --service-account-issuer=https://kubernetes.default.svc
    - --service-account-key-file=/etc/kubernetes/pki/sa.pub
    - --enable-bootstrap-token-auth=true
";

const OBJECTS: &str = "\
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop, uid: 11111111-1111-1111-1111-111111111111}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ops}
subjects: [{kind: Group, name: ops, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: v1
kind: Secret
metadata: {name: bootstrap-token-abcdef, namespace: kube-system}
type: bootstrap.kubernetes.io/token
stringData: {token-id: abcdef, token-secret: 0123456789abcdef, usage-bootstrap-authentication: 'true'}
";

/// All certificates and tokens are good at this time.
pub(crate) const AT: &str = "2030-06-01T00:00:00Z";
const NOW: i64 = 1_906_502_400;

/// A cluster's files, and the keys that made them.
pub(crate) struct Pki {
    pub(crate) folder: Folder,
    issuer: Issuer<'static, KeyPair>,
    accounts: KeyPair,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "kubernetes");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params.self_signed(&key).unwrap().pem();
        let accounts = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let folder = Folder::with(&[
            ("node/etc/kubernetes/manifests/kube-apiserver.yaml", SERVER),
            ("node/etc/kubernetes/pki/ca.crt", &ca),
            ("node/etc/kubernetes/pki/sa.pub", &accounts.public_key_pem()),
            ("node/objects.yaml", OBJECTS),
        ]);
        Self { folder, issuer: Issuer::new(params, key), accounts }
    }

    pub(crate) fn certificate(&self, user: &str, group: &str) -> String {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, user);
        params.distinguished_name.push(DnType::OrganizationName, group);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.not_before = rcgen::date_time_ymd(2030, 1, 1);
        params.not_after = rcgen::date_time_ymd(2031, 1, 1);
        params.signed_by(&key, &self.issuer).unwrap().pem()
    }

    fn token(&self, issuer: &str, uid: &str, expires: i64) -> String {
        let claims = json!({
            "iss": issuer, "sub": "system:serviceaccount:shop:web", "aud": ["https://kubernetes.default.svc"],
            "iat": NOW - 60, "nbf": NOW - 60, "exp": expires,
            "kubernetes.io": {"namespace": "shop", "serviceaccount": {"name": "web", "uid": uid}},
        });
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let text = format!("{}.{}", encode(br#"{"alg":"ES256"}"#), encode(claims.to_string().as_bytes()));
        let random = SystemRandom::new();
        let pkcs8 = self.accounts.serialize_der();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random).unwrap();
        format!("{text}.{}", encode(key.sign(&random, text.as_bytes()).unwrap().as_ref()))
    }

    pub(crate) fn good_token(&self) -> String {
        self.token("https://kubernetes.default.svc", "11111111-1111-1111-1111-111111111111", NOW + 3600)
    }

    /// The answers to lines.
    fn ask(&self, lines: &[Value], input: &str, code: i32) -> Vec<Value> {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.folder.write("requests.jsonl", text);
        let arguments = format!("authenticate --requests requests.jsonl --at {AT} {input}");
        let answer = self.folder.run(&arguments).expect(code);
        answer.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn credentials_of_all_sorts() {
    let pki = Pki::new();
    let foreign = Pki::new();
    let uid = "11111111-1111-1111-1111-111111111111";
    let late = pki.token("https://kubernetes.default.svc", uid, NOW - 3600);
    let lines = [
        json!({"certificate": pki.certificate("jane", "ops")}),
        json!({"certificate": foreign.certificate("jane", "ops")}),
        json!({"token": pki.good_token()}),
        json!({"token": late}),
        json!({"token": pki.token("https://kubernetes.default.svc", "other", NOW + 3600)}),
        json!({"token": foreign.good_token()}),
        json!({"token": "abcdef.0123456789abcdef"}),
        json!({"token": pki.good_token(), "audiences": ["vault"]}),
    ];
    let answers = pki.ask(&lines, "node", 0);
    let good: Vec<bool> = answers.iter().map(|answer| answer["authenticated"].as_bool().unwrap()).collect();
    assert_eq!(good, [true, false, true, false, false, false, true, false], "{answers:#?}");
    assert_eq!(answers[0]["user"]["username"], "jane");
    assert_eq!(answers[0]["user"]["groups"], json!(["ops", "system:authenticated"]));
    assert_eq!(answers[0]["expires"], "2031-01-01T00:00:00Z");
    assert!(answers[1]["error"].as_str().unwrap().contains("certificate signed by unknown authority"));
    assert_eq!(answers[2]["user"]["username"], "system:serviceaccount:shop:web");
    assert_eq!(answers[2]["user"]["uid"], uid);
    assert_eq!(answers[2]["audiences"], json!(["https://kubernetes.default.svc"]));
    assert!(
        answers[3]["error"].as_str().unwrap().contains("service account token has expired"),
        "{answers:#?}"
    );
    assert_eq!(answers[6]["user"]["groups"], json!(["system:bootstrappers", "system:authenticated"]));
}

#[test]
fn what_is_not_at_hand_is_unknown() {
    let pki = Pki::new();
    let lines = [json!({"certificate": pki.certificate("jane", "ops")}), json!({"token": pki.good_token()})];
    // Without the files of the flags.
    let answers = pki.ask(&lines, "node/etc/kubernetes/manifests", 3);
    assert!(answers.iter().all(|answer| answer["authenticated"].is_null()), "{answers:#?}");
    let reason = answers[0]["unknown"][0].as_str().unwrap();
    assert!(reason.contains("/etc/kubernetes/pki/ca.crt"), "{reason}");
    // Without any API server.
    let answers = pki.ask(&lines, "node/objects.yaml", 3);
    assert_eq!(answers[1]["unknown"], json!(["no kube-apiserver in the input"]));
    // Of two clusters' authorities neither is taken.
    pki.folder.write("pair/a/pki/ca.crt", pki.folder.read("node/etc/kubernetes/pki/ca.crt"));
    pki.folder.write("pair/b/pki/ca.crt", Pki::new().folder.read("node/etc/kubernetes/pki/ca.crt"));
    let answers = pki.ask(&lines[..1], "pair node/etc/kubernetes/manifests", 3);
    assert!(answers[0]["authenticated"].is_null());
}

#[test]
fn broken_lines_show_nothing_of_themselves() {
    let pki = Pki::new();
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let lines = [
        json!({"token": "hunter2", "certificate": "x"}),
        json!({"tokens": "hunter2"}),
        json!("hunter2"),
        json!({"token": ""}),
        json!({"certificate": "hunter2"}),
        json!({"certificate": pem}),
    ];
    let answers = pki.ask(&lines, "node", 3);
    assert!(
        answers[..5].iter().all(|answer| answer["refused"].is_string() && answer["authenticated"].is_null())
    );
    assert_eq!(answers[5]["authenticated"], false);
    assert!(!format!("{answers:?}").contains("hunter2"), "{answers:#?}");
}

#[test]
fn what_a_certificate_may_do() {
    let pki = Pki::new();
    pki.folder.write("jane.crt", pki.certificate("jane", "ops"));
    let ask = format!("access cert:jane.crt -o json --at {AT}");
    let answer = pki.folder.run(&format!("{ask} node")).expect(0).json();
    assert_eq!(answer["credential"]["accepted"], true);
    assert_eq!(answer["credential"]["authenticator"], "x509");
    assert_eq!(answer["credential"]["expires"], "2031-01-01T00:00:00Z");
    assert_eq!((&answer["subject"], &answer["clusterAdministrator"]), (&"user:jane".into(), &true.into()));
    // Without the authority it is what the certificate says of itself.
    let answer = pki.folder.run(&format!("{ask} node/objects.yaml")).expect(3).json();
    assert!(answer["credential"]["accepted"].is_null());
    assert_eq!((&answer["user"], &answer["clusterAdministrator"]), (&"jane".into(), &true.into()));
    // When it has ended, no authority makes it good.
    let late = "access cert:jane.crt -o json --at 2032-01-01 node/objects.yaml";
    let answer = pki.folder.run(late).expect(0).json();
    assert_eq!((&answer["credential"]["accepted"], &answer["rights"]), (&false.into(), &json!([])));
    assert!(
        pki.folder.run("access cert:node/objects.yaml node").expect(2).err.contains("no certificate in it")
    );
}

#[test]
fn what_a_token_may_do() {
    let pki = Pki::new();
    let token = pki.good_token();
    let arguments = format!("access token:- --at {AT} node");
    let answer = pki.folder.run_with(&arguments, format!("{token}\n")).expect(0);
    assert!(answer.out.starts_with("service account shop/web\n"), "{}", answer.out);
    assert!(
        answer.out.contains("accepted  by authenticator service-account, until 2030-06-01T01:00:00Z"),
        "{}",
        answer.out
    );
    pki.folder.write("token", &token);
    let json = pki.folder.run(&format!("access token:token -o json --at {AT} node")).expect(0);
    assert_eq!(json.json()["subject"], "sa:shop/web");
    let unknown = pki.folder.run(&format!("access token:token --at {AT} node/objects.yaml")).expect(3);
    assert!(unknown.out.contains("whether it is accepted"), "{}", unknown.out);
    let signature = token.rsplit('.').next().unwrap();
    for text in [&answer.out, &answer.err, &json.out, &unknown.out, &unknown.err] {
        assert!(!text.contains(signature), "{text}");
    }
    assert!(pki.folder.run("access token:- -").expect(2).err.contains("not both"));
}
