//! The answer of `seawall network generate`.

use schemars::JsonSchema;
use seawall_model::UNSET_NAMESPACE;
use seawall_network::{Generated, Party, Proof, RangeText, Reach, Side, Totals, Wanted};
use serde::Serialize;
use std::io::{Result, Write};

/// Lines of one sort on standard error.
const LINES: usize = 10;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GenerateAnswer {
    /// `seawall.dev/network-generate/v1`.
    schema: &'static str,
    /// One policy a workload.
    policies: Vec<PolicyRow>,
    /// A policy for the whole cluster that comes with them, as YAML.
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster_policy: Option<String>,
    /// Policies of today in whose place the new ones stand: `NAMESPACE/NAME`.
    replaced: Vec<String>,
    /// What the policies let pass, and why.
    wanted: Vec<Row>,
    /// What is wanted and would not pass; empty where the proof holds.
    missing: Vec<Row>,
    /// What would pass though nobody asked for it.
    extra: Vec<Row>,
    /// Connections of which that cannot be known: a block of addresses may be that of a pod.
    uncertain: usize,
    /// Pairs of pods by what is open between them.
    pairs: BeforeAfter,
    /// What policies cannot say, and what cannot be known from the input.
    notes: Vec<String>,
}

/// A policy.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct PolicyRow {
    /// Its namespace; empty where the workload names none.
    namespace: String,
    /// Its name.
    name: String,
    /// The workload that it is for: `NAMESPACE/NAME[Kind]`.
    workload: String,
    /// The policy as YAML.
    manifest: String,
}

/// A connection.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// Who opens it.
    from: String,
    /// Who listens.
    to: String,
    /// The ports.
    ports: String,
    /// Who says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    because: String,
}

/// Today, and with the policies.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BeforeAfter {
    before: Pairs,
    after: Pairs,
}

/// Numbers of ordered pairs of different pods.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Pairs {
    /// Every port is open.
    all: u64,
    /// Some ports are.
    some: u64,
    /// None is.
    none: u64,
}

impl From<Totals> for Pairs {
    fn from(totals: Totals) -> Self {
        Self { all: totals.all, some: totals.some, none: totals.none }
    }
}

impl GenerateAnswer {
    pub(super) fn new(
        reach: &Reach,
        wanted: &[Wanted],
        generated: Generated,
        cluster_policy: Option<String>,
        proof: &Proof,
        mut notes: Vec<String>,
    ) -> Self {
        let policies = generated.policies.into_iter().map(|policy| PolicyRow {
            namespace: policy.namespace.map(String::from).unwrap_or_default(),
            name: policy.name,
            workload: name_of(reach, policy.workload),
            manifest: policy.text,
        });
        let side = |side: &Side| side.shown(reach);
        let wanted = wanted.iter().map(|one| Row {
            from: side(&one.from),
            to: side(&one.to),
            ports: one.ports.to_string(),
            because: one.because.clone(),
        });
        let missing = proof.missing.iter().map(|one| Row {
            from: one.from.clone(),
            to: one.to.clone(),
            ports: one.ports.to_string(),
            because: one.because.clone(),
        });
        let party = |party| match party {
            Party::Workload(workload) => name_of(reach, workload),
            Party::Range(first, last) => RangeText(first, last).to_string(),
        };
        let extra = proof.extra.iter().map(|one| Row {
            from: party(one.from),
            to: party(one.to),
            ports: one.sure.to_string(),
            because: String::new(),
        });
        let replaced = proof.replaced.iter();
        notes.sort();
        notes.dedup();
        Self {
            schema: "seawall.dev/network-generate/v1",
            policies: policies.collect(),
            cluster_policy,
            replaced: replaced
                .map(|old| format!("{}/{}", old.namespace().unwrap_or(UNSET_NAMESPACE), old.name()))
                .collect(),
            wanted: wanted.collect(),
            missing: missing.collect(),
            extra: extra.collect(),
            uncertain: proof.uncertain,
            pairs: BeforeAfter { before: proof.before.into(), after: proof.after.into() },
            notes,
        }
    }

    /// Whether everything that is wanted passes.
    pub(super) fn holds(&self) -> bool {
        self.missing.is_empty()
    }

    /// The policies as one stream.
    pub(super) fn yaml(&self, out: &mut impl Write) -> Result<()> {
        let mut mark = "";
        for manifest in self.cluster_policy.iter().chain(self.policies.iter().map(|policy| &policy.manifest))
        {
            write!(out, "{mark}{manifest}")?;
            mark = "---\n";
        }
        Ok(())
    }

    /// The proof, for people.
    pub(super) fn summary(&self, out: &mut impl Write) -> Result<()> {
        let policies = self.policies.len();
        writeln!(out, "{policies} {}", if policies == 1 { "policy" } else { "policies" })?;
        let asked = self.wanted.len();
        match self.missing.len() {
            0 => writeln!(out, "wanted: all {asked} connections pass")?,
            missing => writeln!(out, "wanted: {missing} of {asked} connections would not pass:")?,
        }
        rows(&self.missing, out)?;
        match (self.extra.len(), self.uncertain) {
            (0, 0) => writeln!(out, "beyond that nothing is open")?,
            (0, uncertain) => writeln!(
                out,
                "beyond that nothing is surely open; {uncertain} connections depend on addresses that are not in the input"
            )?,
            (extra, _) => writeln!(out, "beyond that {extra} connections stay open:")?,
        }
        rows(&self.extra, out)?;
        let Pairs { all, some, none } = self.pairs.before;
        let pairs = all + some + none;
        let now = self.pairs.after.all + self.pairs.after.some;
        writeln!(
            out,
            "pairs of pods that may talk: {} of {pairs} today, {now} with the policies",
            all + some
        )?;
        if !self.replaced.is_empty() {
            writeln!(out, "they stand in the place of: {}", self.replaced.join(", "))?;
        }
        for note in &self.notes {
            writeln!(out, "note: {note}")?;
        }
        Ok(())
    }
}

fn rows(rows: &[Row], out: &mut impl Write) -> Result<()> {
    for Row { from, to, ports, .. } in rows.iter().take(LINES) {
        writeln!(out, "  {from} -> {to}: {ports}")?;
    }
    if rows.len() > LINES {
        writeln!(out, "  and {} more (-o json has all)", rows.len() - LINES)?;
    }
    Ok(())
}

/// `shop/web[Deployment]`.
fn name_of(reach: &Reach, workload: usize) -> String {
    reach.workloads().get(workload).map(ToString::to_string).unwrap_or_default()
}
