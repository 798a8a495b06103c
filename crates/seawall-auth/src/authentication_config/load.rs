//! From tree to configuration, or to what the API server would refuse.

use super::{Anonymous, AuthenticationConfiguration, ClaimRule, Issuer, Loaded, Mapping, validate};
use seawall_model::decode::{self, Refusal, Shape, TYPE_META, shown, text_of, texts_of};
use seawall_model::{At, Version};

/// What the answer depends on beside the file.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// The version of the API server.
    pub version: Version,
    /// The feature gate `AnonymousAuthConfigurableEndpoints`, which 1.31 has off by default; `None` when the flags
    /// are not known.
    pub anonymous_gate: Option<bool>,
    /// The issuers of service account tokens (`--service-account-issuer`), which no `jwt` entry may repeat.
    pub service_account_issuers: &'o [&'o str],
}

const MAPPING: Shape =
    Shape::Struct(&[("claim", Shape::String), ("prefix", Shape::String), ("expression", Shape::String)]);

const ISSUER: Shape = Shape::Struct(&[
    ("url", Shape::String),
    ("discoveryURL", Shape::String),
    ("certificateAuthority", Shape::String),
    ("audiences", Shape::List(&Shape::String)),
    ("audienceMatchPolicy", Shape::String),
    ("egressSelectorType", Shape::String),
]);

const CLAIM_RULE: Shape = Shape::Struct(&[
    ("claim", Shape::String),
    ("requiredValue", Shape::String),
    ("expression", Shape::String),
    ("message", Shape::String),
]);

const MAPPINGS: Shape = Shape::Struct(&[
    ("username", MAPPING),
    ("groups", MAPPING),
    ("uid", Shape::Struct(&[("claim", Shape::String), ("expression", Shape::String)])),
    ("extra", Shape::List(&Shape::Struct(&[("key", Shape::String), ("valueExpression", Shape::String)]))),
]);

const JWT: Shape = Shape::Struct(&[
    ("issuer", ISSUER),
    ("claimValidationRules", Shape::List(&CLAIM_RULE)),
    ("claimMappings", MAPPINGS),
    (
        "userValidationRules",
        Shape::List(&Shape::Struct(&[("expression", Shape::String), ("message", Shape::String)])),
    ),
]);

const ANONYMOUS: Shape = Shape::Struct(&[
    ("enabled", Shape::Bool),
    ("conditions", Shape::List(&Shape::Struct(&[("path", Shape::String)]))),
]);

const SHAPE: Shape =
    Shape::Struct(&[TYPE_META[0], TYPE_META[1], ("jwt", Shape::List(&JWT)), ("anonymous", ANONYMOUS)]);

/// Reads the object at `at` as the API server does at its start.
///
/// # Errors
/// Everything the API server refuses, each with its place.
pub fn load<'a>(at: At<'a>, options: &Options<'_>) -> Result<Loaded<'a>, Vec<Refusal<'a>>> {
    let (api_version, kind) = (text_of(at.key("apiVersion")), text_of(at.key("kind")));
    let served = match api_version {
        "apiserver.config.k8s.io/v1alpha1" | "apiserver.config.k8s.io/v1beta1" => true,
        "apiserver.config.k8s.io/v1" => options.version.at_least(34),
        _ => false,
    };
    if !served || kind != "AuthenticationConfiguration" {
        let message = format!("no kind `{}` is registered for version `{}`", shown(kind), shown(api_version));
        return Err(vec![Refusal::new(at.key("apiVersion"), message)]);
    }
    let misfit = decode::fit(at, &SHAPE);
    let mut refusals = misfit.types;
    refusals.extend(misfit.strict);
    refusals.extend(too_new(at, options.version));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let configuration = AuthenticationConfiguration {
        at,
        issuers: at.key("jwt").items().map(issuer).collect(),
        anonymous: Some(at.key("anonymous")).filter(|at| at.exists()).map(anonymous),
    };
    let mut check = validate::Check::new(options.version);
    check.configuration(&configuration, options);
    if check.refusals.is_empty() {
        Ok(Loaded { configuration, undecided: check.undecided })
    } else {
        Err(check.refusals)
    }
}

/// Fields that this version does not have yet. Decoding is strict, so they are refused, even when null.
fn too_new(at: At<'_>, version: Version) -> Vec<Refusal<'_>> {
    let mut out = Vec::new();
    let mut unknown = |parent: At<'_>, at, name| {
        if parent.node().is_some_and(|node| node.get(name).is_some()) {
            out.push(Refusal::new(at, format!("unknown field `{name}`")));
        }
    };
    if !version.at_least(31) {
        unknown(at, at.key("anonymous"), "anonymous");
    }
    if !version.at_least(34) {
        for jwt in at.key("jwt").items() {
            let issuer = jwt.key("issuer");
            unknown(issuer, issuer.key("egressSelectorType"), "egressSelectorType");
        }
    }
    out
}

fn anonymous(at: At<'_>) -> Anonymous<'_> {
    let paths = at.key("conditions").items().map(|condition| text_of(condition.key("path")));
    Anonymous { at, enabled: at.key("enabled").is_true(), paths: paths.collect() }
}

fn issuer(at: At<'_>) -> Issuer<'_> {
    let (issuer, mappings) = (at.key("issuer"), at.key("claimMappings"));
    let claim_rules =
        at.key("claimValidationRules").items().map(|rule| match text_of(rule.key("expression")) {
            "" => ClaimRule::Equals {
                claim: text_of(rule.key("claim")),
                value: text_of(rule.key("requiredValue")),
            },
            expression => ClaimRule::Expression(expression),
        });
    Issuer {
        at,
        url: text_of(issuer.key("url")),
        discovery_url: issuer.key("discoveryURL").str().filter(|url| !url.is_empty()),
        audiences: texts_of(issuer.key("audiences")),
        claim_rules: claim_rules.collect(),
        user_rules: at
            .key("userValidationRules")
            .items()
            .map(|rule| text_of(rule.key("expression")))
            .collect(),
        username: mapping(mappings.key("username")),
        groups: mapping(mappings.key("groups")),
        uid: mapping(mappings.key("uid")),
        extra: mappings.key("extra").items().map(|extra| text_of(extra.key("key"))).collect(),
    }
}

fn mapping(at: At<'_>) -> Mapping<'_> {
    match (text_of(at.key("claim")), text_of(at.key("expression"))) {
        ("", "") => Mapping::Nothing,
        (claim, "") => Mapping::Claim { claim, prefix: text_of(at.key("prefix")) },
        (_, expression) => Mapping::Expression(expression),
    }
}
