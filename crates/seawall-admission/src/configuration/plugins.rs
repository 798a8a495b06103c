//! The configuration of the plugins EventRateLimit and ImagePolicyWebhook.

use super::load::kind;
use seawall_model::At;
use seawall_model::decode::{self, Refusal, Shape, TYPE_META, integer, shown, text_of};

/// The configuration of EventRateLimit.
#[derive(Clone, Debug)]
pub struct EventRateLimit<'a> {
    /// Its place.
    pub at: At<'a>,
    /// Every limit must allow an event.
    pub limits: Vec<Limit<'a>>,
}

/// One limit.
#[derive(Clone, Copy, Debug)]
pub struct Limit<'a> {
    /// Its place.
    pub at: At<'a>,
    /// What events are counted by: `Server`, `Namespace`, `User` or `SourceAndObject`.
    pub by: &'a str,
    /// Events per second.
    pub qps: i64,
    /// How many at once.
    pub burst: i64,
}

const LIMIT: Shape = Shape::Struct(&[
    ("type", Shape::String),
    ("qps", Shape::Int32),
    ("burst", Shape::Int32),
    ("cacheSize", Shape::Int32),
]);

/// Reads the configuration at `at`. The plugin decodes leniently: unknown fields are skipped.
///
/// # Errors
/// Everything the plugin refuses, each with its place.
pub fn event_rate_limit(at: At<'_>) -> Result<EventRateLimit<'_>, Vec<Refusal<'_>>> {
    const SHAPE: Shape = Shape::Struct(&[TYPE_META[0], TYPE_META[1], ("limits", Shape::List(&LIMIT))]);
    kind(at, &["eventratelimit.admission.k8s.io/v1alpha1"], "Configuration")?;
    let mut refusals = decode::fit(at, &SHAPE).types;
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let number = |at: At<'_>| at.node().and_then(integer).unwrap_or(0);
    let mut limits = Vec::new();
    for at in at.key("limits").items() {
        let by = text_of(at.key("type"));
        if !matches!(by, "Server" | "Namespace" | "User" | "SourceAndObject") {
            refusals.push(Refusal::new(at.key("type"), format!("unsupported value `{}`", shown(by))));
        }
        let (qps, burst) = (number(at.key("qps")), number(at.key("burst")));
        for (field, value) in [("burst", burst), ("qps", qps)] {
            if value <= 0 {
                refusals.push(Refusal::new(at.key(field), "must be positive"));
            }
        }
        if by != "Server" && number(at.key("cacheSize")) < 0 {
            refusals.push(Refusal::new(at.key("cacheSize"), "must not be negative"));
        }
        limits.push(Limit { at, by, qps, burst });
    }
    if limits.is_empty() {
        refusals.push(Refusal::new(at.key("limits"), "must not be empty"));
    }
    if refusals.is_empty() { Ok(EventRateLimit { at, limits }) } else { Err(refusals) }
}

/// The configuration of ImagePolicyWebhook.
#[derive(Clone, Copy, Debug)]
pub struct ImagePolicy<'a> {
    /// Its place: the mapping below `imagePolicy`.
    pub at: At<'a>,
    /// Whether pods are let in while the webhook does not answer.
    pub default_allow: bool,
}

/// Reads `imagePolicy` of the configuration at `at`; nothing when it is not there. The API server reads the field
/// names without regard to case, as this plugin decodes with plain `encoding/json`.
pub fn image_policy(at: At<'_>) -> Option<ImagePolicy<'_>> {
    let policy = any_case(at, "imagePolicy")?;
    let default_allow = any_case(policy, "defaultAllow").is_some_and(At::is_true);
    Some(ImagePolicy { at: policy, default_allow })
}

fn any_case<'a>(at: At<'a>, wanted: &str) -> Option<At<'a>> {
    at.entries().find(|(key, _)| key.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
}
