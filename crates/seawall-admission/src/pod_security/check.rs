//! What a check is, and what it answers.

use super::{Level, PolicyVersion};
use seawall_model::{At, ContainerAt, PodAt};
use std::fmt;

/// A check of the Pod Security Standards with all its revisions.
#[derive(Debug)]
pub struct Check {
    /// Upstream's id, such as `hostPorts`.
    pub id: &'static str,
    /// The level it belongs to; stricter levels run it too unless one of their checks replaces it.
    pub level: Level,
    /// Oldest first.
    pub(crate) revisions: &'static [Revision],
}

/// The form a check has from one policy version on.
#[derive(Debug)]
pub(crate) struct Revision {
    /// The first minor version.
    pub(crate) since: u64,
    /// Ids of baseline checks that this one replaces.
    pub(crate) overrides: &'static [&'static str],
    /// `None`: allowed.
    pub(crate) run: fn(PodAt<'_>) -> Option<Forbidden<'_>>,
}

/// Why a revision forbids a pod.
#[derive(Debug)]
pub(crate) struct Forbidden<'a> {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
    pub(crate) offences: Vec<Offence<'a>>,
}

/// A place in the pod that breaks a check.
#[derive(Clone, Copy, Debug)]
pub struct Offence<'a> {
    /// The offending field, or the missing one that has to be set.
    pub at: At<'a>,
    /// The last key of the field, such as `hostPID`.
    pub field: &'static str,
    /// The container it stands in; `None` for fields of the pod.
    pub container: Option<ContainerAt<'a>>,
}

/// A check that the pod breaks.
#[derive(Debug)]
pub struct Violation<'a> {
    /// The check.
    pub check: &'static Check,
    /// Upstream's short reason.
    pub reason: &'static str,
    /// Upstream's details, which follow the reason in parentheses.
    pub detail: String,
    /// Every place that breaks it: pod first, then containers in upstream's order. Places that upstream's text
    /// leaves out because others hide them are left out here too.
    pub offences: Vec<Offence<'a>>,
}

impl fmt::Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

impl Check {
    /// Whether there is a revision at `version`.
    pub fn applies(&self, version: PolicyVersion) -> bool {
        self.revision(version).is_some()
    }

    /// The minor version of Kubernetes whose policy brought the revision that `version` uses.
    pub fn revision_since(&self, version: PolicyVersion) -> Option<u64> {
        self.revision(version).map(|revision| revision.since)
    }

    /// Ids of the checks that this one replaces at `version`.
    pub(crate) fn overrides(&self, version: PolicyVersion) -> &'static [&'static str] {
        self.revision(version).map_or(&[], |revision| revision.overrides)
    }

    fn revision(&self, version: PolicyVersion) -> Option<&'static Revision> {
        self.revisions.iter().rev().find(|revision| revision.since <= version.minor())
    }

    /// Runs this check alone: `None` when the pod is allowed or the check did not exist at `version`.
    pub fn evaluate<'a>(&'static self, pod: PodAt<'a>, version: PolicyVersion) -> Option<Violation<'a>> {
        let Forbidden { reason, detail, offences } = (self.revision(version)?.run)(pod)?;
        Some(Violation { check: self, reason, detail, offences })
    }
}

impl<'a> Offence<'a> {
    /// A place of the pod.
    pub(crate) fn pod(at: At<'a>, field: &'static str) -> Self {
        Self { at, field, container: None }
    }

    /// A place of a container.
    pub(crate) fn container(container: ContainerAt<'a>, at: At<'a>, field: &'static str) -> Self {
        Self { at, field, container: Some(container) }
    }
}
