//! What is gained and lost, and what of it is dangerous.

use super::super::Asked;
use super::findings::{self, Compared};
use super::ways::{Side, Ways};
use schemars::JsonSchema;
use seawall_auth::Attributes;
use seawall_auth::authorizer::{Decision, Engine};
use seawall_auth::rbac::authorizer::{Beyond, Proof};
use seawall_auth::rbac::{
    BuiltInRole, Part, StaticRule, Subject, is_cluster_scoped, remainder, resource_matches, word_matches,
};
use seawall_auth::user::{ALL_AUTHENTICATED, ALL_UNAUTHENTICATED, ANONYMOUS, User, split_service_account};
use seawall_controls::danger::{Danger, DangerousVerbs, dangers};
use serde::Serialize;

/// How much work one direction may cost: some seconds.
const STEPS: u64 = 200_000_000;
/// Subjects that are named as unknown.
const NAMED: usize = 20;

/// Why a right is dangerous.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub(in super::super) struct Reason {
    /// The rule of the catalogue that explains it.
    pub(super) rule: &'static str,
    /// What the holder gets from it.
    pub(super) reason: &'static str,
}

/// A right that somebody gains or loses.
pub(in super::super) struct Change<'a> {
    pub(super) group: bool,
    pub(super) name: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) part: Part<'a>,
    pub(super) proof: Proof<'a>,
    pub(super) dangers: Vec<Reason>,
}

impl<'a> Change<'a> {
    /// Kind, namespace and name of the subject.
    pub(super) fn subject(&self) -> (&'static str, Option<&'a str>, &'a str) {
        match (self.group, split_service_account(self.name)) {
            (true, _) => ("Group", None, self.name),
            (false, Some((namespace, name))) => ("ServiceAccount", Some(namespace), name),
            (false, None) => ("User", None, self.name),
        }
    }
}

/// All of it.
pub(in super::super) struct Changes<'a> {
    /// The dangerous first.
    pub(in super::super) gained: Vec<Change<'a>>,
    pub(in super::super) lost: Vec<Change<'a>>,
    pub(in super::super) findings: Compared,
    /// Attack paths of NEW alone, and of OLD alone.
    pub(in super::super) paths_gained: Ways,
    pub(in super::super) paths_lost: Ways,
    /// The authorizers let everybody do everything, and did not before.
    pub(in super::super) all_allowed: bool,
    pub(in super::super) complete: bool,
    pub(in super::super) unknown: Vec<String>,
    pub(in super::super) notes: Vec<String>,
}

impl<'a> Changes<'a> {
    pub(in super::super) fn between(old: &'a Asked, new: &'a Asked) -> Self {
        let mut unknown: Vec<String> = Vec::new();
        let gained = new.rbac().beyond(old.rbac(), &mut STEPS.clone());
        let lost = old.rbac().beyond(new.rbac(), &mut STEPS.clone());
        doubts(&gained, new, &mut unknown);
        cut(&lost, "loses", &mut unknown);
        for (asked, side) in [(old, "OLD"), (new, "NEW")] {
            if !asked.holes.is_empty() {
                unknown.push(format!("parts of {side} could not be read"));
            }
            if !asked.rbac().is_clear() {
                unknown.push(format!("{side} has roles or bindings that the API would not decode"));
            }
        }
        let findings = findings::compare(old, new);
        if !findings.complete {
            unknown.push("all findings: there are too many".into());
        }
        let (before, after) = (Side::new(old.world.paths()), Side::new(new.world.paths()));
        let (paths_gained, paths_lost) = (after.beyond(&before), before.beyond(&after));
        if !paths_gained.complete {
            unknown.push("all attack paths: there are too many to follow".into());
        }
        let mut notes: Vec<String> = old.notes.iter().chain(&new.notes).cloned().collect();
        notes.dedup();
        let mut seen = std::collections::HashSet::new();
        notes.retain(|note| seen.insert(note.clone()));
        let mut gained = flat(gained, |found, part| reasons(found, part, old));
        gained.sort_by_key(|change| change.dangers.is_empty());
        let all_allowed = allows_all(new) && !allows_all(old);
        let lost = flat(lost, |_, _| Vec::new());
        Self {
            gained,
            lost,
            findings,
            paths_gained,
            paths_lost,
            all_allowed,
            complete: unknown.is_empty(),
            unknown,
            notes,
        }
    }

    /// Notes what else is not known.
    pub(super) fn doubt(&mut self, doubts: &[String]) {
        self.unknown.extend_from_slice(doubts);
        self.complete = self.unknown.is_empty();
    }

    pub(in super::super) fn is_dangerous(&self) -> bool {
        self.all_allowed
            || !self.paths_gained.ways.is_empty()
            || self.findings.gained.iter().any(|finding| finding.dangerous)
            || self.gained.first().is_some_and(|change| !change.dangers.is_empty())
    }

    /// The gained rights that are dangerous, and the others.
    pub(in super::super) fn apart(&self) -> (&[Change<'a>], &[Change<'a>]) {
        let at = self.gained.partition_point(|change| !change.dangers.is_empty());
        self.gained.split_at(at)
    }
}

fn allows_all(asked: &Asked) -> bool {
    asked.chain().links.iter().any(|link| matches!(link.engine, Engine::AlwaysAllow))
}

fn flat<'a>(
    found: Vec<Beyond<'a>>,
    reasons: impl Fn(&Beyond<'a>, &Part<'a>) -> Vec<Reason>,
) -> Vec<Change<'a>> {
    let mut out = Vec::new();
    for mut one in found {
        for (part, proof) in std::mem::take(&mut one.rights) {
            let dangers = reasons(&one, &part);
            let (group, name, namespace) = (one.group, one.name, one.namespace);
            out.push(Change { group, name, namespace, part, proof, dangers });
        }
    }
    out
}

/// What is bound to roles that nobody can see, and what was too much to compare.
fn doubts(gained: &[Beyond<'_>], new: &Asked, unknown: &mut Vec<String>) {
    if !new.is_whole() {
        let mut missing: Vec<String> = gained
            .iter()
            .flat_map(|one| one.missing.iter().map(move |role| (one, role)))
            .map(|(one, (kind, name))| {
                let place = one.namespace.map(|place| format!(" in namespace {place}")).unwrap_or_default();
                format!("what {kind} {name} gives to {}{place}: it is not in NEW", one.name)
            })
            .collect();
        let more = missing.len().saturating_sub(NAMED);
        missing.truncate(NAMED);
        unknown.append(&mut missing);
        if more > 0 {
            unknown.push(format!("{more} more bindings to roles that are not in NEW"));
        }
    }
    cut(gained, "gains", unknown);
}

fn cut(found: &[Beyond<'_>], verb: &str, unknown: &mut Vec<String>) {
    let names: Vec<&str> = found.iter().filter(|one| !one.complete).map(|one| one.name).collect();
    if let Some(first) = names.first() {
        let more = names.len() - 1;
        let others = if more > 0 { format!(" and {more} more") } else { String::new() };
        unknown.push(format!("all that {first}{others} {verb}: there is too much to compare"));
    }
}

/// Why it is dangerous that the subject gains a right.
fn reasons(found: &Beyond<'_>, part: &Part<'_>, old: &Asked) -> Vec<Reason> {
    let any = |words: &[&str]| words.contains(&"*");
    if any(&part.verbs) && any(&part.groups) && any(&part.resources) && part.names.is_empty() {
        return vec![match found.namespace {
            None => {
                Reason { rule: "cluster-admin-bound", reason: "it may do everything in the whole cluster" }
            }
            Some(_) => Reason { rule: "full-access-role", reason: "it may do everything in this namespace" },
        }];
    }
    let mut out: Vec<Reason> = everybody(found, part).into_iter().collect();
    let mut user = match found.group {
        true => User { groups: vec![found.name.to_owned()], ..User::default() },
        false => User::named(found.name),
    };
    user = user.with_implied_groups();
    let groups = user.group_names();
    let who = Subject { user: &user.name, groups: &groups };
    let is_new = |danger: Danger, right: &DangerousVerbs| {
        let namespace = found.namespace.unwrap_or("");
        let is_granted =
            grants(part, right, found.namespace) && (part.names.is_empty() || danger.even_named());
        // Who could list secrets gains no new danger from getting them.
        is_granted
            && !right.verbs.iter().any(|verb| {
                let asked = attributes(verb, right).in_namespace(namespace);
                old.rbac().decide(who, &asked) == Decision::Allow
            })
    };
    let found = dangers().filter(|danger| danger.rights().any(|right| is_new(*danger, &right)));
    out.extend(found.map(|danger| Reason { rule: danger.rule, reason: danger.effect() }));
    out
}

fn attributes(verb: &'static str, right: &DangerousVerbs) -> Attributes<'static> {
    let (resource, sub) = right.resource.split_once('/').unwrap_or((right.resource, ""));
    let mut attributes = Attributes::resource(verb, right.group, resource);
    if let seawall_auth::Request::Resource { subresource, .. } = &mut attributes.request {
        *subresource = sub;
    }
    attributes
}

/// Whether the right is one of the dangerous ones, where it takes effect.
fn grants(part: &Part<'_>, right: &DangerousVerbs, namespace: Option<&str>) -> bool {
    let (resource, sub) = right.resource.split_once('/').unwrap_or((right.resource, ""));
    let lives_nowhere = is_cluster_scoped(right.group, resource) == Some(true);
    (namespace.is_none() || !lives_nowhere || right.verbs.contains(&"bind"))
        && part.verbs.iter().any(|owned| right.verbs.iter().any(|verb| word_matches(owned, verb)))
        && part.groups.iter().any(|owned| word_matches(owned, right.group))
        && part.resources.iter().any(|owned| resource_matches(owned, resource, sub))
}

/// Roles that the API server gives to everybody, and the documented one for issuer discovery.
const DISCOVERY: [&str; 4] = [
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
];
/// What kubeadm lets everybody read, in `kube-public`.
const CLUSTER_INFO: StaticRule = StaticRule {
    verbs: &["get"],
    api_groups: &[""],
    resources: &["configmaps"],
    resource_names: &["cluster-info"],
    non_resource_urls: &[],
};

/// Rights of everybody beyond discovery.
fn everybody(found: &Beyond<'_>, part: &Part<'_>) -> Option<Reason> {
    let reason = match (found.group, found.name) {
        (false, ANONYMOUS) | (true, ALL_UNAUTHENTICATED) => Reason {
            rule: "anonymous-bound",
            reason: "everybody who reaches the API server has it, without any credential",
        },
        (true, ALL_AUTHENTICATED) => {
            Reason { rule: "all-users-bound", reason: "every user and every service account has it" }
        }
        _ => return None,
    };
    let roles = DISCOVERY.iter().filter_map(|name| BuiltInRole::find(name));
    let mut harmless: Vec<StaticRule> = roles.flat_map(|role| role.rules).copied().collect();
    harmless.extend((found.namespace == Some("kube-public")).then_some(CLUSTER_INFO));
    let left = remainder(&harmless, part, &mut STEPS.clone());
    left.is_none_or(|left| !left.is_empty()).then_some(reason)
}
