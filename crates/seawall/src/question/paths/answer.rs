//! `-o json`.

use super::super::answer::{Place, located};
use schemars::JsonSchema;
use seawall_model::{At, FieldRef};
use seawall_paths::{Evidence, Path, Step};
use serde::Serialize;

/// `-o json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PathsAnswer<'a> {
    /// `seawall.dev/paths/v1`.
    schema: &'static str,
    /// Shortest first.
    paths: Vec<PathEntry>,
    /// Whether the search was not cut short by its limits.
    complete: bool,
    /// Paths that `--limit` leaves out, where that is known.
    more: usize,
    /// What is taken for granted.
    notes: &'a [String],
}

/// A path.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PathEntry {
    /// Where it starts, as asked.
    from: String,
    /// Where it leads, as asked.
    to: String,
    /// How many steps.
    length: usize,
    /// In order; each begins where the one before ended.
    steps: Vec<StepEntry>,
}

/// A step.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct StepEntry {
    /// The edge of the catalogue, such as `POD_CREATE_SA`.
    edge: &'static str,
    /// Where the step before ended.
    from: String,
    /// Where it leads.
    to: String,
    /// The technique in MITRE ATT&CK.
    technique: &'static str,
    /// The places that the step starts from, where that is not `from` alone: what was reached before is still held.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    uses: Vec<String>,
    /// How many pods of the same workload would do as well as `to`, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    alike: Option<usize>,
    /// What in the input makes it possible.
    because: Vec<Because>,
    /// What is assumed.
    requires: Vec<String>,
}

/// A piece of evidence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Because {
    /// The object's kind.
    kind: String,
    /// Its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    /// Its name.
    name: String,
    /// Of a role: the number of the rule, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<u32>,
    /// Where it stands.
    location: Place,
}

impl<'a> PathsAnswer<'a> {
    pub(super) fn new(paths: &[Path], complete: bool, more: usize, notes: &'a [String]) -> Self {
        Self {
            schema: "seawall.dev/paths/v1",
            paths: paths.iter().map(entry).collect(),
            complete,
            more,
            notes,
        }
    }
}

/// A path as JSON tells it.
pub(crate) fn entry(path: &Path) -> PathEntry {
    PathEntry {
        from: path.from.to_string(),
        to: path.to.to_string(),
        length: path.steps.len(),
        steps: path.steps.iter().map(step).collect(),
    }
}

fn step(step: &Step) -> StepEntry {
    let info = step.row.info();
    StepEntry {
        edge: info.name,
        from: step.from.to_string(),
        to: step.to.to_string(),
        technique: info.technique,
        uses: step.uses.iter().map(ToString::to_string).collect(),
        alike: (step.alike > 1).then_some(step.alike),
        because: step.because.iter().map(because).collect(),
        requires: step.requires.clone(),
    }
}

/// A piece of evidence as JSON tells it.
fn because(evidence: &Evidence) -> Because {
    let object = evidence.object();
    let namespace = object.namespace().or_else(|| (!object.is_cluster_scoped()).then_some("default"));
    Because {
        kind: object.kind().to_owned(),
        namespace: namespace.map(str::to_owned),
        name: object.name().to_owned(),
        rule_index: evidence.rule(),
        location: place_of(&evidence.field()),
    }
}

/// A place as JSON tells it.
pub(crate) fn place_of(field: &FieldRef) -> Place {
    let located = located(At::new(&field.object, field.node));
    Place { field: field.field(), ..located }
}
