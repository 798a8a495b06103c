use super::*;
use crate::pod_security::{Level, Mode};
use seawall_model::decode::Refusal;
use seawall_model::{Object, Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

fn object(text: &str) -> Arc<Object> {
    let document = Arc::new(parse_one(&Source::new("a.yaml", text)).unwrap());
    Arc::new(objects_of(&document, &Origin::File).unwrap().remove(0))
}

const HEAD: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n";

fn inline(name: &str, configuration: &str) -> Arc<Object> {
    object(&format!("{HEAD}plugins:\n- name: {name}\n  configuration: {configuration}\n"))
}

fn text(refusals: &[Refusal<'_>]) -> String {
    refusals
        .iter()
        .map(|refusal| format!("{}: {}\n", refusal.at.field_ref().field(), refusal.message))
        .collect()
}

const POD_SECURITY: &str =
    "apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration";

#[test]
fn pod_security_defaults_and_exemptions() {
    let object = inline(
        "PodSecurity",
        &format!(
            "{{{POD_SECURITY}, defaults: {{enforce: baseline, warn-version: v1.30}}, exemptions: {{namespaces: [a]}}}}"
        ),
    );
    let configuration = load(object.at()).unwrap();
    let read = pod_security(configuration.plugin("PodSecurity").unwrap().configuration.unwrap()).unwrap();
    assert_eq!((read.enforce.level, read.warn.level), (Level::Baseline, Level::Privileged));
    assert_eq!(read.warn.version.to_string(), "v1.30");
    assert_eq!(read.exemptions.namespaces.len(), 1);
    assert_eq!(read.level_at(Mode::Audit).field_ref().field(), "plugins[0].configuration.defaults.audit");
}

#[test]
fn pod_security_refusals() {
    let object = inline(
        "PodSecurity",
        &format!(
            "{{{POD_SECURITY}, defaults: {{enforce: strict, audit-version: '1.30'}}, exemptions: {{namespaces: [A], usernames: ['', x, x]}}}}"
        ),
    );
    let configuration = load(object.at()).unwrap();
    let refused = text(&pod_security(configuration.plugins[0].configuration.unwrap()).unwrap_err());
    for part in
        ["must be one of", "v1.x", "namespaces[0]: is not", "must not be empty", "usernames[2]: `x` is named"]
    {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

#[test]
fn unknown_fields_and_versions() {
    assert!(load(object(&format!("{HEAD}plugins: []\n")).at()).is_ok());
    assert!(load(object(&format!("{HEAD}plugin: []\n")).at()).is_err());
    assert!(load(object(&HEAD.replace("/v1", "/v1beta1")).at()).is_err());
    assert!(
        load(object(&HEAD.replace("apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1alpha1")).at()).is_ok()
    );
}

#[test]
fn other_plugins() {
    let kind = "apiVersion: eventratelimit.admission.k8s.io/v1alpha1, kind: Configuration";
    let limits = inline(
        "EventRateLimit",
        &format!("{{{kind}, limits: [{{type: Server, qps: 5, burst: 1e1, x: 1}}]}}"),
    );
    let plugin = load(limits.at()).unwrap().plugins[0].configuration.unwrap();
    assert_eq!(event_rate_limit(plugin).unwrap().limits[0].burst, 10);
    let wrong = inline("EventRateLimit", &format!("{{{kind}, limits: [{{type: All, qps: 0, burst: 1}}]}}"));
    let plugin = load(wrong.at()).unwrap().plugins[0].configuration.unwrap();
    assert_eq!(event_rate_limit(plugin).unwrap_err().len(), 2);
    let images = inline("ImagePolicyWebhook", "{imagepolicy: {kubeConfigFile: /x, DefaultAllow: true}}");
    assert!(
        image_policy(load(images.at()).unwrap().plugins[0].configuration.unwrap()).unwrap().default_allow
    );
}
