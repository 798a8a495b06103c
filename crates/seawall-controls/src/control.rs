//! What the catalogue knows about a control.

use crate::{CATALOGUE, Visit};
use seawall_model::{Safety, Severity};

/// One entry of the catalogue; made by `#[control]`.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// Kebab-case name of the bad thing.
    pub id: &'static str,
    /// The version of seawall that brought it.
    pub since: &'static str,
    /// The usual severity; a finding may differ.
    pub severity: Severity,
    /// Ids of the mission's practices that it serves.
    pub practices: &'static [&'static str],
    /// Section numbers of the CIS Kubernetes Benchmark 1.12.
    pub cis: &'static [&'static str],
    /// The Pod Security level that forbids it: `baseline` or `restricted`.
    pub pss: Option<&'static str>,
    /// Sections of the NSA/CISA Kubernetes Hardening Guidance 1.2.
    pub nsa: &'static [&'static str],
    /// Ids of similar checks of other tools, for migration; no claim of equal behaviour.
    pub aliases: &'static [&'static str],
    /// The best fix it can offer.
    pub fix: Option<Safety>,
    /// Findings of one group on the same container are mended by one edit.
    pub group: Option<&'static str>,
    /// What it finds.
    pub finds: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// Where to read more.
    pub references: &'static [&'static str],
    /// What it visits, and the function.
    pub visit: Visit,
    /// Module path; its second part is the area.
    pub module: &'static str,
}

impl Control {
    /// The defaults that `#[control]` starts from.
    pub const EMPTY: Self = Self {
        id: "",
        since: "",
        severity: Severity::Medium,
        practices: &[],
        cis: &[],
        pss: None,
        nsa: &[],
        aliases: &[],
        fix: None,
        group: None,
        finds: "",
        why: "",
        mend: "",
        references: &[],
        visit: Visit::World(|_, _, _| {}),
        module: "",
    };

    /// The folder it stands in: `pod`, `rbac`, `network` …
    pub fn area(&self) -> &'static str {
        self.module.split("::").nth(1).unwrap_or("")
    }
}

/// The control with this id.
pub fn find(id: &str) -> Option<&'static Control> {
    CATALOGUE.binary_search_by(|control| control.id.cmp(id)).ok().and_then(|at| CATALOGUE.get(at)).copied()
}
