//! Dangerous rights in roles: what the rules of one role grant, how far that reaches, and how bad it is then.

use crate::{RoleAt, World};
use seawall_auth::rbac::{
    Grant, PolicyRule, PolicyRuleAt, Use, is_as_made, is_built_in, is_cluster_scoped, rules_of,
};
use seawall_model::{At, Object, Report, Severity, WellKnown};
use std::sync::Arc;

/// A right that a control looks for.
#[derive(Clone, Copy)]
pub(crate) struct Right {
    /// Any of these verbs.
    pub(crate) verbs: &'static [&'static str],
    /// API group.
    pub(crate) group: &'static str,
    /// Resource, `/` and subresource included.
    pub(crate) resource: &'static str,
}

/// What a control says about a set of rights.
pub(crate) struct Rights {
    /// Any of these.
    pub(crate) any: &'static [Right],
    /// How bad it is in the whole cluster (or in kube-system, where every right leads to the cluster).
    pub(crate) cluster: Severity,
    /// How bad it is in other namespaces.
    pub(crate) namespace: Severity,
    /// What to do with rules for certain names.
    pub(crate) named: Named,
    /// What the holder gets from it; ends the message.
    pub(crate) effect: &'static str,
}

/// What a control thinks of rules with `resourceNames`.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Named {
    /// They are what least privilege looks like, or grant nothing at all.
    Fine,
    /// They are one step less bad.
    Lower,
}

pub(crate) const fn right(
    verbs: &'static [&'static str],
    group: &'static str,
    resource: &'static str,
) -> Right {
    Right { verbs, group, resource }
}

/// Verbs that change objects.
pub(crate) const WRITE: &[&str] = &["create", "update", "patch"];
/// Verbs that change or remove objects.
pub(crate) const CHANGE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

/// Reports each rule of the role that names one of the rights. Rules that reach the resource through `*` are the
/// business of `wildcard-resources` and `full-access-role`: one cause, one finding.
pub(crate) fn report_rights(role: RoleAt<'_>, world: &World, out: &mut Report, rights: &Rights) {
    let object = role.object();
    // Most rules name nothing dangerous: look before asking who is bound.
    for rule in rules_of(object) {
        let named = rule.has_names();
        if named && rights.named == Named::Fine {
            continue;
        }
        let grants: Vec<(Grant<'_>, &Right)> = rights
            .any
            .iter()
            .filter_map(|right| Some((rule.grants(right.verbs, right.group, right.resource)?, right)))
            .filter(|(grant, right)| !grant.by_wildcard_resource() && has_effect(object, right))
            .collect();
        let Some((first, right)) = grants.first() else { continue };
        if is_kubernetes_own(object) || is_filled_by_others(object, world) {
            return;
        }
        let reach = Reach::of(object, world, needs_cluster(right));
        let mut severity = reach.severity(rights.cluster, rights.namespace);
        if named {
            severity = lower(severity);
        }
        let message = format!(
            "{} `{}` may {} {}{}: {}",
            object.kind(),
            object.name(),
            verbs(rule, &grants),
            resources(&grants),
            reach.phrase(),
            rights.effect
        );
        let mut finding = out.finding(first.resource, message).severity(severity);
        if named {
            finding = finding.evidence("the rule holds for the listed names only");
        }
        reach.explain(finding);
    }
}

/// Whether a rule of this role for the resource can take effect at all: a Role grants nothing on cluster-scoped
/// resources.
fn has_effect(role: &Object, right: &Right) -> bool {
    role.well_known() != WellKnown::Role || !needs_cluster(right)
}

/// Whether only a ClusterRoleBinding grants it. `bind` is asked for in the namespace of the new binding, also for
/// ClusterRoles (`policybased/storage.go`).
fn needs_cluster(right: &Right) -> bool {
    is_cluster_scoped(right.group, right.resource) == Some(true) && !right.verbs.contains(&"bind")
}

fn verbs(rule: PolicyRuleAt<'_>, grants: &[(Grant<'_>, &Right)]) -> String {
    if grants.iter().any(|(grant, _)| grant.by_wildcard_verb()) {
        return "use every verb on".into();
    }
    let mut granted: Vec<&str> = Vec::new();
    for at in rule.verbs_at() {
        let verb = at.str().unwrap_or("");
        if !granted.contains(&verb) && grants.iter().any(|(_, right)| right.verbs.contains(&verb)) {
            granted.push(verb);
        }
    }
    granted.join(", ")
}

fn resources(grants: &[(Grant<'_>, &Right)]) -> String {
    let names: Vec<String> = grants.iter().map(|(_, right)| format!("`{}`", right.resource)).collect();
    names.join(", ")
}

/// One step less bad.
pub(crate) fn lower(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::High,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

/// Where the rules of a role hold, and by which binding.
#[derive(Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// In every namespace and on cluster-scoped resources.
    Cluster(Use<'a>),
    /// In the namespace of this binding; `true` where that is as good as the cluster.
    Namespace(Use<'a>, bool),
    /// No binding in the input; a ClusterRole (`None`) or a Role of the given namespace.
    Unbound(Option<&'a str>),
}

impl<'a> Reach<'a> {
    /// The widest reach of the role. With `cluster_scoped` only ClusterRoleBindings count, as RoleBindings grant
    /// nothing on cluster-scoped resources.
    pub(crate) fn of(role: &'a Arc<Object>, world: &'a World, cluster_scoped: bool) -> Self {
        let mut widest = Self::Unbound(role.namespace().filter(|_| role.well_known() == WellKnown::Role));
        // ClusterRoleBindings come first; of the others one in kube-system is the widest.
        for found in world.auth().uses(role).take(1000) {
            if found.binding.well_known() == WellKnown::ClusterRoleBinding {
                return Self::Cluster(found);
            }
            let is_system = found.binding.namespace() == Some("kube-system");
            if cluster_scoped {
                break;
            }
            if is_system || matches!(widest, Self::Unbound(_)) {
                widest = Self::Namespace(found, is_system);
            }
        }
        widest
    }

    /// The severity for this reach.
    pub(crate) fn severity(self, cluster: Severity, namespace: Severity) -> Severity {
        match self {
            Self::Cluster(_) | Self::Namespace(_, true) => cluster,
            Self::Namespace(_, false) => namespace,
            Self::Unbound(None | Some("kube-system")) => lower(cluster),
            Self::Unbound(Some(_)) => lower(namespace),
        }
    }

    /// Where, as the end of a sentence.
    pub(crate) fn phrase(self) -> String {
        let namespace = |name: Option<&str>| match name {
            Some(name) => format!(" in namespace `{name}`"),
            None => " in its namespace".into(),
        };
        match self {
            Self::Cluster(_) => " in the whole cluster".into(),
            Self::Namespace(found, _) => namespace(found.binding.namespace()),
            Self::Unbound(Some(name)) => namespace(Some(name)),
            Self::Unbound(None) => String::new(),
        }
    }

    /// Adds the binding, or says that there is none.
    pub(crate) fn explain(self, finding: seawall_model::FindingBuilder<'_>) {
        match self {
            Self::Cluster(found) | Self::Namespace(found, _) => {
                let through =
                    found.through.map_or(String::new(), |name| format!(", which `{name}` takes in"));
                let text = format!("{} `{}` grants it{through}", found.binding.kind(), found.binding.name());
                finding.related(found.binding.at().key("subjects"), text);
            }
            Self::Unbound(_) => {
                finding.evidence("no binding in the input uses this role, so it counts one step less");
            }
        }
    }
}

/// Whether this is a role that the API server makes and keeps itself: not the reader's to change. The label alone
/// would let anybody hide a role.
pub(crate) fn is_kubernetes_own(role: &Object) -> bool {
    match role.well_known() {
        WellKnown::ClusterRole => {
            role.label("kubernetes.io/bootstrapping") == Some("rbac-defaults") && is_built_in(role.name())
        }
        _ => is_as_made(role),
    }
}

/// Whether the rules were written by the controller from roles that are in the input and judged themselves.
pub(crate) fn is_filled_by_others(role: &Arc<Object>, world: &World) -> bool {
    role.root().get("aggregationRule").is_some_and(|rule| rule.is_mapping())
        && !world.auth().sources(role).is_empty()
}

/// The rules of a role that are the reader's to judge: none of roles that Kubernetes keeps itself or that the
/// controller fills from others in the input.
pub(crate) fn judged_rules<'a>(role: RoleAt<'a>, world: &World) -> impl Iterator<Item = PolicyRuleAt<'a>> {
    let object = role.object();
    let judged = !is_kubernetes_own(object) && !is_filled_by_others(object, world);
    judged.then(|| rules_of(object)).into_iter().flatten()
}

/// Whether a rule allows every verb on every resource of every group.
pub(crate) fn is_full_access(rule: PolicyRuleAt<'_>) -> bool {
    has_star(rule.verbs()) && has_star(rule.api_groups()) && has_star(rule.resources()) && !rule.has_names()
}

/// Whether a list of words holds `*`.
pub(crate) fn has_star<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    words.any(|word| word == "*")
}

/// The element `*` of a list.
pub(crate) fn star<'a>(mut words: impl Iterator<Item = At<'a>>) -> Option<At<'a>> {
    words.find(|word| word.str() == Some("*"))
}

/// The first few words of a list, for messages.
pub(crate) fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let mut all: Vec<&str> = words.take(SHOWN + 1).collect();
    if all.len() > SHOWN {
        all.truncate(SHOWN);
        all.push("…");
    }
    all.join(", ")
}
