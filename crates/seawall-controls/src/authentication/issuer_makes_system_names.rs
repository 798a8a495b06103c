use crate::support::authentication::read;
use crate::{AuthenticationConfigurationAt, World};
use seawall_auth::authentication_config::SystemNames;
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # issuer-makes-system-names
///
/// ## What it finds
/// An issuer whose tokens can carry user names or groups that begin with `system:`, because nothing is put
/// before the claim (the prefix is empty or the start of `system:`) and no rule forbids it. In this file `-`
/// is an ordinary prefix. Where CEL decides, the answer is unknown.
///
/// ## Why it matters
/// Upstream stops no issuer from saying `system:masters`. Whoever controls the issuer, or can choose the
/// claim there, has every right in the cluster, or those of any node and controller.
///
/// ## Fix
/// Give both mappings a prefix such as `login:`, or add userValidationRules:
/// `!user.username.startsWith('system:')` and `user.groups.all(group, !group.startsWith('system:'))`.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-authentication-configuration
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authentication", "escalation"]
)]
pub fn issuer_makes_system_names(file: AuthenticationConfigurationAt<'_>, world: &World, out: &mut Report) {
    let Ok(loaded) = read(*file, world) else { return };
    for issuer in &loaded.configuration.issuers {
        let mappings = issuer.at.key("claimMappings");
        judge(mappings.key("groups"), "groups", "system:masters", issuer.system_groups(), out);
        judge(
            mappings.key("username"),
            "users",
            "system:kube-controller-manager",
            issuer.system_users(),
            out,
        );
    }
}

fn judge(at: At<'_>, what: &str, example: &str, names: SystemNames, out: &mut Report) {
    // The prefix where it stands, else the expression.
    let place = [at.key("prefix"), at.key("expression")].into_iter().find(|at| at.exists()).unwrap_or(at);
    match names {
        SystemNames::Impossible => {}
        SystemNames::Possible => {
            out.finding(place, format!("tokens of this issuer can carry {what} such as `{example}`"));
        }
        SystemNames::Unknown(why) => {
            let message = format!("whether tokens of this issuer can carry {what} such as `{example}`");
            out.unknown(place, message, format!("evaluating CEL: {why}"));
        }
    }
}
