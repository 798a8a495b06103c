//! `diff`: rights gained and lost, by their effect.

use crate::program::{Answer, Folder};
use serde_json::Value;
use std::process::Command;

const RBAC: &str = "apiVersion: rbac.authorization.k8s.io/v1\n";

/// A ClusterRole and a RoleBinding in `shop`, of one name.
fn bound(name: &str, rules: &str, subject: &str) -> String {
    format!(
        "{RBAC}kind: ClusterRole\nmetadata: {{name: {name}}}\nrules: {rules}\n---\n{RBAC}kind: RoleBinding\n\
         metadata: {{name: {name}, namespace: shop}}\nsubjects: [{subject}]\n\
         roleRef: {{kind: ClusterRole, name: {name}, apiGroup: rbac.authorization.k8s.io}}\n---\n"
    )
}

const WEB: &str = "{kind: ServiceAccount, name: web, namespace: shop}";
const PODS: &str = "[{apiGroups: [''], resources: [pods], verbs: [get, list]}]";
const SECRETS: &str = "[{apiGroups: [''], resources: [pods, secrets], verbs: [get, list]}]";

fn folder(old: &str, new: &str) -> Folder {
    Folder::with(&[("old/rbac.yaml", old), ("new/rbac.yaml", new)])
}

fn compare(old: &str, new: &str, code: i32) -> Value {
    folder(old, new).run("diff old new -o json").expect(code).json()
}

#[test]
fn secrets_gained_are_dangerous_and_named_with_their_place() {
    let answer = compare(&bound("web", PODS, WEB), &bound("web", SECRETS, WEB), 1);
    assert_eq!((&answer["schema"], &answer["dangerous"]), (&"seawall.dev/diff/v1".into(), &true.into()));
    let gained = answer["gained"].as_array().unwrap();
    assert_eq!(gained.len(), 1, "{answer:#}");
    let right = &gained[0];
    assert_eq!((&right["subject"]["kind"], &right["namespace"]), (&"ServiceAccount".into(), &"shop".into()));
    assert_eq!(right["resources"], serde_json::json!(["secrets"]), "pods are no change");
    assert_eq!(right["dangers"][0]["rule"], "secrets-readable");
    assert_eq!(right["proof"][1]["location"]["file"], "new/rbac.yaml");
    assert_eq!(answer["lost"].as_array().unwrap().len(), 0);
    // The other way nothing dangerous is gained.
    let back = compare(&bound("web", SECRETS, WEB), &bound("web", PODS, WEB), 0);
    assert_eq!(back["lost"][0]["resources"][0], "secrets");
    assert_eq!(back["lost"][0]["proof"][0]["location"]["file"], "old/rbac.yaml");
}

#[test]
fn the_same_rights_in_other_files_and_roles_are_no_change() {
    let first = bound("web", SECRETS, WEB);
    let second = bound("account", "[{apiGroups: [''], resources: [secrets], verbs: [list, get]}]", WEB);
    let pods = bound("web", PODS, WEB);
    let folder =
        Folder::with(&[("old/all.yaml", first.as_str()), ("new/a/x.yaml", &pods), ("new/b.yml", &second)]);
    let answer = folder.run("diff old new -o json").expect(0).json();
    assert!(answer["gained"].as_array().unwrap().is_empty() && answer["lost"].as_array().unwrap().is_empty());
    let text = folder.run("diff old new").expect(0).out;
    assert!(text.starts_with("no right is gained or lost"), "{text}");
}

#[test]
fn a_wildcard_is_one_right() {
    let all = "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]";
    let answer = compare(&bound("web", SECRETS, WEB), &bound("web", all, WEB), 1);
    assert_eq!(answer["gained"].as_array().unwrap().len(), 1, "{answer:#}");
    assert_eq!(answer["gained"][0]["dangers"][0]["rule"], "full-access-role");
    assert!(answer["lost"].as_array().unwrap().is_empty());
}

#[test]
fn harmless_rights_do_not_fail() {
    let answer = compare(&bound("web", "[]", WEB), &bound("web", PODS, WEB), 0);
    assert_eq!(answer["gained"].as_array().unwrap().len(), 1);
    // What everybody gains is dangerous, whatever it is, but for discovery.
    let everybody = "{kind: Group, name: 'system:authenticated', apiGroup: rbac.authorization.k8s.io}";
    let answer = compare(&bound("x", "[]", everybody), &bound("x", PODS, everybody), 1);
    assert_eq!(answer["gained"][0]["dangers"][0]["rule"], "all-users-bound");
    let reviews =
        "[{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create]}]";
    compare(&bound("x", "[]", everybody), &bound("x", reviews, everybody), 0);
}

#[test]
fn findings_are_compared_wherever_they_stand() {
    let bad = crate::program::BAD;
    let folder = Folder::with(&[("old/a.yaml", bad), ("new/b/c.yaml", bad), ("none/x.yaml", NAMESPACE)]);
    let same = folder.run("diff old new -o json").expect(0).json();
    assert_eq!(same["findings"], serde_json::json!({"gained": [], "lost": []}));
    let gained = folder.run("diff none new -o json").expect(1).json();
    let rules = gained["findings"]["gained"].as_array().unwrap();
    assert!(rules.iter().any(|one| one["rule"] == "privileged-container" && one["file"] == "new/b/c.yaml"));
    assert_eq!(rules[0]["severity"], "critical", "the worst first");
    folder.run("diff new none").expect(0);
}

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";

#[test]
fn a_new_binding_to_a_role_that_is_not_there_is_unknown() {
    let binding = bound("web", PODS, WEB).replace("name: web, apiGroup: rbac", "name: gone, apiGroup: rbac");
    let answer = compare(&bound("web", "[]", WEB), &binding, 3);
    assert!(answer["unknown"][0].as_str().unwrap().contains("ClusterRole gone"), "{answer:#}");
    // It was there before: no change.
    compare(&binding, &binding, 0);
}

#[test]
fn hostile_names_stay_text() {
    let subject = "{kind: User, name: \"a|b<script>`x`\\e[31m@you\\n\", apiGroup: rbac.authorization.k8s.io}";
    let folder = folder(&bound("web", "[]", WEB), &bound("web", SECRETS, subject));
    let text = folder.run("diff old new").expect(1).out;
    assert!(!text.contains('\u{1b}') && text.contains("\\u{1b}"), "{text}");
    let markdown = folder.run("diff old new -o markdown").expect(1).out;
    assert!(!markdown.contains("<script>") && !markdown.contains(" @you") && !markdown.contains('\u{1b}'));
    let rows = markdown.lines().filter(|line| line.starts_with("| user"));
    for row in rows {
        let bars = if row.starts_with("| user:") { 4 } else { 5 };
        assert_eq!(row.replace("\\|", "").matches('|').count(), bars, "{row}");
    }
    assert!(markdown.contains("it reads the credentials stored there"), "{markdown}");
}

#[test]
fn huge_rules_and_many_bindings_are_compared_in_time() {
    let words: Vec<String> = (0..10_000).map(|number| format!("w{number}")).collect();
    let words = words.join(", ");
    let rule = |more: &str| format!("[{{apiGroups: [''], resources: [{words}{more}], verbs: [{words}]}}]");
    let group = "{kind: Group, name: all, apiGroup: rbac.authorization.k8s.io}";
    let many: String = (0..2_000)
        .map(|number| {
            format!(
                "{RBAC}kind: RoleBinding\nmetadata: {{name: b{number}, namespace: shop}}\nsubjects: [{group}]\n\
                 roleRef: {{kind: ClusterRole, name: huge}}\n---\n"
            )
        })
        .collect();
    let (old, new) = (bound("huge", &rule(""), group), bound("huge", &rule(", secrets"), group) + &many);
    let answer = compare(&old, &new, 0);
    assert_eq!(answer["gained"].as_array().unwrap().len(), 1);
    assert_eq!(answer["gained"][0]["resources"], serde_json::json!(["secrets"]));
}

fn git(folder: &Folder, arguments: &[&str]) -> bool {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]);
    command.args(arguments).current_dir(folder.path());
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.output().is_ok_and(|output| output.status.success())
}

/// A repository with two commits, or nothing where there is no git.
fn repository() -> Option<Folder> {
    let folder = Folder::new();
    if !git(&folder, &["init", "-q"]) {
        eprintln!("skipped: there is no git");
        return None;
    }
    folder.write("deploy/rbac.yaml", bound("web", PODS, WEB));
    // Attributes of the revision must not hide its files.
    folder.write(".gitattributes", "*.yaml export-ignore\n");
    assert!(git(&folder, &["add", "."]) && git(&folder, &["commit", "-q", "-m", "one"]));
    folder.write("deploy/rbac.yaml", bound("web", SECRETS, WEB));
    assert!(git(&folder, &["commit", "-q", "-a", "-m", "two"]));
    Some(folder)
}

#[test]
fn git_revisions() {
    let Some(folder) = repository() else { return };
    let check = |arguments: &str, code| -> Answer { folder.run(arguments).expect(code) };
    let answer = check("diff git:HEAD~1:deploy git:HEAD:deploy -o json", 1).json();
    assert_eq!(answer["gained"][0]["resources"], serde_json::json!(["secrets"]));
    assert_eq!(answer["gained"][0]["proof"][0]["location"]["file"], "git:HEAD:deploy/rbac.yaml");
    check("diff git:HEAD:deploy deploy", 0);
    check("diff git:HEAD~1: git:HEAD:deploy/rbac.yaml", 1);
    assert!(check("diff git:nowhere:deploy deploy", 2).err.contains("nowhere"));
    assert!(check("diff git:HEAD:elsewhere deploy", 2).err.contains("elsewhere"));
    assert!(check("diff git:HEAD deploy", 2).err.contains("git:REVISION:PATH"));
    assert!(check("diff git:--help:deploy deploy", 2).err.contains("error"));
    check("diff nowhere deploy", 2);
    let mut command = folder.command(&["diff", "git:HEAD:deploy", "deploy"]);
    let answer = crate::program::finish(command.env("PATH", "/nowhere"), b"").expect(2);
    assert!(answer.err.contains("git program"), "{}", answer.err);
}

#[test]
fn an_api_server_that_allows_everything_is_a_danger_in_every_format() {
    let server = |modes: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: kube-apiserver, namespace: kube-system}}\nspec:\n  \
             containers:\n  - name: kube-apiserver\n    image: registry.k8s.io/kube-apiserver:v1.36.3\n    \
             command: [kube-apiserver, --authorization-mode={modes}]\n"
        )
    };
    let folder = folder(&server("Node,RBAC"), &server("AlwaysAllow"));
    let answer = folder.run("diff old new -o json").expect(1).json();
    assert_eq!((&answer["everythingAllowed"], &answer["dangerous"]), (&true.into(), &true.into()));
    for format in ["text", "markdown"] {
        let text = folder.run(&format!("diff old new -o {format}")).expect(1).out;
        assert!(text.contains("everybody may do everything"), "{text}");
    }
    let back = folder.run("diff new old -o json").json();
    assert_eq!(back["everythingAllowed"], false);
}

/// A deployment of a service account.
fn web(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  selector: {{matchLabels: {{a: b}}}}\n  \
         template:\n    metadata: {{labels: {{a: b}}}}\n    spec: {{serviceAccountName: web, containers: [{{name: a, image: 'a:1'}}]}}\n---\n"
    )
}

#[test]
fn attack_paths_are_gained_and_lost_by_workload() {
    // To write roles and to escalate: two harmless looking rules, held by the account of two workloads.
    let rules =
        "[{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [update, escalate]}]";
    let cluster = |rules: &str| {
        bound("web", rules, WEB).replace(
            "kind: RoleBinding\nmetadata: {name: web, namespace: shop}",
            "kind: ClusterRoleBinding\nmetadata: {name: web}",
        )
    };
    let pods = web("one") + &web("two");
    let folder = folder(&(cluster(PODS) + &pods), &(cluster(rules) + &pods));
    let answer = folder.run("diff old new -o json").expect(1).json();
    let gained = answer["paths"]["gained"].as_array().unwrap();
    assert_eq!(gained.len(), 1, "{:#}", answer["paths"]);
    let way = &gained[0];
    assert_eq!((&way["from"], &way["to"]), (&"sa:shop/web".into(), &"cluster-admin".into()));
    assert_eq!(way["alsoFrom"], serde_json::json!(["pod:shop/one", "pod:shop/two"]));
    assert_eq!(way["steps"][0]["edge"], "ESCALATE");
    assert_eq!(way["steps"][0]["because"][0]["location"]["file"], "new/rbac.yaml");
    assert!(answer["paths"]["lost"].as_array().unwrap().is_empty());
    let back = folder.run("diff new old -o json").json();
    assert_eq!(back["paths"]["lost"][0]["to"], "cluster-admin");
    assert!(back["paths"]["gained"].as_array().unwrap().is_empty());
    let text = folder.run("diff old new").expect(1).out;
    assert!(text.contains("Attack paths gained\nsa:shop/web → cluster-admin"), "{text}");
    assert!(text.contains("also from pod:shop/one, pod:shop/two"), "{text}");
    let markdown = folder.run("diff old new -o markdown").expect(1).out;
    assert!(
        markdown.contains("| sa:shop/web<br>also pod:shop/one, pod:shop/two | cluster-admin | may write"),
        "{markdown}"
    );
    assert!(folder.run("diff new old -o markdown").out.contains("<summary>Attack paths lost: 1</summary>"));
}

#[test]
fn a_path_from_outside_is_told_first() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: one, namespace: shop}\nspec: {type: LoadBalancer, selector: {a: b}, ports: [{port: 80}]}\n---\n";
    let privileged = web("one").replace("image: 'a:1'", "image: 'a:1', securityContext: {privileged: true}");
    let answer =
        folder(&web("one"), &(service.to_owned() + &privileged)).run("diff old new -o json").expect(1).json();
    let gained = answer["paths"]["gained"].as_array().unwrap();
    let starts: Vec<String> = gained
        .iter()
        .flat_map(|way| std::iter::once(way["from"].to_string()).chain([way["alsoFrom"].to_string()]))
        .collect();
    assert!(starts[0].contains("internet") || starts[1].contains("internet"), "{starts:?}");
    // Exposed before, and privileged before: nothing is gained.
    let same = service.to_owned() + &privileged;
    let answer = folder(&same, &same).run("diff old new -o json").expect(0).json();
    assert_eq!(answer["paths"]["gained"], serde_json::json!([]));
}

#[test]
fn snapshots_are_compared_by_their_paths_too() {
    let folder = folder(
        &bound("web", "[]", WEB),
        &bound("web", "[{apiGroups: [''], resources: [secrets], verbs: [list]}]", WEB),
    );
    folder.run("snapshot -o old.seawall old").expect(0);
    folder.run("snapshot -o new.seawall new").expect(0);
    let answer = folder.run("diff old.seawall new.seawall -o json").expect(1).json();
    let gained = &answer["paths"]["gained"];
    assert_eq!(
        (&gained[0]["from"], &gained[0]["to"]),
        (&"sa:shop/web".into(), &"secrets:shop".into()),
        "{answer:#}"
    );
}

const WEB_AND_DB: &str = "apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app, image: \"nginx:1\"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: app, image: \"postgres:1\"}]}
---
";

/// Lets the web pod alone reach the database, on these ports.
fn database_policy(ports: &str) -> String {
    format!(
        "{WEB_AND_DB}apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: db, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: db}}}}
  policyTypes: [Ingress]
  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: web}}}}}}], ports: {ports}}}]
"
    )
}

#[test]
fn connections_that_a_policy_opens_and_closes_are_told() {
    let (one, two) = (database_policy("[{port: 5432}]"), database_policy("[{port: 5432}, {port: 9187}]"));
    let folder = folder(&one, &two);
    let answer = folder.run("diff old new -o json").expect(0).json();
    let gained = answer["connections"]["gained"].as_array().unwrap();
    assert_eq!(gained.len(), 1, "{answer:#}");
    let row = &gained[0];
    assert_eq!(row["from"], serde_json::json!(["shop/web[Pod]"]));
    assert_eq!(row["to"], serde_json::json!(["shop/db[Pod]"]));
    let texts = ["ports", "before", "after"].map(|key| row[key].as_str().unwrap());
    assert_eq!(texts, ["TCP 9187", "TCP 5432", "TCP 5432,9187"]);
    assert_eq!(answer["connections"]["lost"], serde_json::json!([]));
    let text = folder.run("diff old new").expect(0).out;
    assert!(text.contains("; 1 connection opened, 0 closed"), "{text}");
    assert!(
        text.contains("shop/web[Pod] -> shop/db[Pod]  TCP 9187  TCP 5432 before, TCP 5432,9187 now"),
        "{text}"
    );
    let markdown = folder.run("diff old new -o markdown").expect(0).out;
    assert!(markdown.contains("<summary>Connections opened: 1</summary>"), "{markdown}");
}

#[test]
fn connections_that_the_first_policy_closes_share_rows() {
    let answer = compare(WEB_AND_DB, &database_policy("[{port: 5432}]"), 0);
    let lost = answer["connections"]["lost"].as_array().unwrap();
    let outside = lost.iter().find(|row| row["after"] == "none").expect("nobody else may come");
    assert_eq!(outside["to"], serde_json::json!(["shop/db[Pod]"]));
    assert!(outside["from"].as_array().unwrap().contains(&"0.0.0.0/0".into()), "{answer:#}");
    let web = lost.iter().find(|row| row["after"] == "TCP 5432").expect("the web pod keeps one port");
    assert_eq!(web["from"], serde_json::json!(["shop/web[Pod]"]));
    assert_eq!(answer["connections"]["gained"], serde_json::json!([]));
}

#[test]
fn a_connection_that_hangs_on_unknown_addresses_is_no_answer() {
    let policy = database_policy("[{port: 5432}]")
        .replace("podSelector: {matchLabels: {app: web}}}]", "ipBlock: {cidr: 10.0.0.0/8}}]");
    let folder = folder(&database_policy("[{port: 5432}]"), &policy);
    let answer = folder.run("diff old new -o json").expect(3).json();
    assert!(!answer["connections"]["unknown"].as_array().unwrap().is_empty(), "{answer:#}");
    assert_eq!(answer["complete"], false);
}
