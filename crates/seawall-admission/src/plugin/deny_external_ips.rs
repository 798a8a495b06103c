//! DenyServiceExternalIPs (`plugin/pkg/admission/network/denyserviceexternalips/admission.go`).

use super::Plugin;
use crate::json::Json;
use crate::pass::{Pass, Step};
use crate::request::Operation;
use serde_json::Value;

const NAME: &str = "DenyServiceExternalIPs";

pub(super) const PLUGIN: Plugin = Plugin { name: NAME, admit: None, validate: Some(validate) };

fn validate(pass: &mut Pass<'_>) -> Step {
    let request = pass.request;
    if !request.is("", "services") || !matches!(request.operation, Operation::Create | Operation::Update) {
        return Ok(());
    }
    let addresses = |service: &Value| -> Vec<String> {
        service.list("spec.externalIPs").iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let old = request.old.as_ref().map(addresses).unwrap_or_default();
    if addresses(&pass.object).iter().all(|address| old.contains(address)) {
        return Ok(());
    }
    Err(pass.forbidden(NAME, "Use of external IPs is denied by admission control", &["spec.externalIPs"]))
}
