//! PodSecurity (`pod-security-admission/admission/admission.go`, `plugin/pkg/admission/security/podsecurity`).

use super::{Plugin, namespace_lifecycle};
use crate::json::{Json, object_of};
use crate::outcome::{Cause, Denial};
use crate::pass::{Pass, Step};
use crate::pod_security::{
    LABEL_PREFIX, LabelError, Level, LevelVersion, Mode, NamespacePolicy, Violation, denial, evaluate,
    go_quoted,
};
use crate::request::Operation;
use seawall_model::{Object, WellKnown};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

const NAME: &str = "PodSecurity";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: None, validate: Some(validate) };

/// Subresources of pods that change nothing it looks at.
const IGNORED: [&str; 8] = ["exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status"];
/// Pods looked at when a namespace gets a stricter level.
const MOST_PODS: usize = 3000;

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if !matches!(request.operation, Operation::Create | Operation::Update) {
        return Ok(());
    }
    if request.is_of("", "pods") {
        return if IGNORED.contains(&&*request.subresource) { Ok(()) } else { pod(pass, true) };
    }
    if !request.subresource.is_empty() {
        return Ok(());
    }
    if request.is_of("", "namespaces") {
        return namespace(pass);
    }
    let workload = WellKnown::of(&request.group, &request.kind).template_path().is_some();
    if workload && request.group != "extensions" { pod(pass, false) } else { Ok(()) }
}

fn annotate(pass: &mut Pass<'_>, key: &str, value: String) {
    pass.annotations.insert(format!("{LABEL_PREFIX}{key}"), value);
}

fn policy(labels: &Value, defaults: NamespacePolicy) -> (NamespacePolicy, Vec<LabelError>) {
    NamespacePolicy::of_labels(|key| labels.entry("labels", key), defaults)
}

/// `ValidatePod` and `ValidatePodController`.
fn pod(pass: &mut Pass<'_>, enforce: bool) -> Step {
    let request = pass.request;
    let exempt = &pass.settings.exempt;
    if exempt.namespaces.contains(&request.namespace) {
        annotate(pass, "exempt", "namespace".to_owned());
        return Ok(());
    }
    if !request.user.name.is_empty() && exempt.users.contains(&request.user.name) {
        annotate(pass, "exempt", "user".to_owned());
        return Ok(());
    }
    let metadata = match namespace_lifecycle::metadata(pass) {
        Ok(metadata) => metadata,
        Err(why) => return unlabelled(pass, enforce, &why),
    };
    let (policy, errors) = policy(&metadata, pass.settings.pod_security);
    let off = |choice: LevelVersion| choice.level == Level::Privileged;
    if errors.is_empty() && off(policy.audit) && off(policy.warn) && (!enforce || off(policy.enforce)) {
        if enforce {
            annotate(
                pass,
                "enforce-policy",
                format!("{}:{}", policy.enforce.level, crate::pod_security::PolicyVersion::Latest),
            );
        }
        return Ok(());
    }
    if enforce && request.operation == Operation::Update && !is_significant(pass) {
        return Ok(());
    }
    judge(pass, enforce, &policy, &errors)
}

/// A namespace whose labels are not known: whatever passes the strictest level passes them all.
fn unlabelled(pass: &mut Pass<'_>, enforce: bool, why: &str) -> Step {
    let Some(object) = object_of(&pass.object) else { return Ok(()) };
    let Some(pod) = object.pods().next() else { return Ok(()) };
    let version = crate::pod_security::PolicyVersion::Latest.on(pass.settings.version);
    if !crate::pod_security::passes(pod, Level::Restricted, version) {
        let why = format!("Pod Security labels decide, and {why}");
        if enforce {
            pass.doubt(NAME, why);
        } else {
            pass.vague(NAME, why);
        }
    }
    Ok(())
}

/// `isSignificantPodUpdate`.
fn is_significant(pass: &Pass<'_>) -> bool {
    let Some(old) = &pass.request.old else { return true };
    let images = |pod: &Value, list: &str| -> Vec<String> {
        pod.list(list).iter().map(|container| container.text("image").to_owned()).collect()
    };
    let changed = |list: &str| images(&pass.object, list) != images(old, list);
    if changed("spec.containers") || changed("spec.initContainers") {
        return true;
    }
    let known: BTreeMap<&str, &str> = old
        .list("spec.ephemeralContainers")
        .iter()
        .map(|container| (container.text("name"), container.text("image")))
        .collect();
    let added = |container: &Value| known.get(container.text("name")) != Some(&container.text("image"));
    pass.object.list("spec.ephemeralContainers").iter().any(added)
}

/// `EvaluatePod`.
fn judge(pass: &mut Pass<'_>, enforce: bool, policy: &NamespacePolicy, errors: &[LabelError]) -> Step {
    let Some(object) = object_of(&pass.object) else { return Ok(()) };
    let Some(pod) = object.pods().next() else { return Ok(()) };
    let class = pod.get("runtimeClassName").str().filter(|class| !class.is_empty());
    if class.is_some_and(|class| pass.settings.exempt.runtime_classes.iter().any(|one| one == class)) {
        annotate(pass, "exempt", "runtimeClass".to_owned());
        return Ok(());
    }
    if !errors.is_empty() {
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let text = super::limit_ranger::aggregate(texts.iter().map(String::as_str));
        annotate(pass, "error", format!("Failed to parse policy: {text}"));
    }
    let server = pass.settings.version;
    let violations = |choice: LevelVersion| evaluate(pod, choice.level, choice.version.on(server));
    let words = |choice: LevelVersion, found: &[Violation<'_>]| denial(choice.level, choice.version, found);
    let mut refused = None;
    if enforce {
        annotate(pass, "enforce-policy", policy.enforce.to_string());
        let found = violations(policy.enforce);
        if !found.is_empty() {
            let offences = found.iter().flat_map(|violation| &violation.offences);
            let fields: Vec<String> = offences.map(|offence| offence.at.field_ref().field()).collect();
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            refused = Some(pass.forbidden(NAME, &words(policy.enforce, &found), &fields));
        }
    }
    let found = violations(policy.audit);
    if !found.is_empty() {
        annotate(
            pass,
            "audit-violations",
            format!("would {}", words(policy.audit, &found).replacen("violates", "violate", 1)),
        );
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    let found = violations(policy.warn);
    if !found.is_empty() {
        pass.warnings
            .push(format!("would {}", words(policy.warn, &found).replacen("violates", "violate", 1)));
    }
    Ok(())
}

/// `ValidateNamespace`.
fn namespace(pass: &mut Pass<'_>) -> Step {
    let metadata = pass.object.at("metadata").cloned().unwrap_or_default();
    let defaults = pass.settings.pod_security;
    let (new, errors) = policy(&metadata, defaults);
    let exempt = pass.settings.exempt.namespaces.contains(&pass.request.namespace);
    if pass.request.operation == Operation::Create {
        if !errors.is_empty() {
            return Err(invalid(pass, &errors));
        }
        if exempt {
            warn_exempt(pass, &new, &metadata);
        }
        return Ok(());
    }
    let old = pass.request.old.as_ref().and_then(|old| old.at("metadata")).cloned().unwrap_or_default();
    let (before, old_errors) = policy(&old, defaults);
    if !errors.is_empty() && errors != old_errors {
        return Err(invalid(pass, &errors));
    }
    let relaxed = new.enforce.version == before.enforce.version && new.enforce.level <= before.enforce.level;
    if new.enforce == before.enforce || new.enforce.level == Level::Privileged || relaxed {
        return Ok(());
    }
    if exempt {
        warn_exempt(pass, &new, &metadata);
        return Ok(());
    }
    let namespace = pass.request.name.clone();
    let lines = existing(pass, &namespace, new.enforce);
    pass.warnings.extend(lines);
    Ok(())
}

/// `invalidResponse`.
fn invalid(pass: &Pass<'_>, errors: &[LabelError]) -> Denial {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let text = super::limit_ranger::aggregate(texts.iter().map(String::as_str));
    let cause = |error: &LabelError| Cause {
        reason: "FieldValueInvalid".to_owned(),
        message: format!("Invalid value: {}: {}", go_quoted(&error.value), error.message),
        field: format!("metadata.labels[{}]", error.label),
    };
    Denial {
        by: NAME,
        code: 422,
        reason: "Invalid",
        message: format!("Namespace \"{}\" is invalid: {text}", pass.name()),
        causes: errors.iter().map(cause).collect(),
        fields: errors.iter().map(|error| format!("metadata.labels[\"{}\"]", error.label)).collect(),
    }
}

/// `exemptNamespaceWarning`.
fn warn_exempt(pass: &mut Pass<'_>, policy: &NamespacePolicy, metadata: &Value) {
    let off = |choice: LevelVersion| choice.level == Level::Privileged;
    let all_off = Mode::ALL.iter().all(|&mode| off(policy.choice(mode)));
    let defaults = pass.settings.pod_security;
    // Policy.Equivalent: levels that are privileged count as the same whatever their version.
    let same = |one: LevelVersion, other: LevelVersion| one == other || off(one) && off(other);
    if all_off || Mode::ALL.iter().all(|&mode| same(policy.choice(mode), defaults.choice(mode))) {
        return;
    }
    let labelled = |mode: Mode| {
        [mode.level_label(), mode.version_label()]
            .into_iter()
            .any(|key| metadata.entry("labels", key).is_some())
    };
    let parts: Vec<String> = Mode::ALL
        .into_iter()
        .zip(["enforce", "audit", "warn"])
        .filter(|(mode, _)| !off(policy.choice(*mode)) && labelled(*mode))
        .map(|(mode, word)| format!("{word}={}", policy.choice(mode)))
        .collect();
    let name = go_quoted(metadata.text("name"));
    pass.warnings.push(format!(
        "namespace {name} is exempt from Pod Security, and the policy ({}) will be ignored",
        parts.join(", ")
    ));
}

/// `EvaluatePodsInNamespace`: what pods that are there break of a new level. The server's limit of one second is left
/// out.
fn existing(pass: &mut Pass<'_>, namespace: &str, enforce: LevelVersion) -> Vec<String> {
    let pods: Vec<Arc<Object>> = pass.stored.list(WellKnown::Pod, namespace).into_iter().cloned().collect();
    let mut counts: BTreeMap<String, (String, usize)> = BTreeMap::new();
    let version = enforce.version.on(pass.settings.version);
    // One pod of each controller comes first, which counts only beyond the limit.
    for object in pods.iter().take(MOST_PODS) {
        let Some(pod) = object.pods().next() else { continue };
        let reasons: Vec<&str> =
            evaluate(pod, enforce.level, version).iter().map(|violation| violation.reason).collect();
        if !reasons.is_empty() {
            // Pods come by name, so the first is the smallest.
            let entry = counts.entry(reasons.join(", ")).or_insert_with(|| (object.name().to_owned(), 0));
            entry.1 += 1;
        }
    }
    let mut out = Vec::new();
    if pods.len() > MOST_PODS {
        out.push(format!(
            "new PodSecurity enforce level only checked against the first {MOST_PODS} of {} existing pods",
            pods.len()
        ));
    }
    if counts.is_empty() {
        return out;
    }
    out.push(format!(
        "existing pods in namespace {} violate the new PodSecurity enforce level \"{enforce}\"",
        go_quoted(namespace)
    ));
    let mut lines: Vec<String> = counts
        .into_iter()
        .map(|(reasons, (name, count))| match count {
            1 => format!("{name}: {reasons}"),
            2 => format!("{name} (and 1 other pod): {reasons}"),
            _ => format!("{name} (and {} other pods): {reasons}", count - 1),
        })
        .collect();
    // Upstream sorts the lines with their names in front.
    lines.sort_unstable();
    out.extend(lines);
    out
}
