//! Changes to a text by byte ranges, and the edits that keep comments, style and indentation.

mod remove;
mod site;
mod value;

use crate::{Kind, NodeRef};
use site::Site;
use value::Value;

/// Replaces the bytes `start..end` (offsets in the whole file) by `text`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Edit {
    /// First byte replaced.
    pub start: u64,
    /// One past the last byte replaced.
    pub end: u64,
    /// What stands there afterwards.
    pub text: String,
}

/// Why an edit cannot be made.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Two edits touch the same bytes.
    #[error("edits overlap at byte {0}")]
    Overlap(u64),
    /// An edit lies outside of the text or inside a character.
    #[error("edit at byte {0} does not fit the text")]
    Range(u64),
    /// The node is not where its text stands (alias, merge key) or has the wrong shape.
    #[error("{0}")]
    Unsupported(&'static str),
}

/// The text after all `edits`; equal edits count once. `edits` may be in any order.
pub fn apply_edits(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        let (start, end) = (edit.start as usize, edit.end as usize);
        if start < at {
            return Err(EditError::Overlap(edit.start));
        }
        let before = text.get(at..start).ok_or(EditError::Range(edit.start))?;
        text.get(start..end).ok_or(EditError::Range(edit.start))?;
        out.push_str(before);
        out.push_str(&edit.text);
        at = end;
    }
    out.push_str(text.get(at..).ok_or(EditError::Range(at as u64))?);
    Ok(out)
}

impl<'a> NodeRef<'a> {
    /// The edit that writes `yaml` (one flow or block value, unindented) in place of this value.
    ///
    /// The surroundings keep their style: inside of brackets the value is written with brackets.
    pub fn replace(self, yaml: &str) -> Result<Edit, EditError> {
        let site = Site::of(self)?;
        site.replace(&Value::read(yaml)?)
    }

    /// The edit that sets `path` (keys below this mapping; missing ones are made) to `yaml`.
    pub fn set(self, path: &[&str], yaml: &str) -> Result<Edit, EditError> {
        let value = Value::read(yaml)?;
        let mut here = self;
        for (depth, key) in path.iter().enumerate() {
            let missing = path.get(depth..).unwrap_or_default();
            match here.kind() {
                Kind::Mapping => match here.get(key) {
                    Some(found) => here = found,
                    None => return Site::of(here)?.insert(missing, &value),
                },
                Kind::Null => return Site::of(here)?.insert(missing, &value),
                _ => return Err(EditError::Unsupported("a parent on the path is no mapping")),
            }
        }
        Site::of(here)?.replace(&value)
    }

    /// The edit that appends `yaml` to this sequence (or to nothing, which becomes a sequence).
    pub fn append(self, yaml: &str) -> Result<Edit, EditError> {
        Site::of(self)?.append(&Value::read(yaml)?)
    }

    /// The edit that removes the entry or element whose value is `child`, with its line. What is left without any
    /// entry becomes `{}` or `[]`.
    pub fn remove(self, child: NodeRef<'a>) -> Result<Edit, EditError> {
        Site::of(self)?.remove(child)
    }
}
