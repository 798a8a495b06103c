//! Worlds.

use seawall_paths::Place;

/// Random numbers of a seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

pub(crate) const NAMESPACES: [&str; 3] = ["a", "b", "c"];
pub(crate) const ACCOUNTS: [&str; 3] = ["default", "p", "q"];
pub(crate) const USERS: [&str; 2] = ["jane", "joe"];
pub(crate) const GROUPS: [&str; 2] = ["devs", "system:masters"];
const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";

pub(crate) fn identities() -> Vec<Place> {
    let accounts = NAMESPACES.iter().flat_map(|namespace| {
        ACCOUNTS.iter().map(move |name| Place::ServiceAccount((*namespace).into(), (*name).into()))
    });
    let users = USERS.iter().map(|name| Place::User((*name).into()));
    accounts.chain(users).chain([Place::Group("devs".into())]).collect()
}

pub(crate) fn targets() -> Vec<Place> {
    let mut all = identities();
    all.push(Place::ClusterAdmin);
    all.extend(NAMESPACES.iter().map(|namespace| Place::Secrets((*namespace).into())));
    all.extend(NAMESPACES.iter().map(|namespace| Place::NamespaceAdmin((*namespace).into())));
    all
}

/// Rules that lead somewhere: verbs, group, resource, names that make sense.
const RULES: [(&str, &str, &str, &[&str]); 26] = [
    ("create", "", "serviceaccounts/token", &["p", "q", "default"]),
    ("impersonate", "", "serviceaccounts", &["p", "q"]),
    ("impersonate", "", "users", &["jane", "joe"]),
    ("impersonate", "", "groups", &["devs", "system:masters"]),
    ("create", "", "pods", &[]),
    ("create", "apps", "deployments", &[]),
    ("create", "", "deployments", &[]),
    ("list", "", "secrets", &["t-p"]),
    ("get", "", "secrets", &["t-p", "t-q", "other"]),
    ("create", "", "secrets", &[]),
    ("bind", RBAC, "clusterroles", &["cluster-admin", "r0", "r1", "r2", "r3"]),
    ("bind", RBAC, "roles", &["r0", "r1", "r2", "r3"]),
    ("escalate", RBAC, "clusterroles", &["r0", "r1", "system:basic-user"]),
    ("escalate", RBAC, "roles", &["r0", "r1", "r2"]),
    ("update", RBAC, "clusterroles", &["r0", "r1", "system:basic-user"]),
    ("patch", RBAC, "roles", &["r0", "r1", "r2"]),
    ("create", RBAC, "clusterroles", &[]),
    ("create", RBAC, "clusterrolebindings", &[]),
    ("create", RBAC, "rolebindings", &[]),
    ("patch", RBAC, "rolebindings", &["b0", "b1", "b2", "b3"]),
    ("update", RBAC, "clusterrolebindings", &["b0", "b1", "b2", "cluster-admin"]),
    ("get", "", "configmaps", &[]),
    ("create", CERTIFICATES, "certificatesigningrequests", &[]),
    ("get", CERTIFICATES, "certificatesigningrequests", &[]),
    ("update", CERTIFICATES, "certificatesigningrequests/approval", &[]),
    (
        "approve",
        CERTIFICATES,
        "signers",
        &["kubernetes.io/kube-apiserver-client", "kubernetes.io/*", "example.org/x"],
    ),
];

fn rule(dice: &mut Dice) -> String {
    if dice.below(60) == 0 {
        return "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}".to_owned();
    }
    let (verb, group, resource, names) = dice.of(&RULES);
    let names = if !names.is_empty() && dice.below(2) == 0 {
        format!("resourceNames: ['{}'], ", dice.of(names))
    } else {
        String::new()
    };
    let verb = if dice.below(12) == 0 { "*" } else { verb };
    format!("{{apiGroups: ['{group}'], resources: ['{resource}'], {names}verbs: ['{verb}']}}")
}

fn subject(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => format!("{{kind: User, name: {}}}", dice.of(&USERS)),
        1 => "{kind: Group, name: devs}".to_owned(),
        2 if dice.below(3) == 0 => {
            format!("{{kind: Group, name: 'system:serviceaccounts:{}'}}", dice.of(&NAMESPACES))
        }
        _ => format!(
            "{{kind: ServiceAccount, namespace: {}, name: {}}}",
            dice.of(&NAMESPACES),
            dice.of(&ACCOUNTS)
        ),
    }
}

fn base() -> String {
    let mut text = String::new();
    for namespace in NAMESPACES {
        text += &format!("---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: {namespace}}}}}\n");
        for name in ACCOUNTS {
            text += &format!(
                "---\n{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {name}, namespace: {namespace}}}}}\n"
            );
        }
    }
    text
}

fn secret(namespace: &str, account: &str) -> String {
    format!(
        "---\n{{apiVersion: v1, kind: Secret, metadata: {{name: t-{account}, namespace: {namespace}, annotations: \
         {{kubernetes.io/service-account.name: {account}}}}}, type: kubernetes.io/service-account-token}}\n"
    )
}

fn role(kind: &str, name: &str, place: &str, rules: &[String]) -> String {
    let rules = rules.join(", ");
    format!(
        "---\n{{apiVersion: {RBAC}/v1, kind: {kind}, metadata: {{name: {name}{place}}}, rules: [{rules}]}}\n"
    )
}

fn binding(kind: &str, name: &str, place: &str, subjects: &str, to: (&str, &str)) -> String {
    format!(
        "---\n{{apiVersion: {RBAC}/v1, kind: {kind}, metadata: {{name: {name}{place}}}, subjects: [{subjects}], \
         roleRef: {{apiGroup: {RBAC}, kind: {}, name: {}}}}}\n",
        to.0, to.1
    )
}

/// Random roles and bindings.
pub(crate) fn world(dice: &mut Dice) -> String {
    let mut text = base();
    for number in 0..dice.below(3) {
        let account = ["p", "q"][number % 2];
        text += &secret(dice.of(&NAMESPACES), account);
    }
    for number in 0..4 {
        let rules: Vec<String> = (0..1 + dice.below(3)).map(|_| rule(dice)).collect();
        text += &role("ClusterRole", &format!("r{number}"), "", &rules);
        let rules: Vec<String> = (0..1 + dice.below(3)).map(|_| rule(dice)).collect();
        let place = format!(", namespace: {}", dice.of(&NAMESPACES));
        text += &role("Role", &format!("r{number}"), &place, &rules);
    }
    for number in 0..2 + dice.below(5) {
        let name = format!("b{number}");
        let to = format!("r{}", dice.below(4));
        let subjects = (0..1 + dice.below(2)).map(|_| subject(dice)).collect::<Vec<_>>().join(", ");
        if dice.below(3) == 0 {
            text += &binding("ClusterRoleBinding", &name, "", &subjects, ("ClusterRole", &to));
        } else {
            let place = format!(", namespace: {}", dice.of(&NAMESPACES));
            let kind = dice.of(&["ClusterRole", "Role", "Role"]);
            let role = if dice.below(6) == 0 && kind == "ClusterRole" {
                dice.of(&["view", "edit", "admin"])
            } else {
                to.as_str()
            };
            text += &binding("RoleBinding", &name, &place, &subjects, (kind, role));
        }
    }
    text
}

/// A world with a chain of two to five steps to the whole cluster.
pub(crate) fn planted(dice: &mut Dice) -> (String, Place, usize) {
    let mut text = base();
    let length = 2 + dice.below(4);
    let mut at = ("a", "p");
    let from = Place::ServiceAccount(at.0.into(), at.1.into());
    for number in 0..length - 1 {
        let next = loop {
            let next = (dice.of(&NAMESPACES), dice.of(&["p", "q"]));
            if next != at {
                break next;
            }
        };
        let (rule, more) = link(dice, next);
        text += &more;
        let place = format!(", namespace: {}", next.0);
        text += &role("Role", &format!("p{number}"), &place, &[rule]);
        let subject = format!("{{kind: ServiceAccount, namespace: {}, name: {}}}", at.0, at.1);
        text +=
            &binding("RoleBinding", &format!("p{number}"), &place, &subject, ("Role", &format!("p{number}")));
        at = next;
    }
    let last = [
        "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}",
        "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [escalate, update]}",
        "{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, clusterrolebindings], verbs: [bind, create]}",
    ];
    text += &role("ClusterRole", "last", "", &[dice.of(&last).to_owned()]);
    let subject = format!("{{kind: ServiceAccount, namespace: {}, name: {}}}", at.0, at.1);
    text += &binding("ClusterRoleBinding", "last", "", &subject, ("ClusterRole", "last"));
    (text, from, length)
}

/// One step to an account: the rule in its namespace, and what must be there beside it.
fn link(dice: &mut Dice, (namespace, name): (&str, &str)) -> (String, String) {
    match dice.below(5) {
        0 => (
            format!(
                "{{apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [{name}], verbs: [create]}}"
            ),
            String::new(),
        ),
        1 => ("{apiGroups: [''], resources: [pods], verbs: [create]}".to_owned(), String::new()),
        2 => (
            format!("{{apiGroups: [''], resources: [secrets], resourceNames: [t-{name}], verbs: [get]}}"),
            secret(namespace, name),
        ),
        3 => (
            format!(
                "{{apiGroups: [''], resources: [serviceaccounts], resourceNames: [{name}], verbs: [impersonate]}}"
            ),
            String::new(),
        ),
        _ => ("{apiGroups: [''], resources: [secrets], verbs: [create, list]}".to_owned(), String::new()),
    }
}
