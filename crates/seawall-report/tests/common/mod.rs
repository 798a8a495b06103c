//! Results made in memory as the engine makes them. The rules are not in the catalogue, so that the expected texts
//! do not change with it.
#![allow(dead_code)]

use seawall_model::{At, Finding, Object, Origin, Report, Severity, Suppression, objects_of};
use seawall_report::{
    Copies, CopyPlace, Format, Framework, InputError, Invocation, Options, Requirement, ScanResult, Skipped,
    Standing,
};
use seawall_yaml::{Place, Source, parse_documents};
use std::sync::Arc;

pub(crate) const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
        - name: app # the shop itself
          image: registry.example/web:1.0
          securityContext:
            privileged: true
          env:
            - name: DB_PASSWORD
              value: hunter2-in-env
          args: [--listen=:80, --token=hunter2-in-args]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: web
  namespace: shop
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin }
subjects:
  - { kind: ServiceAccount, name: web, namespace: shop }
";

pub(crate) const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
stringData:
  config: |
    user: shop
    password: hunter2-in-secret
";

pub(crate) fn objects(file: &str, text: &str) -> Vec<Arc<Object>> {
    let mut out = Vec::new();
    for document in parse_documents(&Source::new(file, text)) {
        let found = objects_of(&Arc::new(document.unwrap()), &Origin::File).unwrap();
        out.extend(found.into_iter().map(Arc::new));
    }
    out
}

fn container(object: &Arc<Object>) -> At<'_> {
    let containers = object.at().get("spec.template.spec.containers");
    containers.items().next().unwrap()
}

/// Failures alone and in a group, with fixes, facts, related places; one undecided, one suppressed.
pub(crate) fn findings() -> Vec<Finding> {
    let web = objects("./deploy/web.yaml", WEB);
    let secret = objects("./deploy/secret.yaml", SECRET);
    let (deployment, binding) = (&web[0], &web[1]);
    let app = container(deployment);
    let context = app.get("securityContext");
    let mut report = Report::default();
    report.enter_container(Some("app"));
    report.enter("test-privileged", Severity::Critical, None);
    let privileged = context.key("privileged");
    report
        .finding(privileged, "container `app` runs privileged")
        .evidence("the node has no sandbox")
        .unsafe_fix("run it without privileges", vec![privileged.set("false")]);
    report.enter("test-root", Severity::Medium, Some("hardening"));
    let root = context.key("runAsNonRoot");
    report
        .finding(root, "container `app` may run as root")
        .safe_fix("refuse to run as root", vec![root.set("true")]);
    report.enter("test-seccomp", Severity::Low, Some("hardening"));
    let seccomp = context.get("seccompProfile.type");
    report
        .finding(seccomp, "container `app` has no seccomp profile")
        .safe_fix("use the runtime's profile", vec![seccomp.set("RuntimeDefault")]);
    report.enter("test-env", Severity::High, None);
    let value = app.get("env").items().next().unwrap().key("value");
    report.finding(value, "container `app` holds a password in its environment");
    report.enter_container(None);
    report.enter("test-bound", Severity::High, None);
    report
        .finding(binding.at().get("roleRef"), "service account `shop/web` is cluster administrator")
        .related(deployment.at().get("spec.template.spec.serviceAccountName"), "used by this pod");
    report.enter("test-account", Severity::Medium, None);
    report.unknown(
        deployment.at().get("spec.template.spec.serviceAccountName"),
        "service account `web` may not exist",
        "the ServiceAccount `shop/web` is not in the input",
    );
    report.enter("test-secret", Severity::Low, None);
    report.finding(secret[0].at().get("stringData.config"), "Secret `db` stands in a file");
    report.finding(secret[0].at().get("stringData"), "Secret `db` stands in a file again");
    let mut findings = report.into_findings();
    findings.last_mut().unwrap().suppressed = Some(Box::new(Suppression::InSource("only for tests".into())));
    for finding in &mut findings {
        let verified = finding.rule != "test-seccomp";
        if let Some(fix) = &mut finding.fix {
            fix.verified = verified;
        }
    }
    findings
}

pub(crate) fn result() -> ScanResult {
    let findings = findings();
    let copied = findings.iter().find(|finding| finding.rule == "test-secret").unwrap().at.object.clone();
    let mut result = ScanResult {
        files: 4,
        objects: 3,
        skipped: vec![Skipped {
            file: "chart/templates/x.yaml".into(),
            document: None,
            reason: "Helm template".into(),
            hint: Some("--render includes it".into()),
        }],
        errors: vec![InputError {
            file: "deploy/broken.yaml".into(),
            place: Some(Place { line: 7, column: 3 }),
            message: "found a tab where indentation was expected".into(),
        }],
        notes: vec!["1 chart was left out: --render renders it".into()],
        copies: vec![Copies {
            object: copied,
            places: vec![CopyPlace { file: "release/all.yaml".into(), line: 12, column: 1 }],
        }],
        findings,
        invocation: Invocation { program: "seawall".into(), inputs: vec!["deploy".into()] },
        ..ScanResult::default()
    };
    result.sort();
    result
}

pub(crate) fn framework() -> Framework {
    let requirement = |id: &str, title: &str, standing, rules: &[&'static str]| Requirement {
        id: id.into(),
        title: title.into(),
        standing,
        rules: rules.to_vec(),
    };
    Framework {
        id: "test-1".into(),
        title: "Test benchmark 1".into(),
        requirements: vec![
            requirement("1.1", "No privileged containers", Standing::Decided, &["test-privileged"]),
            requirement("1.2", "Accounts exist", Standing::Decided, &["test-account"]),
            requirement("1.3", "No host network", Standing::Decided, &["test-host-network"]),
            requirement("2.1", "API server flags", Standing::NotInInput, &["test-flags"]),
            requirement("2.2", "File modes", Standing::NeedsNode, &[]),
            requirement("3.1", "Separate clusters", Standing::Manual, &[]),
        ],
    }
}

pub(crate) fn text(result: &ScanResult, format: Format, options: &Options) -> String {
    let mut out = Vec::new();
    seawall_report::write(result, format, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Many objects with findings of several severities.
pub(crate) fn many(objects_count: usize) -> ScanResult {
    let mut report = Report::default();
    let all: Vec<_> = (0..objects_count)
        .flat_map(|number| {
            let text = WEB.replace("name: web", &format!("name: web-{number}"));
            objects(&format!("deploy/{number:05}.yaml"), &text).into_iter().take(1)
        })
        .collect();
    for object in &all {
        let app = container(object);
        report.enter_container(Some("app"));
        for (rule, severity) in [
            ("test-privileged", Severity::Critical),
            ("test-root", Severity::Medium),
            ("test-image", Severity::Low),
        ] {
            report.enter(rule, severity, None);
            let at = app.get("securityContext.privileged");
            report
                .finding(at, format!("container `app` of {rule}"))
                .safe_fix("run it without privileges", vec![at.set("false")]);
        }
    }
    let mut result = ScanResult {
        files: objects_count,
        objects: objects_count,
        findings: report.into_findings(),
        complete: true,
        ..ScanResult::default()
    };
    result.sort();
    result
}
