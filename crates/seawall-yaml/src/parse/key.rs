//! Keys: every scalar becomes a string, as `sigs.k8s.io/yaml` converts them; equal keys of one mapping are noted.

use super::resolve::Scalar;
use super::tape::Tape;
use crate::node::text_of;
use crate::{Kind, NodeId};

/// The string that a key becomes.
pub(super) enum KeyText {
    AsWritten,
    Made(String),
    Refused(&'static str),
}

/// The key's string in JSON.
pub(super) fn text(scalar: Scalar, written: &str) -> KeyText {
    let made = match scalar {
        Scalar::String => return KeyText::AsWritten,
        Scalar::Null => return KeyText::Refused("null cannot be a key"),
        Scalar::Uint(_) => return KeyText::Refused("an integer above 9223372036854775807 cannot be a key"),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => crate::number::key_float(value),
    };
    if made == written { KeyText::AsWritten } else { KeyText::Made(made) }
}

/// Notes the later ones of equal keys of the mapping `node`, which is closed. Merged entries do not count.
pub(super) fn find_duplicates(tape: &mut Tape, node: usize, source: &str) {
    let end = node + tape.nodes.get(node).map_or(1, |node| node.size() as usize);
    let mut keys: Vec<(&str, u32)> = Vec::new();
    let mut at = node + 1;
    while let Some(key) = tape.nodes.get(at).filter(|_| at < end) {
        if !key.copied() {
            keys.push((text_of(source, &tape.nodes, Some(&tape.texts), NodeId(at as u32)), at as u32));
        }
        at += 1 + tape.nodes.get(at + 1).map_or(1, |value| value.size() as usize);
    }
    keys.sort_unstable();
    let repeated = keys.windows(2).filter_map(|pair| match pair {
        [(first, _), (second, id)] if first == second => Some(NodeId(*id)),
        _ => None,
    });
    let mut repeated: Vec<NodeId> = repeated.collect();
    repeated.sort_unstable();
    tape.duplicates.append(&mut repeated);
}

/// The first of `nodes` that no later entry of the same key replaces, directly or further up.
pub(super) fn first_live(tape: &Tape, source: &str, nodes: &[(usize, &str)]) -> Option<usize> {
    let mut dead: Vec<(usize, usize)> = Vec::new();
    for (at, node) in tape.nodes.iter().enumerate().filter(|(_, node)| node.kind() == Kind::Mapping) {
        let end = at + node.size() as usize;
        let mut values: Vec<(&str, usize, usize)> = Vec::new();
        let mut key = at + 1;
        while key < end {
            let size = tape.nodes.get(key + 1).map_or(1, |value| value.size() as usize);
            let text = text_of(source, &tape.nodes, Some(&tape.texts), NodeId(key as u32));
            values.push((text, key + 1, key + 1 + size));
            key += 1 + size;
        }
        values.sort_unstable();
        dead.extend(values.windows(2).filter_map(|pair| match pair {
            [(first, start, end), (second, ..)] if first == second => Some((*start, *end)),
            _ => None,
        }));
    }
    // Ranges are nested or apart; only the outermost ones are kept, so that one look decides.
    dead.sort_unstable();
    let mut covered = 0;
    dead.retain(|&(_, end)| {
        let outermost = end > covered;
        covered = covered.max(end);
        outermost
    });
    nodes.iter().map(|(node, _)| *node).find(|&node| {
        let before = dead.partition_point(|&(start, _)| start <= node);
        before.checked_sub(1).and_then(|at| dead.get(at)).is_none_or(|&(_, end)| end <= node)
    })
}
