use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Authorizers, Report};

/// # authorization-always-allow
///
/// ## What it finds
/// A kube-apiserver whose authorizers include AlwaysAllow, by `--authorization-mode`, by
/// AuthorizationConfiguration, or because neither is given.
///
/// ## Why it matters
/// Every request that gets past authentication is granted. Each pod's service account, each node and each
/// person administers the cluster.
///
/// ## Fix
/// Use the modes Node and RBAC. Give the accounts that need more than the built-in roles their bindings before
/// the change.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization"],
    cis = ["1.2.6"],
    aliases = ["KCV-0007", "CKV_K8S_74"],
    fix = Unsafe,
    group = "authorization-mode"
)]
pub fn authorization_always_allow(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    match server.authorizers() {
        Authorizers::Known { chain, at, by_default: true } => {
            let found = out.finding(
                at,
                "kube-apiserver grants every request: no authorization mode is set, so AlwaysAllow is",
            );
            let change = server.setting("authorization-mode").change("Node,RBAC");
            if let Some(change) = change.filter(|_| chain.len() == 1) {
                found.unsafe_fix("authorize by Node and RBAC", vec![change]);
            }
        }
        Authorizers::Known { chain, .. } => {
            let Some(allow) = chain.iter().find(|authorizer| authorizer.mode == "AlwaysAllow") else {
                return;
            };
            let found = out.finding(
                allow.at,
                "kube-apiserver grants every request: its authorizers include `AlwaysAllow`",
            );
            let flag = server.setting("authorization-mode");
            if let Some(change) = flag.change("Node,RBAC").filter(|_| flag.is_set()) {
                found.unsafe_fix("authorize by Node and RBAC", vec![change]);
            }
        }
        Authorizers::Unknown(decides) => {
            let at = server.setting("authorization-mode").at();
            out.unknown(at, "whether kube-apiserver grants every request", decides);
        }
    }
}
