//! `can-i`, `who-can`, `authorize`.

use crate::program::Folder;
use serde_json::Value;

const RIGHTS: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
- {apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}
- {apiGroups: [''], resources: [pods], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
subjects:
- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
- {kind: ServiceAccount, name: web}
roleRef: {kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: devs, namespace: shop}
subjects: [{kind: Group, name: devs, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: ClusterRole, name: edit, apiGroup: rbac.authorization.k8s.io}
";

fn folder() -> Folder {
    Folder::with(&[("rbac.yaml", RIGHTS)])
}

#[test]
fn allowed_with_binding_role_and_rule() {
    let answer = folder().run("can-i get secrets --name db --as jane -n shop -o json .").expect(0).json();
    assert_eq!(answer["allowed"], true);
    let reason = r#"RBAC: allowed by RoleBinding "readers/shop" of Role "reader" to User "jane""#;
    assert_eq!(answer["reason"], reason);
    assert_eq!(answer["proof"][0]["kind"], "RoleBinding");
    assert_eq!(answer["proof"][0]["location"]["line"], 12);
    assert_eq!(answer["proof"][1]["ruleIndex"], 0);
    assert_eq!(answer["proof"][1]["location"]["line"], 5);
}

#[test]
fn refused_with_what_comes_nearest() {
    let answer = folder().run("can-i delete po --as sa:shop/web -n shop -o json .").expect(1).json();
    assert_eq!(answer["allowed"], false);
    assert_eq!(answer["request"]["resource"], "pods");
    assert_eq!(answer["groups"][1], "system:serviceaccounts:shop");
    assert_eq!(answer["nearest"][0]["grant"][0]["name"], "readers", "{answer:#}");
    assert!(answer["nearest"][0]["lacks"].as_str().unwrap().contains("get, list"));
}

#[test]
fn what_if_objects_came_or_went() {
    let folder = folder();
    let question = "can-i create pods/exec --as bob --as-group devs -o json rbac.yaml";
    folder.run(&format!("{question} -n shop")).expect(0);
    folder.run(&format!("{question} -n shop --without RoleBinding/shop/devs")).expect(1);
    let error = folder.run(&format!("{question} -n shop --without RoleBinding/shop/dev")).expect(2).err;
    assert!(error.contains("did you mean `devs`"), "{error}");
    folder.write("more.yaml", RIGHTS.replace("name: devs, namespace: shop", "name: devs, namespace: bank"));
    folder.run(&format!("{question} -n bank")).expect(1);
    folder.run(&format!("{question} -n bank --with more.yaml")).expect(0);
}

#[test]
fn everybody_who_can() {
    let folder = folder();
    let answer = folder.run("who-can get secrets -n shop -o json .").expect(0).json();
    let subjects = answer["subjects"].as_array().unwrap();
    // jane may read one secret by its name only.
    assert!(subjects.iter().all(|one| one["name"] != "jane"));
    let devs = subjects.iter().find(|one| one["name"] == "devs").unwrap();
    assert_eq!((&devs["kind"], &devs["proof"][0]["name"]), (&"Group".into(), &"devs".into()));
    let answer = folder.run("who-can get secrets --name db -n shop -o json .").expect(0).json();
    let subjects = answer["subjects"].as_array().unwrap();
    assert!(subjects.iter().any(|one| one["kind"] == "ServiceAccount" && one["name"] == "web"));
}

#[test]
fn slips_are_said() {
    let folder = folder();
    folder.write(
        "account.yaml",
        "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}",
    );
    let notes = |question: &str| {
        let answer = folder.run(&format!("can-i {question} -n shop -o json .")).expect(1).json();
        answer["notes"].to_string()
    };
    assert!(notes("delete pods --as sa:shop/wbe").contains("did you mean `web`"));
    assert!(!notes("delete pods --as sa:shop/web").contains("service account"));
    assert!(notes("create pods --name a --as jane").contains("carries no name"));
}

#[test]
fn many_at_once_in_order() {
    let folder = folder();
    let lines: String = (0..1000)
        .map(|number| {
            let (verb, end) = if number % 2 == 0 { ("get", "\n") } else { ("delete", "\r\n") };
            let attributes = format!(r#"{{"verb":"{verb}","resource":"pods","namespace":"shop"}}"#);
            format!(r#"{{"user":"jane","resourceAttributes":{attributes}}}{end}"#)
        })
        .collect();
    folder.write("questions.jsonl", lines);
    let text = folder.run("authorize --requests questions.jsonl rbac.yaml").expect(0).out;
    assert_eq!(text.lines().count(), 1000);
    for (number, line) in text.lines().enumerate() {
        let answer: Value = serde_json::from_str(line).unwrap();
        assert_eq!(answer["allowed"], number % 2 == 0, "{number}: {line}");
        assert_eq!(answer["denied"], false);
    }
}

#[test]
fn lines_that_are_no_review_are_answered_as_such() {
    let folder = folder();
    folder.write("questions.jsonl", "{\"user\":\"jane\"}\nnonsense\n");
    let text = folder.run("authorize --requests questions.jsonl rbac.yaml").expect(3).out;
    let errors: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(errors.iter().all(|answer| answer["allowed"].is_null() && answer["error"].is_string()), "{text}");
}

#[test]
fn names_are_read_as_kubectl_reads_them() {
    let folder = folder();
    let resource = |word: &str| {
        let answer = folder.run(&format!("can-i get {word} --as jane -o json .")).expect(1).json();
        let part = |key: &str| answer["request"][key].as_str().unwrap_or("").to_owned();
        format!("{}.{}/{} in {}", part("resource"), part("group"), part("subresource"), part("namespace"))
    };
    assert_eq!(resource("deploy/scale"), "deployments.apps/scale in default");
    assert_eq!(resource("Node"), "nodes./ in ");
    assert_eq!(resource("ing"), "ingresses.networking.k8s.io/ in default");
    assert_eq!(resource("widgets.example.com"), "widgets.example.com/ in default");
    let answer = folder.run("can-i get deploments --as jane -o json .").expect(1).json();
    assert!(answer["notes"].to_string().contains("did you mean `deployments`"), "{answer:#}");
}
