use crate::{ApiServerAt, World};
use seawall_controls_macros::control;
use seawall_model::{Authorizers, Report};

/// # authorization-webhook-fails-open
///
/// ## What it finds
/// An authorization webhook whose denials vanish when it cannot be reached: `failurePolicy: NoOpinion`, or one
/// given by `--authorization-webhook-config-file`, which always behaves so.
///
/// ## Why it matters
/// A webhook stands before RBAC to deny. If it fails open, overloading or cutting it off is enough to get what
/// it denies.
///
/// ## Fix
/// Name the webhook in AuthorizationConfiguration with `failurePolicy: Deny`, with match conditions that keep
/// the system's own requests away from it. Leave NoOpinion where the webhook only grants.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn authorization_webhook_fails_open(server: ApiServerAt<'_>, _: &World, out: &mut Report) {
    let Authorizers::Known { chain, .. } = server.authorizers() else { return };
    // Behind an authorizer that grants, a webhook can only grant more.
    let before =
        chain.iter().take_while(|authorizer| !matches!(&*authorizer.mode, "RBAC" | "ABAC" | "AlwaysAllow"));
    for authorizer in before.filter(|authorizer| authorizer.mode == "Webhook") {
        match authorizer.webhook {
            None => {
                out.finding(
                    authorizer.at,
                    "the authorization webhook stands before RBAC and is passed over when it fails",
                );
            }
            Some(webhook) if webhook.key("failurePolicy").str() == Some("NoOpinion") => {
                let message = "the authorization webhook stands before RBAC, and its `failurePolicy` passes it over when it fails";
                out.finding(webhook.key("failurePolicy"), message);
            }
            Some(_) => {}
        }
    }
}
