//! Rights that lead to the whole cluster, alone or together.

use super::effective::{Judge, may};
use crate::World;
use seawall_auth::Attributes;
use seawall_auth::rbac::authorizer::Proof;
use seawall_auth::user::User;

/// A way to the whole cluster.
pub(crate) struct Way {
    /// What the holder may do; follows "may".
    pub(crate) effect: &'static str,
    /// What was asked, all of it allowed.
    pub(crate) asked: Vec<Attributes<'static>>,
}

type Ask = Attributes<'static>;

fn ask(verb: &'static str, group: &'static str, resource: &'static str) -> Ask {
    Attributes::resource(verb, group, resource)
}

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

/// Every verb on everything.
pub(crate) fn everything() -> Ask {
    ask("*", "*", "*")
}

/// An account of the controller manager that holds `escalate` on all roles.
const AGGREGATOR: &str = "clusterrole-aggregation-controller";

/// Ways to become cluster administrator: of each group of rights one must be allowed.
fn admin_ways() -> [(&'static str, Vec<Vec<Ask>>); 6] {
    let roles = |verb| ask(verb, RBAC, "clusterroles");
    let bindings = |verb| ask(verb, RBAC, "clusterrolebindings");
    let system = |verb, resource| ask(verb, "", resource).in_namespace("kube-system").named(AGGREGATOR);
    [
        (
            "give its own roles every right (`escalate` on ClusterRoles)",
            vec![vec![roles("escalate")], vec![roles("update"), roles("patch")]],
        ),
        (
            "bind itself to `cluster-admin`",
            vec![
                vec![roles("bind").named("cluster-admin")],
                vec![bindings("create"), bindings("update"), bindings("patch")],
            ],
        ),
        (
            "act as a member of `system:masters`",
            vec![
                vec![ask("impersonate", "", "groups").named("system:masters")],
                vec![ask("impersonate", "", "users"), ask("impersonate", "", "serviceaccounts")],
            ],
        ),
        (
            "make tokens of the controller manager's accounts",
            vec![vec![system("create", "serviceaccounts/token")]],
        ),
        ("act as the controller manager's accounts", vec![vec![system("impersonate", "serviceaccounts")]]),
        (
            "make itself certificates of any user",
            vec![
                vec![ask("create", CERTIFICATES, "certificatesigningrequests")],
                vec![
                    ask("update", CERTIFICATES, "certificatesigningrequests/approval"),
                    ask("patch", CERTIFICATES, "certificatesigningrequests/approval"),
                ],
                vec![ask("approve", CERTIFICATES, "signers").named("kubernetes.io/kube-apiserver-client")],
            ],
        ),
    ]
}

/// How `user` becomes cluster administrator without holding everything outright.
pub(crate) fn to_admin<'w>(judge: impl Into<Judge<'w>>, user: &User) -> Option<Way> {
    let judge = judge.into();
    admin_ways().into_iter().find_map(|(effect, groups)| {
        let asked: Option<Vec<Ask>> =
            groups.into_iter().map(|group| group.into_iter().find(|one| may(judge, user, one))).collect();
        Some(Way { effect, asked: asked? })
    })
}

/// Single rights in the whole cluster with which the holder takes over pods, accounts or nodes everywhere.
fn wide_rights() -> [(&'static str, Ask); 21] {
    let core = |verb, resource| ask(verb, "", resource);
    [
        ("do everything", everything()),
        ("read every Secret", core("list", "secrets")),
        ("read every Secret", core("watch", "secrets")),
        ("read every Secret", core("get", "secrets")),
        ("run commands in every pod", core("create", "pods/exec")),
        ("make tokens of every service account", core("create", "serviceaccounts/token")),
        ("act as every service account", core("impersonate", "serviceaccounts")),
        ("act as every user", core("impersonate", "users")),
        ("run commands in every pod through the kubelets", core("get", "nodes/proxy")),
        ("run commands in every pod through the kubelets", core("create", "nodes/proxy")),
        ("create pods in every namespace", core("create", "pods")),
        ("create pods in every namespace", core("create", "replicationcontrollers")),
        ("create pods in every namespace", ask("create", "apps", "deployments")),
        ("create pods in every namespace", ask("create", "apps", "daemonsets")),
        ("create pods in every namespace", ask("create", "apps", "statefulsets")),
        ("create pods in every namespace", ask("create", "apps", "replicasets")),
        ("create pods in every namespace", ask("create", "batch", "jobs")),
        ("create pods in every namespace", ask("create", "batch", "cronjobs")),
        ("change the image of every pod", core("patch", "pods")),
        ("change the pods of every Deployment", ask("patch", "apps", "deployments")),
        ("change the pods of every DaemonSet", ask("patch", "apps", "daemonsets")),
    ]
}

/// The first right of `user` that leads to accounts or nodes everywhere.
pub(crate) fn wide<'w>(judge: impl Into<Judge<'w>>, user: &User) -> Option<Way> {
    let judge = judge.into();
    let outright = |right: (&'static str, Ask)| {
        may(judge, user, &right.1).then(|| Way { effect: right.0, asked: vec![right.1] })
    };
    let [everything, rest @ ..] = wide_rights();
    outright(everything).or_else(|| to_admin(judge, user)).or_else(|| rest.into_iter().find_map(outright))
}

/// Rights in one namespace with which the holder acts as its service accounts.
pub(crate) fn over_accounts<'n, 'w>(
    judge: impl Into<Judge<'w>>,
    user: &User,
    namespace: &'n str,
    account: &'n str,
) -> Option<(&'static str, Attributes<'n>)> {
    let judge = judge.into();
    fn ask<'n>(verb: &'static str, group: &'static str, resource: &'static str) -> Attributes<'n> {
        Attributes::resource(verb, group, resource)
    }
    let rights = [
        ("make its tokens", ask("create", "", "serviceaccounts/token").named(account)),
        ("act as it", ask("impersonate", "", "serviceaccounts").named(account)),
        ("create pods that run as it", ask("create", "", "pods")),
        ("create pods that run as it", ask("create", "apps", "deployments")),
        ("create pods that run as it", ask("create", "apps", "daemonsets")),
        ("create pods that run as it", ask("create", "apps", "statefulsets")),
        ("create pods that run as it", ask("create", "apps", "replicasets")),
        ("create pods that run as it", ask("create", "batch", "jobs")),
        ("create pods that run as it", ask("create", "batch", "cronjobs")),
        ("create pods that run as it", ask("create", "", "replicationcontrollers")),
        ("run commands in pods that run as it", ask("create", "", "pods/exec")),
    ];
    rights
        .into_iter()
        .map(|(effect, asked)| (effect, asked.in_namespace(namespace)))
        .find(|(_, asked)| may(judge, user, asked))
}

/// Rights in one namespace with which the holder gives itself any other right there.
pub(crate) fn widens<'n, 'w>(
    judge: impl Into<Judge<'w>>,
    user: &User,
    namespace: &'n str,
) -> Option<(&'static str, Vec<Attributes<'n>>)> {
    let judge = judge.into();
    let roles = |verb| ask(verb, RBAC, "roles");
    let bindings = |verb| ask(verb, RBAC, "rolebindings");
    let ways = [
        ("give its own Roles every right", [vec![roles("escalate")], vec![roles("update"), roles("patch")]]),
        (
            "bind itself to `cluster-admin`",
            [
                vec![ask("bind", RBAC, "clusterroles").named("cluster-admin")],
                vec![bindings("create"), bindings("update"), bindings("patch")],
            ],
        ),
    ];
    ways.into_iter().find_map(|(effect, groups)| {
        let first = |group: Vec<Ask>| {
            group.into_iter().map(|one| one.in_namespace(namespace)).find(|one| may(judge, user, one))
        };
        let asked: Option<Vec<Attributes<'n>>> = groups.into_iter().map(first).collect();
        Some((effect, asked?))
    })
}

/// A right of `user`, in the cluster or some namespace, to change objects or read Secrets, as words that follow
/// "may", with its proof. What programs write beside their task does not count.
pub(crate) fn writes<'w>(world: &'w World, user: &User) -> Option<(String, Proof<'w>)> {
    let groups = user.group_names();
    let all = world.authorizer().access(user.subject(&groups), 1);
    all.iter().find_map(|access| {
        access.rights.iter().find_map(|right| {
            let proof = right.proofs.first().filter(|proof| !proof.binding_built_in)?;
            let resource = right.on.resources.iter().find(|resource| !is_minor(resource))?;
            let reviews = |group: &&str| matches!(*group, "authorization.k8s.io" | "authentication.k8s.io");
            if right.on.groups.iter().all(reviews) || right.on.groups.is_empty() {
                return None;
            }
            let core = right.on.groups.iter().any(|group| matches!(*group, "" | "*"));
            let secret = core && matches!(*resource, "secrets" | "*") && right.on.names.is_empty();
            // `use` and the verbs of other programs change nothing by themselves.
            let verb = right.verbs.iter().find(|verb| CHANGES.contains(verb));
            let verb = verb.or_else(|| right.verbs.first().filter(|_| secret))?;
            let place =
                access.namespace.map_or("the whole cluster".to_owned(), |name| format!("namespace `{name}`"));
            let verb = if *verb == "*" { "use every verb on" } else { verb };
            Some((format!("{verb} `{resource}` in {place}"), *proof))
        })
    })
}

const CHANGES: [&str; 11] = [
    "*",
    "create",
    "update",
    "patch",
    "delete",
    "deletecollection",
    "impersonate",
    "bind",
    "escalate",
    "approve",
    "sign",
];

/// Events, leases, and what controllers write about their own work.
fn is_minor(resource: &str) -> bool {
    matches!(resource, "events" | "leases")
        || resource.ends_with("/status")
        || resource.ends_with("/finalizers")
}
