//! The one request that is no reading, and only a dry run: a node that changes another one.

use super::connect::connect;
use super::request::chain;
use super::{ClusterInput, is_label, runtime};
use http::{Request, header};
use http_body_util::{BodyExt, Limited};
use kube_client::client::Body;
use serde_json::Value;

/// Answers are small.
const LONGEST: usize = 1 << 20;

/// Sends a patch of a node as somebody else; status and message of the answer.
///
/// # Errors
/// When there is no answer.
pub(crate) fn impersonated_patch(
    input: &ClusterInput,
    user: &str,
    group: &str,
    node: &str,
) -> Result<(u16, String), String> {
    // Both become parts of a request; names of nodes are those of DNS.
    let is_name = |text: &str| text.split('.').all(is_label);
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_name(node) || !plain(user) || !plain(group) {
        return Err(format!("`{}` is no name of a node", crate::limits::bounded(node)));
    }
    let asking = async {
        let connected = connect(&input.target).await.map_err(|error| error.to_string())?;
        let request = Request::patch(format!("/api/v1/nodes/{node}?dryRun=All&fieldManager=seawall-probe"))
            .header(header::CONTENT_TYPE, "application/merge-patch+json")
            .header("Impersonate-User", user)
            .header("Impersonate-Group", group)
            .body(Body::from(br#"{"metadata":{"labels":{"seawall.dev/probe":"dry-run"}}}"#.to_vec()));
        let answer = connected.client.send(request.map_err(|error| error.to_string())?).await;
        let (parts, body) = answer.map_err(|error| chain(&error))?.into_parts();
        let body = Limited::new(body, LONGEST).collect().await.map_err(|error| error.to_string())?.to_bytes();
        let status: Value = serde_json::from_slice(&body).unwrap_or_default();
        let message = status.get("message").and_then(Value::as_str).unwrap_or_default();
        Ok((parts.status.as_u16(), crate::limits::bounded(message)))
    };
    let limited = async {
        let ended = tokio::time::timeout(input.patience.request, asking).await;
        ended.unwrap_or_else(|_| Err("the server did not answer in time".to_owned()))
    };
    runtime().map_err(|error| error.to_string())?.block_on(limited)
}
