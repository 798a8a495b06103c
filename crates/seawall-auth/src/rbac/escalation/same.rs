//! Does an update change more than what the garbage collector changes (upstream: `pkg/registry/rbac/helpers.go`)?

use seawall_model::Object;
use seawall_yaml::NodeRef;
use std::collections::BTreeMap;

/// Fields of `metadata` that are left aside.
const COLLECTED: [&str; 4] = ["ownerReferences", "finalizers", "selfLink", "managedFields"];
/// Mappings of strings, where an empty value is a value.
const MAPS: [&str; 3] = ["labels", "annotations", "matchLabels"];
/// Deeper than any role or binding.
const DEPTH: usize = 32;

/// Whether two objects are equal but for owner references and finalizers. Absent, null and empty are the same, as
/// for upstream's semantic comparison of decoded objects.
pub(super) fn but_for_garbage_collection(new: &Object, old: &Object) -> bool {
    let metadata = |object: &Object| object.root().get("metadata").map_or(0, |node| node.id().0);
    let skip = [metadata(new), metadata(old)];
    same(
        Some(new.root()),
        Some(old.root()),
        &mut |parent, key| skip.contains(&parent.id().0) && COLLECTED.contains(&key),
        DEPTH,
        false,
    )
}

/// `strings`: whether it is a map of strings.
fn same(
    one: Option<NodeRef<'_>>,
    other: Option<NodeRef<'_>>,
    skip: &mut dyn FnMut(NodeRef<'_>, &str) -> bool,
    depth: usize,
    strings: bool,
) -> bool {
    let filled = |node: &NodeRef<'_>| !is_empty(*node);
    let (one, other) = match (one.filter(filled), other.filter(filled)) {
        (None, None) => return true,
        _ if depth == 0 => return false,
        (Some(one), Some(other)) => (one, other),
        // The other one may still be a mapping of nothing but empty values.
        (Some(node), None) | (None, Some(node)) => {
            let empty = |(key, value): (NodeRef<'_>, NodeRef<'_>)| {
                skip(node, key.text()) || same(Some(value), None, skip, depth - 1, MAPS.contains(&key.text()))
            };
            return node.is_mapping() && !strings && node.entries().all(empty);
        }
    };
    if one.is_mapping() && other.is_mapping() {
        let mut pairs: BTreeMap<&str, [Option<NodeRef<'_>>; 2]> = BTreeMap::new();
        for (place, node) in [one, other].into_iter().enumerate() {
            for (key, value) in node.entries().filter(|(key, _)| !skip(node, key.text())) {
                if let Some(slot) = pairs.entry(key.text()).or_default().get_mut(place) {
                    *slot = Some(value);
                }
            }
        }
        return pairs.into_iter().all(|(key, [one, other])| {
            if strings {
                return one.map(text) == other.map(text);
            }
            same(one, other, skip, depth - 1, MAPS.contains(&key))
        });
    }
    if one.is_sequence() && other.is_sequence() {
        return one.count() == other.count()
            && one
                .items()
                .zip(other.items())
                .all(|(one, other)| same(Some(one), Some(other), skip, depth - 1, false));
    }
    one.kind() == other.kind() && text(one) == text(other)
}

fn text(node: NodeRef<'_>) -> &str {
    if node.is_null() { "" } else { node.text() }
}

/// Null, `""`, `[]` and `{}`.
fn is_empty(node: NodeRef<'_>) -> bool {
    if node.is_mapping() || node.is_sequence() { node.count() == 0 } else { text(node).is_empty() }
}
