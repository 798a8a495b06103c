//! What an authorizer is asked (upstream: `k8s.io/apiserver/pkg/authorization/authorizer`, `Attributes`).

use crate::request_info::{FieldRequirement, LabelRequirement};

/// One request as an authorizer sees it, without the user.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Attributes<'a> {
    /// The verb, compared exactly: `get`, `list`, `create`, `impersonate` …; for paths the HTTP method in lower case.
    pub verb: &'a str,
    /// What it is about.
    pub request: Request<'a>,
    /// The selectors of list, watch and deletecollection; `None` without any, and where the gate
    /// `AuthorizeWithSelectors` is off.
    pub selectors: Option<&'a Selectors>,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Request<'a> {
    /// A resource of the API.
    Resource {
        /// API group, `""` for core.
        group: &'a str,
        /// API version; `*` where the asker names none. No authorizer but ABAC's successors and webhooks look at it.
        version: &'a str,
        /// Plural name, such as `pods`.
        resource: &'a str,
        /// Such as `exec`; `""` if none.
        subresource: &'a str,
        /// `""` for cluster-scoped requests and requests over all namespaces.
        namespace: &'a str,
        /// `""` for list, watch and create on the collection.
        name: &'a str,
    },
    /// A path that is no resource, such as `/metrics`.
    Path(&'a str),
}

/// The selectors of a request, as far as they could be read. A selector that could be read in part is a wider
/// question: terms are joined by "and".
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Selectors {
    /// The terms of the field selector.
    pub fields: Vec<FieldRequirement>,
    /// What could not be read of it.
    pub fields_error: Option<String>,
    /// The terms of the label selector.
    pub labels: Vec<LabelRequirement>,
    /// What could not be read of it.
    pub labels_error: Option<String>,
}

impl<'a> Attributes<'a> {
    /// A request for a resource by its full name (`pods/exec` is resource `pods`, subresource `exec`), without
    /// namespace and name.
    pub fn resource(verb: &'a str, group: &'a str, resource: &'a str) -> Self {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let request =
            Request::Resource { group, version: "*", resource, subresource, namespace: "", name: "" };
        Self { verb, request, selectors: None }
    }

    /// A request for a path.
    pub fn path(verb: &'a str, path: &'a str) -> Self {
        Self { verb, request: Request::Path(path), selectors: None }
    }

    /// The same request for one object.
    pub fn named(mut self, to: &'a str) -> Self {
        if let Request::Resource { name, .. } = &mut self.request {
            *name = to;
        }
        self
    }

    /// The same request in one namespace.
    pub fn in_namespace(mut self, to: &'a str) -> Self {
        if let Request::Resource { namespace, .. } = &mut self.request {
            *namespace = to;
        }
        self
    }

    /// The same request with selectors.
    pub fn with_selectors(mut self, selectors: &'a Selectors) -> Self {
        self.selectors = Some(selectors);
        self
    }

    /// The namespace that it is in; `""` for paths, cluster-scoped requests and requests over all namespaces.
    pub fn namespace(&self) -> &'a str {
        match self.request {
            Request::Resource { namespace, .. } => namespace,
            Request::Path(_) => "",
        }
    }
}
