//! Identities that become others: groups, impersonation, tokens, secrets.

use crate::builder::{Builder, Known, field, namespace_of};
use crate::evidence::Evidence;
use crate::fact::{Fact, Name};
use crate::right::Right;
use crate::row::Row;
use seawall_admission::service_account::{automount, token_volumes};
use seawall_auth::user::{ANONYMOUS, NODE_USER_PREFIX, NODES_GROUP, SYSTEM_MASTERS};
use seawall_model::{Anonymous, At, ComponentKind, Object, WellKnown};
use std::sync::Arc;

pub(super) fn build(b: &mut Builder<'_>) {
    anonymous(b);
    accounts(b);
    impersonation(b);
    tokens(b);
    secrets(b);
    bootstrap(b);
    pod_tokens(b);
}

/// ID-4. Built first: of equal steps the first one counts, and the API server's own binding says the same.
pub(super) fn masters(b: &mut Builder<'_>) {
    let group = b.holder(true, SYSTEM_MASTERS);
    let admin = b.vertex(Fact::ClusterAdmin);
    b.step(Row::Masters, &[group], admin, [], []);
}

/// ID-16: only where something of the input is bound to those without credentials.
fn anonymous(b: &mut Builder<'_>) {
    let rbac = b.input.rbac;
    let servers = b.input.components.iter().filter(|one| one.kind() == ComponentKind::ApiServer);
    let is_off = servers.map(|one| one.in_version(b.input.version)).any(|server| off(&server.anonymous()));
    let named = |name: &str| matches!(name, "system:anonymous" | "system:unauthenticated");
    let bound = rbac.all_bound().filter(|bound| !bound.built_in);
    let evidence: Vec<Evidence> = bound
        .filter_map(|bound| {
            let (at, ..) = bound.subjects.iter().find(|(_, _, name)| named(name))?;
            Some(Evidence::Subject(bound.binding.clone(), *at as u32))
        })
        .collect();
    if evidence.is_empty() || is_off {
        return;
    }
    let (start, user) = (b.vertex(Fact::Start), b.holder(false, ANONYMOUS));
    let requires =
        "the API server can be reached from there and answers requests without credentials (its default)";
    b.step(Row::AnonGrant, &[start], user, [], [requires]);
    let internet = b.vertex(Fact::Internet);
    b.follows(internet, start, [], []);
}

/// Whether no request for an object goes without credentials.
fn off(anonymous: &Anonymous<'_>) -> bool {
    match anonymous {
        Anonymous::Off(_) => true,
        Anonymous::Paths(_, paths) => !paths.iter().any(|path| path.starts_with("/api")),
        Anonymous::On(_) | Anonymous::Unknown(_) => false,
    }
}

/// The service accounts of each namespace, for whoever may have any of them; ID-17 for those that are not there.
fn accounts(b: &mut Builder<'_>) {
    let controllers = b.vertex(Fact::Controllers);
    for namespace in b.namespaces.clone() {
        let all = b.vertex(Fact::Accounts(namespace));
        for (vertex, _, known) in b.accounts_of(namespace) {
            match known {
                Known::Exists => b.follows(all, vertex, [], []),
                Known::Controller => b.follows(controllers, vertex, [], known.assumption()),
                Known::Named => b.follows(all, vertex, [], known.assumption()),
                Known::Missing => {}
            }
            if matches!(known, Known::Named | Known::Missing) {
                let make = b.can(Right::CreateAccounts, namespace);
                for then in [Right::CreateTokens, Right::RunPods] {
                    let then = b.can(then, namespace);
                    b.step(Row::StaleSubject, &[make, then], vertex, [], []);
                }
            }
        }
    }
}

/// A step to every account of a namespace that exists.
pub(super) fn to_accounts<'t>(
    b: &mut Builder<'_>,
    row: Row,
    premises: &[u32],
    namespace: Name,
    requires: impl IntoIterator<Item = &'t str> + Clone,
) {
    let all = b.vertex(Fact::Accounts(namespace));
    b.step(row, premises, all, [], requires.clone());
    if b.text(namespace) == "kube-system" {
        let controllers = b.vertex(Fact::Controllers);
        b.step(Row::ControllerSa, premises, controllers, [], requires);
    }
}

/// ID-5 and ID-6.
fn impersonation(b: &mut Builder<'_>) {
    let any = b.can(Right::ImpersonateUsers, Name::EMPTY);
    let any_user = b.vertex(Fact::AnyUser);
    b.step(Row::ImpersonateUser, &[any], any_user, [], []);
    for (_, name, can) in b.named(Right::ImpersonateUsers) {
        // Names of service accounts are asked as service accounts.
        let text = b.text(name).to_owned();
        if seawall_auth::rbac::service_account_of(&text).is_none() {
            let user = b.holder(false, &text);
            b.step(Row::ImpersonateUser, &[can], user, [], []);
        }
    }
    for namespace in b.namespaces.clone() {
        let can = b.can(Right::ImpersonateAccounts, namespace);
        let all = b.vertex(Fact::AccountNames(namespace));
        b.step(Row::ImpersonateSa, &[can], all, [], []);
    }
    for (scope, name, can) in b.named(Right::ImpersonateAccounts) {
        let scopes = if scope == Name::EMPTY { b.namespaces.clone() } else { vec![scope] };
        for namespace in scopes {
            let known = b.accounts.contains_key(&(namespace, name));
            if known || scope != Name::EMPTY {
                let account = b.vertex(Fact::Account(namespace, name));
                b.step(Row::ImpersonateSa, &[can], account, [], []);
            }
        }
    }
    impersonated_groups(b);
}

/// A request that names groups must name a user or service account too, all in one.
fn impersonated_groups(b: &mut Builder<'_>) {
    let admin = b.vertex(Fact::ClusterAdmin);
    let rights = [Right::ImpersonateGroups];
    for identity in b.holders_of(&rights).into_iter().filter(|identity| *identity != admin) {
        // Somebody whose user right stands lower (the account itself) is its own identity.
        groups_of(b, identity);
    }
    for identity in b.holders_of(&[Right::ImpersonateUsers, Right::ImpersonateAccounts]) {
        if b.holders_of(&rights).binary_search(&identity).is_err() {
            groups_of(b, identity);
        }
    }
}

fn groups_of(b: &mut Builder<'_>, identity: u32) {
    let groups = b.of_identity(identity, Right::ImpersonateGroups);
    let mut users = b.of_identity(identity, Right::ImpersonateUsers);
    let all_users: Vec<_> = users.iter().filter(|grant| grant.name == Name::EMPTY).copied().collect();
    users.extend(b.of_identity(identity, Right::ImpersonateAccounts));
    if groups.is_empty() || users.is_empty() {
        return;
    }
    let fact = Fact::CanOf(identity, Right::ImpersonateUsers, Name(u32::MAX), Name(u32::MAX));
    let Some(user) = b.alternatives(identity, fact, &users) else { return };
    let nodes_group = b.name(NODES_GROUP);
    let mut names: Vec<Name> = groups.iter().map(|grant| grant.name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let Some(group) = b.identity_can(identity, Right::ImpersonateGroups, Name::EMPTY, name) else {
            continue;
        };
        let target = if name == Name::EMPTY { b.vertex(Fact::AnyGroup) } else { b.vertex(Fact::Group(name)) };
        b.step(Row::ImpersonateGroup, &[user, group], target, [], []);
        if name != Name::EMPTY && name != nodes_group {
            continue;
        }
        // A node is a user of a certain name in the group of nodes.
        if !all_users.is_empty()
            && let Some(any) = b.identity_can(identity, Right::ImpersonateUsers, Name::EMPTY, Name::EMPTY)
        {
            let nodes = b.vertex(Fact::AnyNodeIdentity);
            b.step(Row::ImpersonateGroup, &[any, group], nodes, [], []);
        }
        for grant in &users {
            let Some(node) = b.text(grant.name).strip_prefix(NODE_USER_PREFIX).map(str::to_owned) else {
                continue;
            };
            let one = b.identity_can(identity, Right::ImpersonateUsers, Name::EMPTY, grant.name);
            let node = Fact::NodeIdentity(b.name(&node));
            let node = b.vertex(node);
            if let Some(one) = one {
                b.step(Row::ImpersonateGroup, &[one, group], node, [], []);
            }
        }
    }
}

/// ID-8 and ID-10.
fn tokens(b: &mut Builder<'_>) {
    for namespace in b.namespaces.clone() {
        let token = b.can(Right::CreateTokens, namespace);
        to_accounts(b, Row::TokenCreate, &[token], namespace, []);
        let write = b.can(Right::CreateSecrets, namespace);
        let mut reads = vec![b.can(Right::GetSecrets, namespace), b.can(Right::ListSecrets, namespace)];
        // The attacker chooses the name of the new secret: any name that may be read will do.
        for right in [Right::GetSecrets, Right::ListSecrets] {
            let named = b.named(right).into_iter();
            reads.extend(
                named.filter(|(scope, ..)| *scope == namespace || *scope == Name::EMPTY).map(|(.., can)| can),
            );
        }
        for read in reads {
            to_accounts(b, Row::TokenSecretForge, &[write, read], namespace, []);
        }
    }
    for (scope, name, can) in b.named(Right::CreateTokens) {
        let scopes = if scope == Name::EMPTY { b.namespaces.clone() } else { vec![scope] };
        for namespace in scopes {
            let Some(account) = b.accounts.get(&(namespace, name)) else {
                if scope != Name::EMPTY && !b.input.coverage.is_complete(WellKnown::ServiceAccount, None) {
                    let vertex = b.vertex(Fact::Account(namespace, name));
                    b.step(Row::TokenCreate, &[can], vertex, [], Known::Named.assumption());
                }
                continue;
            };
            let known = account.known;
            if known != Known::Missing {
                let vertex = b.vertex(Fact::Account(namespace, name));
                b.step(Row::TokenCreate, &[can], vertex, [], known.assumption());
            }
        }
    }
}

const NAME_KNOWN: &str = "the secret's name is known, for it may not list them";
const NAMES_KNOWN: &str = "the names of the secrets are known, for it may not list them";

/// The type and the account of a secret with a token.
fn token_of(secret: &Arc<Object>) -> Option<&str> {
    let is_token = secret.at().key("type").str() == Some("kubernetes.io/service-account-token");
    secret.annotation("kubernetes.io/service-account.name").filter(|_| is_token)
}

/// ID-9, and the target `secrets:NAMESPACE`.
fn secrets(b: &mut Builder<'_>) {
    for namespace in b.namespaces.clone() {
        let target = b.vertex(Fact::Secrets(namespace));
        let (list, get) = (b.can(Right::ListSecrets, namespace), b.can(Right::GetSecrets, namespace));
        b.step(Row::SecretsRead, &[list], target, [], []);
        b.step(Row::SecretsRead, &[get], target, [], [NAMES_KNOWN]);
    }
    let cluster = b.input.cluster;
    for secret in cluster.of(WellKnown::Secret) {
        let Some(account) = token_of(secret) else { continue };
        let namespace = b.name(namespace_of(secret));
        let (name, account) = (b.name(secret.name()), b.name(account));
        let account = b.vertex(Fact::Account(namespace, account));
        reads(b, Row::TokenSecretRead, secret, namespace, name, account);
    }
}

/// A step from whoever may read one secret.
fn reads(b: &mut Builder<'_>, row: Row, secret: &Arc<Object>, namespace: Name, name: Name, target: u32) {
    let evidence = || [field(secret.at().key("type"))];
    let get = b.can(Right::GetSecrets, namespace);
    let mut all = vec![b.vertex(Fact::Secrets(namespace))];
    for right in [Right::ListSecrets, Right::GetSecrets] {
        all.extend(b.can_for(right, namespace, name));
    }
    for can in all {
        b.step(row, &[can], target, evidence(), (can == get).then_some(NAME_KNOWN));
    }
}

/// ID-11 and ID-12.
fn bootstrap(b: &mut Builder<'_>) {
    let namespace = b.name("kube-system");
    let group = b.holder(true, "system:bootstrappers");
    let on = "the API server accepts bootstrap tokens (--enable-bootstrap-token-auth, which kubeadm sets)";
    if b.namespaces.contains(&namespace) {
        let write = b.can(Right::CreateSecrets, namespace);
        b.step(Row::BootstrapForge, &[write], group, [], [on]);
    }
    let cluster = b.input.cluster;
    for secret in cluster.in_namespace(WellKnown::Secret, Some("kube-system")) {
        if secret.at().key("type").str() != Some("bootstrap.kubernetes.io/token") {
            continue;
        }
        let plain = |key: &'static str| secret.at().get("stringData").key(key).text();
        let encoded = |key: &'static str| secret.at().get("data").key(key).text();
        let used = plain("usage-bootstrap-authentication").map(|text| text == "true");
        let used = used.or(encoded("usage-bootstrap-authentication").map(|text| text == "dHJ1ZQ=="));
        if used == Some(false) {
            continue;
        }
        let name = b.name(secret.name());
        reads_bootstrap(b, secret, namespace, name, group, used.is_none());
    }
}

fn reads_bootstrap(
    b: &mut Builder<'_>,
    secret: &Arc<Object>,
    namespace: Name,
    name: Name,
    group: u32,
    usage_unknown: bool,
) {
    let mut cans = vec![b.vertex(Fact::Secrets(namespace))];
    for right in [Right::ListSecrets, Right::GetSecrets] {
        cans.extend(b.can_for(right, namespace, name));
    }
    for can in cans {
        let requires = ["the token has not expired"]
            .into_iter()
            .chain(usage_unknown.then_some("the token may be used to authenticate"));
        b.step(Row::BootstrapRead, &[can], group, [field(secret.at().key("type"))], requires);
    }
}

/// Audiences that an API server accepts when nothing else is configured.
const AUDIENCES: [&str; 2] =
    ["https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local"];

/// ID-3.
fn pod_tokens(b: &mut Builder<'_>) {
    let cluster = b.input.cluster;
    let servers = b.input.components.iter().filter(|one| one.kind() == ComponentKind::ApiServer);
    let configured: Vec<String> = servers
        .flat_map(|server| {
            let server = server.in_version(b.input.version);
            ["api-audiences", "service-account-issuer"].into_iter().flat_map(move |flag| {
                let setting = server.setting(flag);
                setting.list().unwrap_or_default().into_iter().map(str::to_owned).collect::<Vec<_>>()
            })
        })
        .collect();
    let accepted = |audience: Option<&str>| {
        audience.is_none_or(|text| {
            AUDIENCES.contains(&text) && configured.is_empty() || configured.iter().any(|one| one == text)
        })
    };
    for unit in b.pods.clone().into_iter().filter(|unit| !unit.is_static) {
        let Some(pod) = unit.pod() else { continue };
        let account = pod.service_account();
        let name = b.name(account);
        let own = b.vertex(Fact::Account(unit.namespace, name));
        for volume in token_volumes(pod, account, cluster).filter(|volume| accepted(volume.audience)) {
            let secret = volume.secret.map(|secret| field(secret.at().key("type")));
            b.step(Row::PodSa, &[unit.vertex], own, [field(volume.at)].into_iter().chain(secret), []);
        }
        let (mounted, _) = automount(pod, account, cluster);
        let at = pod.get("automountServiceAccountToken");
        match mounted {
            Some(true) => {
                // Switching it off in the account is enough where the pod says nothing itself.
                let object =
                    b.accounts.get(&(unit.namespace, name)).and_then(|account| account.object.clone());
                let object = object.filter(|_| !at.exists());
                let of_account =
                    object.as_ref().map(|object| field(object.at().key("automountServiceAccountToken")));
                b.step(Row::PodSa, &[unit.vertex], own, [field(at)].into_iter().chain(of_account), []);
            }
            None => {
                let requires =
                    "the service account, which is not in the input, does not switch off mounting its token";
                b.step(Row::PodSa, &[unit.vertex], own, [field(at)], [requires]);
            }
            Some(false) => {}
        }
        other_tokens(b, &unit, account);
    }
}

/// Tokens of other accounts in secrets that a container sees.
fn other_tokens(b: &mut Builder<'_>, unit: &crate::builder::PodUnit, own: &str) {
    let Some(pod) = unit.pod() else { return };
    let cluster = b.input.cluster;
    let mut seen: Vec<(At<'_>, &str)> = Vec::new();
    for container in pod.containers() {
        let from = container.get("envFrom").items().map(|at| at.get("secretRef.name"));
        let single = container.get("env").items().map(|at| at.get("valueFrom.secretKeyRef.name"));
        seen.extend(from.chain(single).filter_map(|at| Some((at, at.str()?))));
        for mount in container.get("volumeMounts").items() {
            let volumes = pod.volumes().filter(|volume| volume.key("name").str() == mount.key("name").str());
            for volume in volumes {
                let sources = volume.get("projected.sources").items().map(|at| at.get("secret.name"));
                let all = sources.chain([volume.get("secret.secretName")]);
                seen.extend(all.filter_map(|at| Some((at, at.str()?))));
            }
        }
    }
    for (at, name) in seen {
        let Some(secret) = cluster.find(WellKnown::Secret, pod.namespace(), name) else { continue };
        let Some(account) = token_of(secret).filter(|account| *account != own) else { continue };
        let account = b.name(account);
        let account = b.vertex(Fact::Account(unit.namespace, account));
        b.step(Row::PodSa, &[unit.vertex], account, [field(at), field(secret.at().key("type"))], []);
    }
}
