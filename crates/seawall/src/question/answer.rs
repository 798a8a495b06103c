//! The parts that answers share.

use schemars::JsonSchema;
use seawall_auth::rbac::authorizer::{Proof, RoleRef};
use seawall_model::{At, FieldRef, Object};
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;

/// A place in the input.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    /// The file as given; `-` is standard input; absent where a cluster or a snapshot was read.
    #[serde(skip_serializing_if = "str::is_empty")]
    #[schemars(default)]
    pub(super) file: Cow<'a, str>,
    /// Line, from 1; absent where there is no file.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    pub(super) line: u32,
    /// Column, from 1; absent where there is no file.
    #[serde(skip_serializing_if = "is_zero")]
    #[schemars(default)]
    pub(super) column: u32,
    /// The path of the field.
    pub(super) field: String,
}

impl Location<'_> {
    /// `deploy/rbac.yaml:12`, or the field where there is no file.
    pub(super) fn words(&self) -> String {
        if self.file.is_empty() { self.field.clone() } else { format!("{}:{}", self.file, self.line) }
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A binding or role that grants it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProofEntry<'a> {
    /// `ClusterRoleBinding`, `RoleBinding`, `ClusterRole` or `Role`.
    pub(super) kind: &'a str,
    /// Its namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<&'a str>,
    /// Its name.
    pub(super) name: &'a str,
    /// Of a binding: the number of the matching element in `subjects`, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject_index: Option<usize>,
    /// Of a role: the number of the granting rule in `rules`, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    /// Where it stands; absent for what the API server makes for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Location<'a>>,
    /// Whether the API server makes it for itself: no file describes it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) built_in: bool,
}

/// A place in the input that outlives it.
pub(super) type Place = Location<'static>;

pub(super) fn located(at: At<'_>) -> Place {
    let Location { file, line, column, field } = location(at);
    Place { file: file.into_owned().into(), line, column, field }
}

/// What a right is about.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleEntry<'a> {
    /// The namespace that it holds in; absent for the whole cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<&'a str>,
    /// The verbs.
    pub(super) verbs: &'a [&'a str],
    /// API groups.
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) api_groups: &'a [&'a str],
    /// Resources.
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) resources: &'a [&'a str],
    /// The only names it holds for; absent for any.
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) resource_names: &'a [&'a str],
    /// Paths.
    #[serde(rename = "nonResourceURLs", skip_serializing_if = "<[&str]>::is_empty")]
    pub(super) non_resource_urls: &'a [&'a str],
}

pub(super) fn location<'a>(at: At<'a>) -> Location<'a> {
    let reference: FieldRef = at.field_ref();
    if at.object().live().is_some() {
        return Location { file: "".into(), line: 0, column: 0, field: reference.field() };
    }
    let start = reference.location().start;
    Location {
        file: at.object().file().into(),
        line: start.line,
        column: start.column,
        field: reference.field(),
    }
}

/// The namespace that a RoleBinding or Role is in; those that name none go to `default`.
fn namespace_of(object: &Arc<Object>) -> Option<&str> {
    matches!(object.kind(), "RoleBinding" | "Role").then(|| object.namespace().unwrap_or("default"))
}

/// Binding and role of each way, in order.
pub(super) fn entries<'a>(proofs: &[Proof<'a>]) -> Vec<ProofEntry<'a>> {
    let mut out = Vec::new();
    for proof in proofs {
        out.push(ProofEntry {
            kind: proof.binding.kind(),
            namespace: namespace_of(proof.binding),
            name: proof.binding.name(),
            subject_index: Some(proof.subject),
            rule_index: None,
            location: (!proof.binding_built_in).then(|| location(proof.subject_at())),
            built_in: proof.binding_built_in,
        });
        out.push(ProofEntry {
            kind: proof.source.object.kind(),
            namespace: namespace_of(proof.source.object),
            name: proof.source.object.name(),
            subject_index: None,
            rule_index: Some(proof.rule),
            location: (!proof.source.built_in).then(|| location(proof.rule_at())),
            built_in: proof.source.built_in,
        });
    }
    out
}

/// A role that nothing binds.
pub(super) fn role_entry(role: RoleRef<'_>) -> ProofEntry<'_> {
    ProofEntry {
        kind: role.object.kind(),
        namespace: namespace_of(role.object),
        name: role.object.name(),
        subject_index: None,
        rule_index: None,
        location: (!role.built_in).then(|| location(role.object.at())),
        built_in: role.built_in,
    }
}

/// `RoleBinding shop/devs`.
pub(super) fn named(object: &Arc<Object>) -> String {
    let name = match namespace_of(object) {
        Some(namespace) => format!("{} {namespace}/{}", object.kind(), object.name()),
        None => format!("{} {}", object.kind(), object.name()),
    };
    seawall_report::line(&name).into_owned()
}

/// `deploy/rbac.yaml:12`, or that the API server makes it.
pub(super) fn place(at: At<'_>, built_in: bool) -> String {
    if built_in {
        return "made by the API server".to_owned();
    }
    seawall_report::line(&location(at).words()).into_owned()
}

/// The lines of one way, for people: binding, role, rule.
pub(super) fn lines(proof: &Proof<'_>) -> Vec<Vec<String>> {
    let role = named(proof.role.object);
    let mut lines =
        vec![vec!["through".into(), named(proof.binding), place(proof.subject_at(), proof.binding_built_in)]];
    if !same(proof.role, proof.source) {
        lines.push(vec!["which gives".into(), role, place(proof.role.object.at(), proof.role.built_in)]);
        lines.push(vec![
            "made of".into(),
            named(proof.source.object),
            place(proof.rule_at(), proof.source.built_in),
        ]);
    } else {
        lines.push(vec!["which gives".into(), role, place(proof.rule_at(), proof.source.built_in)]);
    }
    lines
}

fn same(one: RoleRef<'_>, other: RoleRef<'_>) -> bool {
    Arc::ptr_eq(one.object, other.object)
}

/// What a rule says, in one line: `get, list on secrets ("db")`.
pub(super) fn rule_words(rule: At<'_>) -> String {
    const MOST: usize = 6;
    let list = |key: &'static str| {
        let texts: Vec<&str> = rule.key(key).items().filter_map(|item| item.text()).collect();
        let mut out = texts.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
        if texts.len() > MOST {
            out += &format!(" and {} more", texts.len() - MOST);
        }
        (texts, out)
    };
    let (_, verbs) = list("verbs");
    let (paths, path_words) = list("nonResourceURLs");
    let (_, resources) = list("resources");
    let (groups, group_words) = list("apiGroups");
    let (names, name_words) = list("resourceNames");
    let what = if paths.is_empty() { resources } else { path_words };
    let mut out = format!("{verbs} on {what}");
    if paths.is_empty() && groups != [""] && !groups.is_empty() {
        out += &format!(" of {group_words}");
    }
    if !names.is_empty() {
        out += &format!(" named {name_words}");
    }
    seawall_report::line(&out).into_owned()
}

/// Prints rows with aligned columns, the last one as it is.
pub(crate) fn table(
    rows: &[Vec<String>],
    indent: usize,
    out: &mut dyn std::io::Write,
) -> std::io::Result<()> {
    use unicode_width::UnicodeWidthStr;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0).min(80)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (at, cell) in row.iter().enumerate() {
            line += cell;
            if at + 1 < row.len() {
                line += &" ".repeat((widths[at] + 2).saturating_sub(cell.width()).max(1));
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
