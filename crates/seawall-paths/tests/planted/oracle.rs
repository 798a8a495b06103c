//! An attacker that plays: it holds identities, asks the authorizer whether each may make a move, and writes what the
//! move changes (bindings, roles) into its own copy of the world.

use crate::worlds::{ACCOUNTS, GROUPS, NAMESPACES, USERS};
use seawall_auth::Attributes;
use seawall_auth::authorizer::Decision;
use seawall_auth::rbac::authorizer::{Options, RbacAuthorizer};
use seawall_auth::rbac::escalation::{Verdict, Write};
use seawall_auth::rbac::service_account_of;
use seawall_auth::user::{SYSTEM_MASTERS, User};
use seawall_model::{Cluster, Object, Origin, Version, WellKnown, objects_of};
use seawall_paths::Place;
use seawall_yaml::{Source, parse_one};
use std::sync::Arc;

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

pub(crate) struct Oracle {
    objects: Vec<Arc<Object>>,
    rbac: RbacAuthorizer,
    held: Vec<User>,
    /// Accounts that the controller manager makes.
    controllers: Vec<(String, String)>,
    moves: usize,
}

fn user(place: &Place) -> User {
    match place {
        Place::ServiceAccount(namespace, name) => {
            User::service_account(namespace, name).with_implied_groups()
        }
        Place::User(name) => User::named(name.as_str()).with_implied_groups(),
        Place::Group(name) => group(name),
        other => panic!("{other} is no identity"),
    }
}

fn group(name: &str) -> User {
    User { groups: vec![name.to_owned()], ..User::named("?") }.with_implied_groups()
}

fn object(text: &str) -> Arc<Object> {
    let document = parse_one(&Source::new("move.yaml", text.to_owned())).expect("a move is YAML");
    Arc::new(objects_of(&Arc::new(document), &Origin::File).expect("a move is an object").remove(0))
}

/// What every API server makes for itself.
fn built_in() -> impl Iterator<Item = &'static Arc<Object>> {
    seawall_auth::rbac::built_in_objects(Version::NEWEST).iter()
}

impl Oracle {
    pub(crate) fn new(cluster: &Cluster, from: &Place) -> Self {
        let rbac = RbacAuthorizer::new(cluster, Options::files(Version::NEWEST));
        let controllers = rbac.all_bound().filter(|bound| bound.built_in);
        let controllers = controllers
            .flat_map(|bound| bound.subjects)
            .filter(|(_, group, _)| !group)
            .filter_map(|(_, _, name)| service_account_of(name))
            .map(|(namespace, name)| (namespace.to_owned(), name.to_owned()))
            .collect();
        let objects = cluster.objects().cloned().collect();
        Self { objects, rbac, held: vec![user(from)], controllers, moves: 0 }
    }

    fn one_may(&self, who: &User, ask: &Attributes<'_>) -> bool {
        let groups = who.group_names();
        groups.contains(&SYSTEM_MASTERS) || self.rbac.decide(who.subject(&groups), ask) == Decision::Allow
    }

    fn may(&self, verb: &str, group: &str, resource: &str, namespace: &str, name: &str) -> bool {
        let ask = Attributes::resource(verb, group, resource).in_namespace(namespace).named(name);
        self.held.iter().any(|who| self.one_may(who, &ask))
    }

    pub(crate) fn holds(&self, place: &Place) -> bool {
        match place {
            Place::ClusterAdmin => self.may("*", "*", "*", "", ""),
            Place::NamespaceAdmin(namespace) => self.may("*", "*", "*", namespace, ""),
            Place::Secrets(namespace) => {
                ["get", "list", "watch"].iter().any(|verb| self.may(verb, "", "secrets", namespace, ""))
                    || self.runs_pods(namespace)
                    || self.may(
                        "create",
                        "admissionregistration.k8s.io",
                        "validatingwebhookconfigurations",
                        "",
                        "",
                    )
            }
            Place::Group(name) => self.held.iter().any(|who| who.groups.contains(name)),
            other => {
                let wanted = user(other);
                self.held.iter().any(|who| who.name == wanted.name)
            }
        }
    }

    fn runs_pods(&self, namespace: &str) -> bool {
        let kinds = [
            ("", "pods"),
            ("", "replicationcontrollers"),
            ("apps", "deployments"),
            ("apps", "daemonsets"),
            ("apps", "statefulsets"),
            ("apps", "replicasets"),
            ("batch", "jobs"),
            ("batch", "cronjobs"),
        ];
        kinds.iter().any(|(group, resource)| self.may("create", group, resource, namespace, ""))
    }

    fn take(&mut self, who: User) {
        if !self.held.iter().any(|held| held.name == who.name && held.groups == who.groups) {
            self.held.push(who);
            self.moves += 1;
        }
    }

    /// Plays until no move gives more.
    pub(crate) fn play(&mut self) {
        loop {
            let before = self.moves;
            self.accounts();
            self.people();
            self.certificates();
            self.roles();
            if self.moves == before || self.holds(&Place::ClusterAdmin) && self.everybody() {
                return;
            }
        }
    }

    /// A cluster administrator may act as anybody.
    fn everybody(&mut self) -> bool {
        self.accounts();
        self.people();
        true
    }

    fn accounts(&mut self) {
        let mut all: Vec<(String, String)> = self.controllers.clone();
        all.extend(NAMESPACES.iter().flat_map(|namespace| {
            ACCOUNTS.iter().map(move |name| ((*namespace).to_owned(), (*name).to_owned()))
        }));
        for (namespace, name) in all {
            let reads = |secret: &str| {
                ["get", "list", "watch"].iter().any(|verb| self.may(verb, "", "secrets", &namespace, secret))
            };
            let tokens = self.objects.iter().filter(|object| {
                object.well_known() == WellKnown::Secret
                    && object.namespace() == Some(&namespace)
                    && object.annotation("kubernetes.io/service-account.name") == Some(&name)
            });
            let forged = ["t-p", "t-q", "other", "new"].iter().any(|secret| reads(secret));
            let taken = self.may("create", "", "serviceaccounts/token", &namespace, &name)
                || self.may("impersonate", "", "serviceaccounts", &namespace, &name)
                || self.runs_pods(&namespace)
                || tokens
                    .into_iter()
                    .any(|secret| reads(secret.name()) || self.holds(&Place::Secrets(namespace.clone())))
                || self.may("create", "", "secrets", &namespace, "") && forged;
            if taken {
                self.take(user(&Place::ServiceAccount(namespace, name)));
            }
        }
    }

    fn people(&mut self) {
        let own = built_in().flat_map(|object| object.at().key("subjects").items());
        let own = own.filter(|at| at.key("kind").str() == Some("User")).filter_map(|at| at.key("name").str());
        for name in USERS.into_iter().chain(own) {
            if self.may("impersonate", "", "users", "", name) {
                self.take(user(&Place::User(name.into())));
            }
        }
        // Who names a group names somebody too, in the same request.
        let mut names: Vec<(&str, String, String)> =
            [USERS[0], USERS[1], "somebody"].map(|name| ("users", String::new(), name.to_owned())).into();
        for namespace in NAMESPACES.iter().copied().chain(["kube-system", "kube-public"]) {
            for name in ACCOUNTS.iter().copied().chain(["somebody"]) {
                names.push(("serviceaccounts", namespace.to_owned(), name.to_owned()));
            }
        }
        for name in GROUPS {
            let possible = self.held.iter().any(|who| {
                let ask = Attributes::resource("impersonate", "", "groups").named(name);
                self.one_may(who, &ask)
                    && names.iter().any(|(resource, namespace, name)| {
                        let ask = Attributes::resource("impersonate", "", resource);
                        self.one_may(who, &ask.in_namespace(namespace).named(name))
                    })
            });
            if possible {
                self.take(group(name));
            }
        }
    }

    fn certificates(&mut self) {
        let ask = |verb, resource| Attributes::resource(verb, CERTIFICATES, resource);
        let any = |verbs: &[&'static str], resource| {
            verbs.iter().any(|verb| self.held.iter().any(|who| self.one_may(who, &ask(verb, resource))))
        };
        let approves = self.held.iter().any(|who| {
            let changes = ["update", "patch"]
                .iter()
                .any(|verb| self.one_may(who, &ask(verb, "certificatesigningrequests/approval")));
            let signs = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"]
                .iter()
                .any(|name| self.one_may(who, &ask("approve", "signers").named(name)));
            changes && signs
        });
        if approves
            && any(&["create"], "certificatesigningrequests")
            && any(&["get", "list", "watch"], "certificatesigningrequests")
        {
            for place in crate::worlds::identities() {
                self.take(user(&place));
            }
            for (namespace, name) in self.controllers.clone() {
                self.take(user(&Place::ServiceAccount(namespace, name)));
            }
            self.take(user(&Place::User("system:kube-controller-manager".into())));
        }
    }

    /// Whether one of those held may write the object: the request itself, then the check against escalation.
    fn writes(&self, object: &Arc<Object>, old: Option<&Arc<Object>>) -> bool {
        let resource = format!("{}s", object.kind().to_ascii_lowercase());
        let namespace = object.namespace().unwrap_or("");
        let verbs: &[&str] = if old.is_some() { &["update", "patch"] } else { &["create"] };
        let name = if old.is_some() { object.name() } else { "" };
        self.held.iter().any(|who| {
            let asked = verbs.iter().any(|verb| {
                let ask = Attributes::resource(verb, RBAC, &resource).in_namespace(namespace).named(name);
                self.one_may(who, &ask)
            });
            let groups = who.group_names();
            let authorize = |ask: &Attributes<'_>| {
                if self.one_may(who, ask) { Decision::Allow } else { Decision::NoOpinion }
            };
            let write = Write { object, old, namespace, name };
            asked
                && matches!(
                    self.rbac.check_write(who.subject(&groups), &write, &authorize),
                    Verdict::Allowed(_)
                )
        })
    }

    fn write(&mut self, new: Arc<Object>) {
        self.objects.retain(|object| object.identity() != new.identity());
        self.rbac.set(&new);
        self.objects.push(new);
        self.moves += 1;
    }

    fn roles(&mut self) {
        let first = self.held[0].clone();
        let subject = match service_account_of(&first.name) {
            Some((namespace, name)) => {
                format!("{{kind: ServiceAccount, namespace: {namespace}, name: {name}}}")
            }
            None if first.name == "?" => "{kind: Group, name: devs}".to_owned(),
            None => format!("{{kind: User, name: '{}'}}", first.name),
        };
        let roles: Vec<(String, Option<String>, String)> = self
            .objects
            .iter()
            .filter(|object| matches!(object.well_known(), WellKnown::ClusterRole | WellKnown::Role))
            .map(|role| (role.kind().to_owned(), role.namespace().map(str::to_owned), role.name().to_owned()))
            .chain([("ClusterRole".to_owned(), None, "cluster-admin".to_owned())])
            .chain(
                built_in().filter(|role| role.well_known() == WellKnown::Role).map(|role| {
                    ("Role".to_owned(), role.namespace().map(str::to_owned), role.name().to_owned())
                }),
            )
            .collect();
        let scopes: Vec<Option<&str>> = [None]
            .into_iter()
            .chain(NAMESPACES.map(Some))
            .chain([Some("kube-system"), Some("kube-public")])
            .collect();
        for (kind, home, name) in &roles {
            for scope in &scopes {
                if home.is_some() && home.as_deref() != *scope {
                    continue;
                }
                self.bind(kind, name, *scope, &subject);
            }
        }
        self.rewrite(&roles, &subject);
        self.inject();
        self.join();
    }

    fn bind(&mut self, kind: &str, role: &str, scope: Option<&str>, subject: &str) {
        let (binding, place) = match scope {
            None => ("ClusterRoleBinding", String::new()),
            Some(namespace) => ("RoleBinding", format!(", namespace: {namespace}")),
        };
        let text = format!(
            "{{apiVersion: {RBAC}/v1, kind: {binding}, metadata: {{name: 'mine-{kind}-{role}'{place}}}, subjects: \
             [{subject}], roleRef: {{apiGroup: {RBAC}, kind: {kind}, name: '{role}'}}}}"
        );
        let new = object(&text);
        let known = self.objects.iter().any(|object| object.identity() == new.identity());
        if !known && self.writes(&new, None) {
            self.write(new);
        }
    }

    /// Roles are rewritten to hold everything.
    fn rewrite(&mut self, roles: &[(String, Option<String>, String)], _: &str) {
        let basic = ("ClusterRole".to_owned(), None, "system:basic-user".to_owned());
        for (kind, namespace, name) in roles.iter().chain([&basic]) {
            let place =
                namespace.as_ref().map(|namespace| format!(", namespace: {namespace}")).unwrap_or_default();
            let text = format!(
                "{{apiVersion: {RBAC}/v1, kind: {kind}, metadata: {{name: '{name}'{place}, labels: \
                 {{rbac.authorization.k8s.io/aggregate-to-view: 'true'}}}}, rules: [{{apiGroups: ['*'], resources: \
                 ['*'], verbs: ['*']}}]}}"
            );
            let new = object(&text);
            let old = self.objects.iter().find(|object| object.identity() == new.identity()).cloned();
            let done = old.as_ref().is_some_and(|old| old.file() == "move.yaml");
            let old = old.or_else(|| built_in().find(|object| object.identity() == new.identity()).cloned());
            if !done
                && name != "cluster-admin"
                && old.as_ref().is_some_and(|old| self.writes(&new, Some(old)))
            {
                self.write(new);
            }
        }
    }

    /// A new role flows into `view`, which flows into `edit` and `admin`.
    fn inject(&mut self) {
        let text = format!(
            "{{apiVersion: {RBAC}/v1, kind: ClusterRole, metadata: {{name: injected, labels: \
             {{rbac.authorization.k8s.io/aggregate-to-view: 'true'}}}}, rules: [{{apiGroups: ['*'], resources: ['*'], \
             verbs: ['*']}}]}}"
        );
        let new = object(&text);
        let known = self.objects.iter().any(|object| object.identity() == new.identity());
        if !known && self.writes(&new, None) {
            self.write(new);
        }
    }

    /// The attacker adds itself to bindings that are there.
    fn join(&mut self) {
        let all: Vec<Arc<Object>> = self
            .objects
            .iter()
            .cloned()
            .chain(built_in().cloned())
            .filter(|object| {
                matches!(object.well_known(), WellKnown::ClusterRoleBinding | WellKnown::RoleBinding)
            })
            .filter(|object| object.file() != "move.yaml")
            .collect();
        let first = self.held[0].clone();
        for old in all {
            if self
                .objects
                .iter()
                .any(|object| object.file() == "move.yaml" && object.identity() == old.identity())
            {
                continue;
            }
            let reference = old.at().key("roleRef");
            let text = |key| reference.key(key).str().unwrap_or("");
            let place =
                old.namespace().map(|namespace| format!(", namespace: {namespace}")).unwrap_or_default();
            let mut subjects: Vec<String> = old
                .at()
                .key("subjects")
                .items()
                .map(|at| {
                    let text = |key| at.key(key).str().unwrap_or("");
                    let namespace = match text("namespace") {
                        "" => String::new(),
                        namespace => format!("namespace: {namespace}, "),
                    };
                    format!("{{kind: {}, {namespace}name: '{}'}}", text("kind"), text("name"))
                })
                .collect();
            subjects.push(match service_account_of(&first.name) {
                Some((namespace, name)) => {
                    format!("{{kind: ServiceAccount, namespace: {namespace}, name: {name}}}")
                }
                None if first.name == "?" => "{kind: Group, name: devs}".to_owned(),
                None => format!("{{kind: User, name: '{}'}}", first.name),
            });
            let new = object(&format!(
                "{{apiVersion: {RBAC}/v1, kind: {}, metadata: {{name: '{}'{place}}}, subjects: [{}], roleRef: {{apiGroup: \
                 {RBAC}, kind: {}, name: '{}'}}}}",
                old.kind(),
                old.name(),
                subjects.join(", "),
                text("kind"),
                text("name")
            ));
            if self.writes(&new, Some(&old)) {
                self.write(new);
            }
        }
    }
}
