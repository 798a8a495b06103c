//! Snapshots and live clusters, as far as they need no server: `cargo xtask conformance cluster` asks a real one.

use crate::program::{BAD, Folder};

const KUBECONFIG: &str = "\
apiVersion: v1
kind: Config
current-context: me@away
clusters: [{name: away, cluster: {server: 'http://127.0.0.1:9'}}]
contexts: [{name: me@away, context: {cluster: away, user: me}}]
users: [{name: me, user: {}}]
";

fn folder() -> Folder {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: hunter2}\n";
    Folder::with(&[("deploy/pod.yaml", BAD), ("deploy/secret.yaml", secret), ("kubeconfig", KUBECONFIG)])
}

#[test]
fn a_snapshot_of_files_is_judged_as_the_files() {
    let folder = folder();
    let written = folder.run("snapshot -o a.seawall deploy").expect(0);
    assert!(written.err.contains("a.seawall: 2 objects"), "{}", written.err);
    let files = folder.run("scan deploy -o json").expect(1);
    let saved = folder.run("scan a.seawall -o json").expect(1);
    let without_secrets = |rules: Vec<String>| -> Vec<String> {
        rules.into_iter().filter(|rule| !rule.starts_with("secret-in-manifest")).collect()
    };
    let (mut one, mut other) = (without_secrets(files.rules()), without_secrets(saved.rules()));
    one.sort();
    other.sort();
    assert_eq!(one, other);
    let json = saved.json();
    let first = &json["findings"][0];
    assert!(first["location"]["file"].is_null() && first["location"]["field"].is_string(), "{first}");
    assert!(!saved.out.contains("hunter2") && !saved.out.contains("kubectl"));
    folder.run("who-can get pods a.seawall").expect(0);
}

#[test]
fn bad_snapshots_are_refused() {
    let folder = folder();
    folder.run("snapshot -o a.seawall deploy").expect(0);
    let bytes = std::fs::read(folder.path().join("a.seawall")).unwrap();
    std::fs::write(folder.path().join("cut.seawall"), &bytes[..bytes.len() / 2]).unwrap();
    folder.write("foreign.seawall", "hello\n");
    for name in ["cut.seawall", "foreign.seawall"] {
        let scan = folder.run(&format!("scan {name}")).expect(2);
        assert!(scan.err.contains(name), "{}", scan.err);
    }
    // Beside good input it is a hole.
    folder.run("scan deploy cut.seawall --fail-on never").expect(3);
    let name = folder.run("snapshot -o a.gz deploy").expect(2);
    assert!(name.err.contains("ends in .seawall"), "{}", name.err);
    folder.write("empty/readme.txt", "");
    folder.run("snapshot -o b.seawall empty").expect(2);
    assert!(!folder.path().join("b.seawall").exists());
}

#[test]
fn clusters_that_cannot_be_reached() {
    let folder = folder();
    let scan = folder.run("scan --cluster --kubeconfig kubeconfig").expect(2);
    assert!(scan.err.contains("http://127.0.0.1:9"), "{}", scan.err);
    // Not even beside files that can be read: half an answer is none.
    folder.run("scan --cluster --kubeconfig kubeconfig deploy").expect(2);
    folder.run("can-i get pods --as x --cluster --kubeconfig kubeconfig").expect(2);
    let word = folder.run("scan --cluster me@away --kubeconfig kubeconfig").expect(2);
    assert!(word.err.contains("write --context me@away"), "{}", word.err);
    let unknown = folder.run("scan --context you --kubeconfig kubeconfig").expect(2);
    assert!(
        unknown.err.contains("there is no context `you`") && unknown.err.contains("me@away"),
        "{}",
        unknown.err
    );
    folder.run("scan --kubeconfig none").expect(2);
    folder.run("scan -n a -A deploy").expect(2);
}

#[test]
fn the_role_lists_and_does_nothing_else() {
    let folder = folder();
    let role = folder.run("snapshot --print-rbac").expect(0).out;
    assert!(role.contains("kind: ClusterRole\n") && role.contains("      - pods\n"), "{role}");
    for line in role.lines().filter(|line| line.contains("verbs:")) {
        assert_eq!(line.trim(), "verbs: [\"list\"]");
    }
    folder.write("role.yaml", &role);
    folder.run("scan role.yaml --select api/").expect(0);
}
