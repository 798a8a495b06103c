use crate::support::component::shown;
use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Anonymous, Report};

/// # anonymous-requests-allowed
///
/// ## What it finds
/// A kube-apiserver that answers requests without credentials: `--anonymous-auth` is on, which is the default,
/// or AuthenticationConfiguration allows it for more than the health endpoints.
///
/// ## Why it matters
/// Whoever reaches the port becomes `system:anonymous` in the group `system:unauthenticated`. One binding to
/// that user or group, made by accident or by a guide, opens the cluster to everybody; flaws of the API server
/// before authorization can be used without an account.
///
/// ## Fix
/// Use AuthenticationConfiguration with `anonymous.enabled: true` and conditions for `/livez`, `/readyz` and
/// `/healthz` only, so that load balancers and the kubelet can still probe. `--anonymous-auth=false` is
/// stricter, but then probes need credentials.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests
/// - https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/4633-anonymous-auth-configurable-endpoints
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication"],
    cis = ["1.2.1"],
    aliases = ["KCV-0001", "CKV_K8S_68"],
    fix = Unsafe
)]
pub fn anonymous_requests_allowed(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    match server.anonymous() {
        Anonymous::Off(_) => {}
        Anonymous::On(at) => {
            let flag = server.setting("anonymous-auth");
            let found = out.finding(at, "kube-apiserver answers requests without credentials on every path");
            // In AuthenticationConfiguration the conditions are the better way.
            let structured =
                at.object().well_known() == seawall_model::WellKnown::AuthenticationConfiguration;
            if let Some(change) = flag.change("false").filter(|_| !structured) {
                found.unsafe_fix("refuse requests without credentials", vec![change]);
            }
        }
        Anonymous::Paths(at, paths) => {
            let open: Vec<&str> = paths.into_iter().filter(|path| !is_health(path)).collect();
            if !open.is_empty() {
                let open = shown(&open.join(", "));
                out.finding(at, format!("kube-apiserver answers requests without credentials on {open}"));
            }
        }
        Anonymous::Unknown(decides) => {
            let at = server.setting("anonymous-auth").at();
            out.unknown(at, "whether kube-apiserver answers requests without credentials", decides);
        }
    }
}

fn is_health(path: &str) -> bool {
    let below =
        |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ["/livez", "/readyz", "/healthz"].into_iter().any(below)
}
