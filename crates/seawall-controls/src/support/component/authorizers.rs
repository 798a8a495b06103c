//! Findings about the API server's chain of authorizers.

use crate::ComponentAt;
use seawall_model::{Authorizers, Report};

/// A finding when no authorizer of the chain is a `mode`.
pub(crate) fn must_include(server: &ComponentAt<'_>, out: &mut Report, mode: &str, what: &str) {
    let flag = server.setting("authorization-mode");
    match server.authorizers() {
        Authorizers::Known { chain, at, .. } => {
            if chain.iter().any(|authorizer| authorizer.mode == mode) {
                return;
            }
            let structured = at.object().well_known() == seawall_model::WellKnown::AuthorizationConfiguration;
            let found = out.finding(at, format!("kube-apiserver does not authorize by {mode}: {what}"));
            if let Some(change) = flag.change("Node,RBAC").filter(|_| !structured) {
                found.unsafe_fix("authorize by Node and RBAC", vec![change]);
            }
        }
        Authorizers::Unknown(decides) => {
            out.unknown(flag.at(), format!("whether kube-apiserver authorizes by {mode}"), decides);
        }
    }
}
