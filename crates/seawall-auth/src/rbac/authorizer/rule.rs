//! The rules of roles: read strictly, as the API decodes them, and interned.

use super::symbols::{Symbol, Symbols};
use seawall_model::{At, Object, WellKnown};
use seawall_yaml::{NodeId, NodeRef};
use smallvec::SmallVec;
use std::sync::Arc;

/// The words of one list of a rule: nearly all are so few that they need no place of their own.
pub(super) type Words = SmallVec<[Symbol; 4]>;

/// A policy rule. Two rules of equal lists are equal wherever they stand, as for the aggregation controller.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Rule {
    pub(super) verbs: Words,
    pub(super) groups: Words,
    pub(super) resources: Words,
    pub(super) names: Words,
    pub(super) urls: Words,
}

/// A rule that a role holds, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct HeldRule {
    pub(super) rule: Arc<Rule>,
    /// The role that it is written in: another one where the holder is aggregated.
    pub(super) source: u32,
    /// Its number there.
    pub(super) index: u32,
}

/// More atoms in one rule than any rule of a person or program has: such rules are matched list by list.
const WIDE: usize = 4096;

impl Rule {
    /// Whether its lists multiply to more than an index should hold.
    pub(super) fn is_wide(&self) -> bool {
        let product = [&self.verbs, &self.groups, &self.resources]
            .iter()
            .fold(1_usize, |product, list| product.saturating_mul(list.len().max(1)));
        product > WIDE || self.verbs.len().saturating_mul(self.urls.len()) > WIDE
    }
}

/// The rules written in a role.
///
/// # Errors
/// The place of the first value that the API does not decode.
pub(super) fn read<'a>(role: &'a Arc<Object>, symbols: &mut Symbols) -> Result<Vec<Arc<Rule>>, At<'a>> {
    metadata(role)?;
    aggregation_rule(role)?;
    let mut out = Vec::new();
    let place = |node| At::new(role, node);
    let Some(rules) = role.root().get("rules") else { return Ok(out) };
    for node in items(rules).map_err(place)?.into_iter().flatten() {
        out.push(Arc::new(rule(node, symbols).map_err(place)?));
    }
    Ok(out)
}

/// Nodes instead of cursors: this is the part of a big cluster that takes the time.
fn rule(node: NodeRef<'_>, symbols: &mut Symbols) -> Result<Rule, NodeId> {
    let mut rule = Rule::default();
    if node.is_null() {
        return Ok(rule);
    }
    if !node.is_mapping() {
        return Err(node.id());
    }
    let lists = fields(node, ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"]);
    let Rule { verbs, groups, resources, names, urls } = &mut rule;
    for (list, words) in lists.into_iter().zip([verbs, groups, resources, names, urls]) {
        let Some(list) = list else { continue };
        for word in items(list)?.into_iter().flatten() {
            words.push(symbols.add(string(word)?));
        }
    }
    Ok(rule)
}

/// The values of these keys in one pass; of repeated keys the last one counts, as in the decoder.
pub(super) fn fields<'a, const N: usize>(mapping: NodeRef<'a>, keys: [&str; N]) -> [Option<NodeRef<'a>>; N] {
    let mut out = [None; N];
    for (key, value) in mapping.entries() {
        let key = key.text();
        let slot = keys.iter().zip(&mut out).find(|(wanted, _)| **wanted == key);
        if let Some((_, slot)) = slot {
            *slot = Some(value);
        }
    }
    out
}

/// The elements of a list; `None` where it is null.
fn items(list: NodeRef<'_>) -> Result<Option<impl Iterator<Item = NodeRef<'_>>>, NodeId> {
    if list.is_null() {
        return Ok(None);
    }
    list.is_sequence().then(|| Some(list.items())).ok_or(list.id())
}

/// A string; null decodes as the empty one.
pub(super) fn string(node: NodeRef<'_>) -> Result<&str, NodeId> {
    match node.as_str() {
        Some(text) => Ok(text),
        None if node.is_null() => Ok(""),
        None => Err(node.id()),
    }
}

/// Labels decide about aggregation: each must be a string.
fn metadata(object: &Arc<Object>) -> Result<(), At<'_>> {
    let labels = object.at().get("metadata.labels");
    if labels.node().is_some_and(|labels| !labels.is_mapping()) {
        return Err(labels);
    }
    labels.entries().try_for_each(|(_, value)| text(value).map(|_| ()))
}

fn aggregation_rule(object: &Arc<Object>) -> Result<(), At<'_>> {
    let rule = object.at().key("aggregationRule");
    if object.well_known() != WellKnown::ClusterRole || !rule.exists() {
        return Ok(());
    }
    let is_mapping = |at: &At<'_>| at.node().is_none_or(|node| node.is_mapping());
    if !is_mapping(&rule) {
        return Err(rule);
    }
    list(rule.key("clusterRoleSelectors"))?.find(|selector| !is_mapping(selector)).map_or(Ok(()), Err)
}

/// The elements of a list; none where it is absent or null.
pub(super) fn list(at: At<'_>) -> Result<impl Iterator<Item = At<'_>>, At<'_>> {
    match at.node() {
        Some(node) if !node.is_sequence() => Err(at),
        node => Ok(node.into_iter().flat_map(NodeRef::items).map(move |item| at.child(item))),
    }
}

/// A string; null decodes as the empty one.
pub(super) fn text(at: At<'_>) -> Result<&str, At<'_>> {
    match at.node() {
        None => Ok(""),
        Some(node) => node.as_str().ok_or(at),
    }
}
