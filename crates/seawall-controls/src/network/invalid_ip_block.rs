use crate::{NetworkPolicyAt, World};
use seawall_controls_macros::control;
use seawall_model::Report;
use seawall_network::{CidrError, Direction, Policy};

/// # invalid-ip-block
///
/// ## What it finds
/// An `ipBlock` of a NetworkPolicy that the API server refuses: a range that cannot be read, or an exception that is
/// not a smaller part of the range.
///
/// ## Why it matters
/// The API server refuses the whole policy. Where the error is overlooked, the pods stay as open as before.
///
/// ## Fix
/// Write ranges as `10.0.0.0/8` or `2001:db8::/32`; a single address is `192.0.2.7/32`. Exceptions must lie within
/// the range and be of the same family.
///
/// ## References
/// - https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors
#[control(since = "0.1.0", severity = Medium, practices = ["network-policy"])]
pub fn invalid_ip_block(policy: NetworkPolicyAt<'_>, _: &World, out: &mut Report) {
    let policy = Policy::new(policy.object());
    let rules = Direction::ALL.into_iter().flat_map(|direction| policy.written_rules(direction));
    for block in rules.flat_map(|rule| rule.peers()).filter_map(|peer| peer.ip_block()) {
        let cidr = block.cidr();
        if cidr.is_err() {
            out.finding(block.cidr_at(), format!("the API server refuses the policy: {CidrError}"));
        }
        for (at, except) in block.except() {
            match (cidr, except) {
                (_, Err(error)) => {
                    out.finding(at, format!("the API server refuses the policy: {error}"));
                }
                (Ok(cidr), Ok(except)) if !cidr.strictly_contains(&except) => {
                    out.finding(at, "the API server refuses the policy: must be a strict subset of `cidr`");
                }
                _ => {}
            }
        }
    }
}
