use crate::support::component::must_be_given;
use crate::{ControllerManagerAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # root-ca-missing
///
/// ## What it finds
/// A kube-controller-manager without `--root-ca-file`.
///
/// ## Why it matters
/// Pods then get no CA certificate to check the API server with, so programs in them skip the check and give
/// their token to whoever answers.
///
/// ## Fix
/// Set it to the CA of the API server's serving certificate.
///
/// ## References
/// - https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/
#[control(
    since = "0.1.0",
    severity = Low,
    practices = ["api-tls"],
    cis = ["1.3.5"],
    aliases = ["KCV-0037", "CKV_K8S_111"]
)]
pub fn root_ca_missing(manager: ControllerManagerAt<'_>, _: &World, out: &mut Report) {
    must_be_given(out, *manager, &["root-ca-file"], "pods cannot check whom they give their token to");
}
