//! What may be changed to take evidence away: bindings, roles, pods, workloads, secrets, the mounting of tokens.

use crate::evidence::{Evidence, Store};
use seawall_model::{At, Change, FieldRef, Object, WellKnown};
use std::collections::HashMap;
use std::sync::Arc;

/// The sorts of changes, the mildest first: of equally small sets the one with milder changes is taken.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CutKind {
    /// Tokens are no longer mounted.
    Automount,
    /// A subject is taken out of a binding.
    Subject,
    /// A field of a pod or workload is removed.
    Field,
    /// A rule is taken out of a role.
    Rule,
    /// A binding is deleted.
    Binding,
    /// A secret is deleted.
    Secret,
    /// A role is deleted.
    Role,
}

/// One change.
#[derive(Clone, Debug)]
pub struct CutChange {
    /// What sort of change.
    pub kind: CutKind,
    /// Where. For deletions the object itself.
    pub at: FieldRef,
}

impl CutChange {
    /// Whether the whole object goes.
    pub fn deletes(&self) -> bool {
        matches!(self.kind, CutKind::Binding | CutKind::Secret | CutKind::Role)
    }

    /// What to do, as an imperative phrase.
    pub fn says(&self) -> &'static str {
        match self.kind {
            CutKind::Automount => "set to false",
            CutKind::Subject => "remove the subject",
            CutKind::Field => "remove the field",
            CutKind::Rule => "remove the rule",
            CutKind::Binding => "delete the binding",
            CutKind::Secret => "delete the secret",
            CutKind::Role => "delete the role",
        }
    }

    /// The change to the object's text; `None` where the object goes.
    pub fn change(&self) -> Option<Change> {
        match self.kind {
            CutKind::Automount => Some(Change::Set { at: self.at.clone(), yaml: "false".to_owned() }),
            _ if self.deletes() => None,
            _ => Some(Change::Remove { at: self.at.clone() }),
        }
    }
}

/// All changes that could be chosen.
pub(super) struct Candidates {
    all: Vec<CutChange>,
    /// For each piece of evidence the changes that take it away.
    of_evidence: Vec<Vec<u32>>,
    /// For each change the evidence that it takes away.
    takes: Vec<Vec<u32>>,
}

/// A change as a key: its sort, its object, its place.
type Key = (CutKind, *const Object, u32, String);

impl Candidates {
    pub(super) fn of(store: &Store) -> Self {
        let mut out = Self { all: Vec::new(), of_evidence: Vec::new(), takes: Vec::new() };
        let mut known: HashMap<Key, u32> = HashMap::new();
        let mut subjects: HashMap<*const Object, usize> = HashMap::new();
        for (number, evidence) in store.all_evidence().iter().enumerate() {
            let mut numbers = Vec::new();
            for change in changes(evidence, &mut subjects) {
                let missing: Vec<&str> = change.at.missing.keys().collect();
                let key = (change.kind, Arc::as_ptr(&change.at.object), change.at.node.0, missing.join("\0"));
                let next = out.all.len() as u32;
                let at = *known.entry(key).or_insert(next);
                if at == next {
                    out.all.push(change);
                    out.takes.push(Vec::new());
                }
                numbers.push(at);
                out.takes.get_mut(at as usize).into_iter().for_each(|takes| takes.push(number as u32));
            }
            out.of_evidence.push(numbers);
        }
        out
    }

    pub(super) fn of_evidence(&self, number: u32) -> &[u32] {
        self.of_evidence.get(number as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn change(&self, number: u32) -> Option<CutChange> {
        self.all.get(number as usize).cloned()
    }

    /// Fewer changes first, then milder ones.
    pub(super) fn cost(&self, number: u32) -> u64 {
        const ONE: u64 = 1 << 20;
        ONE + self.all.get(number as usize).map_or(0, |change| change.kind as u64)
    }

    /// The evidence that is left of none of `chosen`.
    pub(super) fn gone<'c>(&self, chosen: impl IntoIterator<Item = &'c u32>) -> Vec<bool> {
        let mut gone = vec![false; self.of_evidence.len()];
        for change in chosen {
            for evidence in self.takes.get(*change as usize).into_iter().flatten() {
                gone.get_mut(*evidence as usize).into_iter().for_each(|slot| *slot = true);
            }
        }
        gone
    }
}

fn whole(object: &Arc<Object>, kind: CutKind) -> CutChange {
    CutChange { kind, at: object.at().field_ref() }
}

fn changes(evidence: &Evidence, subjects: &mut HashMap<*const Object, usize>) -> Vec<CutChange> {
    match evidence {
        Evidence::Subject(binding, _) => {
            let all = subjects
                .entry(Arc::as_ptr(binding))
                .or_insert_with(|| binding.at().key("subjects").items().count());
            let mut out = vec![whole(binding, CutKind::Binding)];
            if *all > 1 {
                out.push(CutChange { kind: CutKind::Subject, at: evidence.field() });
            }
            out
        }
        Evidence::Rule(role, _) => {
            if role.kind() == "ClusterRole" && role.name() == "cluster-admin" {
                return Vec::new();
            }
            vec![CutChange { kind: CutKind::Rule, at: evidence.field() }, whole(role, CutKind::Role)]
        }
        Evidence::Field(field) => of_field(field).into_iter().collect(),
    }
}

/// The last key of a place.
fn key_of(field: &FieldRef) -> String {
    let last = field.missing.keys().last();
    last.map_or_else(|| field.nearest().key().map_or("", |key| key.text()).to_owned(), str::to_owned)
}

fn of_field(field: &FieldRef) -> Option<CutChange> {
    let object = &field.object;
    let key = key_of(field);
    let kind = object.well_known();
    match kind {
        WellKnown::Secret => return Some(whole(object, CutKind::Secret)),
        WellKnown::ServiceAccount if key == "automountServiceAccountToken" => {
            return Some(CutChange { kind: CutKind::Automount, at: field.clone() });
        }
        _ => {}
    }
    // Only pods and what makes them.
    kind.template_path()?;
    let remove = |at: At<'_>| Some(CutChange { kind: CutKind::Field, at: at.field_ref() });
    let here = At::new(object, field.node);
    match key.as_str() {
        "automountServiceAccountToken" => Some(CutChange { kind: CutKind::Automount, at: field.clone() }),
        "privileged" | "hostPID" | "hostNetwork" | "hostProcess" | "hostPort" => remove(here),
        // A volume without a source is an empty folder.
        "path" => above(field, "hostPath").and_then(remove),
        "secretName" => above(field, "secret").and_then(remove),
        "" if here.key("projected").exists() => remove(here.key("projected")),
        "" if here.key("secret").exists() => remove(here.key("secret")),
        // An element of `capabilities.add`.
        "" if here.str().is_some() => remove(here),
        // An element of `env` or `envFrom`.
        "name" => element(field).and_then(remove),
        _ => None,
    }
}

/// The nearest value above a place that stands under this key.
fn above<'a>(field: &'a FieldRef, key: &str) -> Option<At<'a>> {
    let mut node = Some(field.nearest());
    while let Some(one) = node {
        if one.key().is_some_and(|own| own.text() == key) {
            return Some(At::new(&field.object, one.id()));
        }
        node = one.parent();
    }
    None
}

/// The nearest element of a list above a place.
fn element(field: &FieldRef) -> Option<At<'_>> {
    let mut node = Some(field.nearest());
    while let Some(one) = node {
        let parent = one.parent()?;
        if parent.is_sequence() {
            return Some(At::new(&field.object, one.id()));
        }
        node = Some(parent);
    }
    None
}
