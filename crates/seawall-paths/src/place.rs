//! The words for places: `sa:shop/web`, `cluster-admin`, `node:worker-1`.

use std::fmt;

/// A place that a path may start from, lead to or pass.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Place {
    /// Somebody outside who reaches what is exposed.
    Internet,
    /// Every verb on everything in the whole cluster, or the group `system:masters`.
    ClusterAdmin,
    /// Every verb on everything in one namespace.
    NamespaceAdmin(String),
    /// May read every secret of the namespace.
    Secrets(String),
    /// A user by name.
    User(String),
    /// A member of a group.
    Group(String),
    /// A service account: namespace and name.
    ServiceAccount(String, String),
    /// Root on a node, or the kubelet's identity; `*` is a node that the input does not name.
    Node(String),
    /// Commands in a pod, or a pod of a workload: namespace and name.
    Pod(String, String),
    /// All rights of a role that is not bound yet: its namespace, its name, and where they are held.
    Role {
        /// Of a Role.
        namespace: Option<String>,
        /// Its name.
        name: String,
        /// The namespace; `None` is the whole cluster.
        scope: Option<String>,
    },
    /// A role or account in a cloud.
    Cloud(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internet => f.write_str("internet"),
            Self::ClusterAdmin => f.write_str("cluster-admin"),
            Self::NamespaceAdmin(namespace) => write!(f, "namespace-admin:{namespace}"),
            Self::Secrets(namespace) => write!(f, "secrets:{namespace}"),
            Self::User(name) => write!(f, "user:{name}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::ServiceAccount(namespace, name) => write!(f, "sa:{namespace}/{name}"),
            Self::Node(name) => write!(f, "node:{name}"),
            Self::Pod(namespace, name) => write!(f, "pod:{namespace}/{name}"),
            Self::Role { namespace, name, scope } => {
                match namespace {
                    None => write!(f, "clusterrole:{name}")?,
                    Some(namespace) => write!(f, "role:{namespace}/{name}")?,
                }
                scope.as_ref().map_or(Ok(()), |scope| write!(f, "@{scope}"))
            }
            Self::Cloud(name) => write!(f, "cloud:{name}"),
        }
    }
}

/// What people may write.
const FORMS: &str = "write cluster-admin, namespace-admin:NAMESPACE, secrets:NAMESPACE, node:NAME, pod:NAMESPACE/NAME, \
                     sa:NAMESPACE/NAME, user:NAME, group:NAME or internet";

impl std::str::FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pair = |rest: &str| {
            let (namespace, name) =
                rest.split_once('/').filter(|(one, two)| !one.is_empty() && !two.is_empty())?;
            Some((namespace.to_owned(), name.to_owned()))
        };
        let wrong = || format!("`{}` is no place: {FORMS}", text.chars().take(80).collect::<String>());
        match text {
            "internet" => return Ok(Self::Internet),
            "cluster-admin" => return Ok(Self::ClusterAdmin),
            _ => {}
        }
        let (sort, rest) = text.split_once(':').filter(|(_, rest)| !rest.is_empty()).ok_or_else(wrong)?;
        let name = rest.to_owned();
        Ok(match sort {
            "namespace-admin" => Self::NamespaceAdmin(name),
            "secrets" => Self::Secrets(name),
            "node" => Self::Node(name),
            "user" => match seawall_auth::rbac::service_account_of(rest) {
                Some((namespace, name)) => Self::ServiceAccount(namespace.to_owned(), name.to_owned()),
                None => Self::User(name),
            },
            "group" => Self::Group(name),
            "pod" => pair(rest).map(|(namespace, name)| Self::Pod(namespace, name)).ok_or_else(wrong)?,
            "sa" => {
                pair(rest).map(|(namespace, name)| Self::ServiceAccount(namespace, name)).ok_or_else(wrong)?
            }
            "cloud" => Self::Cloud(name),
            _ => return Err(wrong()),
        })
    }
}
