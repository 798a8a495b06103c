use crate::World;
use crate::support::effective::{
    MOST, Undecided, bounded, by_group_alone, chain, explain, has_bindings, holders, may, place, undecided,
};
use crate::support::takeover::{everything, to_admin, widens};
use seawall_controls_macros::control;
use seawall_model::Report;

/// # own-rights-widened
///
/// ## What it finds
/// A subject that can give itself every right in a namespace: `escalate` with update or patch of Roles, or `bind`
/// with creation of RoleBindings, by all its bindings of that namespace together.
///
/// ## Why it matters
/// What the roles say is only what the subject has now. The API server's rule that nobody gives away what they do
/// not hold is switched off for it.
///
/// ## Fix
/// Drop `escalate` and `bind`: who holds the rights can write such roles without them. If roles must be handed out,
/// allow `bind` for the names of those roles only.
///
/// ## References
/// - https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation"]
)]
pub fn own_rights_widened(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let (mut left, mut unknown) = (MOST, Undecided::default());
    for holder in holders(world) {
        let user = holder.user();
        if holder.namespaces.is_empty() || may(world, &user, &everything()) {
            continue;
        }
        let found = holder.namespaces.iter().find_map(|namespace| {
            let (effect, asked) = widens(world, &user, namespace)?;
            let everything = everything().in_namespace(namespace);
            (!may(world, &user, &everything)).then_some((*namespace, effect, asked))
        });
        let Some((namespace, effect, asked)) = found else {
            let mut namespaces = holder.namespaces.iter();
            let why =
                namespaces.find_map(|at| undecided(world, &user, |judge| Some(widens(judge, &user, at)?.1)));
            let message = || format!("whether {} may give itself further rights", holder.title());
            unknown.report(holder.at, why, message, out);
            continue;
        };
        if by_group_alone(world, &user, &asked) || to_admin(world, &user).is_some() {
            continue;
        }
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        let chain = chain(world, &user, &asked);
        let message = format!("{} may {effect} in namespace `{namespace}`", holder.title());
        bounded(explain(out.finding(place(&chain).unwrap_or(holder.at), message), &chain), left);
    }
}
