//! From tree to policy, or to what the API server would refuse.

use super::{GroupResources, Level, Policy, Rule, STAGES, Stages};
use seawall_model::decode::{self, Refusal, Shape, TYPE_META, dns1123_subdomain, shown, text_of, texts_of};
use seawall_model::{At, Version};

const STRINGS: Shape = Shape::List(&Shape::String);

const RULE: Shape = Shape::Struct(&[
    ("level", Shape::String),
    ("users", STRINGS),
    ("userGroups", STRINGS),
    ("verbs", STRINGS),
    (
        "resources",
        Shape::List(&Shape::Struct(&[
            ("group", Shape::String),
            ("resources", STRINGS),
            ("resourceNames", STRINGS),
        ])),
    ),
    ("namespaces", STRINGS),
    ("nonResourceURLs", STRINGS),
    ("omitStages", STRINGS),
    ("omitManagedFields", Shape::Bool),
]);

const OWNER: Shape = Shape::Struct(&[
    ("apiVersion", Shape::String),
    ("kind", Shape::String),
    ("name", Shape::String),
    ("uid", Shape::String),
    ("controller", Shape::Bool),
    ("blockOwnerDeletion", Shape::Bool),
]);

const MANAGED: Shape = Shape::Struct(&[
    ("manager", Shape::String),
    ("operation", Shape::String),
    ("apiVersion", Shape::String),
    ("time", Shape::Time),
    ("fieldsType", Shape::String),
    ("fieldsV1", Shape::Any),
    ("subresource", Shape::String),
]);

const METADATA: Shape = Shape::Struct(&[
    ("name", Shape::String),
    ("generateName", Shape::String),
    ("namespace", Shape::String),
    ("selfLink", Shape::String),
    ("uid", Shape::String),
    ("resourceVersion", Shape::String),
    ("generation", Shape::Int64),
    ("creationTimestamp", Shape::Time),
    ("deletionTimestamp", Shape::Time),
    ("deletionGracePeriodSeconds", Shape::Int64),
    ("labels", Shape::Map(&Shape::String)),
    ("annotations", Shape::Map(&Shape::String)),
    ("ownerReferences", Shape::List(&OWNER)),
    ("finalizers", STRINGS),
    ("managedFields", Shape::List(&MANAGED)),
]);

const SHAPE: Shape = Shape::Struct(&[
    TYPE_META[0],
    TYPE_META[1],
    ("metadata", METADATA),
    ("rules", Shape::List(&RULE)),
    ("omitStages", STRINGS),
    ("omitManagedFields", Shape::Bool),
]);

/// A policy, and what the API server skips in it with no more than a warning in its log.
#[derive(Clone, Debug)]
pub struct Loaded<'a> {
    /// The policy.
    pub policy: Policy<'a>,
    /// Unknown and repeated fields. A misspelt field widens the rule it stands in.
    pub ignored: Vec<Refusal<'a>>,
}

/// Reads the object at `at` as the API server of this version does at its start. Only `audit.k8s.io/v1` is served
/// since 1.24.
///
/// # Errors
/// Everything the API server refuses, each with its place.
pub fn load<'a>(at: At<'a>, version: Version) -> Result<Loaded<'a>, Vec<Refusal<'a>>> {
    let (api_version, kind) = (text_of(at.key("apiVersion")), text_of(at.key("kind")));
    // The decoder is given a Policy to fill: it is the kind of a file that names none, and the internal version that of
    // a file without `apiVersion`, which is refused afterwards (reader.go).
    let kind = if kind.is_empty() { "Policy" } else { kind };
    if (api_version, kind) == ("", "Policy") {
        let message = "unknown group version field audit.k8s.io/__internal, Kind=Policy in policy";
        return Err(vec![Refusal::new(at.key("apiVersion"), message)]);
    }
    if (api_version, kind) != ("audit.k8s.io/v1", "Policy") {
        let message = format!("no kind `{}` is registered for version `{}`", shown(kind), shown(api_version));
        return Err(vec![Refusal::new(at.key("apiVersion"), message)]);
    }
    let misfit = decode::fit(at, &SHAPE);
    if !misfit.types.is_empty() {
        return Err(misfit.types);
    }
    let refusals = validate(at, version);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let policy = Policy {
        at,
        rules: at.key("rules").items().map(rule).collect(),
        omit_stages: stages(at.key("omitStages")),
        omit_managed_fields: at.key("omitManagedFields").is_true(),
    };
    Ok(Loaded { policy, ignored: misfit.strict })
}

fn rule(at: At<'_>) -> Rule<'_> {
    let resources = at.key("resources").items().map(|at| GroupResources {
        at,
        group: text_of(at.key("group")),
        resources: texts_of(at.key("resources")),
        resource_names: texts_of(at.key("resourceNames")),
    });
    Rule {
        at,
        level: Level::parse(text_of(at.key("level"))).unwrap_or(Level::None),
        users: texts_of(at.key("users")),
        user_groups: texts_of(at.key("userGroups")),
        verbs: texts_of(at.key("verbs")),
        resources: resources.collect(),
        namespaces: texts_of(at.key("namespaces")),
        non_resource_urls: texts_of(at.key("nonResourceURLs")),
        omit_stages: stages(at.key("omitStages")),
        omit_managed_fields: at.key("omitManagedFields").bool(),
    }
}

fn stages(at: At<'_>) -> Stages {
    at.items().fold(Stages::default(), |stages, item| stages.with(text_of(item)))
}

/// `ValidatePolicy`, and the reader's refusal of a policy without rules.
fn validate(at: At<'_>, version: Version) -> Vec<Refusal<'_>> {
    let mut out = Vec::new();
    validate_stages(at.key("omitStages"), &mut out);
    for rule in at.key("rules").items() {
        validate_rule(rule, version, &mut out);
    }
    if out.is_empty() && at.key("rules").items().next().is_none() {
        out.push(Refusal::new(at.key("rules"), "loaded illegal policy with 0 rules"));
    }
    out
}

fn validate_rule<'a>(rule: At<'a>, version: Version, out: &mut Vec<Refusal<'a>>) {
    let level = rule.key("level");
    match text_of(level) {
        "" => out.push(Refusal::new(level, "level is required")),
        text if Level::parse(text).is_none() => {
            let message =
                format!("level `{}` is none of None, Metadata, Request, RequestResponse", shown(text));
            out.push(Refusal::new(level, message));
        }
        _ => {}
    }
    let urls = rule.key("nonResourceURLs");
    for at in urls.items() {
        let url = text_of(at);
        if url != "*" && !url.starts_with('/') {
            out.push(Refusal::new(at, "non-resource URL rules must begin with a '/' character"));
        }
        let last = url.char_indices().next_back().map_or(0, |(at, _)| at);
        if url != "*" && url.get(..last).is_some_and(|before| before.contains('*')) {
            out.push(Refusal::new(
                at,
                "non-resource URL wildcards '*' must be the final character of the rule",
            ));
        }
    }
    for at in rule.key("resources").items() {
        let group = text_of(at.key("group"));
        // `*` for all groups came with 1.36.
        let any = group == "*" && version.at_least(36);
        if !group.is_empty() && !any && !dns1123_subdomain(group) {
            let message = format!("group `{}` is not a lower-case DNS subdomain", shown(group));
            out.push(Refusal::new(at.key("group"), message));
        }
        let has = |field| at.key(field).items().next().is_some();
        if has("resourceNames") && !has("resources") {
            out.push(Refusal::new(
                at.key("resourceNames"),
                "using resourceNames requires at least one resource",
            ));
        }
    }
    validate_stages(rule.key("omitStages"), out);
    let has = |field| rule.key(field).items().next().is_some();
    if has("nonResourceURLs") && (has("resources") || has("namespaces")) {
        out.push(Refusal::new(urls, "rules cannot apply to both regular resources and non-resource URLs"));
    }
}

fn validate_stages<'a>(list: At<'a>, out: &mut Vec<Refusal<'a>>) {
    for at in list.items() {
        if !STAGES.contains(&text_of(at)) {
            out.push(Refusal::new(at, format!("allowed stages are {}", STAGES.join(","))));
        }
    }
}
