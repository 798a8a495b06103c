//! AuthenticationConfiguration: accepted or refused, and what it says. CEL is left out on our side.

use super::generate::Random;
use super::structured::{Ours, Suite, maybe, object, one, some};
use seawall_auth::authentication_config::{ClaimRule, Mapping, Options, load};
use seawall_model::{Object, Version};
use serde_json::Value;
use std::sync::Arc;

/// The files and what seawall makes of them.
pub(crate) const SUITE: Suite = Suite {
    mode: "authentication",
    make,
    strings: &[
        "jwt",
        "issuer",
        "url",
        "discoveryURL",
        "audiences",
        "audienceMatchPolicy",
        "claimMappings",
        "username",
        "groups",
        "uid",
        "extra",
        "claim",
        "prefix",
        "expression",
        "valueExpression",
        "key",
        "claimValidationRules",
        "requiredValue",
        "userValidationRules",
        "anonymous",
        "enabled",
        "conditions",
        "path",
        "MatchAny",
        "MatchAll",
        "http://issuer.example",
        "https://kubernetes.default.svc",
        "https://user@issuer.example",
        "https://issuer.example?a=b",
        "https://[::1",
        "https://issuer.example#f",
        "k8s.io/x",
        "example.org/a b",
        "Example.org/x",
        "a.k8s.io/x",
        "noslash",
        "claims.sub",
        "claims.",
        "cluster",
        "controlplane",
        "egressSelectorType",
        "certificateAuthority",
        "-----BEGIN CERTIFICATE-----",
        "apiserver.config.k8s.io/v1beta1",
        "apiserver.config.k8s.io/v1alpha1",
        "apiserver.config.k8s.io/v2",
        "https://a%zz",
        "https://a:b",
        "'system:' + claims.sub",
    ],
    lenient: false,
    ours,
};

const VERSIONS: &[&str] =
    &["apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1"];

fn make(random: &mut Random) -> Value {
    let issuers: Vec<Value> = (0..random.below(4)).map(|number| jwt(random, number)).collect();
    let enabled = random.below(2) == 0;
    let conditions = if enabled {
        maybe(
            random,
            2,
            Value::Array(vec![
                object(vec![("path", "/livez".into())]),
                object(vec![("path", "/readyz".into())]),
            ]),
        )
    } else {
        Value::Null
    };
    let anonymous = object(vec![("enabled", enabled.into()), ("conditions", conditions)]);
    object(vec![
        ("apiVersion", one(random, VERSIONS)),
        ("kind", "AuthenticationConfiguration".into()),
        ("jwt", Value::Array(issuers)),
        ("anonymous", maybe(random, 2, anonymous)),
    ])
}

fn jwt(random: &mut Random, number: usize) -> Value {
    let audiences = some(random, &["a", "b", "c"], 2);
    let several = audiences.as_array().is_some_and(|list| list.len() > 1);
    let discovery = Value::from(format!("https://discovery{number}.example/keys"));
    let issuer = object(vec![
        ("url", Value::from(format!("https://issuer{number}.example/{}", random.below(3)))),
        ("discoveryURL", maybe(random, 4, discovery)),
        ("audiences", audiences),
        ("audienceMatchPolicy", if several { "MatchAny".into() } else { Value::Null }),
        ("egressSelectorType", maybe(random, 6, "cluster".into())),
    ]);
    let claim_rule = if random.below(2) == 0 {
        object(vec![("claim", "hd".into()), ("requiredValue", "example.org".into())])
    } else {
        object(vec![
            ("expression", "claims.exp - claims.nbf <= 86400".into()),
            ("message", "too long".into()),
        ])
    };
    let user_rule = object(vec![("expression", "!user.username.startsWith('system:')".into())]);
    object(vec![
        ("issuer", issuer),
        ("claimValidationRules", maybe(random, 3, Value::Array(vec![claim_rule]))),
        ("claimMappings", mappings(random)),
        ("userValidationRules", maybe(random, 3, Value::Array(vec![user_rule]))),
    ])
}

fn mappings(random: &mut Random) -> Value {
    let mapping = |random: &mut Random, expression: &str| {
        if random.below(4) == 0 {
            object(vec![("expression", expression.into())])
        } else {
            object(vec![
                ("claim", one(random, &["sub", "email", "groups"])),
                ("prefix", one(random, &["", "-", "oidc:"])),
            ])
        }
    };
    let username = mapping(random, "'a:' + claims.sub");
    let groups = mapping(random, "claims.roles.split(',')");
    let uid = object(vec![("claim", "sub".into())]);
    let extra = object(vec![
        ("key", one(random, &["example.org/a", "b.example/c/d"])),
        ("valueExpression", "claims.sub".into()),
    ]);
    object(vec![
        ("username", username),
        ("groups", maybe(random, 2, groups)),
        ("uid", maybe(random, 3, uid)),
        ("extra", maybe(random, 4, Value::Array(vec![extra]))),
    ])
}

fn ours(object: &Arc<Object>) -> Ours {
    let options = Options {
        version: Version::NEWEST,
        anonymous_gate: None,
        service_account_issuers: &["https://kubernetes.default.svc"],
    };
    let loaded = match load(object.at(), &options) {
        Ok(loaded) => loaded,
        Err(refusals) => return Ours::refused(&refusals),
    };
    let mut meaning = Vec::new();
    if let Some(anonymous) = &loaded.configuration.anonymous {
        meaning.push(format!("anonymous {} {}", anonymous.enabled, anonymous.paths.join(" ")));
    }
    let mapping = |mapping| match mapping {
        Mapping::Nothing => "nothing".to_owned(),
        Mapping::Claim { claim, prefix } => format!("claim {prefix}|{claim}"),
        Mapping::Expression(expression) => format!("expression {expression}"),
    };
    for issuer in &loaded.configuration.issuers {
        let discovery = issuer.discovery_url.unwrap_or("");
        meaning.push(format!(
            "issuer {} discovery {discovery} audiences {}",
            issuer.url,
            issuer.audiences.join(" ")
        ));
        meaning.push(format!("username {}", mapping(issuer.username)));
        meaning.push(format!("groups {}", mapping(issuer.groups)));
        meaning.push(format!("uid {}", mapping(issuer.uid)));
        for rule in &issuer.claim_rules {
            meaning.push(match rule {
                ClaimRule::Equals { claim, value } => format!("rule {claim}={value} "),
                ClaimRule::Expression(expression) => format!("rule = {expression}"),
            });
        }
        meaning.extend(issuer.user_rules.iter().map(|rule| format!("user rule {rule}")));
        meaning.extend(issuer.extra.iter().map(|key| format!("extra {key}")));
    }
    Ours::Accepted { meaning, open: !loaded.undecided.is_empty() }
}
