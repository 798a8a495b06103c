//! Which part of a rule can be held in one namespace.

use super::rewrite::Rule;
use seawall_auth::rbac::{PolicyRule, is_cluster_scoped};
use seawall_model::{Cluster, WellKnown};
use std::collections::BTreeMap;

/// The verbs on `namespaces` that a request for one namespace carries: a Role in it can grant them.
const OF_ONE: [&str; 4] = ["get", "update", "patch", "delete"];

/// Where custom resources live, as their definitions say: by group and plural.
pub(super) struct Scopes<'c> {
    cluster_scoped: BTreeMap<(&'c str, &'c str), bool>,
}

/// Where the resources of a rule live.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Lives {
    Namespace,
    Cluster,
    /// Both, or what is both: `*`.
    Both,
    /// No definition says it.
    Unknown,
}

/// A rule in two.
#[derive(Default)]
pub(super) struct Split {
    pub(super) namespaced: Vec<Rule>,
    pub(super) cluster: Vec<Rule>,
    /// What a reader must know about it.
    pub(super) notes: Vec<String>,
}

impl<'c> Scopes<'c> {
    pub(super) fn of(cluster: &'c Cluster) -> Self {
        let definitions = cluster.of(WellKnown::CustomResourceDefinition);
        let cluster_scoped = definitions.filter_map(|definition| {
            let spec = definition.at().key("spec");
            let key = (spec.key("group").str()?, spec.get("names.plural").str()?);
            Some((key, spec.key("scope").str()? == "Cluster"))
        });
        Self { cluster_scoped: cluster_scoped.collect() }
    }

    fn lives(&self, group: &str, resource: &str, verbs: &[&str]) -> Lives {
        let plural = resource.split('/').next().unwrap_or(resource);
        if plural == "*" {
            return Lives::Both;
        }
        if (group, plural) == ("", "namespaces") {
            let one = verbs.iter().all(|verb| OF_ONE.contains(verb));
            return if one { Lives::Namespace } else { Lives::Cluster };
        }
        let known = is_cluster_scoped(group, plural);
        match known.or_else(|| self.cluster_scoped.get(&(group, plural)).copied()) {
            Some(true) => Lives::Cluster,
            Some(false) => Lives::Namespace,
            None => Lives::Unknown,
        }
    }

    /// Splits a rule.
    pub(super) fn split(&self, rule: &impl PolicyRule, out: &mut Split) {
        let all = |words: Vec<&str>| -> Vec<String> { words.into_iter().map(str::to_owned).collect() };
        let verbs: Vec<&str> = rule.verbs().collect();
        let names: Vec<String> = all(rule.resource_names().collect());
        let urls: Vec<String> = all(rule.non_resource_urls().collect());
        let make = |group: &str, resources: Vec<String>| Rule {
            verbs: all(verbs.clone()),
            groups: vec![group.to_owned()],
            resources,
            names: names.clone(),
            urls: Vec::new(),
        };
        if !urls.is_empty() {
            out.cluster.push(Rule { verbs: all(verbs.clone()), urls, ..Rule::default() });
        }
        for group in rule.api_groups() {
            let (mut here, mut there): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
            for resource in rule.resources() {
                let said = if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
                match self.lives(group, resource, &verbs) {
                    Lives::Namespace => here.push(resource.to_owned()),
                    Lives::Cluster => there.push(resource.to_owned()),
                    Lives::Both => {
                        here.push(resource.to_owned());
                        out.notes.push(format!("of `{said}` only what lives in the namespace is left"));
                    }
                    Lives::Unknown => {
                        there.push(resource.to_owned());
                        out.notes.push(format!(
                            "`{said}` stays in the whole cluster: no definition in the input says where it lives"
                        ));
                    }
                }
            }
            if !here.is_empty() {
                push(&mut out.namespaced, make(group, here));
            }
            if !there.is_empty() {
                push(&mut out.cluster, make(group, there));
            }
        }
    }
}

/// Adds a rule; one that differs from the last only by its group becomes one with it.
fn push(rules: &mut Vec<Rule>, rule: Rule) {
    match rules.last_mut() {
        Some(last)
            if last.verbs == rule.verbs
                && last.resources == rule.resources
                && last.names == rule.names
                && last.urls.is_empty() =>
        {
            last.groups.extend(rule.groups);
        }
        _ => rules.push(rule),
    }
}
