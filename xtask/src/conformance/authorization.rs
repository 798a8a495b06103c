//! AuthorizationConfiguration: accepted or refused, and what it says. CEL and files are left out on our side.

use super::generate::Random;
use super::structured::{Ours, Suite, maybe, object, one};
use seawall_auth::authorization_config::load;
use seawall_model::{Object, Version};
use serde_json::Value;
use std::sync::Arc;

/// The files and what seawall makes of them.
pub(crate) const SUITE: Suite = Suite {
    mode: "authorization",
    make,
    strings: &[
        "authorizers",
        "type",
        "name",
        "webhook",
        "Webhook",
        "RBAC",
        "Node",
        "ABAC",
        "AlwaysAllow",
        "AlwaysDeny",
        "rbac",
        "node",
        "alwaysallow",
        "hook.example",
        "Hook",
        "timeout",
        "authorizedTTL",
        "unauthorizedTTL",
        "3s",
        "0s",
        "31s",
        "-1s",
        "30s",
        "5",
        "failurePolicy",
        "NoOpinion",
        "Deny",
        "Fail",
        "subjectAccessReviewVersion",
        "v1",
        "v1beta1",
        "v2",
        "matchConditionSubjectAccessReviewVersion",
        "connectionInfo",
        "KubeConfigFile",
        "InClusterConfig",
        "kubeConfigFile",
        "/etc/seawall/none",
        "relative",
        "matchConditions",
        "expression",
        " ",
        "request.user == 'a'",
        "request.",
        "cacheAuthorizedRequests",
        "apiserver.config.k8s.io/v1beta1",
        "apiserver.config.k8s.io/v1alpha1",
    ],
    lenient: false,
    ours,
};

const VERSIONS: &[&str] =
    &["apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1"];

fn make(random: &mut Random) -> Value {
    let sorts = ["Webhook", "Node", "RBAC", "Webhook", "ABAC", "AlwaysDeny", "AlwaysAllow"];
    let start = random.below(sorts.len());
    let authorizers = (0..=random.below(4)).map(|step| {
        let sort = sorts[(start + step) % sorts.len()];
        let name = if sort == "Webhook" { format!("hook{step}.example") } else { sort.to_lowercase() };
        let webhook = if sort == "Webhook" { webhook(random) } else { Value::Null };
        object(vec![("type", sort.into()), ("name", name.into()), ("webhook", webhook)])
    });
    let authorizers = authorizers.collect();
    object(vec![
        ("apiVersion", one(random, VERSIONS)),
        ("kind", "AuthorizationConfiguration".into()),
        ("authorizers", Value::Array(authorizers)),
    ])
}

fn webhook(random: &mut Random) -> Value {
    let conditions: Vec<Value> =
        ["request.user == 'a'", "has(request.resourceAttributes)", "!('x' in request.groups)"]
            .into_iter()
            .take(random.below(4))
            .map(|expression| object(vec![("expression", expression.into())]))
            .collect();
    // A missing file would leave the whole configuration open; most have none.
    let connection = if random.below(8) == 0 {
        object(vec![("type", "KubeConfigFile".into()), ("kubeConfigFile", "/etc/seawall/none".into())])
    } else {
        object(vec![("type", "InClusterConfig".into())])
    };
    object(vec![
        ("timeout", one(random, &["3s", "1.5s", "30s"])),
        ("authorizedTTL", {
            let ttl = one(random, &["1m", "0s", "0"]);
            maybe(random, 2, ttl)
        }),
        ("unauthorizedTTL", {
            let ttl = one(random, &["10s", "1h30m"]);
            maybe(random, 2, ttl)
        }),
        ("cacheAuthorizedRequests", maybe(random, 3, false.into())),
        ("cacheUnauthorizedRequests", maybe(random, 3, true.into())),
        ("subjectAccessReviewVersion", one(random, &["v1", "v1beta1"])),
        ("matchConditionSubjectAccessReviewVersion", "v1".into()),
        ("failurePolicy", one(random, &["NoOpinion", "Deny"])),
        ("connectionInfo", connection),
        ("matchConditions", if conditions.is_empty() { Value::Null } else { Value::Array(conditions) }),
    ])
}

fn ours(object: &Arc<Object>) -> Ours {
    let loaded = match load(object.at(), Version::NEWEST) {
        Ok(loaded) => loaded,
        Err(refusals) => return Ours::refused(&refusals),
    };
    let meaning = loaded.configuration.authorizers.iter().map(|authorizer| {
        let mut line = format!("{} {}", authorizer.sort.as_str(), authorizer.name);
        if let Some(webhook) = &authorizer.webhook {
            line += &format!(
                " {} {} {} {} {} {} {} {}",
                webhook.timeout.0,
                webhook.authorized_ttl.0,
                webhook.unauthorized_ttl.0,
                webhook.cache_authorized,
                webhook.cache_unauthorized,
                if webhook.failure_denies { "Deny" } else { "NoOpinion" },
                webhook.kubeconfig.unwrap_or(""),
                webhook.match_conditions.len()
            );
        }
        line
    });
    Ours::Accepted { meaning: meaning.collect(), open: !loaded.undecided.is_empty() }
}
