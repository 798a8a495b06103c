use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Authorizers, Report};

/// # abac-authorization
///
/// ## What it finds
/// A kube-apiserver whose authorizers include ABAC.
///
/// ## Why it matters
/// ABAC grants by a file on each control-plane host. It is read at start only, no API shows it, and a grant in
/// it wins over everything that RBAC leaves out.
///
/// ## Fix
/// Move what the file grants into roles and bindings, then remove ABAC and `--authorization-policy-file`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/abac/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"],
    group = "authorization-mode"
)]
pub fn abac_authorization(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    if let Authorizers::Known { chain, .. } = server.authorizers()
        && let Some(abac) = chain.iter().find(|authorizer| authorizer.mode == "ABAC")
    {
        out.finding(abac.at, "kube-apiserver also grants by an ABAC file that no API shows");
    }
}
