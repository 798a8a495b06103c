//! From an HTTP request to what the authorizers are asked.
//!
//! Upstream: `k8s.io/apiserver/pkg/endpoints/request/requestinfo.go` and `pkg/endpoints/filters/authorization.go`;
//! equal from 1.30 to 1.36 but for the selectors, which the gate `AuthorizeWithSelectors` adds. Whether a request
//! asks for an upgrade to WebSocket changes nothing here: `get pods/exec` is a GET with or without it. What differs
//! is the second check of [`RequestInfo::second_verb`].

mod field_selector;
mod label_selector;
mod query;

#[cfg(test)]
mod tests;

pub use field_selector::{FieldRequirement, parse_field_selector};
pub use label_selector::{LabelOperator, LabelRequirement, parse_label_selector};
pub(crate) use label_selector::{is_label_key, is_label_value};
pub use query::{RequestTarget, TargetError};

use crate::{Attributes, Request, Selectors};
use query::Query;

/// What a request is about, as the API server reads it from method and URL before it knows the API.
///
/// Bytes of the URL that are no UTF-8 become U+FFFD; upstream keeps them, and no rule could name them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RequestInfo {
    /// Whether it is about a resource; otherwise only `path` and `verb` are set.
    pub is_resource_request: bool,
    /// The path, percent-decoded.
    pub path: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, `proxy`; `""` for other
    /// methods on resources; for other paths the method in lower case.
    pub verb: String,
    /// `api` or `apis`.
    pub api_prefix: String,
    /// API group, `""` for core.
    pub api_group: String,
    /// API version, such as `v1`.
    pub api_version: String,
    /// Namespace; for a Namespace object its own name.
    pub namespace: String,
    /// Plural name, such as `pods`.
    pub resource: String,
    /// Such as `exec`; `""` if none.
    pub subresource: String,
    /// `""` where the request names no object.
    pub name: String,
    /// The path from the resource on.
    pub parts: Vec<String>,
    /// The field selector as written, where verb and gate allow one.
    pub field_selector: String,
    /// The label selector as written, where verb and gate allow one.
    pub label_selector: String,
}

/// Why there is no [`RequestInfo`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RequestInfoError {
    /// Go's HTTP server answers 400 before Kubernetes sees the request.
    #[error("{0}")]
    Target(#[from] TargetError),
    /// `/api/v1/watch` and `/api/v1/proxy` without anything behind: the API server answers 500.
    #[error("unable to determine kind and namespace from url")]
    NothingAfterVerb,
}

impl RequestInfo {
    /// Reads a request line: the method and the target as sent (`/api/v1/pods?watch=1`, escapes included).
    /// `selectors` is the gate `AuthorizeWithSelectors`.
    ///
    /// # Errors
    /// Where the API server refuses the request before authorization.
    pub fn of_request(method: &str, target: &str, selectors: bool) -> Result<Self, RequestInfoError> {
        let target = RequestTarget::parse(target)?;
        Self::new(method, &target.path, target.query, selectors)
    }

    /// Reads method, percent-decoded path, and the query as sent.
    ///
    /// # Errors
    /// [`RequestInfoError::NothingAfterVerb`].
    pub fn new(method: &str, path: &str, query: &str, selectors: bool) -> Result<Self, RequestInfoError> {
        let mut info = Self { path: path.to_owned(), verb: method.to_lowercase(), ..Self::default() };
        let trimmed = path.trim_matches('/');
        let all: Vec<&str> = if trimmed.is_empty() { Vec::new() } else { trimmed.split('/').collect() };
        let (prefix, group, version, rest) = match all.as_slice() {
            [prefix @ "api", version, rest @ ..] if !rest.is_empty() => (*prefix, "", *version, rest),
            [prefix @ "apis", group, version, rest @ ..] if !rest.is_empty() => {
                (*prefix, *group, *version, rest)
            }
            // `/apis/GROUP/VERSION` has the prefix set upstream, which nobody reads.
            _ => return Ok(info),
        };
        info.is_resource_request = true;
        info.api_prefix = prefix.to_owned();
        info.api_group = group.to_owned();
        info.api_version = version.to_owned();
        let by_path = info.resource_of(method, rest)?;
        info.refine(Query::new(query), by_path, selectors);
        Ok(info)
    }

    /// Reads what follows the version; whether the verb stood in the path.
    fn resource_of(&mut self, method: &str, mut rest: &[&str]) -> Result<bool, RequestInfoError> {
        let mut by_path = false;
        if let [verb @ ("proxy" | "watch"), after @ ..] = rest {
            if after.is_empty() {
                return Err(RequestInfoError::NothingAfterVerb);
            }
            self.verb = (*verb).to_owned();
            rest = after;
            by_path = true;
        } else {
            self.verb = verb_of(method).to_owned();
        }
        if let ["namespaces", namespace, after @ ..] = rest {
            self.namespace = (*namespace).to_owned();
            // `status` and `finalize` belong to the Namespace object; everything else is a resource in it.
            if let [first, ..] = after
                && !matches!(*first, "status" | "finalize")
            {
                rest = after;
            }
        }
        self.parts = rest.iter().map(|&part| part.to_owned()).collect();
        let part = |at: usize| rest.get(at).copied().unwrap_or("").to_owned();
        self.resource = part(0);
        self.name = part(1);
        if self.verb != "proxy" {
            self.subresource = part(2);
        }
        Ok(by_path)
    }

    /// What the query and the missing name say about verb, name and selectors.
    fn refine(&mut self, query: Query, by_path: bool, selectors: bool) {
        if self.name.is_empty() && self.verb == "get" {
            let options = query.list_options();
            self.verb = if options.watch { "watch" } else { "list" }.to_owned();
            if let Some(name) = options.name.filter(|name| is_path_segment_name(name)) {
                self.name = name;
            }
        }
        if self.name.is_empty() && self.verb == "delete" {
            self.verb = "deletecollection".to_owned();
        }
        if selectors && !by_path && matches!(self.verb.as_str(), "list" | "watch" | "deletecollection") {
            let first = |key| query.first(key).unwrap_or("").to_owned();
            self.field_selector = first("fieldSelector");
            self.label_selector = first("labelSelector");
        }
    }

    /// The attributes for the authorizers, without user and selectors.
    pub fn attributes(&self) -> Attributes<'_> {
        self.attributes_with(None)
    }

    /// The attributes for the authorizers, without user; `selectors` is [`RequestInfo::selectors`].
    pub fn attributes_with<'a>(&'a self, selectors: Option<&'a Selectors>) -> Attributes<'a> {
        if !self.is_resource_request {
            return Attributes::path(&self.verb, &self.path);
        }
        let request = Request::Resource {
            group: &self.api_group,
            version: &self.api_version,
            resource: &self.resource,
            subresource: &self.subresource,
            namespace: &self.namespace,
            name: &self.name,
        };
        Attributes { verb: &self.verb, request, selectors }
    }

    /// The selectors as the authorizers see them; `None` where there are none. What cannot be read is left out
    /// with its error (`GetAuthorizerAttributes`).
    pub fn selectors(&self) -> Option<Selectors> {
        let mut out = Selectors::default();
        match self.field_requirements() {
            Ok(fields) => out.fields = fields,
            Err(error) => out.fields_error = Some(error),
        }
        match self.label_requirements() {
            Ok(labels) => out.labels = labels,
            Err(error) => out.labels_error = Some(error),
        }
        (out != Selectors::default()).then_some(out)
    }

    /// The requirements of the field selector, in upstream's order; the error is what the authorizers are told.
    ///
    /// # Errors
    /// When the selector cannot be read; authorizers then act as if there were none.
    pub fn field_requirements(&self) -> Result<Vec<FieldRequirement>, String> {
        parse_field_selector(&self.field_selector)
    }

    /// The requirements of the label selector, in upstream's order.
    ///
    /// # Errors
    /// When the selector cannot be read; authorizers then act as if there were none.
    pub fn label_requirements(&self) -> Result<Vec<LabelRequirement>, String> {
        parse_label_selector(&self.label_selector)
    }

    /// The verb that is checked beside [`RequestInfo::verb`] before the request is served: `create` for exec,
    /// attach and portforward of pods by GET. `gate` is `AuthorizePodWebsocketUpgradeCreatePermission`, on by
    /// default from 1.35 (upstream: `pkg/registry/core/pod/rest/subresources.go`, `ensureAuthorizedForVerb`).
    pub fn second_verb(&self, gate: bool) -> Option<&'static str> {
        let streams = matches!(self.subresource.as_str(), "exec" | "attach" | "portforward");
        let pod = self.is_resource_request && self.api_group.is_empty() && self.resource == "pods";
        (gate && pod && streams && self.verb == "get" && self.parts.len() == 3).then_some("create")
    }
}

/// Methods are compared exactly: `get` is no method that the API server knows.
fn verb_of(method: &str) -> &'static str {
    match method {
        "POST" => "create",
        "GET" | "HEAD" => "get",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "",
    }
}

/// Upstream's `content.IsPathSegmentName`.
fn is_path_segment_name(name: &str) -> bool {
    !matches!(name, "." | "..") && !name.contains(['/', '%'])
}
