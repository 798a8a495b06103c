use crate::World;
use crate::support::effective::{
    Holder, MOST, Undecided, bounded, by_group_alone, chain, explain, has_bindings, holders, place, undecided,
};
use crate::support::takeover::{Way, over_accounts, wide};
use seawall_controls_macros::control;
use seawall_model::Report;
use std::collections::HashMap;

/// # stronger-account-within-reach
///
/// ## What it finds
/// A subject with rights in one namespace that reach a service account there which may do far more: by creating
/// pods that run as it, making its tokens, impersonating it, or running commands in its pods. Strong accounts are
/// those that read every Secret, create pods everywhere, or become administrator.
///
/// ## Why it matters
/// Nothing asks whether somebody who creates a pod may use the service account that the pod names. The rights of a
/// namespace are those of its strongest account.
///
/// ## Fix
/// Move the strong account and its workload into a namespace that only administrators write to, or take the right
/// away from the subject.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation
/// - https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request
#[control(
    since = "0.1.0",
    severity = High,
    practices = ["authorization", "escalation", "team-isolation"]
)]
pub fn stronger_account_within_reach(world: &World, _: &World, out: &mut Report) {
    if !has_bindings(world) {
        return;
    }
    let holders = holders(world);
    let strong = strongest(world, &holders);
    if strong.is_empty() {
        return;
    }
    let (mut left, mut unknown) = (MOST, Undecided::default());
    for holder in &holders {
        // kube-system is the business of `system-namespace-taken-over`.
        let namespaces = holder.namespaces.iter().filter(|namespace| **namespace != "kube-system");
        let targets = namespaces.filter_map(|namespace| Some((*namespace, strong.get(namespace)?)));
        let mut targets = targets.filter(|(_, (account, _))| account.name != holder.name).peekable();
        let user = holder.user();
        if targets.peek().is_none() || wide(world, &user).is_some() {
            continue;
        }
        let found = targets.clone().find_map(|(namespace, (account, way))| {
            let name = account.account()?.1;
            let (effect, asked) = over_accounts(world, &user, namespace, name)?;
            Some((account, way, effect, asked))
        });
        let Some((account, way, effect, asked)) = found else {
            let why = targets.find_map(|(namespace, (account, _))| {
                let name = account.account()?.1;
                undecided(world, &user, |judge| Some(vec![over_accounts(judge, &user, namespace, name)?.1]))
            });
            let message = || format!("whether {} reaches stronger accounts", holder.title());
            unknown.report(holder.at, why, message, out);
            continue;
        };
        if by_group_alone(world, &user, &[asked]) {
            continue;
        }
        let Some(rest) = left.checked_sub(1) else { return };
        left = rest;
        let chain = chain(world, &user, &[asked]);
        let message = format!(
            "{} reaches {}, which may {}: it may {effect}",
            holder.title(),
            account.title(),
            way.effect
        );
        let finding = out.finding(place(&chain).unwrap_or(holder.at), message);
        bounded(explain(finding, &chain).related(account.at, "the stronger account's binding"), left);
    }
}

/// For each namespace the first service account with rights in the whole cluster.
fn strongest<'h, 'w>(world: &World, holders: &'h [Holder<'w>]) -> HashMap<&'h str, (&'h Holder<'w>, Way)> {
    let mut out = HashMap::new();
    for holder in holders {
        let Some((namespace, _)) = holder.account() else { continue };
        if !out.contains_key(namespace)
            && let Some(way) = wide(world, &holder.user())
        {
            out.insert(namespace, (holder, way));
        }
    }
    out
}
