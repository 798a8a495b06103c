use crate::{AuthorizationConfigurationAt, World};
use seawall_auth::authorization_config::{Sort, load};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # webhook-cannot-deny
///
/// ## What it finds
/// An authorization webhook with `failurePolicy: Deny` that is asked after RBAC or ABAC.
///
/// ## Why it matters
/// The first authorizer that allows or denies decides, and RBAC never denies: what a role allows, the webhook never
/// sees. A rule in it that forbids something, even for administrators, has no effect.
///
/// ## Fix
/// Put the webhook before RBAC, with match conditions that keep the system's own requests away from it. If it is
/// there to grant more, set `NoOpinion`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authorization/#configuring-the-api-server-using-an-authorization-config-file
#[control(
    since = "0.1.0",
    severity = Medium,
    practices = ["authorization"]
)]
pub fn webhook_cannot_deny(file: AuthorizationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = load(*file, world.version()) else { return };
    let chain = &loaded.configuration.authorizers;
    let Some(grants) = chain.iter().position(|one| matches!(one.sort, Sort::RBAC | Sort::ABAC)) else {
        return;
    };
    let first = chain.get(grants);
    // Behind `AlwaysAllow` nothing is asked at all: `authorizer-never-asked`.
    let behind = chain.iter().take_while(|one| !one.sort.answers_all()).skip(grants);
    for authorizer in behind {
        let Some(webhook) = authorizer.webhook.as_ref().filter(|webhook| webhook.failure_denies) else {
            continue;
        };
        let message =
            format!("the webhook `{}` cannot deny what RBAC or ABAC before it allows", authorizer.name);
        let finding = out.finding(webhook.at.key("failurePolicy"), message);
        if let Some(first) = first {
            finding.related(first.at.key("type"), "decides first");
        }
    }
}
