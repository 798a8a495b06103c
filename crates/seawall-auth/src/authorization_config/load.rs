//! From tree to configuration, or to what the API server would refuse.

use super::{AuthorizationConfiguration, Authorizer, Loaded, Sort, Webhook};
use seawall_model::decode::{self, GoDuration, Refusal, Shape, TYPE_META, dns1123_subdomain, shown, text_of};
use seawall_model::{At, Version};
use std::collections::HashSet;

const WEBHOOK: Shape = Shape::Struct(&[
    ("authorizedTTL", Shape::Duration),
    ("cacheAuthorizedRequests", Shape::Bool),
    ("unauthorizedTTL", Shape::Duration),
    ("cacheUnauthorizedRequests", Shape::Bool),
    ("timeout", Shape::Duration),
    ("subjectAccessReviewVersion", Shape::String),
    ("matchConditionSubjectAccessReviewVersion", Shape::String),
    ("failurePolicy", Shape::String),
    ("connectionInfo", Shape::Struct(&[("type", Shape::String), ("kubeConfigFile", Shape::String)])),
    ("matchConditions", Shape::List(&Shape::Struct(&[("expression", Shape::String)]))),
]);

const AUTHORIZER: Shape =
    Shape::Struct(&[("type", Shape::String), ("name", Shape::String), ("webhook", WEBHOOK)]);

const SHAPE: Shape = Shape::Struct(&[TYPE_META[0], TYPE_META[1], ("authorizers", Shape::List(&AUTHORIZER))]);

/// Reads the object at `at` as the API server of this version does at its start.
///
/// # Errors
/// Everything the API server refuses, each with its place, whatever its CEL expressions are.
pub fn load(at: At<'_>, version: Version) -> Result<Loaded<'_>, Vec<Refusal<'_>>> {
    let (api_version, kind) = (text_of(at.key("apiVersion")), text_of(at.key("kind")));
    let served = match api_version {
        "apiserver.config.k8s.io/v1alpha1" | "apiserver.config.k8s.io/v1beta1" => true,
        "apiserver.config.k8s.io/v1" => version.at_least(32),
        _ => false,
    };
    if !served || kind != "AuthorizationConfiguration" {
        let message = format!("no kind `{}` is registered for version `{}`", shown(kind), shown(api_version));
        return Err(vec![Refusal::new(at.key("apiVersion"), message)]);
    }
    let misfit = decode::fit(at, &SHAPE);
    let mut refusals = misfit.types;
    refusals.extend(misfit.strict);
    if !version.at_least(34) {
        refusals.extend(too_new(at));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let mut check = Check::default();
    check.configuration(at);
    if !check.refusals.is_empty() {
        return Err(check.refusals);
    }
    let authorizers = at.key("authorizers").items().filter_map(authorizer).collect();
    Ok(Loaded { configuration: AuthorizationConfiguration { at, authorizers }, undecided: check.undecided })
}

/// Fields of 1.34 in an older server. Decoding is strict.
fn too_new(at: At<'_>) -> Vec<Refusal<'_>> {
    let mut out = Vec::new();
    for authorizer in at.key("authorizers").items() {
        let webhook = authorizer.key("webhook");
        for name in ["cacheAuthorizedRequests", "cacheUnauthorizedRequests"] {
            if webhook.node().is_some_and(|node| node.get(name).is_some()) {
                out.push(Refusal::new(webhook.key(name), format!("unknown field `{name}`")));
            }
        }
    }
    out
}

#[derive(Default)]
struct Check<'a> {
    refusals: Vec<Refusal<'a>>,
    undecided: Vec<Refusal<'a>>,
}

impl<'a> Check<'a> {
    fn refuse(&mut self, at: At<'a>, message: impl Into<String>) {
        self.refusals.push(Refusal::new(at, message));
    }

    /// `ValidateAuthorizationConfiguration`, then the check of names in `LoadAndValidateData`.
    fn configuration(&mut self, at: At<'a>) {
        let list = at.key("authorizers");
        if list.items().next().is_none() {
            self.refuse(list, "at least one authorization mode must be defined");
        }
        let (mut sorts, mut names) = (HashSet::new(), HashSet::new());
        for item in list.items() {
            let (sort, name) = (text_of(item.key("type")), text_of(item.key("name")));
            let Some(known) = Sort::parse(sort) else {
                let message = if sort.is_empty() {
                    "is required".into()
                } else {
                    format!("unsupported value `{}`", shown(sort))
                };
                self.refuse(item.key("type"), message);
                continue;
            };
            if !sorts.insert(known) && known != Sort::Webhook {
                self.refuse(item.key("type"), format!("`{sort}` is used twice"));
                continue;
            }
            if name.is_empty() {
                self.refuse(item.key("name"), "is required");
            } else if names.contains(name) {
                self.refuse(item.key("name"), format!("`{}` is used twice", shown(name)));
            } else if !dns1123_subdomain(name) {
                self.refuse(
                    item.key("name"),
                    "authorizer name is invalid: it must be a lower-case DNS subdomain",
                );
            }
            names.insert(name);
            let webhook = item.key("webhook");
            match (known, webhook.exists()) {
                (Sort::Webhook, true) => self.webhook(webhook),
                (Sort::Webhook, false) => self.refuse(webhook, "required when type=Webhook"),
                (_, true) => self.refuse(webhook, "may only be specified when type=Webhook"),
                (_, false) => {}
            }
            let expected = sort.to_ascii_lowercase();
            if known != Sort::Webhook && name != expected {
                self.refuse(item.key("name"), format!("expected name {expected} for authorizer {sort}"));
            }
        }
    }

    fn webhook(&mut self, at: At<'a>) {
        let timeout = duration(at.key("timeout"));
        if timeout == GoDuration(0) {
            self.refuse(at.key("timeout"), "is required");
        } else if timeout > GoDuration::seconds(30) || timeout < GoDuration(0) {
            self.refuse(at.key("timeout"), "must be > 0s and <= 30s");
        }
        for field in ["authorizedTTL", "unauthorizedTTL"] {
            if duration(at.key(field)) < GoDuration(0) {
                self.refuse(at.key(field), "must be > 0s");
            }
        }
        self.one_of(at.key("subjectAccessReviewVersion"), &["v1", "v1beta1"]);
        let conditions: Vec<At<'a>> = at.key("matchConditions").items().collect();
        let version = at.key("matchConditionSubjectAccessReviewVersion");
        if !text_of(version).is_empty() {
            self.one_of(version, &["v1"]);
        } else if !conditions.is_empty() {
            self.refuse(version, "required if match conditions are specified");
        }
        self.one_of(at.key("failurePolicy"), &["NoOpinion", "Deny"]);
        self.connection(at.key("connectionInfo"));
        if conditions.len() > 64 {
            return self.refuse(at.key("matchConditions"), "must have at most 64 items");
        }
        let mut seen = HashSet::new();
        for condition in conditions {
            let (place, expression) = (condition.key("expression"), text_of(condition.key("expression")));
            if expression.trim().is_empty() {
                self.refuse(place, "is required");
            } else if !seen.insert(expression) {
                self.refuse(place, "the same expression is used twice");
            } else {
                self.undecided.push(Refusal::new(place, "the CEL expression is not compiled here"));
            }
        }
    }

    fn one_of(&mut self, at: At<'a>, allowed: &[&str]) {
        match text_of(at) {
            "" => self.refuse(at, "is required"),
            text if allowed.contains(&text) => {}
            text => {
                self.refuse(at, format!("unsupported value `{}`: one of {}", shown(text), allowed.join(", ")))
            }
        }
    }

    fn connection(&mut self, at: At<'a>) {
        let file = at.key("kubeConfigFile");
        match text_of(at.key("type")) {
            "InClusterConfig" if file.exists() => {
                self.refuse(file, "can only be set when type=KubeConfigFile")
            }
            "InClusterConfig" => {}
            "KubeConfigFile" => match text_of(file) {
                "" => self.refuse(file, "is required"),
                path if !path.starts_with('/') => self.refuse(file, "must be an absolute path"),
                _ => self.undecided.push(Refusal::new(file, "the file is not looked for here")),
            },
            _ => self.one_of(at.key("type"), &["InClusterConfig", "KubeConfigFile"]),
        }
    }
}

fn duration(at: At<'_>) -> GoDuration {
    at.str().and_then(GoDuration::parse).unwrap_or_default()
}

/// The duration, or the default that upstream puts for zero (`SetDefaults_WebhookConfiguration`).
fn duration_or(at: At<'_>, seconds: i64) -> GoDuration {
    Some(duration(at)).filter(|found| *found != GoDuration(0)).unwrap_or(GoDuration::seconds(seconds))
}

fn authorizer(at: At<'_>) -> Option<Authorizer<'_>> {
    let webhook = at.key("webhook");
    Some(Authorizer {
        at,
        sort: Sort::parse(text_of(at.key("type")))?,
        name: text_of(at.key("name")),
        webhook: webhook.exists().then(|| Webhook {
            at: webhook,
            timeout: duration(webhook.key("timeout")),
            authorized_ttl: duration_or(webhook.key("authorizedTTL"), 300),
            unauthorized_ttl: duration_or(webhook.key("unauthorizedTTL"), 30),
            cache_authorized: !webhook.key("cacheAuthorizedRequests").is_false(),
            cache_unauthorized: !webhook.key("cacheUnauthorizedRequests").is_false(),
            failure_denies: text_of(webhook.key("failurePolicy")) == "Deny",
            kubeconfig: webhook.get("connectionInfo.kubeConfigFile").str(),
            match_conditions: webhook.key("matchConditions").items().collect(),
        }),
    })
}
