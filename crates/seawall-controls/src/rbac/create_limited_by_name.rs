use crate::support::rights::judged_rules;
use crate::{RoleAt, World};
use seawall_auth::rbac::{PolicyRule, PolicyRuleAt, rules_of};
use seawall_controls_macros::control;
use seawall_model::{At, Report};

/// # create-limited-by-name
///
/// ## What it finds
/// A rule with `resourceNames` that also allows `create` or `deletecollection`, where no other rule of the role does
/// so without names.
///
/// ## Why it matters
/// These requests carry no name, so the rule never allows them (server-side apply and subresources excepted). The
/// program fails, and the answer is often a role without names.
///
/// ## Fix
/// Put `create` into a rule of its own without names, and keep the names for get, update, patch and delete.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
#[control(
    since = "0.1.0",
    severity = Info,
    practices = ["authorization"]
)]
pub fn create_limited_by_name(role: RoleAt<'_>, world: &World, out: &mut Report) {
    for rule in judged_rules(role, world).filter(|rule| rule.has_names()) {
        // With `patch`, server-side apply creates the named object.
        let patches = rule.verbs().any(|verb| verb == "patch");
        let dead = rule.verbs_at().find(|at| match at.str() {
            Some("create") => !patches,
            Some("deletecollection") => true,
            _ => false,
        });
        let Some((at, verb)) = dead.and_then(|at| Some((at, at.str()?))) else { continue };
        if let Some(resource) = affected(role, rule, verb) {
            let name = resource.text().unwrap_or("");
            out.finding(
                at,
                format!("`{verb}` of `{name}` is never allowed here: such requests carry no name"),
            )
            .related(rule.at().key("resourceNames"), "the names");
        }
    }
}

/// Rules of one role that are looked at for each rule with names.
const MOST: usize = 100;

/// A resource of the rule for which no rule without names allows the verb. Requests for subresources carry a name.
fn affected<'a>(role: RoleAt<'a>, rule: PolicyRuleAt<'a>, verb: &str) -> Option<At<'a>> {
    rule.resources_at().find(|at| {
        let Some(resource) = at.str().filter(|text| !text.contains('/')) else { return false };
        let group = rule.api_groups().next().unwrap_or("");
        let others = rules_of(role.object()).take(MOST);
        let mut others = others.filter(|other| other.grants_collection(&[verb], group, resource).is_some());
        others.next().is_none()
    })
}
