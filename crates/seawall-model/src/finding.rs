//! What was found: the verdict types that every engine and face share.

use crate::{Change, FieldRef};
use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// How bad a finding is. Critical: takes over a node or the cluster, or exposes secrets, as it stands.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Hygiene.
    Low,
    /// Weakens a defence.
    Medium,
    /// A serious hole that needs one more step.
    High,
    /// Takes over a node or the cluster, or exposes secrets, as it stands.
    Critical,
}

impl Severity {
    /// All severities, worst first.
    pub const ALL: [Severity; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The word used everywhere: `critical`, `high`, `medium`, `low`, `info`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The verdict of a control that did not pass.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Outcome {
    /// It is wrong.
    Fail,
    /// It cannot be decided from this input; the evidence says what would decide it.
    Unknown,
}

/// The verdict of a decision engine. Each carries its proof as text; engines add typed proofs of their own.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Decision {
    /// Allowed, and by what.
    Allow(String),
    /// Denied, and by what.
    Deny(String),
    /// This engine has nothing to say.
    NoOpinion,
    /// Cannot be decided; says what would decide it.
    Unknown(String),
}

/// Whether a fix can change what a working application does.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Safety {
    /// A working application keeps working.
    Safe,
    /// It may stop working: somebody must know.
    Unsafe,
}

/// A change that makes the finding go away.
#[derive(Clone, Debug)]
pub struct Fix {
    /// May it break something?
    pub safety: Safety,
    /// What it does, as an imperative phrase.
    pub description: Cow<'static, str>,
    /// The changes, all in the finding's document.
    pub changes: Vec<Change>,
    /// The edited input was analysed again: the finding was gone and no new one had appeared.
    pub verified: bool,
}

/// Another place that belongs to the finding.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub at: FieldRef,
    /// What it has to do with it.
    pub message: String,
}

/// Why a finding is not counted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Suppression {
    /// A comment or annotation in the input, with its reason.
    InSource(String),
    /// It is in the baseline file.
    Baseline,
}

/// Something wrong, or something that cannot be decided. A handle of one word: lists of tens of thousands are nothing
/// unusual, and they grow, are merged and are sorted.
#[derive(Clone, Debug)]
pub struct Finding(Box<FindingBody>);

impl Deref for Finding {
    type Target = FindingBody;

    fn deref(&self) -> &FindingBody {
        &self.0
    }
}

impl DerefMut for Finding {
    fn deref_mut(&mut self) -> &mut FindingBody {
        &mut self.0
    }
}

impl From<FindingBody> for Finding {
    fn from(body: FindingBody) -> Self {
        Self(Box::new(body))
    }
}

/// What a [`Finding`] says.
#[derive(Clone, Debug)]
pub struct FindingBody {
    /// The control's id.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Fail or unknown.
    pub outcome: Outcome,
    /// One sentence about this very case, without secret values. Shared by findings in a row that say the same.
    pub message: Arc<str>,
    /// Where.
    pub at: FieldRef,
    /// The container it is about.
    pub container: Option<Arc<str>>,
    /// Other places and facts; most findings have none.
    pub(crate) details: Option<Box<Details>>,
    /// How to mend it.
    pub fix: Option<Box<Fix>>,
    /// Findings with the same group are mended by one edit and shown once. The engine adds object and container.
    pub group: Option<&'static str>,
    /// Set when it is suppressed.
    pub suppressed: Option<Box<Suppression>>,
}

/// What few findings have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    pub(crate) related: Vec<Related>,
    pub(crate) evidence: Vec<String>,
}

impl FindingBody {
    /// Other places: the binding of a role, the namespace of a pod.
    pub fn related(&self) -> &[Related] {
        self.details.as_ref().map_or(&[], |details| &details.related)
    }

    /// Facts that led to the verdict; for unknown: what would decide it.
    pub fn evidence(&self) -> &[String] {
        self.details.as_ref().map_or(&[], |details| &details.evidence)
    }
}
