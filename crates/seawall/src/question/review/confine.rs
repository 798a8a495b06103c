//! What of the software's rights in the whole cluster could be held in its own namespace alone: its ClusterRoleBindings
//! as RoleBindings. The rewritten manifest is read again and asked: nobody may gain a right by it, and in the namespace
//! nobody may lose one.

use super::super::Asked;
use super::super::diff::ways::{Side, Ways};
use super::rewrite::{Named, Rule, binding, role};
use super::split::{Scopes, Split};
use schemars::JsonSchema;
use seawall_auth::Attributes;
use seawall_auth::authorizer::Decision;
use seawall_auth::rbac::authorizer::RbacAuthorizer;
use seawall_auth::rbac::{rules_of, subjects_of};
use seawall_auth::user::User;
use seawall_model::{Cluster, Object, Origin, WellKnown, objects_of};
use seawall_yaml::{Source, parse_documents};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Requests that are asked of a rewritten binding.
const ASKED: usize = 20_000;
/// Work of comparing the rights before and after.
const STEPS: u64 = 200_000_000;

/// A binding that need not reach the whole cluster.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BindingEntry {
    /// The ClusterRoleBinding.
    pub(super) binding: String,
    /// Its ClusterRole.
    pub(super) role: String,
    /// The namespace of its service accounts.
    pub(super) namespace: String,
    /// What is left out, and what stays in the whole cluster.
    pub(super) notes: Vec<String>,
}

/// A binding that is left as it is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeptEntry {
    /// The ClusterRoleBinding.
    pub(super) binding: String,
    /// Why.
    pub(super) why: String,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Confined {
    pub(super) bindings: Vec<BindingEntry>,
    pub(super) kept: Vec<KeptEntry>,
    pub(super) replaces: Vec<String>,
    pub(super) manifest: String,
    pub(super) closes: Ways,
}

/// A binding rewritten.
struct Rewritten {
    entry: BindingEntry,
    accounts: Vec<(String, String)>,
    split: Split,
    text: String,
    replaces: BTreeSet<(WellKnown, String)>,
}

pub(super) fn confine(software: &[Arc<Object>], with: &Asked) -> Confined {
    let scopes = Scopes::of(with.world.cluster());
    let (mut out, mut done) = (Confined::default(), Vec::new());
    for object in software.iter().filter(|object| object.well_known() == WellKnown::ClusterRoleBinding) {
        match rewrite(object, software, with, &scopes) {
            Ok(rewritten) => done.push(rewritten),
            Err(why) => out.kept.push(KeptEntry { binding: object.name().to_owned(), why }),
        }
    }
    if done.is_empty() {
        return out;
    }
    // A role that two bindings share is written once.
    let mut parts: Vec<&str> = done.iter().flat_map(|one| one.text.split_inclusive("---\n")).collect();
    parts.retain(|part| *part != "---\n");
    let mut seen = BTreeSet::new();
    parts.retain(|part| seen.insert(part.trim_end_matches("---\n")));
    let manifest: String =
        parts.iter().map(|part| format!("---\n{}", part.trim_end_matches("---\n"))).collect();
    let replaces: BTreeSet<&(WellKnown, String)> = done.iter().flat_map(|one| &one.replaces).collect();
    match checked(&manifest, &replaces, &done, with) {
        Ok(after) => {
            let before = Side::new(with.world.paths());
            out.closes = before.beyond(&Side::new(after.world.paths()));
            let kind = |kind: WellKnown| match kind {
                WellKnown::ClusterRole => "ClusterRole",
                _ => "ClusterRoleBinding",
            };
            out.replaces = replaces.iter().map(|(of, name)| format!("{}/{name}", kind(*of))).collect();
            out.manifest = manifest;
            out.bindings = done.into_iter().map(|one| one.entry).collect();
        }
        Err(why) => {
            let kept = |one: Rewritten| KeptEntry { binding: one.entry.binding, why: why.clone() };
            out.kept.extend(done.into_iter().map(kept));
        }
    }
    out
}

/// Writes a binding and its role anew, or says why not.
fn rewrite(
    object: &Arc<Object>,
    software: &[Arc<Object>],
    with: &Asked,
    scopes: &Scopes<'_>,
) -> Result<Rewritten, String> {
    let accounts: Option<Vec<(String, String)>> = subjects_of(object)
        .map(|subject| subject.service_account().map(|(one, other)| (one.to_owned(), other.to_owned())))
        .collect();
    let accounts =
        accounts.filter(|all| !all.is_empty()).ok_or("its subjects are not all service accounts")?;
    let namespace = accounts.first().map(|(namespace, _)| namespace.clone()).unwrap_or_default();
    if accounts.iter().any(|(other, _)| *other != namespace) {
        return Err("its service accounts are in several namespaces".to_owned());
    }
    let name = object.at().get("roleRef.name").str().unwrap_or_default().to_owned();
    let own = software.iter().find(|one| one.well_known() == WellKnown::ClusterRole && one.name() == name);
    let Some(held) = own else {
        return Err(format!("ClusterRole {name} is not part of the software"));
    };
    if held.at().key("aggregationRule").exists() {
        return Err(format!("the rules of ClusterRole {name} are collected from others"));
    }
    let mut split = Split::default();
    rules_of(held).for_each(|rule| scopes.split(&rule, &mut split));
    if split.namespaced.is_empty() {
        return Err("all that it gives lives in no namespace".to_owned());
    }
    let mut replaces = BTreeSet::from([(WellKnown::ClusterRoleBinding, object.name().to_owned())]);
    let shared = with.world.auth().uses(held).count() > 1;
    let mut text = String::new();
    let role_name = free(with, WellKnown::Role, &namespace, &name);
    let binding_name = free(with, WellKnown::RoleBinding, &namespace, object.name());
    role(&Named { namespace: Some(&namespace), name: &role_name }, &split.namespaced, &mut text);
    binding(
        &Named { namespace: Some(&namespace), name: &binding_name },
        ("Role", &role_name),
        &accounts,
        &mut text,
    );
    let mut notes = std::mem::take(&mut split.notes);
    if !split.cluster.is_empty() {
        // Others still hold the role as it is.
        let rest = if shared { format!("{name}-cluster") } else { name.clone() };
        role(&Named { namespace: None, name: &rest }, &split.cluster, &mut text);
        binding(
            &Named { namespace: None, name: object.name() },
            ("ClusterRole", &rest),
            &accounts,
            &mut text,
        );
        notes.push("what lives in no namespace stays in the whole cluster".to_owned());
    }
    if !shared {
        replaces.insert((WellKnown::ClusterRole, name.clone()));
    }
    notes.dedup();
    let entry = BindingEntry { binding: object.name().to_owned(), role: name, namespace, notes };
    Ok(Rewritten { entry, accounts, split, text, replaces })
}

/// The name, or one like it that nothing has.
fn free(with: &Asked, kind: WellKnown, namespace: &str, name: &str) -> String {
    let taken = |name: &str| with.world.cluster().find(kind, Some(namespace), name).is_some();
    if taken(name) { format!("{name}-confined") } else { name.to_owned() }
}

/// The world with the rewritten manifest, if it stands the questions.
fn checked(
    manifest: &str,
    replaces: &BTreeSet<&(WellKnown, String)>,
    done: &[Rewritten],
    with: &Asked,
) -> Result<Asked, String> {
    let mut objects: Vec<Arc<Object>> = Vec::new();
    for document in parse_documents(&Source::new("confined.yaml", manifest.to_owned())) {
        let document = Arc::new(document.map_err(|error| error.message)?);
        objects.extend(objects_of(&document, &Origin::File).unwrap_or_default().into_iter().map(Arc::new));
    }
    let gone = |object: &Object| {
        replaces.iter().any(|(kind, name)| object.well_known() == *kind && object.name() == name)
    };
    let kept = with.world.cluster().objects().filter(|object| !gone(object)).cloned();
    let cluster = Cluster::new(kept.chain(objects));
    let after = with.with_world(with.world.with_cluster(cluster));
    let gained = after.rbac().beyond(with.rbac(), &mut STEPS.clone());
    if gained.iter().any(|one| !one.rights.is_empty() || !one.complete) {
        return Err("rewritten it would give rights that it does not give now".to_owned());
    }
    for one in done {
        let namespaced = one.split.namespaced.iter().map(|rule| (rule, Some(one.entry.namespace.as_str())));
        let cluster = one.split.cluster.iter().map(|rule| (rule, None));
        for (rule, namespace) in namespaced.chain(cluster) {
            if !holds(after.rbac(), &one.accounts, rule, namespace) {
                return Err("rewritten it would not give all that it needs in the namespace".to_owned());
            }
        }
    }
    Ok(after)
}

/// Whether every account may do all that the rule says.
fn holds(rbac: &RbacAuthorizer, accounts: &[(String, String)], rule: &Rule, namespace: Option<&str>) -> bool {
    let any = [String::new()];
    let names = if rule.names.is_empty() { &any[..] } else { &rule.names };
    let mut left = ASKED;
    let mut subjects: HashMap<&str, User> = HashMap::new();
    for (place, name) in accounts {
        subjects.insert(name, User::service_account(place, name).with_implied_groups());
    }
    for user in subjects.values() {
        let groups = user.group_names();
        let who = user.subject(&groups);
        let mut may = |asked: Attributes<'_>| {
            left = left.saturating_sub(1);
            left > 0 && rbac.decide(who, &asked) == Decision::Allow
        };
        for verb in &rule.verbs {
            let urls = rule.urls.iter().all(|url| may(Attributes::path(verb, url)));
            let resources = rule.groups.iter().all(|group| {
                rule.resources.iter().all(|resource| {
                    names.iter().all(|name| {
                        let (plural, sub) = resource.split_once('/').unwrap_or((resource, ""));
                        let mut asked = Attributes::resource(verb, group, plural).named(name);
                        if let seawall_auth::Request::Resource { subresource, .. } = &mut asked.request {
                            *subresource = sub;
                        }
                        may(match namespace {
                            Some(namespace) => asked.in_namespace(namespace),
                            None => asked,
                        })
                    })
                })
            });
            if !urls || !resources {
                return false;
            }
        }
    }
    true
}
