//! What an authorizer is asked (upstream: `k8s.io/apiserver/pkg/authorization/authorizer`, `Attributes`).

/// One request as an authorizer sees it, without the user.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Attributes<'a> {
    /// The verb, compared exactly: `get`, `list`, `create`, `impersonate` …; for paths the HTTP method in lower case.
    pub verb: &'a str,
    /// What it is about.
    pub request: Request<'a>,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Request<'a> {
    /// A resource of the API.
    Resource {
        /// API group, `""` for core.
        group: &'a str,
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

impl<'a> Attributes<'a> {
    /// A request for a resource by its full name (`pods/exec` is resource `pods`, subresource `exec`), without
    /// namespace and name.
    pub fn resource(verb: &'a str, group: &'a str, resource: &'a str) -> Self {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        Self { verb, request: Request::Resource { group, resource, subresource, namespace: "", name: "" } }
    }

    /// A request for a path.
    pub fn path(verb: &'a str, path: &'a str) -> Self {
        Self { verb, request: Request::Path(path) }
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
}
