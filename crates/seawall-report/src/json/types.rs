//! The JSON shapes. Their schema is generated from these types.

use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The name and version of the shape.
pub(super) const SCHEMA: &str = "seawall.dev/scan/v1";

/// The JSON schema of `scan -o json`, for `docs/schemas/scan-v1.json`.
pub fn schema() -> schemars::Schema {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Scan<'static>>();
    schema.insert("$id".into(), "https://seawall.dev/schemas/scan-v1.json".into());
    schema
}

/// The result of `seawall scan -o json`.
pub(super) type Scan<'a> = Header<'a, Vec<Entry<'a>>>;

/// The document around the findings.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Scan")]
pub(crate) struct Header<'a, F> {
    /// Name and version of this shape: `seawall.dev/scan/v1`.
    pub(crate) schema: &'static str,
    /// False when part of the input could not be read, or a finding is `unknown`.
    pub(crate) complete: bool,
    /// The Kubernetes minor version whose semantics were applied, such as `1.36`.
    pub(crate) kubernetes_version: String,
    /// The live clusters and snapshots of clusters in the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) clusters: Vec<ClusterEntry<'a>>,
    /// Counts of the whole result; `--severity` does not change them.
    pub(crate) summary: Summary,
    /// What was found, by file and place, suppressed findings included.
    pub(crate) findings: F,
    /// What could not be read.
    pub(crate) errors: Vec<ErrorEntry<'a>>,
    /// Documents that were not judged, and why.
    pub(crate) skipped: Vec<SkippedEntry<'a>>,
    /// With `--framework`: every requirement and what came out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) framework: Option<FrameworkEntry<'a>>,
    /// Remarks for people: what was left out and how to include it.
    pub(crate) notes: Vec<&'a str>,
}

/// A live cluster, or a snapshot of one.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Cluster")]
pub(crate) struct ClusterEntry<'a> {
    /// As the kubeconfig calls it.
    pub(crate) name: &'a str,
    /// The uid of its namespace `kube-system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uid: Option<&'a str>,
    /// What its server says it is, such as `v1.36.3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<&'a str>,
    /// The only namespace that was read; absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<&'a str>,
    /// When a snapshot was taken, in RFC 3339; absent of a live cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<&'a str>,
    /// How many objects were read.
    pub(crate) objects: u64,
    /// Whether everything that analyses use could be read; `errors` says what could not, and which RBAC rule to add.
    pub(crate) complete: bool,
}

/// Counts.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// Files read, archive members and standard input included.
    pub(crate) files: usize,
    /// Objects judged, copies counted once.
    pub(crate) objects: usize,
    /// Documents that were not judged.
    pub(crate) skipped: usize,
    /// Findings with result `fail` that are not suppressed.
    pub(crate) failed: usize,
    /// Findings with result `unknown` that are not suppressed.
    pub(crate) unknown: usize,
    /// Suppressed findings.
    pub(crate) suppressed: usize,
    /// The failed ones by severity.
    pub(crate) severity: BySeverity,
}

/// Counts by severity.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // the severities themselves
pub(crate) struct BySeverity {
    pub(crate) critical: usize,
    pub(crate) high: usize,
    pub(crate) medium: usize,
    pub(crate) low: usize,
    pub(crate) info: usize,
}

/// One finding.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Finding")]
pub(crate) struct Entry<'a> {
    /// The control's id.
    pub(crate) rule: &'a str,
    /// `critical`, `high`, `medium`, `low` or `info`.
    pub(crate) severity: &'static str,
    /// `fail`, or `unknown`: cannot be decided from this input; the evidence says what would decide it.
    pub(crate) result: &'static str,
    /// One sentence about this case.
    pub(crate) message: Cow<'a, str>,
    /// The object it is about.
    pub(crate) object: ObjectEntry<'a>,
    /// The container it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) container: Option<&'a str>,
    /// Where.
    pub(crate) location: LocationEntry<'a>,
    /// Other places that belong to it.
    pub(crate) related: Vec<RelatedEntry<'a>>,
    /// True when the kind of the object is not known and the place only looks like a pod template: whether pods are
    /// made of it is a guess.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) by_shape: bool,
    /// Facts that led to the verdict.
    pub(crate) evidence: Vec<Cow<'a, str>>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<FixEntry<'a>>,
    /// Findings with equal groups are mended by one edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<String>,
    /// Ids of the practices that the control serves.
    pub(crate) practices: &'a [&'a str],
    /// Requirements of frameworks that it touches.
    pub(crate) frameworks: Frameworks<'a>,
    /// Similar checks of other tools.
    pub(crate) aliases: &'a [&'a str],
    /// Other places where the same object stands with equal content.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) copies: Vec<CopyEntry<'a>>,
    /// Equal for the same finding in later scans, even when lines move.
    pub(crate) fingerprint: String,
    /// Set when the finding is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suppressed: Option<SuppressedEntry<'a>>,
}

/// An object.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Object")]
pub(crate) struct ObjectEntry<'a> {
    /// As written.
    pub(crate) api_version: &'a str,
    /// As written.
    pub(crate) kind: &'a str,
    /// Absent when unset or cluster-scoped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<&'a str>,
    /// `""` for kinds without a name.
    pub(crate) name: &'a str,
}

/// A place. Lines and columns count from 1, columns in Unicode code points; the end is exclusive.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Location")]
pub(crate) struct LocationEntry<'a> {
    /// The path as given; `-` is standard input; the template or overlay of a rendered object, then without the
    /// numbers. Absent for live objects, with the numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<&'a str>,
    /// First line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u32>,
    /// First column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<u32>,
    /// Last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_line: Option<u32>,
    /// One past the last column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_column: Option<u32>,
    /// The path of the field; missing keys included.
    pub(crate) field: String,
}

/// Another place.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Related")]
pub(crate) struct RelatedEntry<'a> {
    /// Where.
    pub(crate) location: LocationEntry<'a>,
    /// What it has to do with the finding.
    pub(crate) message: Cow<'a, str>,
}

/// A fix.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Fix")]
pub(crate) struct FixEntry<'a> {
    /// `safe`, or `unsafe`: it may break a working application.
    pub(crate) safety: &'static str,
    /// What it does.
    pub(crate) description: &'a str,
    /// The edited input was analysed again: the finding was gone and no new one had appeared.
    pub(crate) verified: bool,
    /// What to change. Empty when the text cannot be edited mechanically.
    pub(crate) edits: Vec<EditEntry<'a>>,
}

/// Replaces the bytes `start` to `end` of a file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Edit")]
pub(crate) struct EditEntry<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// First byte replaced.
    pub(crate) start: u64,
    /// One past the last byte replaced.
    pub(crate) end: u64,
    /// What stands there afterwards.
    pub(crate) text: String,
}

/// Requirements.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Frameworks<'a> {
    /// Sections of the CIS Kubernetes Benchmark 1.12.
    #[serde(rename = "cis-1.12", skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) cis: &'a [&'a str],
    /// Sections of the NSA/CISA Kubernetes Hardening Guidance.
    #[serde(rename = "nsa", skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) nsa: &'a [&'a str],
    /// Levels of the Pod Security Standards.
    #[serde(rename = "pss", skip_serializing_if = "Option::is_none")]
    pub(crate) pss: Option<[&'a str; 1]>,
}

/// A copy of an object.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Copy")]
pub(crate) struct CopyEntry<'a> {
    /// The path as given.
    pub(crate) file: &'a str,
    /// Line of its first key.
    pub(crate) line: u32,
    /// Column of its first key.
    pub(crate) column: u32,
}

/// A suppression.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Suppressed")]
pub(crate) struct SuppressedEntry<'a> {
    /// `inSource` or `baseline`.
    pub(crate) kind: &'static str,
    /// The reason given in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
}

/// Something that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Error")]
pub(crate) struct ErrorEntry<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// Absent when the file as a whole could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u32>,
    /// Absent when the file as a whole could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) column: Option<u32>,
    /// What is wrong.
    pub(crate) message: Cow<'a, str>,
}

/// A document that was not judged.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Skipped")]
pub(crate) struct SkippedEntry<'a> {
    /// The file.
    pub(crate) file: &'a str,
    /// Its number in the file, from 1; absent for the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<u32>,
    /// Why.
    pub(crate) reason: &'a str,
    /// How to include it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<&'a str>,
}

/// A framework with the verdict on each requirement.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Framework")]
pub(crate) struct FrameworkEntry<'a> {
    /// Such as `cis-1.12`.
    pub(crate) id: &'a str,
    /// The name people know.
    pub(crate) title: &'a str,
    /// In the framework's order.
    pub(crate) requirements: Vec<RequirementEntry<'a>>,
}

/// One requirement.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Requirement")]
pub(crate) struct RequirementEntry<'a> {
    /// Its number.
    pub(crate) id: &'a str,
    /// What it asks.
    pub(crate) title: &'a str,
    /// `fail`, `unknown`, `suppressed`, `pass`, `not-in-input`, `needs-node`, `needs-cluster` or `manual`.
    pub(crate) result: &'static str,
    /// How many findings the result rests on.
    pub(crate) findings: usize,
    /// The controls that decide it, or parts of it.
    pub(crate) rules: &'a [&'static str],
}
