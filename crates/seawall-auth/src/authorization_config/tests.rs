use super::*;
use seawall_model::{Object, Origin, Version, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

fn object(version: &str, authorizers: &str) -> Arc<Object> {
    let head = format!("apiVersion: apiserver.config.k8s.io/{version}\nkind: AuthorizationConfiguration\n");
    let document =
        Arc::new(parse_one(&Source::new("a.yaml", format!("{head}authorizers:\n{authorizers}"))).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

fn refused(authorizers: &str) -> String {
    let object = object("v1", authorizers);
    let all = load(object.at(), Version::NEWEST).expect_err("accepted");
    all.iter().map(|refusal| format!("{}: {}\n", refusal.at.field_ref().field(), refusal.message)).collect()
}

const WEBHOOK: &str = "- type: Webhook
  name: corp
  webhook:
    timeout: 3s
    subjectAccessReviewVersion: v1
    failurePolicy: NoOpinion
    connectionInfo: {type: KubeConfigFile, kubeConfigFile: /etc/kubernetes/authz.kubeconfig}
";

#[test]
fn reads_order_and_defaults() {
    let text = format!("{WEBHOOK}- {{type: Node, name: node}}\n- {{type: RBAC, name: rbac}}\n");
    let object = object("v1", &text);
    let loaded = load(object.at(), Version::NEWEST).unwrap();
    assert_eq!(loaded.undecided.len(), 1);
    let configuration = loaded.configuration;
    let webhook = configuration.authorizers[0].webhook.clone().unwrap();
    assert!(!webhook.failure_denies && webhook.cache_authorized);
    assert_eq!((webhook.authorized_ttl, webhook.timeout), (GoDuration::seconds(300), GoDuration::seconds(3)));
    assert_eq!(configuration.asked(Sort::RBAC), Some(2));
    assert!(configuration.unreachable().is_none());
}

#[test]
fn always_allow_hides_the_rest() {
    let other = object("v1", "- {type: AlwaysAllow, name: alwaysallow}\n- {type: RBAC, name: rbac}\n");
    let configuration = load(other.at(), Version::NEWEST).unwrap().configuration;
    assert_eq!(configuration.asked(Sort::RBAC), None);
    assert_eq!(configuration.unreachable().unwrap().1.len(), 1);
    // Upstream's AlwaysDeny has no opinion, so the next one is asked.
    let object = object("v1", "- {type: AlwaysDeny, name: alwaysdeny}\n- {type: RBAC, name: rbac}\n");
    let configuration = load(object.at(), Version::NEWEST).unwrap().configuration;
    assert_eq!(configuration.asked(Sort::RBAC), Some(1));
    assert!(configuration.unreachable().is_none());
}

#[test]
fn refuses_what_upstream_refuses() {
    assert!(refused("- {type: RBAC, name: mine}\n").contains("expected name rbac"));
    assert!(refused("- {type: RBAC, name: rbac}\n- {type: RBAC, name: rbac}\n").contains("twice"));
    assert!(refused("- {type: rbac, name: rbac}\n").contains("unsupported value"));
    assert!(refused("- {type: Webhook, name: a}\n").contains("required when type=Webhook"));
    assert!(refused(&WEBHOOK.replace("3s", "31s")).contains("<= 30s"));
    assert!(refused(&WEBHOOK.replace("timeout: 3s", "timeout: null")).contains("must be a duration"));
    assert!(refused(&WEBHOOK.replace("NoOpinion", "Ignore")).contains("unsupported value `Ignore`"));
    assert!(refused(&WEBHOOK.replace("/etc", "etc")).contains("absolute"));
    let conditions = format!("{WEBHOOK}    matchConditions: [{{expression: ' '}}]\n");
    assert!(refused(&conditions).contains("required if match conditions"));
}

#[test]
fn versions() {
    let object = object("v1", "- {type: RBAC, name: rbac}\n");
    assert!(load(object.at(), Version::new(31).unwrap()).is_err());
    assert!(load(object.at(), Version::new(32).unwrap()).is_ok());
}
