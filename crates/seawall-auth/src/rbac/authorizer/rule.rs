//! The rules of roles: read strictly, as the API decodes them, and interned.

use super::symbols::{Symbol, Symbols};
use seawall_model::{At, Object, WellKnown};
use seawall_yaml::NodeRef;
use std::sync::Arc;

/// A policy rule. Two rules of equal lists are equal wherever they stand, as for the aggregation controller.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Rule {
    pub(super) verbs: Box<[Symbol]>,
    pub(super) groups: Box<[Symbol]>,
    pub(super) resources: Box<[Symbol]>,
    pub(super) names: Box<[Symbol]>,
    pub(super) urls: Box<[Symbol]>,
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
    list(role.at().key("rules"))?.map(|at| rule(at, symbols).map(Arc::new)).collect()
}

fn rule<'a>(at: At<'a>, symbols: &mut Symbols) -> Result<Rule, At<'a>> {
    let mut rule = Rule::default();
    let Some(node) = at.node() else { return Ok(rule) };
    if !node.is_mapping() {
        return Err(at);
    }
    // One pass instead of five look-ups; of repeated keys the last one counts, as in the decoder.
    for (key, value) in node.entries() {
        let words = match key.text() {
            "verbs" => &mut rule.verbs,
            "apiGroups" => &mut rule.groups,
            "resources" => &mut rule.resources,
            "resourceNames" => &mut rule.names,
            "nonResourceURLs" => &mut rule.urls,
            _ => continue,
        };
        let words_of = list(at.child(value))?.map(|at| text(at).map(|text| symbols.add(text)));
        *words = words_of.collect::<Result<_, _>>()?;
    }
    Ok(rule)
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
