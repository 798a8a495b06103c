//! The labels by which a namespace chooses its levels (`api/helpers.go` `PolicyToEvaluate`).

use super::{Level, PolicyVersion};
use std::fmt;

/// What the six labels start with.
pub const LABEL_PREFIX: &str = "pod-security.kubernetes.io/";

/// What happens to a pod that breaks the policy.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Mode {
    /// It is refused.
    Enforce,
    /// It is noted in the audit log.
    Audit,
    /// The client is warned.
    Warn,
}

impl Mode {
    /// All modes in upstream's order.
    pub const ALL: [Self; 3] = [Self::Enforce, Self::Audit, Self::Warn];

    /// The label that sets its level.
    pub fn level_label(self) -> &'static str {
        match self {
            Self::Enforce => "pod-security.kubernetes.io/enforce",
            Self::Audit => "pod-security.kubernetes.io/audit",
            Self::Warn => "pod-security.kubernetes.io/warn",
        }
    }

    /// The label that sets its version.
    pub fn version_label(self) -> &'static str {
        match self {
            Self::Enforce => "pod-security.kubernetes.io/enforce-version",
            Self::Audit => "pod-security.kubernetes.io/audit-version",
            Self::Warn => "pod-security.kubernetes.io/warn-version",
        }
    }
}

/// A level at a version, written `restricted:v1.29`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LevelVersion {
    /// The level.
    pub level: Level,
    /// The version of its text.
    pub version: PolicyVersion,
}

impl fmt::Display for LevelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.level, self.version)
    }
}

/// What applies to the pods of a namespace.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct NamespacePolicy {
    /// What is refused.
    pub enforce: LevelVersion,
    /// What is noted in the audit log.
    pub audit: LevelVersion,
    /// What the client is warned of.
    pub warn: LevelVersion,
}

/// A label whose value is not understood. Creating the namespace is refused with this; a namespace that has it
/// already gets the fallback described at [`NamespacePolicy::of_labels`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LabelError {
    /// The label's key.
    pub label: &'static str,
    /// The value as written.
    pub value: String,
    /// Upstream's words: what the value must be.
    pub message: &'static str,
}

impl fmt::Display for LabelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = super::text::go_quoted(&self.value);
        write!(f, "metadata.labels[{}]: Invalid value: {value}: {}", self.label, self.message)
    }
}

impl Default for NamespacePolicy {
    /// What the admission plugin assumes when its own configuration says nothing: privileged at `latest`.
    fn default() -> Self {
        let privileged = LevelVersion { level: Level::Privileged, version: PolicyVersion::Latest };
        Self { enforce: privileged, audit: privileged, warn: privileged }
    }
}

impl NamespacePolicy {
    /// The policy that `label` (the value of a key, if it is set) asks for, over the plugin's `defaults`, and the
    /// labels that are wrong. A wrong enforce level counts as restricted, a wrong audit or warn level as
    /// privileged, a wrong version as `latest`. Warn is raised to a valid, stricter enforce level when it has no
    /// label of its own.
    pub fn of_labels<'l>(
        label: impl Fn(&str) -> Option<&'l str>,
        defaults: NamespacePolicy,
    ) -> (Self, Vec<LabelError>) {
        let mut policy = defaults;
        let mut errors = Vec::new();
        for mode in Mode::ALL {
            let choice = policy.choice_mut(mode);
            if let Some(value) = label(mode.level_label()) {
                let fallback = if mode == Mode::Enforce { Level::Restricted } else { Level::Privileged };
                choice.level = Level::parse(value).unwrap_or_else(|| {
                    let message = "must be one of privileged, baseline, restricted";
                    errors.push(LabelError { label: mode.level_label(), value: value.to_owned(), message });
                    fallback
                });
            }
            if let Some(value) = label(mode.version_label()) {
                choice.version = PolicyVersion::parse(value).unwrap_or_else(|| {
                    let message = "must be \"latest\" or \"v1.x\"";
                    errors.push(LabelError { label: mode.version_label(), value: value.to_owned(), message });
                    PolicyVersion::Latest
                });
            }
        }
        let enforces = label(Mode::Enforce.level_label()).is_some_and(|value| Level::parse(value).is_some());
        let warns = label(Mode::Warn.level_label()).is_some();
        if enforces && !warns && policy.enforce.level > policy.warn.level {
            policy.warn.level = policy.enforce.level;
            if label(Mode::Warn.version_label()).is_none() {
                policy.warn.version = policy.enforce.version;
            }
        }
        (policy, errors)
    }

    /// What applies in one mode.
    pub fn choice(&self, mode: Mode) -> LevelVersion {
        match mode {
            Mode::Enforce => self.enforce,
            Mode::Audit => self.audit,
            Mode::Warn => self.warn,
        }
    }

    fn choice_mut(&mut self, mode: Mode) -> &mut LevelVersion {
        match mode {
            Mode::Enforce => &mut self.enforce,
            Mode::Audit => &mut self.audit,
            Mode::Warn => &mut self.warn,
        }
    }
}
