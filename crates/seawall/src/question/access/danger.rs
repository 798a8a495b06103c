//! Which rights are dangerous, and why: what stands first when a tired person reads.

use schemars::JsonSchema;
use seawall_auth::rbac::authorizer::RightOn;
use seawall_auth::rbac::{resource_matches, word_matches};
use serde::Serialize;

/// How much a right gives beyond its words. The order is that of telling.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Level {
    /// Leads to the whole cluster.
    Critical,
    /// Leads to a namespace, a node or other identities.
    High,
    /// Helps on the way.
    Medium,
}

impl Level {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
        }
    }
}

/// A danger.
#[derive(Clone, Copy, Debug, Eq, JsonSchema, Ord, PartialEq, PartialOrd, Serialize)]
pub(super) struct Danger {
    /// How much it gives.
    pub(super) level: Level,
    /// What its holder may do, in plain words.
    pub(super) why: &'static str,
}

/// Where a row counts.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    /// Only in the whole cluster: the resource lives in no namespace.
    Cluster,
    /// In a namespace it gives one level less, unless that is `kube-system`.
    Any,
}

use Level::{Critical, High, Medium};
use Scope::{Any, Cluster};

/// Verbs on resources that are dangerous.
struct Row {
    verbs: &'static [&'static str],
    group: &'static str,
    resources: &'static [&'static str],
    scope: Scope,
    level: Level,
    why: &'static str,
}

type Words = &'static [&'static str];

const fn row(
    verbs: Words,
    group: &'static str,
    resources: Words,
    scope: Scope,
    level: Level,
    why: &'static str,
) -> Row {
    Row { verbs, group, resources, scope, level, why }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const WRITE: Words = &["create", "update", "patch"];
const CHANGE: Words = &["update", "patch"];
const REMOVE: Words = &["delete", "deletecollection"];
const ROLES: Words = &["roles", "clusterroles"];
const APPS: Words = &["deployments", "daemonsets", "statefulsets", "replicasets"];
const WEBHOOKS: Words =
    &["mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies"];
const CHECKS: Words =
    &["validatingwebhookconfigurations", "validatingadmissionpolicies", "validatingadmissionpolicybindings"];
const RUNS: &str = "may run containers as any service account there";
const CHANGES: &str = "may change what containers run";
const OTHERS: &str = "may act as others, for what impersonate-on rights name";

/// The dangers; of several that fit the first of the highest level counts. The ways from one right to others are
/// those of upstream's documentation, concepts/security/rbac-good-practices.
const ROWS: &[Row] = &[
    row(&["escalate"], RBAC, ROLES, Any, Critical, "may widen its own roles"),
    row(&["bind"], RBAC, ROLES, Any, Critical, "may bind these roles to itself"),
    row(&["impersonate"], "", &["users", "groups"], Cluster, Critical, "may act as these users and groups"),
    row(&["impersonate"], "", &["serviceaccounts"], Any, Critical, "may act as service accounts"),
    row(&["create"], "", &["serviceaccounts/token"], Any, Critical, "may get tokens of service accounts"),
    row(
        &["create", "get", "update", "patch", "delete"],
        "",
        &["nodes/proxy"],
        Cluster,
        Critical,
        "may run commands in every pod through the kubelets",
    ),
    row(&["get", "list", "watch"], "", &["secrets"], Any, Critical, "may read secrets"),
    row(&["create"], "", &["pods", "replicationcontrollers"], Any, Critical, RUNS),
    row(&["create"], "apps", APPS, Any, Critical, RUNS),
    row(&["create"], "batch", &["jobs", "cronjobs"], Any, Critical, RUNS),
    row(CHANGE, "", &["replicationcontrollers"], Any, Critical, CHANGES),
    row(CHANGE, "apps", APPS, Any, Critical, CHANGES),
    row(CHANGE, "batch", &["cronjobs"], Any, Critical, CHANGES),
    row(&["create", "get"], "", &["pods/exec", "pods/attach"], Any, Critical, "may run commands in pods"),
    row(CHANGE, "", &["pods/ephemeralcontainers"], Any, Critical, "may run commands in pods"),
    row(WRITE, ADMISSION, WEBHOOKS, Cluster, Critical, "may read or change what others write"),
    row(CHANGE, "", &["pods"], Any, High, "may change the images of pods"),
    row(
        &["impersonate:user-info", "impersonate:arbitrary-node"],
        "authentication.k8s.io",
        &["users", "groups", "nodes"],
        Cluster,
        High,
        OTHERS,
    ),
    row(&["impersonate:serviceaccount"], "authentication.k8s.io", &["serviceaccounts"], Any, High, OTHERS),
    row(
        CHANGE,
        CERTIFICATES,
        &["certificatesigningrequests/approval"],
        Cluster,
        High,
        "may approve client certificates of the signers it may approve for",
    ),
    row(&["approve", "sign"], CERTIFICATES, &["signers"], Cluster, High, "may approve or sign certificates"),
    row(WRITE, "", &["persistentvolumes"], Cluster, High, "may mount any folder of a node"),
    row(WRITE, "apiregistration.k8s.io", &["apiservices"], Cluster, High, "may answer for parts of the API"),
    row(CHANGE, "", &["nodes", "nodes/status"], Cluster, High, "may draw pods to a node"),
    row(WRITE, RBAC, &["clusterroles", "clusterrolebindings"], Cluster, Medium, PASSES),
    row(WRITE, RBAC, &["roles", "rolebindings"], Any, Medium, PASSES),
    row(&["create"], "", &["secrets"], Any, Medium, "may have tokens of service accounts made"),
    row(CHANGE, "", &["secrets"], Any, Medium, "may replace credentials"),
    row(&["create", "get"], "", &["pods/portforward", "pods/proxy"], Any, Medium, "may reach ports of pods"),
    row(&["update", "patch"], ADMISSION, CHECKS, Cluster, Medium, "may switch off admission checks"),
    row(REMOVE, ADMISSION, CHECKS, Cluster, Medium, "may switch off admission checks"),
    row(
        REMOVE,
        "",
        &["namespaces", "nodes", "persistentvolumes"],
        Cluster,
        Medium,
        "may delete much at once",
    ),
];
const PASSES: &str = "may pass on rights that it holds itself";

/// The danger of a right; `namespace` is `None` for the whole cluster.
pub(super) fn of(on: &RightOn<'_>, verbs: &[&str], namespace: Option<&str>) -> Option<Danger> {
    if is_everything(on, verbs) {
        return Some(match namespace {
            None => Danger { level: Critical, why: "may do everything: cluster administrator" },
            Some("kube-system") => Danger { level: Critical, why: "may do everything in this namespace" },
            Some(_) => Danger { level: High, why: "may do everything in this namespace" },
        });
    }
    let weak = namespace.is_some_and(|namespace| namespace != "kube-system");
    let fits = ROWS.iter().filter(|row| row.fits(on, verbs, namespace));
    let danger = |row: &Row| {
        // One object of many is less than all of them, and one namespace less than the cluster.
        let steps = u8::from(weak && row.scope == Any) + u8::from(!on.names.is_empty());
        Danger { level: lower(row.level, steps), why: row.why }
    };
    fits.map(danger).min_by_key(|danger| danger.level)
}

/// Whether a right is the one of `cluster-admin`.
pub(super) fn is_everything(on: &RightOn<'_>, verbs: &[&str]) -> bool {
    let any = |list: &[&str]| list.contains(&"*");
    any(verbs) && any(&on.groups) && any(&on.resources) && on.names.is_empty()
}

fn lower(level: Level, steps: u8) -> Level {
    match (level, steps) {
        (level, 0) => level,
        (Critical, 1) => High,
        _ => Medium,
    }
}

impl Row {
    fn fits(&self, on: &RightOn<'_>, verbs: &[&str], namespace: Option<&str>) -> bool {
        if namespace.is_some() && self.scope == Cluster {
            return false;
        }
        // A request to create an object does not say its name: rules for names never allow it.
        let possible = |verb: &str, sub: &str| {
            on.names.is_empty() || !sub.is_empty() || !matches!(verb, "create" | "deletecollection")
        };
        let verb = |wanted: &str| verbs.iter().any(|owned| word_matches(owned, wanted));
        on.groups.iter().any(|owned| word_matches(owned, self.group))
            && self.resources.iter().any(|resource| {
                let (resource, sub) = resource.split_once('/').unwrap_or((resource, ""));
                on.resources.iter().any(|owned| resource_matches(owned, resource, sub))
                    && self.verbs.iter().any(|wanted| verb(wanted) && possible(wanted, sub))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn danger(verbs: &[&str], group: &str, resource: &str, namespace: Option<&str>) -> Option<Level> {
        let on = RightOn { urls: vec![], groups: vec![group], resources: vec![resource], names: vec![] };
        of(&on, verbs, namespace).map(|danger| danger.level)
    }

    #[test]
    fn levels() {
        assert_eq!(danger(&["*"], "*", "*", None), Some(Critical));
        assert_eq!(danger(&["*"], "*", "*", Some("shop")), Some(High));
        assert_eq!(danger(&["*"], "", "secrets", Some("kube-system")), Some(Critical));
        assert_eq!(danger(&["get"], "", "*", Some("shop")), Some(High));
        assert_eq!(danger(&["get"], "", "configmaps", None), None);
        assert_eq!(danger(&["get"], "", "nodes/proxy", Some("shop")), None);
        assert_eq!(danger(&["create"], "", "*/exec", None), Some(Critical));
        assert_eq!(danger(&["create"], "", "pods/*", None), None);
        assert_eq!(danger(&["create"], RBAC, "rolebindings", Some("shop")), Some(Medium));
        assert_eq!(danger(&["create"], RBAC, "clusterrolebindings", Some("shop")), None);
    }

    #[test]
    fn names_weaken() {
        let on = |names| RightOn { urls: vec![], groups: vec![""], resources: vec!["secrets"], names };
        let level = |names, verbs: &[&str]| of(&on(names), verbs, None).map(|danger| danger.level);
        assert_eq!(level(vec![], &["get"]), Some(Critical));
        assert_eq!(level(vec!["db"], &["get"]), Some(High));
        assert_eq!(level(vec!["db"], &["create"]), None);
    }
}
