//! The configuration of the PodSecurity plugin: levels for namespaces without labels, and who is exempt.

use super::load::{fits_strictly, kind};
use crate::pod_security::{Level, LevelVersion, Mode, PolicyVersion};
use seawall_model::At;
use seawall_model::decode::{Refusal, Shape, TYPE_META, dns1123_label, dns1123_subdomain, shown, text_of};
use std::collections::HashSet;

/// A configuration that the plugin accepts.
#[derive(Clone, Debug)]
pub struct PodSecurityConfiguration<'a> {
    /// Its place: an object of its own, or inside an AdmissionConfiguration.
    pub at: At<'a>,
    /// The level refused at, where a namespace names none.
    pub enforce: LevelVersion,
    /// The level noted in the audit log.
    pub audit: LevelVersion,
    /// The level warned at.
    pub warn: LevelVersion,
    /// Who and what is not checked at all.
    pub exemptions: Exemptions<'a>,
}

/// What the plugin lets through unseen, whatever labels say.
#[derive(Clone, Debug, Default)]
pub struct Exemptions<'a> {
    /// Users, by their full name. Pods that a controller creates for an exempt user are not exempt.
    pub usernames: Vec<At<'a>>,
    /// Namespaces.
    pub namespaces: Vec<At<'a>>,
    /// Runtime classes.
    pub runtime_classes: Vec<At<'a>>,
}

const STRINGS: Shape = Shape::List(&Shape::String);

const DEFAULTS: Shape = Shape::Struct(&[
    ("enforce", Shape::String),
    ("enforce-version", Shape::String),
    ("audit", Shape::String),
    ("audit-version", Shape::String),
    ("warn", Shape::String),
    ("warn-version", Shape::String),
]);

const SHAPE: Shape = Shape::Struct(&[
    TYPE_META[0],
    TYPE_META[1],
    ("defaults", DEFAULTS),
    (
        "exemptions",
        Shape::Struct(&[("usernames", STRINGS), ("namespaces", STRINGS), ("runtimeClasses", STRINGS)]),
    ),
]);

/// Reads the configuration at `at`.
///
/// # Errors
/// Everything the plugin refuses, each with its place.
pub fn pod_security(at: At<'_>) -> Result<PodSecurityConfiguration<'_>, Vec<Refusal<'_>>> {
    const VERSIONS: [&str; 3] = [
        "pod-security.admission.config.k8s.io/v1",
        "pod-security.admission.config.k8s.io/v1beta1",
        "pod-security.admission.config.k8s.io/v1alpha1",
    ];
    kind(at, &VERSIONS, "PodSecurityConfiguration")?;
    fits_strictly(at, &SHAPE)?;
    let mut refusals = Vec::new();
    let [enforce, audit, warn] = Mode::ALL.map(|mode| default(at.key("defaults"), mode, &mut refusals));
    let exemptions = at.key("exemptions");
    let mut names = |field: &'static str, problem: fn(&str) -> Option<&'static str>| {
        let mut seen = HashSet::new();
        for item in exemptions.key(field).items() {
            let name = text_of(item);
            if let Some(problem) = problem(name) {
                refusals.push(Refusal::new(item, problem));
            } else if !seen.insert(name) {
                refusals.push(Refusal::new(item, format!("`{}` is named twice", shown(name))));
            }
        }
        exemptions.key(field).items().collect()
    };
    let exemptions = Exemptions {
        namespaces: names("namespaces", |name| {
            (!dns1123_label(name)).then_some("is not a lower-case DNS label")
        }),
        runtime_classes: names("runtimeClasses", |name| {
            (!dns1123_subdomain(name)).then_some("is not a lower-case DNS subdomain")
        }),
        usernames: names("usernames", |name| name.is_empty().then_some("username must not be empty")),
    };
    if refusals.is_empty() {
        Ok(PodSecurityConfiguration { at, enforce, audit, warn, exemptions })
    } else {
        Err(refusals)
    }
}

/// The fields of a mode in `defaults`.
fn fields(mode: Mode) -> (&'static str, &'static str) {
    match mode {
        Mode::Enforce => ("enforce", "enforce-version"),
        Mode::Audit => ("audit", "audit-version"),
        Mode::Warn => ("warn", "warn-version"),
    }
}

/// The level of a mode: `privileged` at `latest` unless set (`SetDefaults_PodSecurityDefaults`).
fn default<'a>(defaults: At<'a>, mode: Mode, refusals: &mut Vec<Refusal<'a>>) -> LevelVersion {
    let (level_field, version_field) = fields(mode);
    let level = match text_of(defaults.key(level_field)) {
        "" => Some(Level::Privileged),
        text => Level::parse(text),
    };
    let version = match text_of(defaults.key(version_field)) {
        "" => Some(PolicyVersion::Latest),
        text => PolicyVersion::parse(text),
    };
    if level.is_none() {
        refusals
            .push(Refusal::new(defaults.key(level_field), "must be one of privileged, baseline, restricted"));
    }
    if version.is_none() {
        refusals.push(Refusal::new(defaults.key(version_field), "must be \"latest\" or \"v1.x\""));
    }
    LevelVersion {
        level: level.unwrap_or(Level::Restricted),
        version: version.unwrap_or(PolicyVersion::Latest),
    }
}

impl<'a> PodSecurityConfiguration<'a> {
    /// Where the level of a mode stands, or would stand.
    pub fn level_at(&self, mode: Mode) -> At<'a> {
        self.at.key("defaults").key(fields(mode).0)
    }
}
