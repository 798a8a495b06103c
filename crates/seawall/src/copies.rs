//! The same object in several places: one folder is not one cluster.
//!
//! Objects of equal identity and equal content are judged once. Where contents differ they are variants: each is
//! judged, and questions that cross objects see the last in path order.

use foldhash::HashMap;
use foldhash::fast::RandomState;
use seawall_model::{Identity, Object};
use seawall_report::{Copies, CopyPlace};
use seawall_yaml::{Kind, NodeId, NodeRef};
use std::hash::BuildHasher;
use std::sync::Arc;

/// The input's objects without their copies.
#[derive(Default)]
pub(crate) struct Unique {
    /// One object of each identity and content, in path order.
    pub(crate) objects: Vec<Arc<Object>>,
    /// The copies of those that have any.
    pub(crate) copies: Vec<(Arc<Object>, Vec<Arc<Object>>)>,
    /// How many identities have variants.
    pub(crate) variants: usize,
}

/// Separates copies and counts variants.
pub(crate) fn separate(objects: Vec<Arc<Object>>) -> Unique {
    let mut seen: HashMap<Identity<'_>, Vec<usize>> = HashMap::default();
    for (at, object) in objects.iter().enumerate() {
        seen.entry(object.identity()).or_default().push(at);
    }
    // A random key per run: nobody can prepare two different objects that pass as copies.
    let hasher = RandomState::default();
    let mut copy_of: HashMap<usize, usize> = HashMap::default();
    // Most copies have equal bytes: what they say is worked out once.
    let mut texts: HashMap<(u64, NodeId), u64> = HashMap::default();
    let mut variants = 0;
    for places in seen.into_values().filter(|places| places.len() > 1) {
        let mut contents: HashMap<(u64, &str), usize> = HashMap::default();
        // Of equal contents the last one stays, so that the order of variants is the order of files.
        for &at in places.iter().rev() {
            let object = &objects[at];
            let text = (hasher.hash_one(object.document().text()), object.root().id());
            let value = *texts.entry(text).or_insert_with(|| digest(object.root(), &hasher));
            let digest = (value, object.api_version());
            let first = *contents.entry(digest).or_insert(at);
            if first != at {
                copy_of.insert(at, first);
            }
        }
        variants += usize::from(contents.len() > 1);
    }
    let mut copies: HashMap<usize, Vec<Arc<Object>>> = HashMap::default();
    for (at, object) in objects.iter().enumerate() {
        if let Some(first) = copy_of.get(&at) {
            copies.entry(*first).or_default().push(object.clone());
        }
    }
    let mut out = Unique { variants, ..Unique::default() };
    for (at, object) in objects.into_iter().enumerate() {
        if let Some(copies) = copies.remove(&at) {
            out.copies.push((object.clone(), copies));
        }
        if !copy_of.contains_key(&at) {
            out.objects.push(object);
        }
    }
    out
}

/// A digest of a value that does not depend on style or on the order of keys.
fn digest(root: NodeRef<'_>, hasher: &RandomState) -> u64 {
    let base = root.id().0;
    let mut digests = vec![0u64; root.size() as usize];
    // Nodes are in preorder, so that children come after their parent: from the end all children are known.
    for offset in (0..root.size()).rev() {
        let node = root.document().node(NodeId(base + offset));
        let of = |child: NodeRef<'_>| digests.get((child.id().0 - base) as usize).copied().unwrap_or(0);
        let value = match node.kind() {
            Kind::Mapping => {
                let entries = node.entries().map(|(key, value)| hasher.hash_one((key.text(), of(value))));
                entries.fold(1, u64::wrapping_add)
            }
            Kind::Sequence => node.items().fold(2, |sum, item| hasher.hash_one((sum, of(item)))),
            // `yes` and `true` are one value, and so are all ways to write null.
            kind @ (Kind::Null | Kind::True | Kind::False) => hasher.hash_one(kind),
            kind => hasher.hash_one((kind, node.text())),
        };
        if let Some(slot) = digests.get_mut(offset as usize) {
            *slot = value;
        }
    }
    digests.first().copied().unwrap_or(0)
}

impl Unique {
    /// The copies for the report.
    pub(crate) fn for_report(&self) -> Vec<Copies> {
        let place = |object: &Arc<Object>| {
            let place = object.root().place();
            CopyPlace { file: object.file().into(), line: place.line, column: place.column }
        };
        let one = |(object, copies): &(Arc<Object>, Vec<Arc<Object>>)| Copies {
            object: object.clone(),
            places: copies.iter().map(place).collect(),
        };
        self.copies.iter().map(one).collect()
    }
}
