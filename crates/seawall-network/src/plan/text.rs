//! A plan and a change as text for `nft -f`. All names in it are ours: no text from the cluster gets into it.

use super::Plan;
use super::change::{Change, Step};
use super::table::{Element, Rule, SetKind, TableFamily};
use crate::{Direction, Family, Protocol};
use std::fmt::{Display, Formatter, Result, Write as _};

/// How long a way back stays open without a packet, as connection tracking has it for streams of UDP.
const REPLY_TIMEOUT: &str = "2m";
/// How many ways back are remembered per family.
const REPLIES: u32 = 262_144;

impl Plan {
    /// The text that replaces what is loaded of these tables, in one transaction.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for family in self.tables.keys() {
            // Nothing can be removed that is not there.
            let _ = writeln!(text, "add table {family} seawall\ndelete table {family} seawall");
        }
        let _ = write!(text, "{}", Change::between(&Self::EMPTY, self));
        text
    }
}

/// The text that turns the old plan, which is loaded, into the new one, in one transaction.
impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.steps.iter().try_for_each(|(family, step)| write_step(f, *family, step))
    }
}

impl Display for TableFamily {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(match self {
            Self::Inet => "inet",
            Self::Bridge => "bridge",
        })
    }
}

fn write_step(f: &mut Formatter<'_>, table: TableFamily, step: &Step) -> Result {
    let at = format_args!("{table} seawall");
    match step {
        Step::AddTable => writeln!(f, "add table {at}"),
        Step::DeleteTable => writeln!(f, "delete table {at}"),
        Step::AddCounter(name) => writeln!(f, "add counter {at} {name}"),
        Step::DeleteCounter(name) => writeln!(f, "delete counter {at} {name}"),
        Step::AddSet(name, kind, family) => writeln!(f, "add set {at} {name} {{ {} }}", Type(*kind, *family)),
        Step::DeleteSet(name) => writeln!(f, "delete set {at} {name}"),
        Step::AddMap(name, family) => {
            writeln!(f, "add map {at} {name} {{ type {}_addr : verdict; }}", word(*family, "ipv4", "ipv6"))
        }
        Step::DeleteMap(name) => writeln!(f, "delete map {at} {name}"),
        Step::AddChain(name, false) => writeln!(f, "add chain {at} {name}"),
        Step::AddChain(name, true) => {
            let hook = "type filter hook forward priority filter - 5; policy accept;";
            writeln!(f, "add chain {at} {name} {{ {hook} }}")
        }
        Step::FlushChain(name) => writeln!(f, "flush chain {at} {name}"),
        Step::DeleteChain(name) => writeln!(f, "delete chain {at} {name}"),
        Step::AddRule(chain, rule) => {
            lines(rule).into_iter().try_for_each(|line| writeln!(f, "add rule {at} {chain} {line}"))
        }
        Step::AddElements(name, elements) => {
            writeln!(f, "add element {at} {name} {{ {} }}", List(elements.iter()))
        }
        Step::DeleteElements(name, elements) => {
            writeln!(f, "delete element {at} {name} {{ {} }}", List(elements.iter()))
        }
        Step::AddMapElements(name, elements) => {
            let list = elements.iter().map(|(address, chain)| format!("{address} : goto {chain}"));
            writeln!(f, "add element {at} {name} {{ {} }}", List(list))
        }
        Step::DeleteMapElements(name, addresses) => {
            writeln!(f, "delete element {at} {name} {{ {} }}", List(addresses.iter()))
        }
    }
}

/// A list with commas.
struct List<I>(I);

impl<I: Iterator<Item: Display> + Clone> Display for List<I> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.0.clone().enumerate().try_for_each(|(number, item)| {
            let comma = if number > 0 { ", " } else { "" };
            write!(f, "{comma}{item}")
        })
    }
}

impl Display for Element {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}", self.first)?;
        if self.first != self.last {
            write!(f, "-{}", self.last)?;
        }
        let Some((protocol, first, last)) = self.ports else { return Ok(()) };
        write!(f, " . {} . {first}", protocol_word(protocol))?;
        if first != last {
            write!(f, "-{last}")?;
        }
        Ok(())
    }
}

fn protocol_word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
        Protocol::Sctp => "sctp",
    }
}

fn word(family: Family, v4: &'static str, v6: &'static str) -> &'static str {
    match family {
        Family::V4 => v4,
        Family::V6 => v6,
    }
}

/// The type of a set and its flags.
struct Type(SetKind, Family);

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let address = word(self.1, "ipv4_addr", "ipv6_addr");
        match self.0 {
            SetKind::Ports => write!(f, "type {address} . inet_proto . inet_service;"),
            SetKind::PortRanges => {
                write!(f, "type {address} . inet_proto . inet_service; flags interval;")
            }
            SetKind::Open => write!(f, "type {address}; flags interval;"),
            SetKind::Replies => write!(
                f,
                "type {address} . {address} . inet_proto . inet_service . inet_service; size {REPLIES}; \
                 flags dynamic, timeout; timeout {REPLY_TIMEOUT};"
            ),
        }
    }
}

impl Rule {
    /// The set, map or chain that it names.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Established
            | Self::NeighbourDiscovery
            | Self::ListenerReports
            | Self::Errors
            | Self::LinkTraffic
            | Self::Drop(_) => None,
            Self::Replies(_, name)
            | Self::Remember(_, name)
            | Self::Jump(name)
            | Self::Dispatch(_, _, name)
            | Self::AllowPorts(_, _, name)
            | Self::AllowAddresses(_, _, name)
            | Self::Goto(name) => Some(name),
        }
    }
}

/// The pod's own end is the source for egress, the other end is the destination; for ingress the other way round.
fn end(direction: Direction, is_own: bool) -> &'static str {
    if (direction == Direction::Egress) == is_own { "saddr" } else { "daddr" }
}

/// A rule as rules of nftables.
fn lines(rule: &Rule) -> Vec<String> {
    let ip = |family| word(family, "ip", "ip6");
    let one = match rule {
        Rule::Established => "ct state { established, related } accept".to_owned(),
        Rule::NeighbourDiscovery => "icmpv6 type { 133-137 } accept".to_owned(),
        Rule::ListenerReports => "icmpv6 type { 130-132, 143 } accept".to_owned(),
        Rule::Errors => {
            return vec![
                "icmp type { 3, 11, 12 } accept".to_owned(),
                "icmpv6 type { 1-4 } accept".to_owned(),
            ];
        }
        Rule::LinkTraffic => {
            return vec![
                "meta protocol { ip, ip6 } meta pkttype { broadcast, multicast } drop".to_owned(),
                "ip6 saddr fe80::/10 drop".to_owned(),
                "ip6 daddr fe80::/10 drop".to_owned(),
            ];
        }
        Rule::Replies(family, set) => {
            let ip = ip(*family);
            let key = format!("{ip} saddr . {ip} daddr . meta l4proto . th sport . th dport");
            format!("{key} @{set} update @{set} {{ {key} }} accept")
        }
        Rule::Remember(family, set) => {
            let ip = ip(*family);
            let key = format!("{ip} daddr . {ip} saddr . meta l4proto . th dport . th sport");
            format!("meta l4proto {{ tcp, udp, sctp }} update @{set} {{ {key} }}")
        }
        Rule::Jump(chain) => format!("jump {chain}"),
        Rule::Dispatch(direction, family, map) => {
            format!("{} {} vmap @{map}", ip(*family), end(*direction, true))
        }
        Rule::AllowPorts(direction, family, set) => {
            let address = end(*direction, false);
            format!("{} {address} . meta l4proto . th dport @{set} return", ip(*family))
        }
        Rule::AllowAddresses(direction, family, set) => {
            format!("{} {} @{set} return", ip(*family), end(*direction, false))
        }
        Rule::Goto(chain) => format!("goto {chain}"),
        Rule::Drop(counter) => format!("counter name {counter} drop"),
    };
    vec![one]
}
