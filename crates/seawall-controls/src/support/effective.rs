//! What subjects may do in effect: all bindings together, as RBAC decides it, with the chain that grants it.

use crate::World;
use seawall_auth::Attributes;
use seawall_auth::authorizer::Decision;
use seawall_auth::rbac::authorizer::Proof;
use seawall_auth::rbac::{SubjectKind, built_in_objects, subjects_of};
use seawall_auth::user::{User, service_account_user_name, split_service_account};
use seawall_model::{At, FindingBuilder, Object, Report, WellKnown};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Where objects go that name no namespace; as [`World::authorizer`] assumes.
pub(crate) const UNNAMED: &str = "default";

/// Findings of one control: hostile input may hold any number of subjects.
pub(crate) const MOST: usize = 1000;

/// Somebody whom a binding of the input names.
pub(crate) struct Holder<'w> {
    /// The name, service accounts as user names.
    pub(crate) name: String,
    /// Whether it is a group.
    pub(crate) group: bool,
    /// The first place that names it.
    pub(crate) at: At<'w>,
    /// Namespaces whose RoleBindings name it, each once.
    pub(crate) namespaces: Vec<&'w str>,
}

impl Holder<'_> {
    /// As the API server sees a request of this subject.
    pub(crate) fn user(&self) -> User {
        if self.group {
            User { groups: vec![self.name.clone()], ..User::default() }
        } else {
            User::named(self.name.clone()).with_implied_groups()
        }
    }

    /// For messages: `group X`, `service account N/A`, `user X`.
    pub(crate) fn title(&self) -> String {
        match (self.group, split_service_account(&self.name)) {
            (true, _) => format!("group `{}`", self.name),
            (false, Some((namespace, account))) => format!("service account `{namespace}/{account}`"),
            (false, None) => format!("user `{}`", self.name),
        }
    }

    /// The service account's namespace and name.
    pub(crate) fn account(&self) -> Option<(&str, &str)> {
        split_service_account(&self.name).filter(|_| !self.group)
    }
}

/// Whether the input holds a binding at all: without one nobody has rights worth the building of the authorizer.
pub(crate) fn has_bindings(world: &World) -> bool {
    [WellKnown::ClusterRoleBinding, WellKnown::RoleBinding]
        .into_iter()
        .any(|kind| world.cluster().of(kind).next().is_some())
}

/// The users, service accounts and groups that the input's own bindings name, in the order of the input. Bindings
/// that the API server makes for its components and `system:masters` are left out.
pub(crate) fn holders(world: &World) -> Vec<Holder<'_>> {
    let identity = |object: &Object| {
        (object.well_known(), object.namespace().map(str::to_owned), object.name().to_owned())
    };
    let built_in: HashSet<_> =
        built_in_objects(world.version()).iter().map(|object| identity(object)).collect();
    let mut out: Vec<Holder<'_>> = Vec::new();
    let mut numbers: HashMap<(bool, String), usize> = HashMap::new();
    let mut seen: HashSet<(usize, &str)> = HashSet::new();
    for kind in [WellKnown::ClusterRoleBinding, WellKnown::RoleBinding] {
        for binding in world.cluster().of(kind) {
            if built_in.contains(&identity(binding)) || binding.name().starts_with("kubeadm:") {
                continue;
            }
            let own = (kind == WellKnown::RoleBinding).then(|| binding.namespace().unwrap_or(UNNAMED));
            for subject in subjects_of(binding) {
                let (group, name) = match subject.kind() {
                    SubjectKind::User => (false, subject.name().to_owned()),
                    SubjectKind::Group => (true, subject.name().to_owned()),
                    SubjectKind::ServiceAccount => {
                        let Some(namespace) = subject.own_namespace().or(own) else { continue };
                        (false, service_account_user_name(namespace, subject.name()))
                    }
                    SubjectKind::Other => continue,
                };
                if name.is_empty() || (group && name == "system:masters") {
                    continue;
                }
                let number = *numbers.entry((group, name)).or_insert_with_key(|(group, name)| {
                    let (group, name, at) = (*group, name.clone(), subject.at());
                    out.push(Holder { name, group, at, namespaces: Vec::new() });
                    out.len() - 1
                });
                if let (Some(namespace), Some(holder)) = (own, out.get_mut(number))
                    && seen.insert((number, namespace))
                {
                    holder.namespaces.push(namespace);
                }
            }
        }
    }
    out
}

/// The service account that a pod runs as.
pub(crate) fn account(namespace: Option<&str>, name: &str) -> User {
    User::service_account(namespace.unwrap_or(UNNAMED), name).with_implied_groups()
}

/// How answers about rights are read.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'w> {
    world: &'w World,
    /// Whether what is unknown counts as allowed.
    possible: bool,
}

impl<'w> From<&'w World> for Judge<'w> {
    fn from(world: &'w World) -> Self {
        Self { world, possible: false }
    }
}

/// Whether RBAC allows it: for sure, unless the judge asks for what is possible.
pub(crate) fn may<'w>(judge: impl Into<Judge<'w>>, user: &User, asked: &Attributes<'_>) -> bool {
    let Judge { world, possible } = judge.into();
    let groups = user.group_names();
    match world.authorizer().decide(user.subject(&groups), asked) {
        Decision::Allow => true,
        Decision::Unknown => possible,
        _ => false,
    }
}

/// Why it is not known whether `user` holds what `find` looks for, which it does not hold for sure: a role or
/// binding that could grant it is not as the API decodes it.
pub(crate) fn undecided<'a, 'w>(
    world: &'w World,
    user: &User,
    find: impl FnOnce(Judge<'w>) -> Option<Vec<Attributes<'a>>>,
) -> Option<String> {
    if world.authorizer().is_clear() {
        return None;
    }
    let asked = find(Judge { world, possible: true })?;
    let groups = user.group_names();
    let mut answers = asked.iter().map(|one| world.authorizer().authorize(user.subject(&groups), one));
    answers.find_map(|answer| answer.unknown)
}

/// Reports what is not decided: one object that does not decode may concern everybody, so each reason once.
#[derive(Default)]
pub(crate) struct Undecided(HashSet<String>);

impl Undecided {
    /// `why` is the answer of [`undecided`].
    pub(crate) fn report(
        &mut self,
        at: At<'_>,
        why: Option<String>,
        message: impl FnOnce() -> String,
        out: &mut Report,
    ) {
        if let Some(why) = why
            && self.0.len() < MOST
            && self.0.insert(why.clone())
        {
            out.unknown(at, message(), format!("{why}: what it grants is not known"));
        }
    }
}

/// Whether one of the groups alone, without the user's own name, may do it: then the group is the cause.
pub(crate) fn by_group_alone(world: &World, user: &User, asked: &[Attributes<'_>]) -> bool {
    !user.name.is_empty()
        && user.groups.iter().any(|group| {
            let alone = User { groups: vec![group.clone()], ..User::default() };
            asked.iter().all(|one| may(world, &alone, one))
        })
}

/// One proof for each thing asked.
pub(crate) fn chain<'w>(world: &'w World, user: &User, asked: &[Attributes<'_>]) -> Vec<Proof<'w>> {
    let groups = user.group_names();
    let subject = user.subject(&groups);
    asked.iter().filter_map(|one| world.authorizer().proofs(subject, one, 1).into_iter().next()).collect()
}

/// The place of the subject in the first binding of the chain that is in the input.
pub(crate) fn place<'w>(chain: &[Proof<'w>]) -> Option<At<'w>> {
    chain.iter().find(|proof| !proof.binding_built_in).map(Proof::subject_at)
}

/// Adds the bindings, roles and rules of the chain, each once.
pub(crate) fn explain<'r>(mut finding: FindingBuilder<'r>, chain: &[Proof<'_>]) -> FindingBuilder<'r> {
    let mut seen: Vec<(*const Object, *const Object, usize)> = Vec::new();
    for proof in chain {
        let key = (Arc::as_ptr(proof.binding), Arc::as_ptr(proof.source.object), proof.rule);
        if seen.contains(&key) {
            continue;
        }
        let new_binding = !seen.iter().any(|other| other.0 == key.0);
        seen.push(key);
        let (binding, role, source) = (proof.binding, proof.role.object, proof.source.object);
        let through = if Arc::ptr_eq(role, source) {
            String::new()
        } else {
            format!(", which `{}` takes in", role.name())
        };
        if new_binding && proof.binding_built_in {
            finding = finding.evidence(format!("Kubernetes' own {} `{}`", binding.kind(), binding.name()));
        } else if new_binding {
            let text = format!("{} `{}` gives `{}`", binding.kind(), binding.name(), role.name());
            finding = finding.related(proof.subject_at(), text);
        }
        if proof.source.built_in {
            finding = finding.evidence(format!(
                "a rule of Kubernetes' own {} `{}`{through}",
                source.kind(),
                source.name()
            ));
        } else {
            finding = finding.related(
                proof.rule_at(),
                format!("a rule of {} `{}`{through}", source.kind(), source.name()),
            );
        }
    }
    finding
}

/// Says on the last finding that others are left out; `left` is how many more are reported.
pub(crate) fn bounded(finding: FindingBuilder<'_>, left: usize) {
    if left == 0 {
        finding.evidence(format!("only the first {MOST} such subjects are reported"));
    }
}
