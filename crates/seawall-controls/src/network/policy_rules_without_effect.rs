use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{Direction, Policy};

/// # policy-rules-without-effect
///
/// ## What it finds
/// A NetworkPolicy with ingress or egress rules whose `policyTypes` leave that direction out, or with an empty list
/// of egress rules and no `policyTypes`.
///
/// ## Why it matters
/// The policy does not isolate that direction, so its rules are never looked at: the pods stay open though the
/// manifest reads as if they were closed.
///
/// ## Fix
/// List the direction in `policyTypes`. Mind that this isolates the pods: what no rule allows is then denied.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"], fix = Unsafe)]
pub fn policy_rules_without_effect(policy: NetworkPolicyAt<'_>, _: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    let types = policy.get("policyTypes");
    let typed = types.items().next().is_some();
    for direction in Direction::ALL.into_iter().filter(|direction| !policy.isolates(*direction)) {
        let rules = policy.get(direction.field());
        let change = if typed { types.append(direction.as_str()) } else { types.set("[Ingress, Egress]") };
        let description = format!("isolate {}", direction.field());
        if policy.written_rules(direction).next().is_some() {
            let message = format!(
                "the {} rules have no effect: policyTypes leave {} out",
                direction.field(),
                direction.as_str()
            );
            out.finding(rules, message)
                .related(types, "the directions it isolates")
                .unsafe_fix(description, vec![change]);
        } else if !typed && rules.exists() {
            out.finding(
                rules,
                "an empty list of egress rules isolates nothing where policyTypes are missing",
            )
            .unsafe_fix(description, vec![change]);
        }
    }
}
