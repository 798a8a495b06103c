//! What several policies let through together: NetworkPolicies only ever add.

use crate::{Direction, Family, Policy, PortSet, Protocol, Rule};
use core::net::IpAddr;

/// The policies of one direction that select the same pods.
#[derive(Clone, Debug)]
pub struct Union<'a> {
    policies: Vec<Policy<'a>>,
    direction: Direction,
}

/// Port ranges times address ranges that are looked at when several rules together may be open to everyone; beyond
/// it only rules that are so by themselves count.
const WORK: usize = 1 << 22;

/// What a rule opens to addresses.
struct Part {
    ports: PortSet,
    /// Ranges of addresses, both ends included.
    ranges: Vec<(u128, u128)>,
}

impl<'a> Union<'a> {
    /// The union of those of these policies that isolate `direction`.
    pub fn new(policies: impl IntoIterator<Item = Policy<'a>>, direction: Direction) -> Self {
        let policies = policies.into_iter().filter(|policy| policy.isolates(direction)).collect();
        Self { policies, direction }
    }

    /// Whether any policy isolates the pods; if none does, everything is open to them.
    pub fn isolates(&self) -> bool {
        !self.policies.is_empty()
    }

    /// The policies.
    pub fn policies(&self) -> &[Policy<'a>] {
        &self.policies
    }

    /// The rules of all of them.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'a>> + '_ {
        self.policies.iter().flat_map(|policy| policy.rules(self.direction))
    }

    /// The ports that are open to (or from) an address that belongs to no pod.
    pub fn ports_for_address(&self, address: IpAddr) -> PortSet {
        if !self.isolates() {
            return PortSet::all();
        }
        let mut ports = PortSet::default();
        for rule in self.rules().filter(|rule| rule.is_for_address(address)) {
            ports.unite(&rule.port_set(|_, _| None));
        }
        ports
    }

    /// The ports that are open to (or from) every address of a family: the internet, and pods as well.
    pub fn ports_for_everyone(&self, family: Family) -> PortSet {
        if !self.isolates() {
            return PortSet::all();
        }
        let parts: Vec<Part> = self.rules().filter_map(|rule| Part::of(rule, family)).collect();
        let mut open = PortSet::default();
        for part in parts.iter().filter(|part| covers(part.ranges.clone(), family)) {
            open.unite(&part.ports);
        }
        let ranges: usize = parts.iter().map(|part| part.ranges.len()).sum();
        for protocol in Protocol::ALL {
            let mut cuts: Vec<u32> = Vec::new();
            for (first, last) in parts.iter().flat_map(|part| part.ports.ranges(protocol)) {
                cuts.extend([u32::from(*first), u32::from(*last) + 1]);
            }
            cuts.sort_unstable();
            cuts.dedup();
            if cuts.len().saturating_mul(ranges) > WORK {
                continue;
            }
            for pair in cuts.windows(2) {
                let &[first, end] = pair else { continue };
                let (Ok(first), Ok(last)) = (u16::try_from(first), u16::try_from(end - 1)) else { continue };
                if open.contains(protocol, first) {
                    continue;
                }
                let here = parts.iter().filter(|part| part.ports.contains(protocol, first));
                if covers(here.flat_map(|part| part.ranges.iter().copied()).collect(), family) {
                    open.insert(protocol, first, last);
                }
            }
        }
        open
    }

    /// Whether name lookups may get out: some rule opens port 53 (or 5353, where cluster DNS listens in some
    /// distributions, or a named port that may be one of them) to somebody.
    pub fn may_allow_dns(&self) -> bool {
        !self.isolates()
            || self.rules().any(|rule| {
                let ports = rule.port_set(|_, name| name.starts_with("dns").then_some(53));
                let open = |port| ports.contains(Protocol::Udp, port) || ports.contains(Protocol::Tcp, port);
                open(53) || open(5353)
            })
    }
}

impl Part {
    fn of(rule: Rule<'_>, family: Family) -> Option<Self> {
        let mut ranges = Vec::new();
        if rule.is_for_everyone() {
            ranges.push((0, family.last()));
        }
        for block in rule.peers().filter_map(|peer| peer.ip_block()) {
            let Ok(cidr) = block.cidr() else { continue };
            if cidr.family != family {
                continue;
            }
            let mut holes: Vec<_> = block
                .except()
                .filter_map(|(_, except)| except.ok().filter(|except| except.family == family))
                .map(|except| (except.first, except.last))
                .collect();
            holes.sort_unstable();
            let mut next = Some(cidr.first);
            for (first, last) in holes {
                let Some(start) = next else { break };
                if start < first && first <= cidr.last {
                    ranges.push((start, first - 1));
                }
                next = last.checked_add(1).map(|after| after.max(start));
            }
            if let Some(start) = next
                && start <= cidr.last
            {
                ranges.push((start, cidr.last));
            }
        }
        let ports = rule.port_set(|_, _| None);
        (!ranges.is_empty() && !ports.is_empty()).then_some(Self { ports, ranges })
    }
}

/// Whether ranges together hold every address of a family.
fn covers(mut ranges: Vec<(u128, u128)>, family: Family) -> bool {
    ranges.sort_unstable();
    let mut next = 0;
    for (first, last) in ranges {
        if first > next {
            return false;
        }
        if last >= family.last() {
            return true;
        }
        next = next.max(last + 1);
    }
    false
}
