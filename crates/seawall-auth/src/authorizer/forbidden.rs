//! The text of a refused request (upstream: `pkg/endpoints/handlers/responsewriters/errors.go`, `forbiddenMessage`,
//! and `k8s.io/apimachinery/pkg/api/errors` `NewForbidden`).

use crate::go_format::errorf;
use crate::go_quote::quoted;
use crate::{Attributes, Request};
use seawall_model::Version;

/// Error texts must not look like HTML; quotes are fine.
fn sanitized(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The message of the 403 that a request gets from an API server of `version`, with the authorizers' reason.
pub fn forbidden(version: Version, user: &str, attributes: &Attributes<'_>, reason: &str) -> String {
    let suffix = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let user = quoted(user);
    let verb = attributes.verb;
    let finished = |text: String| if version.at_least(32) { text } else { errorf(&text) };
    match attributes.request {
        Request::Path(path) => {
            let cannot = sanitized(&format!("User {user} cannot {verb} path {}", quoted(path)));
            format!("forbidden: {}", finished(format!("{cannot}{suffix}")))
        }
        Request::Resource { group, resource, subresource, namespace, name, .. } => {
            let named = resource_and_name(group, resource, name);
            let what = match subresource {
                "" => quoted(resource),
                _ => quoted(&format!("{resource}/{subresource}")),
            };
            let scope = match namespace {
                "" => "at the cluster scope".to_owned(),
                _ => format!("in the namespace {}", quoted(namespace)),
            };
            let cannot =
                format!("User {user} cannot {verb} resource {what} in API group {} {scope}", quoted(group));
            format!("{named}forbidden: {}", finished(format!("{}{suffix}", sanitized(&cannot))))
        }
    }
}

/// The head of a message of `NewForbidden`: `deployments.apps "x" is `.
pub(crate) fn resource_and_name(group: &str, resource: &str, name: &str) -> String {
    let full = if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") };
    match name {
        _ if full.is_empty() => String::new(),
        "" => format!("{full} is "),
        _ => format!("{full} {} is ", quoted(name)),
    }
}
