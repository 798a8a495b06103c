//! Which resources a request uses, by its kind.

use super::pod;
use crate::amount::{Amount, Amounts};
use crate::json::Json;
use crate::request::{Operation, Request};
use crate::settings::Settings;
use serde_json::Value;

/// What counts the objects of one resource.
#[derive(Clone, Debug)]
pub(crate) enum Evaluator {
    /// Pods.
    Pods(pod::Rules),
    /// Services.
    Services,
    /// PersistentVolumeClaims; whether scopes of volume attributes classes are known.
    Claims(bool),
    /// Anything else: its number, as `count/RESOURCE.GROUP`, and for some old resources by a name of their own.
    Count { name: String, old_name: Option<&'static str> },
}

/// Resources that containers must ask for.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    /// Upstream's words.
    pub(crate) text: String,
    /// Where they would stand.
    pub(crate) fields: Vec<String>,
}

/// Resources that no quota counts (`pkg/quota/v1/install/registry.go`).
const IGNORED: [(&str, &str); 10] = [
    ("", "bindings"),
    ("", "componentstatuses"),
    ("authentication.k8s.io", "tokenreviews"),
    ("authentication.k8s.io", "selfsubjectreviews"),
    ("authorization.k8s.io", "subjectaccessreviews"),
    ("authorization.k8s.io", "selfsubjectaccessreviews"),
    ("authorization.k8s.io", "localsubjectaccessreviews"),
    ("authorization.k8s.io", "selfsubjectrulesreviews"),
    ("", "events"),
    ("events.k8s.io", "events"),
];

/// Resources that are also counted by their plain name (`legacyObjectCountAliases`).
const OLD_NAMES: [&str; 6] = [
    "configmaps",
    "resourcequotas",
    "replicationcontrollers",
    "secrets",
    "services",
    "persistentvolumeclaims",
];

const CLASS: &str = ".storageclass.storage.k8s.io/";

impl Evaluator {
    /// The evaluator of the request's resource; `None`: no quota counts it.
    pub(crate) fn of(request: &Request, settings: &Settings<'_>) -> Option<Self> {
        Self::for_resource(&request.group, &request.resource, settings)
    }

    /// The evaluator of a resource.
    pub(crate) fn for_resource(group: &str, resource: &str, settings: &Settings<'_>) -> Option<Self> {
        if IGNORED.contains(&(group, resource)) {
            return None;
        }
        Some(match (group, resource) {
            ("", "pods") => Self::Pods(pod::Rules::of(settings)),
            ("", "services") => Self::Services,
            ("", "persistentvolumeclaims") => Self::Claims(settings.gate("VolumeAttributesClass")),
            _ => Self::Count {
                name: count_name(group, resource),
                old_name: OLD_NAMES.into_iter().find(|name| group.is_empty() && *name == resource),
            },
        })
    }

    /// Whether the request can change what is used (`Handles`).
    pub(crate) fn handles(&self, request: &Request, object: &Value, old: Option<&Value>) -> bool {
        let (creates, updates) =
            (request.operation == Operation::Create, request.operation == Operation::Update);
        match self {
            Self::Pods(rules) => match &*request.subresource {
                "" => creates || updates && old.is_some_and(|old| rules.changes_scope(old, object)),
                "resize" => updates,
                _ => false,
            },
            Self::Services | Self::Claims(_) => request.subresource.is_empty() && (creates || updates),
            Self::Count { .. } => request.subresource.is_empty() && creates,
        }
    }

    /// Whether a resource of a quota is one that it counts (`MatchingResources`).
    pub(crate) fn counts(&self, name: &str) -> bool {
        match self {
            Self::Pods(_) => pod::counts(name),
            Self::Services => {
                matches!(
                    name,
                    "count/services" | "services" | "services.nodeports" | "services.loadbalancers"
                )
            }
            Self::Claims(_) => {
                let own = |name: &str| matches!(name, "persistentvolumeclaims" | "requests.storage");
                name == "count/persistentvolumeclaims"
                    || own(name)
                    || name.rsplit_once(CLASS).is_some_and(|(_, rest)| own(rest))
            }
            Self::Count { name: own, old_name } => name == own || old_name.is_some_and(|old| old == name),
        }
    }

    /// What containers must say and do not (`Constraints`).
    pub(crate) fn missing(&self, restricted: &[&str], object: &Value) -> Option<Missing> {
        match self {
            Self::Pods(rules) => rules.missing(restricted, object),
            _ => None,
        }
    }

    /// Whether the object is in a scope; other kinds are in none.
    pub(crate) fn in_scope(&self, scope: &Scope<'_>, object: &Value) -> bool {
        match self {
            Self::Pods(rules) => rules.in_scope(scope, object),
            Self::Claims(true) if scope.name == "VolumeAttributesClass" => in_attributes_class(scope, object),
            _ => false,
        }
    }

    /// What the object uses.
    pub(crate) fn usage(&self, object: &Value) -> Amounts {
        match self {
            Self::Pods(rules) => rules.usage(object),
            Self::Services => services(object),
            Self::Claims(_) => claims(object),
            Self::Count { name, old_name } => {
                let names = [Some(name.as_str()), *old_name];
                names.into_iter().flatten().map(|name| (name.to_owned(), Amount::whole(1))).collect()
            }
        }
    }
}

/// `ObjectCountQuotaResourceNameFor`.
fn count_name(group: &str, resource: &str) -> String {
    if group.is_empty() { format!("count/{resource}") } else { format!("count/{resource}.{group}") }
}

/// A scope that a quota asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    /// `Terminating`, `PriorityClass` …
    pub(crate) name: &'a str,
    /// `Exists`, `In` …
    pub(crate) operator: &'a str,
    /// Of `In` and `NotIn`.
    pub(crate) values: &'a [String],
}

impl Scope<'_> {
    /// Whether the value of what the scope names fulfils it; `None`: there is no value.
    pub(crate) fn holds(&self, value: Option<&str>) -> bool {
        let listed = || value.is_some_and(|value| self.values.iter().any(|one| one == value));
        match self.operator {
            "In" => listed(),
            "NotIn" => !listed(),
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            _ => false,
        }
    }
}

fn in_attributes_class(scope: &Scope<'_>, claim: &Value) -> bool {
    let fields = [
        "spec.volumeAttributesClassName",
        "status.currentVolumeAttributesClassName",
        "status.modifyVolumeStatus.targetVolumeAttributesClassName",
    ];
    let names: Vec<&str> =
        fields.iter().map(|field| claim.text(field)).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { scope.holds(None) } else { names.iter().any(|name| scope.holds(Some(name))) }
}

fn services(service: &Value) -> Amounts {
    let ports = service.list("spec.ports");
    let (node_ports, balancers) = match service.text("spec.type") {
        "NodePort" => (ports.len(), 0),
        "LoadBalancer" if service.flag("spec.allocateLoadBalancerNodePorts") == Some(false) => {
            (ports.iter().filter(|port| port.int("nodePort").unwrap_or(0) != 0).count(), 1)
        }
        "LoadBalancer" => (ports.len(), 1),
        _ => (0, 0),
    };
    let number = |count: usize| Amount::whole(i64::try_from(count).unwrap_or(i64::MAX));
    [
        ("count/services", number(1)),
        ("services", number(1)),
        ("services.nodeports", number(node_ports)),
        ("services.loadbalancers", number(balancers)),
    ]
    .map(|(name, amount)| (name.to_owned(), amount))
    .into()
}

fn claims(claim: &Value) -> Amounts {
    let mut usage = Amounts::new();
    let class = claim
        .entry("metadata.annotations", "volume.beta.kubernetes.io/storage-class")
        .unwrap_or_else(|| claim.text("spec.storageClassName"));
    let mut put = |name: &str, amount: &Amount| {
        usage.insert(name.to_owned(), amount.clone());
        if !class.is_empty() && !name.starts_with("count/") {
            usage.insert(format!("{class}{CLASS}{name}"), amount.clone());
        }
    };
    put("persistentvolumeclaims", &Amount::whole(1));
    put("count/persistentvolumeclaims", &Amount::whole(1));
    let asked = claim.map("spec.resources.requests").get("storage").and_then(Amount::of);
    let allocated = claim.map("status.allocatedResources").get("storage").and_then(Amount::of);
    if let Some(asked) = asked {
        let most = allocated.filter(|allocated| allocated.quantity > asked.quantity).unwrap_or(asked);
        put("requests.storage", &most.to_whole());
    }
    usage
}
