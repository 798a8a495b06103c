use crate::support::server_file::is_used;
use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::{Sort, load};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # node-or-rbac-authorizer-missing
///
/// ## What it finds
/// An AuthorizationConfiguration without `Node` or without `RBAC`. Where the API server itself is in the
/// input, `rbac-off` and `node-authorization-off` say so.
///
/// ## Why it matters
/// Without RBAC no Role counts: rights come from somewhere that the cluster's objects do not show. Without
/// Node, kubelets need a broad grant, and each then reads the Secrets of every node.
///
/// ## Fix
/// List `Node` and `RBAC`, after any webhook that denies.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
/// - https://kubernetes.io/docs/reference/access-authn-authz/node/
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"],
    cis = ["1.2.7", "1.2.8"]
)]
pub fn node_or_rbac_authorizer_missing(
    file: AuthorizationConfigurationAt<'_>,
    world: &World,
    out: &mut Report,
) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    if is_used(world, *file, "authorization-config") {
        return;
    }
    for (sort, effect) in
        [(Sort::Node, "kubelets need broad rights"), (Sort::RBAC, "no Role or binding counts")]
    {
        if !loaded.configuration.authorizers.iter().any(|authorizer| authorizer.sort == sort) {
            out.finding(
                file.key("authorizers"),
                format!("`{}` is not among the authorizers: {effect}", sort.as_str()),
            );
        }
    }
}
