use super::*;
use crate::rbac::authorizer::Options;
use seawall_model::{Cluster, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};

fn objects(text: &str) -> Vec<Arc<Object>> {
    let document = Arc::new(parse_one(&Source::new("test.yaml", text)).expect(text));
    objects_of(&document, &Origin::File).expect(text).into_iter().map(Arc::new).collect()
}

fn object(kind: &str, rest: &str) -> Arc<Object> {
    objects(&format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n{rest}\n")).remove(0)
}

const WORLD: &str = r#"
apiVersion: rbac.authorization.k8s.io/v1
kind: List
items:
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader}, rules: [{verbs: [get, list], apiGroups: [""], resources: [pods, pods/log]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: writer}, rules: [{verbs: ["*"], apiGroups: [apps], resources: ["*"]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"]}, {verbs: ["*"], nonResourceURLs: ["*"]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: escalator}, rules: [{verbs: [escalate], apiGroups: [rbac.authorization.k8s.io], resources: [roles], resourceNames: [mine]}, {verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], resourceNames: [writer]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b1}, roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: User, name: u}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b2, namespace: ns}, roleRef: {kind: ClusterRole, name: writer}, subjects: [{kind: User, name: u}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b3, namespace: ns}, roleRef: {kind: ClusterRole, name: escalator}, subjects: [{kind: User, name: e}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b4, namespace: lost}, roleRef: {kind: ClusterRole, name: gone}, subjects: [{kind: User, name: u}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b5}, roleRef: {kind: ClusterRole, name: all}, subjects: [{kind: User, name: root}]}
"#;

fn check(user: &str, groups: &[&str], write: Write<'_>) -> Verdict {
    let rbac = RbacAuthorizer::new(&Cluster::new(objects(WORLD)), Options::stored(Version::NEWEST));
    let who = Subject { user, groups };
    rbac.check_write(who, &write, &|attributes| rbac.decide(who, attributes))
}

fn create<'a>(object: &'a Arc<Object>, namespace: &'a str) -> Write<'a> {
    Write { object, old: None, namespace, name: "" }
}

#[test]
fn rights_that_are_held_may_be_given() {
    let role = object(
        "Role",
        "metadata: {name: x}\nrules: [{verbs: [get], apiGroups: [''], resources: [pods/log]}, {verbs: [scale], apiGroups: [apps], resources: [a]}]",
    );
    assert_eq!(check("u", &[], create(&role, "ns")), Verdict::Allowed(Permit::Held));
    let Verdict::Forbidden { message, missing } = check("u", &["g", "h\""], create(&role, "other")) else {
        panic!()
    };
    assert_eq!(missing, [r#"{APIGroups:["apps"], Resources:["a"], Verbs:["scale"]}"#]);
    assert_eq!(
        message,
        "roles.rbac.authorization.k8s.io \"x\" is forbidden: user \"u\" (groups=[\"g\" \"h\\\"\"]) is attempting to \
         grant RBAC permissions not currently held:\n{APIGroups:[\"apps\"], Resources:[\"a\"], Verbs:[\"scale\"]}"
    );
    assert_eq!(check("x", &["system:masters"], create(&role, "other")), Verdict::Allowed(Permit::Masters));
}

#[test]
fn what_is_missing_is_compact_and_sorted() {
    let role = object(
        "ClusterRole",
        "metadata: {name: x}\nrules: [{verbs: [list, get], apiGroups: ['', apps], resources: [secrets], resourceNames: [b, a]}, {verbs: [watch], apiGroups: [''], resources: [pods]}, {verbs: [get, post], nonResourceURLs: [/z, /a]}]",
    );
    let Verdict::Forbidden { missing, .. } = check("u", &[], create(&role, "")) else { panic!() };
    assert_eq!(
        missing,
        [
            r#"{APIGroups:[""], Resources:["pods"], Verbs:["watch"]}"#,
            r#"{APIGroups:[""], Resources:["secrets"], ResourceNames:["a"], Verbs:["list" "get"]}"#,
            r#"{APIGroups:[""], Resources:["secrets"], ResourceNames:["b"], Verbs:["list" "get"]}"#,
            r#"{APIGroups:["apps"], Resources:["secrets"], ResourceNames:["a"], Verbs:["list" "get"]}"#,
            r#"{APIGroups:["apps"], Resources:["secrets"], ResourceNames:["b"], Verbs:["list" "get"]}"#,
            r#"{NonResourceURLs:["/a"], Verbs:["get"]}"#,
            r#"{NonResourceURLs:["/a"], Verbs:["post"]}"#,
            r#"{NonResourceURLs:["/z"], Verbs:["get"]}"#,
            r#"{NonResourceURLs:["/z"], Verbs:["post"]}"#,
        ]
    );
}

#[test]
fn escalate_is_asked_with_the_name_in_the_url() {
    let role =
        object("Role", "metadata: {name: mine}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]");
    assert!(matches!(check("e", &[], create(&role, "ns")), Verdict::Forbidden { .. }));
    let old = object("Role", "metadata: {name: mine}\nrules: []");
    let update = Write { object: &role, old: Some(&old), namespace: "ns", name: "mine" };
    assert_eq!(check("e", &[], update), Verdict::Allowed(Permit::Escalate));
    assert!(matches!(check("e", &[], Write { name: "other", ..update }), Verdict::Forbidden { .. }));
    assert!(matches!(check("e", &[], Write { namespace: "other", ..update }), Verdict::Forbidden { .. }));
}

#[test]
fn bindings_need_bind_or_the_roles_rights() {
    let binding = |kind: &str, role: &str| {
        object(
            kind,
            &format!(
                "metadata: {{name: b}}\nroleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {role}}}\nsubjects: [{{kind: User, name: x}}]"
            ),
        )
    };
    assert_eq!(
        check("e", &[], create(&binding("RoleBinding", "writer"), "ns")),
        Verdict::Allowed(Permit::Bind)
    );
    assert!(matches!(
        check("e", &[], create(&binding("RoleBinding", "writer"), "x")),
        Verdict::Forbidden { .. }
    ));
    assert!(matches!(
        check("e", &[], create(&binding("RoleBinding", "reader"), "ns")),
        Verdict::Forbidden { .. }
    ));
    assert_eq!(
        check("u", &[], create(&binding("RoleBinding", "writer"), "ns")),
        Verdict::Allowed(Permit::Held)
    );
    assert_eq!(
        check("u", &[], create(&binding("ClusterRoleBinding", "reader"), "")),
        Verdict::Allowed(Permit::Held)
    );
    let message = "clusterrolebindings.rbac.authorization.k8s.io \"nope\" not found";
    assert_eq!(
        check("u", &[], create(&binding("ClusterRoleBinding", "nope"), "")),
        Verdict::NotFound(message.into())
    );
    let nope = binding("ClusterRoleBinding", "nope");
    assert_eq!(check("u", &["system:masters"], create(&nope, "")), Verdict::Allowed(Permit::Masters));
    // Roles that the user's own bindings name and that are not there are said.
    let all = binding("RoleBinding", "all");
    let Verdict::Forbidden { message, .. } = check("u", &[], create(&all, "lost")) else { panic!() };
    assert!(
        message.ends_with("; resolution errors: [rolebindings.rbac.authorization.k8s.io \"gone\" not found]"),
        "{message}"
    );
}

#[test]
fn aggregation_needs_full_authority() {
    let rule = "aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}";
    let role = object("ClusterRole", &format!("metadata: {{name: x}}\n{rule}\nrules: []"));
    assert_eq!(check("root", &[], create(&role, "")), Verdict::Allowed(Permit::Escalate));
    let Verdict::Forbidden { message, .. } = check("u", &[], create(&role, "")) else { panic!() };
    assert_eq!(
        message,
        "clusterroles.rbac.authorization.k8s.io \"x\" is forbidden: must have cluster-admin privileges to use the \
         aggregationRule"
    );
    // Taking it away needs the same.
    let without = object("ClusterRole", "metadata: {name: x}\nrules: []");
    let update = Write { object: &without, old: Some(&role), namespace: "", name: "x" };
    assert!(matches!(check("u", &[], update), Verdict::Forbidden { .. }));
    let empty = object("ClusterRole", "metadata: {name: x}\naggregationRule: {}\nrules: []");
    assert_eq!(check("u", &[], create(&empty, "")), Verdict::Allowed(Permit::Held));
}

#[test]
fn the_garbage_collectors_fields_are_free() {
    let all = "rules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}]";
    let old = object("Role", &format!("metadata: {{name: x, namespace: ns, finalizers: [a]}}\n{all}"));
    for (new, free) in [
        ("metadata: {name: x, namespace: ns}", true),
        (
            "metadata: {name: x, namespace: ns, ownerReferences: [{uid: x}], finalizers: null, labels: {}}",
            true,
        ),
        ("metadata: {name: x, namespace: ns, managedFields: [{manager: m}], annotations: null}", true),
        ("metadata: {name: x, namespace: ns, labels: {a: ''}}", false),
        ("metadata: {name: x, namespace: ns, annotations: {a: b}}", false),
    ] {
        let new = object("Role", &format!("{new}\n{all}"));
        let verdict = check("u", &[], Write { object: &new, old: Some(&old), namespace: "ns", name: "x" });
        assert_eq!(verdict == Verdict::Allowed(Permit::GarbageCollection), free, "{verdict:?}");
    }
    let more = object(
        "Role",
        "metadata: {name: x, namespace: ns}\nrules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: ['']}]",
    );
    let update = Write { object: &more, old: Some(&old), namespace: "ns", name: "x" };
    assert!(matches!(check("u", &[], update), Verdict::Forbidden { .. }));
}

#[test]
fn what_is_unclear_or_too_large_is_unknown() {
    let broken = object("Role", "metadata: {name: x}\nrules: [{verbs: get}]");
    assert!(matches!(check("u", &[], create(&broken, "ns")), Verdict::Unknown(_)));
    let words: Vec<String> = (0..2000).map(|number| format!("w{number}")).collect();
    let words = words.join(", ");
    let huge = object(
        "Role",
        &format!(
            "metadata: {{name: x}}\nrules: [{{verbs: [{words}], apiGroups: [{words}], resources: [{words}]}}]"
        ),
    );
    assert!(matches!(check("u", &[], create(&huge, "ns")), Verdict::Unknown(_)));
    let role = object("Role", "metadata: {name: x}\nrules: [{verbs: [x], apiGroups: [y], resources: [z]}]");
    let rbac = RbacAuthorizer::new(&Cluster::new(objects(WORLD)), Options::stored(Version::NEWEST));
    let verdict =
        rbac.check_write(Subject { user: "u", groups: &[] }, &create(&role, "ns"), &|_| Decision::Unknown);
    assert!(matches!(verdict, Verdict::Unknown(_)));
}
