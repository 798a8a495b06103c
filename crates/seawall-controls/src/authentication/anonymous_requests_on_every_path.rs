use crate::support::authentication::{FLAG, read};
use crate::support::server_file::is_used;
use crate::{AuthenticationConfigurationAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # anonymous-requests-on-every-path
///
/// ## What it finds
/// An AuthenticationConfiguration with `anonymous.enabled: true` and no conditions, or with conditions beyond
/// the health endpoints. Where the API server itself is in the input, `anonymous-requests-allowed` judges it
/// together with its flags.
///
/// ## Why it matters
/// Whoever reaches the port becomes `system:anonymous`. One binding to that user or to
/// `system:unauthenticated` opens the cluster to everybody.
///
/// ## Fix
/// List `/livez`, `/readyz` and `/healthz` under `conditions`, or switch anonymous requests off. A condition
/// is an exact path.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration
/// - https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/4633-anonymous-auth-configurable-endpoints
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authentication"],
    cis = ["1.2.1"]
)]
pub fn anonymous_requests_on_every_path(
    file: AuthenticationConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    let Ok(loaded) = read(*file, world) else { return };
    let Some(anonymous) = loaded.configuration.anonymous.filter(|anonymous| anonymous.enabled) else {
        return;
    };
    if is_used(world, *file, FLAG) {
        return;
    }
    if anonymous.paths.is_empty() {
        out.finding(anonymous.at.key("enabled"), "requests without credentials are taken on every path");
        return;
    }
    for condition in anonymous.at.key("conditions").items() {
        let path = condition.key("path").str().unwrap_or("");
        let health = ["/livez", "/readyz", "/healthz"];
        if !health
            .iter()
            .any(|base| path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        {
            let path = seawall_model::decode::shown(path);
            out.finding(condition.key("path"), format!("requests without credentials are taken on `{path}`"));
        }
    }
}
