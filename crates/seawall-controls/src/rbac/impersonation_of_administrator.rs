use crate::support::effective::{Undecided, has_bindings, may, undecided};
use crate::support::rights::{Reach, judged_rules};
use crate::support::takeover::{everything, to_admin};
use crate::{RoleAt, World};
use seawall_auth::user::{SYSTEM_MASTERS, User};
use seawall_controls_macros::control;
use seawall_model::{At, Report, Severity};

/// # impersonation-of-administrator
///
/// ## What it finds
/// A rule that allows to impersonate certain users or groups by name, one of whom is administrator of the cluster
/// by the bindings of the input.
///
/// ## Why it matters
/// Names make impersonation look limited. The holder has every right of the named subject, without its credentials.
///
/// ## Fix
/// Remove the name, or impersonate an identity that only holds what the task needs.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#impersonate-verb
#[control(
    since = "0.1.0",
    severity = Critical,
    practices = ["authorization", "escalation", "authentication"]
)]
pub fn impersonation_of_administrator(role: RoleAt<'_>, world: &World, out: &mut Report) {
    let mut unknown = Undecided::default();
    for rule in judged_rules(role, world) {
        let grants = |resource| rule.grants(&["impersonate"], "", resource).is_some();
        if !rule.has_names() {
            continue;
        }
        let (users, groups) = (grants("users"), grants("groups"));
        if !users && !groups {
            continue;
        }
        // Users and groups have no namespace: a RoleBinding grants nothing on them.
        let reach = Reach::of(role.object(), world, true);
        let bound = world.auth().uses(role.object()).next().is_some();
        if !matches!(reach, Reach::Cluster(_)) && bound || matches!(reach, Reach::Unbound(Some(_))) {
            return;
        }
        for name in rule.at().key("resourceNames").items() {
            match administrator(world, name, users, groups) {
                Some(Ok(message)) => {
                    let severity = reach.severity(Severity::Critical, Severity::High);
                    reach.explain(out.finding(name, message).severity(severity));
                }
                Some(Err((message, why))) => unknown.report(name, Some(why), || message, out),
                None => {}
            }
        }
    }
}

/// What to say of the subject; an error says what is not known of it, and why.
fn administrator(
    world: &World,
    name: At<'_>,
    users: bool,
    groups: bool,
) -> Option<Result<String, (String, String)>> {
    let text = name.str().filter(|text| !text.is_empty())?;
    if groups && text == SYSTEM_MASTERS {
        return Some(Ok("`system:masters` may do everything, past every authorizer".into()));
    }
    if !has_bindings(world) {
        return None;
    }
    let candidates = [
        (users, "user", User::named(text).with_implied_groups()),
        (groups, "group", User { groups: vec![text.to_owned()], ..User::default() }),
    ];
    candidates.into_iter().filter(|(granted, ..)| *granted).find_map(|(_, what, user)| {
        if may(world, &user, &everything()) {
            return Some(Ok(format!("the {what} `{text}` may do everything")));
        }
        if let Some(way) = to_admin(world, &user) {
            return Some(Ok(format!("the {what} `{text}` may {}", way.effect)));
        }
        let why = undecided(world, &user, |judge| Some(to_admin(judge, &user)?.asked))?;
        Some(Err((format!("whether the {what} `{text}` is as good as cluster-admin"), why)))
    })
}
