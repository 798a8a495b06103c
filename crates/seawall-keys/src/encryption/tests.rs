use super::*;
use seawall_model::{Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const OTHER: &str = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

fn object(body: &str) -> Arc<Object> {
    let text = format!("apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n{body}");
    let document = Arc::new(parse_one(&Source::new("e.yaml", text)).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

const OPTIONS: Options = Options { version: Version::NEWEST, kms_v1: Some(false), reload: false };

fn refused(body: &str) -> String {
    let object = object(body);
    let all = load(object.at(), OPTIONS).expect_err("accepted");
    all.iter().map(|refusal| format!("{}: {}\n", refusal.at.field_ref().field(), refusal.message)).collect()
}

#[test]
fn first_provider_writes_and_the_narrowest_rule_wins() {
    let object = object(&format!(
        "resources:
- resources: [events]
  providers: [{{identity: {{}}}}]
- resources: [secrets, pandas.awesome.bears.example]
  providers:
  - aescbc: {{keys: [{{name: new, secret: {KEY}}}, {{name: old, secret: {OTHER}}}]}}
  - identity: {{}}
- resources: ['*.apps']
  providers: [{{secretbox: {{keys: [{{name: box, secret: {KEY}}}]}}}}]
- resources: ['*.*']
  providers: [{{kms: {{apiVersion: v2, name: kms, endpoint: 'unix:///run/kms.sock'}}}}]
"
    ));
    let configuration = load(object.at(), OPTIONS).unwrap();
    assert!(configuration.writes_plaintext("", "events"));
    assert_eq!(configuration.prefix("", "secrets"), "k8s:enc:aescbc:v1:new:");
    assert_eq!(configuration.prefix("awesome.bears.example", "pandas"), "k8s:enc:aescbc:v1:new:");
    assert_eq!(configuration.prefix("apps", "deployments"), "k8s:enc:secretbox:v1:box:");
    assert_eq!(configuration.prefix("", "configmaps"), "k8s:enc:kms:v2:kms:");
    let rule = configuration.rule("", "secrets").unwrap();
    assert_eq!(rule.matched, Match::Exact);
    assert_eq!(rule.old_keys().map(|key| key.name).collect::<Vec<_>>(), ["old"]);
    assert!(rule.readers()[0].is_identity());
    assert_eq!(configuration.equal_keys().len(), 1);
    assert_eq!(configuration.keys().next().unwrap().looks_made_up(), Some("readable text"));
}

#[test]
fn entries_of_one_resource_are_joined() {
    let object = object(&format!(
        "resources:
- resources: [secrets]
  providers: [{{identity: {{}}}}]
- resources: [secrets]
  providers: [{{aesgcm: {{keys: [{{name: a, secret: {KEY}}}]}}}}]
"
    ));
    let configuration = load(object.at(), OPTIONS).unwrap();
    let rule = configuration.rule("", "secrets").unwrap();
    assert!(configuration.writes_plaintext("", "secrets"));
    assert_eq!((rule.names.len(), rule.providers.len(), rule.old_keys().count()), (2, 2, 1));
    assert!(configuration.rule("", "configmaps").is_none());
}

#[test]
fn refuses_what_upstream_refuses() {
    let one = |resources: &str, provider: &str| {
        refused(&format!("resources:\n- resources: {resources}\n  providers: [{provider}]\n"))
    };
    assert!(refused("resources: []\n").contains("at least one"));
    assert!(
        one("[Secrets]", "{identity: {}}").starts_with("resources[0].resources[0]: resource name should not")
    );
    assert!(one("[secrets, '*.']", "{identity: {}}").contains("overlapping"));
    assert!(one("[secrets, secrets]", "{identity: {}}").contains("multiple times"));
    assert!(one("['pods.*']", "{identity: {}}").contains("across groups"));
    assert!(one("[secrets]", "{identity: null}").contains("does not contain any"));
    assert!(one("[secrets]", "{identity: {}, kms: {}}").contains("more than one provider"));
    assert!(one("[secrets]", "{identiti: {}}").contains("unknown field"));
    assert!(one("[secrets]", "{kms: {name: a, endpoint: 'unix:///s'}}").contains("feature-gates=KMSv1"));
    assert!(one("[secrets]", "{kms: {apiVersion: v2, name: 'a:b', endpoint: 'tcp:///s'}}").contains("':'"));
    let short = one("[secrets]", "{aescbc: {keys: [{name: a, secret: c2hvcnQ=}]}}");
    assert_eq!(
        short,
        "resources[0].providers[0].aescbc.keys[0].secret: secret is not of the expected length, got 5, \
         expected one of [16, 24, 32]\n"
    );
    let masked = "resources:
- resources: ['*.*']
  providers: [{identity: {}}]
- resources: [secrets]
  providers: [{identity: {}}]
";
    assert!(refused(masked).contains("resource \"secrets\" is masked by earlier rule \"*.*\""));
}

#[test]
fn older_servers_skip_unknown_fields() {
    let object = object("resources:\n- resources: [secrets]\n  providers: [{identity: {}}]\nextra: 1\n");
    let old = Options { version: Version::OLDEST, ..OPTIONS };
    assert!(load(object.at(), OPTIONS).is_err());
    assert!(load(object.at(), old).is_ok());
}
