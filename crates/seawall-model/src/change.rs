//! Changes to objects, and the byte edits they come to.

use crate::FieldRef;
use seawall_yaml::{Edit, EditError, NodeId};
use std::collections::BTreeMap;

/// A change to one object, without regard to how its text is written.
#[derive(Clone, Debug)]
pub enum Change {
    /// Write `yaml` at a place, making missing parents.
    Set {
        /// Where.
        at: FieldRef,
        /// One YAML value, unindented.
        yaml: String,
    },
    /// Remove an entry or element.
    Remove {
        /// What.
        at: FieldRef,
    },
    /// Append an element to a sequence, making it if it is missing.
    Append {
        /// The sequence.
        at: FieldRef,
        /// One YAML value, unindented.
        yaml: String,
    },
}

impl Change {
    /// The place it changes.
    pub fn at(&self) -> &FieldRef {
        match self {
            Self::Set { at, .. } | Self::Remove { at } | Self::Append { at, .. } => at,
        }
    }
}

/// The edits for `changes`, which all belong to one document. Changes that make the same missing parents are
/// written as one insertion, so that no key appears twice.
pub fn plan_edits<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Result<Vec<Edit>, EditError> {
    let mut edits = Vec::new();
    let mut made: BTreeMap<(NodeId, &str), (&FieldRef, Tree<'_>)> = BTreeMap::new();
    for change in changes {
        let at = change.at();
        let mut missing = at.missing.keys();
        match (change, missing.next()) {
            (Change::Set { yaml, .. }, None) => edits.push(at.nearest().replace(yaml)?),
            (Change::Append { yaml, .. }, None) => edits.push(at.nearest().append(yaml)?),
            (Change::Remove { .. }, _) => edits.push(remove(at)?),
            (Change::Set { yaml, .. } | Change::Append { yaml, .. }, Some(first)) => {
                let tree = &mut made.entry((at.node, first)).or_insert_with(|| (at, Tree::default())).1;
                tree.insert(missing, yaml, matches!(change, Change::Append { .. }));
            }
        }
    }
    for ((_, first), (at, tree)) in made {
        edits.push(at.nearest().set(&[first], &tree.render())?);
    }
    edits.sort();
    edits.dedup();
    Ok(edits)
}

fn remove(at: &FieldRef) -> Result<Edit, EditError> {
    let node = at.nearest();
    match node.parent().filter(|_| !node.is_key()) {
        Some(parent) => parent.remove(node),
        None => Err(EditError::Unsupported("the document itself cannot be removed")),
    }
}

/// Keys to be made below one missing key.
#[derive(Default)]
struct Tree<'c> {
    value: Option<&'c str>,
    elements: Vec<&'c str>,
    children: BTreeMap<&'c str, Tree<'c>>,
}

impl<'c> Tree<'c> {
    fn insert(&mut self, path: impl Iterator<Item = &'c str>, yaml: &'c str, append: bool) {
        let leaf = path.fold(self, |tree, key| tree.children.entry(key).or_default());
        if !append {
            leaf.value = Some(yaml);
        } else if !leaf.elements.contains(&yaml) {
            leaf.elements.push(yaml);
        }
    }

    fn render(&self) -> String {
        if let Some(value) = self.value {
            return value.to_owned();
        }
        let mut lines = Vec::new();
        for element in &self.elements {
            lines.push(format!("- {}", element.replace('\n', "\n  ")));
        }
        for (key, child) in &self.children {
            let value = child.render();
            if value.contains('\n') || !child.children.is_empty() || !child.elements.is_empty() {
                lines.push(format!("{key}:\n  {}", value.replace('\n', "\n  ")));
            } else {
                lines.push(format!("{key}: {value}"));
            }
        }
        lines.join("\n")
    }
}
