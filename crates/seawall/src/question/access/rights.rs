//! What somebody may do, from all authorizers that are known.

use super::danger::{self, Danger};
use super::node;
use crate::question::Asked;
use seawall_auth::authorizer::Engine;
use seawall_auth::rbac::authorizer::{AccessRight, Proof, RightOn};
use seawall_auth::user::{
    ALL_AUTHENTICATED, ALL_SERVICE_ACCOUNTS, ALL_UNAUTHENTICATED, SYSTEM_MASTERS, User,
};
use std::collections::BTreeMap;

/// Proofs that are kept of each right, at most.
const WAYS: usize = 20;

/// Verbs on something, in one namespace or everywhere.
#[derive(Clone, Debug)]
pub(super) struct Right<'a> {
    /// `None`: in the whole cluster, and so in every namespace.
    pub(super) namespace: Option<&'a str>,
    pub(super) on: RightOn<'a>,
    pub(super) verbs: Vec<&'a str>,
    /// Binding and role for each way; none where the node authorizer gives it.
    pub(super) proofs: Vec<Proof<'a>>,
    /// Of the node authorizer: which objects alone.
    pub(super) limit: Option<&'static str>,
    /// Of the node authorizer: those of them that are in the input.
    pub(super) objects: Vec<String>,
    pub(super) danger: Option<Danger>,
    /// Whether everybody has it by the API server's own bindings.
    pub(super) everybody: bool,
}

/// Everything together.
#[derive(Debug, Default)]
pub(crate) struct Rights<'a> {
    /// Why every request is allowed, if so.
    pub(super) everything: Option<&'static str>,
    /// The rights: whole cluster first, then by namespace, the dangerous first.
    pub(super) list: Vec<Right<'a>>,
    /// Roles that bindings name and that are not there.
    pub(super) missing: Vec<String>,
    /// What may give more or take away, and is not known.
    pub(super) unknown: Vec<String>,
}

impl Rights<'_> {
    /// Whether it comes to being cluster administrator.
    pub(super) fn is_administrator(&self) -> bool {
        let all =
            |right: &Right<'_>| right.namespace.is_none() && danger::is_everything(&right.on, &right.verbs);
        self.everything.is_some() || self.list.iter().any(all)
    }
}

/// Collects the rights of a user.
pub(super) fn of<'a>(user: &User, asked: &'a Asked) -> Rights<'a> {
    let mut out = Rights::default();
    if user.groups.iter().any(|group| group == SYSTEM_MASTERS) {
        out.everything = Some("group system:masters, which may do everything");
        return out;
    }
    let groups = user.group_names();
    let subject = user.subject(&groups);
    let chain = asked.chain();
    for link in &chain.links {
        match &link.engine {
            Engine::AlwaysAllow if out.unknown.is_empty() => {
                out.everything = Some("authorizer AlwaysAllow, which lets everybody do everything");
            }
            Engine::Rbac(_) => by_rbac(&mut out, subject, asked),
            Engine::Node(authorizer) => out.list.extend(node::rights(subject, authorizer, asked)),
            Engine::Webhook(_) => out.unknown.push(format!("{}: what the webhook answers", link.name)),
            Engine::Unknown(why) => out.unknown.push(format!("{}: {why}", link.name)),
            Engine::Abac(_) => out.unknown.push(format!("{}: what the policy file allows", link.name)),
            Engine::AlwaysAllow | Engine::AlwaysDeny => {}
        }
    }
    out.missing.sort_unstable();
    out.missing.dedup();
    sort(&mut out.list);
    out
}

fn by_rbac<'a>(out: &mut Rights<'a>, subject: seawall_auth::rbac::Subject<'_>, asked: &'a Asked) {
    for access in asked.rbac().access(subject, WAYS) {
        let right = |right: AccessRight<'a>| Right {
            namespace: access.namespace,
            danger: danger::of(&right.on, &right.verbs, access.namespace),
            everybody: right.proofs.iter().all(is_everybodys),
            on: right.on,
            verbs: right.verbs,
            proofs: right.proofs,
            limit: None,
            objects: Vec::new(),
        };
        out.list.extend(access.rights.into_iter().map(right));
        out.missing.extend(access.missing);
        out.unknown.extend(access.unclear);
    }
}

fn sort(list: &mut [Right<'_>]) {
    // No danger comes last.
    let rank = |right: &Right<'_>| right.danger.map_or(u8::MAX, |danger| danger.level as u8);
    let mut worst: BTreeMap<Option<&str>, u8> = BTreeMap::new();
    for right in &*list {
        let entry = worst.entry(right.namespace).or_insert(u8::MAX);
        *entry = rank(right).min(*entry);
    }
    let place = |right: &Right<'_>| (right.namespace.is_some(), worst.get(&right.namespace).copied());
    list.sort_by(|one, other| {
        let key = |right: &Right<'_>| (right.everybody, rank(right));
        place(one)
            .cmp(&place(other))
            .then_with(|| one.namespace.cmp(&other.namespace))
            .then_with(|| key(one).cmp(&key(other)))
            .then_with(|| one.on.cmp(&other.on))
    });
}

/// Whether a proof is one that every user, or every service account, has: the API server's own binding of one of its
/// groups.
fn is_everybodys(proof: &Proof<'_>) -> bool {
    let default = proof.binding.label("kubernetes.io/bootstrapping") == Some("rbac-defaults");
    let subject = proof.subject_at();
    (proof.binding_built_in || default)
        && subject.key("kind").str() == Some("Group")
        && matches!(
            subject.key("name").str(),
            Some(ALL_AUTHENTICATED | ALL_UNAUTHENTICATED | ALL_SERVICE_ACCOUNTS)
        )
}
