//! May somebody write this role or binding? Nobody may give away rights that they do not hold (upstream:
//! `pkg/registry/rbac/*/policybased/storage.go`, `escalation_check.go`, `validation/rule.go`).
//!
//! This is asked after the request itself was authorized, and before the object is validated.

mod compact;
mod same;

#[cfg(test)]
mod tests;

use super::authorizer::RbacAuthorizer;
use super::{Atom, PolicyRule, RBAC_GROUP, StaticRule, Subject, uncovered};
use crate::authorizer::Decision;
use crate::go_quote::quoted;
use crate::user::SYSTEM_MASTERS;
use crate::{Attributes, Request};
use seawall_model::{Object, WellKnown};
use std::sync::Arc;

/// A create, update or patch of a role or binding.
#[derive(Clone, Copy, Debug)]
pub struct Write<'a> {
    /// The object as it would be stored.
    pub object: &'a Arc<Object>,
    /// The object that is there, for an update or patch.
    pub old: Option<&'a Arc<Object>>,
    /// The namespace in the URL; `""` for ClusterRoles and ClusterRoleBindings.
    pub namespace: &'a str,
    /// The name in the URL; `""` for a create by POST.
    pub name: &'a str,
}

/// What comes of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// It is no escalation, for this reason.
    Allowed(Permit),
    /// 403 with this message; the rights that are missing, in upstream's compact form, sorted.
    Forbidden {
        /// The message.
        message: String,
        /// What is missing.
        missing: Vec<String>,
    },
    /// 404 with this message: the role that a binding names does not exist.
    NotFound(String),
    /// It cannot be decided here; the text says why.
    Unknown(String),
}

/// Why a write is no escalation.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Permit {
    /// The group `system:masters`.
    Masters,
    /// The verb `escalate` on the role.
    Escalate,
    /// The verb `bind` on the role that the binding names.
    Bind,
    /// Only fields of the garbage collector change.
    GarbageCollection,
    /// The rights are all held.
    Held,
    /// The object is neither role nor binding.
    NoRole,
}

/// Comparisons of an atom with a rule that is held, at most.
const COMPARISONS: usize = 50_000_000;

const ALL: StaticRule = StaticRule {
    verbs: &["*"],
    api_groups: &["*"],
    resources: &["*"],
    resource_names: &[],
    non_resource_urls: &[],
};
const FULL_AUTHORITY: [StaticRule; 2] =
    [ALL, StaticRule { api_groups: &[], resources: &[], non_resource_urls: &["*"], ..ALL }];

/// The resource of a kind.
fn resource(kind: WellKnown) -> Option<&'static str> {
    Some(match kind {
        WellKnown::Role => "roles",
        WellKnown::ClusterRole => "clusterroles",
        WellKnown::RoleBinding => "rolebindings",
        WellKnown::ClusterRoleBinding => "clusterrolebindings",
        _ => return None,
    })
}

impl RbacAuthorizer {
    /// Whether `who` may write the object. `authorize` is the whole chain's decision about another request of the
    /// same user: `escalate` and `bind` may be granted by any authorizer, held rights count by RBAC alone.
    pub fn check_write(
        &self,
        who: Subject<'_>,
        write: &Write<'_>,
        authorize: &dyn Fn(&Attributes<'_>) -> Decision,
    ) -> Verdict {
        let kind = write.object.well_known();
        let Some(resource) = resource(kind) else { return Verdict::Allowed(Permit::NoRole) };
        if who.groups.contains(&SYSTEM_MASTERS) {
            return Verdict::Allowed(Permit::Masters);
        }
        let check = Check { rbac: self, who, write, resource, authorize };
        match kind {
            WellKnown::Role | WellKnown::ClusterRole => check.role(),
            _ => check.binding(),
        }
    }
}

struct Check<'a> {
    rbac: &'a RbacAuthorizer,
    who: Subject<'a>,
    write: &'a Write<'a>,
    resource: &'static str,
    authorize: &'a dyn Fn(&Attributes<'_>) -> Decision,
}

impl Check<'_> {
    fn role(&self) -> Verdict {
        let escalate = self.ask("escalate", self.resource, self.write.namespace, self.write.name);
        if escalate == Decision::Allow {
            return Verdict::Allowed(Permit::Escalate);
        }
        if self.write.old.is_some_and(|old| same::but_for_garbage_collection(self.write.object, old)) {
            return Verdict::Allowed(Permit::GarbageCollection);
        }
        let verdict = match super::authorizer::WrittenRules::read(self.write.object) {
            Ok(rules) => self.held(&rules.rules(), None),
            Err(at) => Verdict::Unknown(format!("`{}` is not of its type", at.field_ref().field())),
        };
        let aggregates =
            [Some(self.write.object), self.write.old].into_iter().flatten().any(has_aggregation_rule);
        let verdict = match verdict {
            Verdict::Allowed(_) if aggregates && self.resource == "clusterroles" => self
                .held(&FULL_AUTHORITY, Some("must have cluster-admin privileges to use the aggregationRule")),
            verdict => verdict,
        };
        self.unless_unknown(escalate, "escalate", verdict)
    }

    fn binding(&self) -> Verdict {
        let reference = self.write.object.at().key("roleRef");
        let text = |key| reference.key(key).str().unwrap_or("");
        let update = self.write.old;
        if update.is_some_and(|old| same::but_for_garbage_collection(self.write.object, old)) {
            return Verdict::Allowed(Permit::GarbageCollection);
        }
        let roles = match text("kind") {
            "ClusterRole" => Some("clusterroles"),
            "Role" => Some("roles"),
            _ => None,
        };
        let bind = roles.map_or(Decision::NoOpinion, |roles| {
            let request = Request::Resource {
                group: Some(text("apiGroup")).filter(|group| !group.is_empty()).unwrap_or(RBAC_GROUP),
                version: "*",
                resource: roles,
                subresource: "",
                namespace: self.write.namespace,
                name: text("name"),
            };
            (self.authorize)(&Attributes { verb: "bind", request, selectors: None })
        });
        if bind == Decision::Allow {
            return Verdict::Allowed(Permit::Bind);
        }
        let verdict = match self.rbac.rules_of_reference(text("kind"), text("name"), self.write.namespace) {
            Some(Ok(rules)) => self.held(&rules, None),
            Some(Err(unclear)) => Verdict::Unknown(unclear),
            None if roles.is_none() => {
                let message = format!("unsupported role reference kind: {}", quoted(text("kind")));
                Verdict::Forbidden { message, missing: Vec::new() }
            }
            None => Verdict::NotFound(self.not_found(text("kind"), text("name"))),
        };
        self.unless_unknown(bind, "bind", verdict)
    }

    fn ask(&self, verb: &str, resource: &str, namespace: &str, name: &str) -> Decision {
        let attributes = Attributes::resource(verb, RBAC_GROUP, resource);
        (self.authorize)(&attributes.in_namespace(namespace).named(name))
    }

    /// What an unknown answer to `escalate` or `bind` leaves of a refusal.
    fn unless_unknown(&self, decision: Decision, verb: &str, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Allowed(_) | Verdict::Unknown(_) => verdict,
            _ if decision == Decision::Unknown => Verdict::Unknown(format!("whether the user may {verb} it")),
            refused => refused,
        }
    }

    /// What the storage says about a `Role` or `ClusterRole` that is not there: since 1.32 it takes the resource from
    /// the request.
    fn not_found(&self, kind: &str, name: &str) -> String {
        let resource = match kind {
            _ if self.rbac.version().at_least(32) => self.resource,
            "ClusterRole" => "clusterroles",
            _ => "roles",
        };
        format!("{resource}.{RBAC_GROUP} {} not found", quoted(name))
    }

    /// `ConfirmNoEscalation`: whether the user holds the rules. `text` replaces what is said otherwise.
    fn held<S: PolicyRule>(&self, wanted: &[S], text: Option<&str>) -> Verdict {
        let held = self.rbac.held_rules(self.who, self.write.namespace);
        let atoms: usize = wanted.iter().map(atoms).fold(0, usize::saturating_add);
        if atoms.saturating_mul(held.rules.len().max(1)) > COMPARISONS {
            return Verdict::Unknown("the role holds too much to compare it right by right".into());
        }
        let missing: Vec<Atom<'_>> = wanted.iter().flat_map(|rule| uncovered(&held.rules, rule)).collect();
        if missing.is_empty() {
            return Verdict::Allowed(Permit::Held);
        }
        if let Some(unclear) = held.unclear {
            return Verdict::Unknown(unclear);
        }
        let missing = compact::lines(&missing);
        let message = text.map_or_else(|| self.attempt(&missing, &held.missing), str::to_owned);
        let name = self.write.object.at().get("metadata.name").str().unwrap_or("");
        let head = crate::authorizer::resource_and_name(RBAC_GROUP, self.resource, name);
        Verdict::Forbidden { message: format!("{head}forbidden: {message}"), missing }
    }

    fn attempt(&self, missing: &[String], unresolved: &[(&str, &str)]) -> String {
        let groups: Vec<String> = self.who.groups.iter().map(|group| quoted(group)).collect();
        let mut out = format!(
            "user {} (groups=[{}]) is attempting to grant RBAC permissions not currently held:\n{}",
            quoted(self.who.user),
            groups.join(" "),
            missing.join("\n")
        );
        let mut errors: Vec<String> =
            unresolved.iter().map(|(kind, name)| self.not_found(kind, name)).collect();
        errors.sort_unstable();
        errors.dedup();
        match errors.as_slice() {
            [] => {}
            [only] => out.push_str(&format!("; resolution errors: [{only}]")),
            several => out.push_str(&format!("; resolution errors: [[{}]]", several.join(", "))),
        }
        out
    }
}

/// How many atoms a rule has.
fn atoms<S: PolicyRule>(rule: &S) -> usize {
    let names = rule.resource_names().count().max(1);
    let groups = rule.api_groups().count().saturating_mul(rule.resources().count());
    let resources = groups.saturating_mul(names);
    rule.verbs().count().saturating_mul(resources.saturating_add(rule.non_resource_urls().count()))
}

fn has_aggregation_rule(role: &Arc<Object>) -> bool {
    role.at().get("aggregationRule.clusterRoleSelectors").items().next().is_some()
}
