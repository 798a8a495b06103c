//! What is asked: the part of an AdmissionReview's request that decisions are made of
//! (`k8s.io/apiserver/pkg/admission/attributes.go`).

use serde_json::Value;

/// What is done to the object.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Operation {
    /// A new object.
    Create,
    /// An object that is there gets new content.
    Update,
    /// An object goes.
    Delete,
    /// A connection, such as `exec` into a pod.
    Connect,
}

impl Operation {
    /// As webhooks and policies name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
            Self::Connect => "CONNECT",
        }
    }

    /// The verb that authorization sees.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Create | Self::Connect => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Requester {
    /// The user name.
    pub name: String,
    /// Tells users of one name apart; `""` if unknown.
    pub uid: String,
    /// The groups.
    pub groups: Vec<String>,
}

impl Requester {
    /// The node that the user is, by the rules of the node authorizer (`nodeidentifier/default.go`): the group
    /// `system:nodes` and a name that begins with `system:node:`. The name may be empty.
    pub fn node(&self) -> Option<&str> {
        let name = self.name.strip_prefix("system:node:")?;
        self.groups.iter().any(|group| group == "system:nodes").then_some(name)
    }
}

/// One request for one object.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is done.
    pub operation: Operation,
    /// The API group, `""` for core.
    pub group: String,
    /// The API version, such as `v1`.
    pub version: String,
    /// The plural name in URLs, such as `pods`.
    pub resource: String,
    /// `status`, `resize` …; `""` for the object itself.
    pub subresource: String,
    /// The kind of the object.
    pub kind: String,
    /// Where the object lives; `""` for cluster-scoped ones, and for a Namespace its own name.
    pub namespace: String,
    /// The object's name; `""` where the API server makes one of `generateName`.
    pub name: String,
    /// The new content, as written; `None` for deletions.
    pub object: Option<Value>,
    /// What is stored; `None` for creations.
    pub old: Option<Value>,
    /// Who asks.
    pub user: Requester,
    /// Objects like this one that are taken to have been admitted just before: what a quota has left for replica 7.
    pub before: u64,
}

impl Request {
    /// Group and resource as upstream prints them: `pods`, `deployments.apps`.
    pub fn group_resource(&self) -> String {
        if self.group.is_empty() {
            self.resource.clone()
        } else {
            format!("{}.{}", self.resource, self.group)
        }
    }

    /// Whether it is about this resource itself, not a subresource.
    pub fn is(&self, group: &str, resource: &str) -> bool {
        self.subresource.is_empty() && self.is_of(group, resource)
    }

    /// Whether it is about this resource or a subresource of it.
    pub fn is_of(&self, group: &str, resource: &str) -> bool {
        self.group == group && self.resource == resource
    }

    /// Whether it is about pods themselves.
    pub fn is_pod(&self) -> bool {
        self.is("", "pods")
    }
}
