use super::*;
use seawall_model::{Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

fn object(rules: &str) -> Arc<Object> {
    let text = format!("apiVersion: audit.k8s.io/v1\nkind: Policy\n{rules}");
    let document = Arc::new(parse_one(&Source::new("p.yaml", text)).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

fn with_policy<T>(rules: &str, check: impl FnOnce(&Policy<'_>) -> T) -> T {
    let object = object(rules);
    check(&load(object.at(), Version::NEWEST).unwrap().policy)
}

fn refused(rules: &str, version: Version) -> String {
    let object = object(rules);
    let all = load(object.at(), version).expect_err("accepted");
    all.iter().map(|refusal| format!("{}: {}\n", refusal.at.field_ref().field(), refusal.message)).collect()
}

fn resource<'r>(resource: &'r str, subresource: &'r str) -> Attributes<'r> {
    Attributes {
        user: Some(("me", &["system:authenticated"])),
        verb: "get",
        target: Target::Resource { namespace: "shop", group: "", resource, subresource, name: "x" },
    }
}

#[test]
fn patterns_of_resources() {
    with_policy(
        "rules: [{level: Request, resources: [{group: '', resources: ['pods/*', '*/scale', nodes/proxy]}]}]",
        |policy| {
            for (name, subresource, matched) in [
                ("pods", "", true),
                ("pods", "log", true),
                ("services", "scale", true),
                ("nodes", "proxy", true),
                ("nodes", "", false),
                ("services", "", false),
                ("podss", "", false),
            ] {
                let verdict = policy.evaluate(&resource(name, subresource));
                assert_eq!(verdict.rule.is_some(), matched, "{name}/{subresource}");
            }
        },
    );
}

#[test]
fn paths_and_stages() {
    let rules = "omitStages: [RequestReceived]
omitManagedFields: true
rules:
- {level: None, nonResourceURLs: ['/healthz*', /version]}
- {level: Metadata, omitStages: [Panic], omitManagedFields: false}
";
    with_policy(rules, |policy| {
        let at = |path| {
            policy.evaluate(&Attributes { verb: "get", target: Target::Path(path), ..Default::default() })
        };
        assert_eq!(at("/healthz/etcd").rule, Some(0));
        assert_eq!(at("/version").rule, Some(0));
        let verdict = at("/versions");
        assert_eq!(
            (verdict.rule, verdict.level, verdict.omit_managed_fields),
            (Some(1), Level::Metadata, false)
        );
        assert_eq!(verdict.omit_stages.names().collect::<Vec<_>>(), ["RequestReceived", "Panic"]);
        assert!(policy.has_catch_all());
    });
}

#[test]
fn finds_rules_that_are_never_reached() {
    let rules = "rules:
- {level: Metadata, verbs: [get, list], resources: [{group: ''}]}
- {level: Metadata, verbs: [watch], resources: [{group: '', resources: ['*']}]}
- {level: Request, verbs: [get, watch], resources: [{group: '', resources: [secrets, pods/log]}]}
- {level: Request, verbs: [get, delete], resources: [{group: '', resources: [secrets]}]}
- {level: None, resources: [{group: apps, resources: ['*/*']}]}
- {level: Metadata}
- {level: None, nonResourceURLs: ['/healthz*']}
- {level: None, userGroups: ['system:nodes']}
";
    with_policy(rules, |policy| {
        use Shadow::*;
        let wanted = [Reached, Reached, By(vec![0, 1]), Reached, Empty, Reached, By(vec![5]), By(vec![5])];
        assert_eq!(policy.shadows(), wanted);
    });
}

#[test]
fn paths_cover_paths() {
    let rules = "rules:
- {level: None, nonResourceURLs: ['/a*', /b]}
- {level: Metadata, nonResourceURLs: ['/a', '/ab*', /b]}
- {level: Metadata, nonResourceURLs: ['/b*']}
- {level: Metadata, nonResourceURLs: ['*']}
- {level: Metadata, nonResourceURLs: ['/*']}
";
    with_policy(rules, |policy| {
        use Shadow::*;
        assert_eq!(policy.shadows(), [Reached, By(vec![0]), Reached, Reached, By(vec![3])]);
    });
}

#[test]
fn too_many_combinations_are_not_decided() {
    let many = |prefix: &str, count: usize| {
        (0..count).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>().join(", ")
    };
    let rules = format!(
        "rules:\n- {{level: Metadata, users: [x]}}\n- {{level: Metadata, users: [{}], verbs: [{}], namespaces: [{}]}}\n",
        many("u", 200),
        many("v", 200),
        many("n", 200)
    );
    with_policy(&rules, |policy| assert_eq!(policy.shadows(), [Shadow::Reached, Shadow::Unknown]));
}

#[test]
fn credentials_in_bodies() {
    let rules = "rules:
- {level: Metadata, resources: [{group: '', resources: [secrets]}], verbs: [get, list, watch]}
- {level: RequestResponse, resources: [{group: ''}, {group: authentication.k8s.io}]}
";
    with_policy(rules, |policy| {
        let leaks: Vec<_> =
            policy.leaks().iter().map(|leak| (leak.rule, leak.what.resource, leak.verb)).collect();
        let wanted = [
            (1, "secrets", "create"),
            (1, "serviceaccounts", "create"),
            (1, "tokenreviews", "create"),
            (1, "configmaps", "get"),
        ];
        assert_eq!(leaks, wanted);
        let exec = policy.sensitive().into_iter().find(|reached| reached.what.subresource == "exec").unwrap();
        assert_eq!(exec.verdict.level, Level::RequestResponse);
        let roles = policy.sensitive().into_iter().find(|reached| reached.what.resource == "roles").unwrap();
        assert_eq!((roles.verdict.level, roles.verdict.rule), (Level::None, None));
        assert!(!policy.has_catch_all());
    });
    with_policy(
        "rules: [{level: Request, resources: [{group: '', resources: [serviceaccounts/token]}]}]",
        |policy| {
            assert!(policy.leaks().is_empty());
        },
    );
}

#[test]
fn leaks_of_narrow_rules() {
    let leaks = |rules: &str| {
        with_policy(rules, |policy| {
            policy
                .leaks()
                .iter()
                .map(|leak| (leak.rule, leak.what.resource, leak.certain))
                .collect::<Vec<_>>()
        })
    };
    let secrets = "resources: [{group: '', resources: [secrets]";
    // A creation has no name, so a rule for names sees none.
    assert_eq!(
        leaks(&format!("rules: [{{level: Request, verbs: [create], {secrets}, resourceNames: [x]}}]}}]")),
        []
    );
    assert_eq!(
        leaks(&format!("rules: [{{level: Request, verbs: [update], {secrets}, resourceNames: [x]}}]}}]")),
        [(0, "secrets", true)]
    );
    // Earlier rules cover two of three namespaces.
    let partly = format!(
        "rules: [{{level: None, namespaces: [a, b]}}, {{level: Request, namespaces: [a, b, c], {secrets}}}]}}]"
    );
    assert_eq!(leaks(&partly), [(1, "secrets", true)]);
    let wholly = format!(
        "rules: [{{level: None, namespaces: [a, b]}}, {{level: Request, namespaces: [b, a], {secrets}}}]}}]"
    );
    assert_eq!(leaks(&wholly), []);
    // Token reviews are cluster-scoped.
    assert_eq!(
        leaks("rules: [{level: Request, namespaces: [a], resources: [{group: authentication.k8s.io}]}]"),
        []
    );
    assert_eq!(leaks("rules: [{level: Request, nonResourceURLs: ['*']}]"), []);
    let names = (0..2000).map(|n| format!("n{n}")).collect::<Vec<_>>().join(", ");
    let many =
        format!("rules: [{{level: Request, namespaces: [{names}], {secrets}, resourceNames: [{names}]}}]}}]");
    assert_eq!(leaks(&many), [(0, "secrets", false)]);
}

#[test]
fn refuses_what_upstream_refuses() {
    let newest = Version::NEWEST;
    assert_eq!(refused("rules: []", newest), "rules: loaded illegal policy with 0 rules\n");
    assert!(refused("rules: [{}]", newest).starts_with("rules[0].level: level is required"));
    assert!(refused("rules: [{level: metadata}]", newest).contains("is none of"));
    assert!(
        refused("rules: [{level: None, nonResourceURLs: [healthz, '/a*/b']}]", newest)
            .contains("final character")
    );
    assert!(refused("rules: [{level: None, omitStages: [Started]}]", newest).contains("allowed stages"));
    assert!(
        refused("rules: [{level: None, namespaces: [a], nonResourceURLs: ['*']}]", newest).contains("both")
    );
    assert!(refused("rules: [{level: None, resources: [{group: apps/v1}]}]", newest).contains("subdomain"));
    assert!(
        refused("rules: [{level: None, resources: [{resourceNames: [a]}]}]", newest).contains("requires")
    );
    assert!(refused("rules: {level: None}", newest).contains("must be a list"));
    let any = "rules: [{level: None, resources: [{group: '*'}]}]";
    assert!(refused(any, Version::new(35).unwrap()).contains("subdomain"));
    with_policy(any, |policy| assert_eq!(policy.rules.len(), 1));
}

#[test]
fn unknown_fields_are_skipped() {
    let object = object("rules: [{level: None, verb: [get]}]");
    let loaded = load(object.at(), Version::NEWEST).unwrap();
    assert_eq!(loaded.ignored[0].message, "unknown field `verb`");
    assert!(loaded.policy.has_catch_all());
}
