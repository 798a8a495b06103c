//! The changes made in a new generation of the cluster, to ask again.

use super::{Cut, CutChange};
use foldhash::{HashMap, HashSet};
use seawall_model::{Change, Cluster, Object, objects_of, plan_edits};
use seawall_yaml::{Source, apply_edits, parse_documents};
use std::sync::Arc;

impl Cut {
    /// The cluster after the changes.
    ///
    /// # Errors
    /// What kept a change from being made.
    pub fn apply(&self, cluster: &Cluster) -> Result<Cluster, String> {
        let gone: HashSet<*const Object> = self
            .changes
            .iter()
            .filter(|change| change.deletes())
            .map(|change| Arc::as_ptr(&change.at.object))
            .collect();
        let mut of_source: HashMap<*const Source, Vec<&CutChange>> = HashMap::default();
        for change in self.changes.iter().filter(|change| !gone.contains(&Arc::as_ptr(&change.at.object))) {
            let source = change.at.object.document().source();
            of_source.entry(Arc::as_ptr(source)).or_default().push(change);
        }
        let mut changes = Vec::new();
        let mut old: HashMap<*const Source, Vec<Arc<Object>>> = HashMap::default();
        for object in cluster.objects() {
            let source = Arc::as_ptr(object.document().source());
            if of_source.contains_key(&source) {
                old.entry(source).or_default().push(object.clone());
            } else if gone.contains(&Arc::as_ptr(object)) {
                changes.push((Some(object.clone()), Vec::new()));
            }
        }
        for (source, of_source) in of_source {
            let old = old.remove(&source).unwrap_or_default();
            changes.extend(rewritten(&of_source, &old, &gone)?);
        }
        Ok(cluster.apply(changes))
    }
}

/// What becomes of an object.
type Replaced = (Option<Arc<Object>>, Vec<Arc<Object>>);

/// The objects of one source, read again after the changes.
fn rewritten(
    changes: &[&CutChange],
    old: &[Arc<Object>],
    gone: &HashSet<*const Object>,
) -> Result<Vec<Replaced>, String> {
    let Some(source) = changes.first().map(|change| change.at.object.document().source().clone()) else {
        return Ok(Vec::new());
    };
    let all: Vec<Change> = changes.iter().filter_map(|change| change.change()).collect();
    let edits = plan_edits(&all).map_err(|error| error.to_string())?;
    let text = apply_edits(source.text(), &edits).map_err(|error| error.to_string())?;
    let mut new: HashMap<(String, Option<String>, String), Arc<Object>> = HashMap::default();
    let key = |object: &Object| {
        (object.kind().to_owned(), object.namespace().map(str::to_owned), object.name().to_owned())
    };
    for document in parse_documents(&Source::new(source.name(), text)) {
        let document = Arc::new(document.map_err(|error| error.message)?);
        let origin = old.first().map(|object| object.origin().clone());
        let objects = origin.and_then(|origin| objects_of(&document, &origin)).unwrap_or_default();
        for object in objects {
            new.insert(key(&object), Arc::new(object));
        }
    }
    Ok(old
        .iter()
        .map(|object| {
            let next = new.get(&key(object)).filter(|_| !gone.contains(&Arc::as_ptr(object)));
            (Some(object.clone()), next.into_iter().cloned().collect())
        })
        .collect())
}
