//! The generated cluster and the requests.

use seawall_auth::{Attributes, Request};
use std::fmt::Write;

const VERBS: [&str; 8] = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
/// API group and resource.
const RESOURCES: [(&str, &str); 24] = [
    ("", "pods"),
    ("", "pods/log"),
    ("", "pods/exec"),
    ("", "services"),
    ("", "configmaps"),
    ("", "secrets"),
    ("", "serviceaccounts"),
    ("", "serviceaccounts/token"),
    ("", "persistentvolumeclaims"),
    ("", "events"),
    ("", "namespaces"),
    ("apps", "deployments"),
    ("apps", "deployments/scale"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("apps", "replicasets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
    ("networking.k8s.io", "ingresses"),
    ("networking.k8s.io", "networkpolicies"),
    ("rbac.authorization.k8s.io", "roles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
    ("policy", "poddisruptionbudgets"),
    ("coordination.k8s.io", "leases"),
];

const CLUSTER_ROLES: usize = 1_000;
const ROLES: usize = 4_000;
const NAMESPACES: usize = 200;
const ACCOUNTS: usize = 2_000;
const USERS: usize = 500;
const GROUPS: usize = 100;
const BINDINGS: usize = 10_000;

/// A small generator of the same numbers on every machine.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }
}

/// A request.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) user: String,
    pub(super) groups: Vec<String>,
    pub(super) verb: String,
    pub(super) group: String,
    pub(super) resource: String,
    pub(super) subresource: String,
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Ask {
    pub(super) fn attributes(&self) -> Attributes<'_> {
        let request = Request::Resource {
            group: &self.group,
            version: "v1",
            resource: &self.resource,
            subresource: &self.subresource,
            namespace: &self.namespace,
            name: &self.name,
        };
        Attributes { verb: &self.verb, request, selectors: None }
    }
}

/// How many ClusterRoleBindings there are among the bindings.
pub(super) struct World {
    cluster_bindings: usize,
}

impl World {
    pub(super) fn new(cluster_bindings: usize) -> Self {
        Self { cluster_bindings }
    }

    /// All objects as one list.
    pub(super) fn text(&self) -> String {
        let mut dice = Dice(self.cluster_bindings as u64 + 1);
        let mut out = String::from("apiVersion: v1\nkind: List\nitems:\n");
        for number in 0..CLUSTER_ROLES + ROLES {
            let (kind, namespace) = if number < CLUSTER_ROLES {
                ("ClusterRole", String::new())
            } else {
                ("Role", format!(", namespace: ns-{}", number % NAMESPACES))
            };
            head(&mut out, kind, &format!("role-{number}{namespace}"));
            out.push_str(", rules: [");
            for _ in 0..dice.below(7) + 1 {
                rule(&mut out, &mut dice);
            }
            out.push_str("]}\n");
        }
        for number in 0..BINDINGS {
            let cluster = number < self.cluster_bindings;
            let namespace = number % NAMESPACES;
            let (kind, place) = if cluster {
                ("ClusterRoleBinding", String::new())
            } else {
                ("RoleBinding", format!(", namespace: ns-{namespace}"))
            };
            head(&mut out, kind, &format!("binding-{number}{place}"));
            let (role_kind, role) = if cluster || dice.below(2) == 0 {
                ("ClusterRole", dice.below(CLUSTER_ROLES))
            } else {
                ("Role", CLUSTER_ROLES + namespace + NAMESPACES * dice.below(ROLES / NAMESPACES))
            };
            let _ = write!(out, ", roleRef: {{kind: {role_kind}, name: role-{role}}}, subjects: [");
            for _ in 0..dice.below(2) + 1 {
                let _ = match dice.below(10) {
                    0 => write!(out, "{{kind: Group, name: group-{}}}, ", dice.below(GROUPS)),
                    1 | 2 => write!(out, "{{kind: User, name: user-{}}}, ", dice.below(USERS)),
                    _ => {
                        let account = dice.below(ACCOUNTS);
                        let namespace = account % NAMESPACES;
                        write!(
                            out,
                            "{{kind: ServiceAccount, name: sa-{account}, namespace: ns-{namespace}}}, "
                        )
                    }
                };
            }
            out.push_str("]}\n");
        }
        out
    }

    /// A request of a service account or user; most are in a namespace in which somebody could hold something.
    pub(super) fn ask(&self, dice: &mut Dice) -> Ask {
        let (user, groups, home) = if dice.below(4) == 0 {
            let mut groups: Vec<String> = (0..2).map(|_| format!("group-{}", dice.below(GROUPS))).collect();
            groups.push("system:authenticated".into());
            (format!("user-{}", dice.below(USERS)), groups, dice.below(NAMESPACES))
        } else {
            let account = dice.below(ACCOUNTS);
            let home = account % NAMESPACES;
            let groups = [
                "system:serviceaccounts",
                &format!("system:serviceaccounts:ns-{home}"),
                "system:authenticated",
            ];
            (
                format!("system:serviceaccount:ns-{home}:sa-{account}"),
                groups.into_iter().map(str::to_owned).collect(),
                home,
            )
        };
        let (group, resource) = RESOURCES[dice.below(RESOURCES.len())];
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let namespace = match dice.below(10) {
            0 => String::new(),
            1..7 => format!("ns-{home}"),
            _ => format!("ns-{}", dice.below(NAMESPACES)),
        };
        let name = if dice.below(2) == 0 { String::new() } else { format!("name-{}", dice.below(20)) };
        Ask {
            user,
            groups,
            verb: VERBS[dice.below(VERBS.len())].into(),
            group: group.into(),
            resource: resource.into(),
            subresource: subresource.into(),
            namespace,
            name,
        }
    }
}

fn head(out: &mut String, kind: &str, name: &str) {
    let _ =
        write!(out, "- {{apiVersion: rbac.authorization.k8s.io/v1, kind: {kind}, metadata: {{name: {name}}}");
}

fn rule(out: &mut String, dice: &mut Dice) {
    let (group, _) = RESOURCES[dice.below(RESOURCES.len())];
    let of_group: Vec<&str> =
        RESOURCES.iter().filter(|(other, _)| *other == group).map(|(_, resource)| *resource).collect();
    let group = if dice.below(40) == 0 { "*" } else { group };
    out.push_str("{verbs: [");
    for _ in 0..dice.below(4) + 1 {
        let verb = if dice.below(30) == 0 { "*" } else { VERBS[dice.below(VERBS.len())] };
        let _ = write!(out, "'{verb}', ");
    }
    let _ = write!(out, "], apiGroups: ['{group}'], resources: [");
    for _ in 0..dice.below(3) + 1 {
        let resource = if dice.below(60) == 0 { "*" } else { of_group[dice.below(of_group.len())] };
        let _ = write!(out, "'{resource}', ");
    }
    out.push(']');
    if dice.below(8) == 0 {
        let _ = write!(out, ", resourceNames: [name-{}, name-{}]", dice.below(20), dice.below(20));
    }
    out.push_str("}, ");
}
