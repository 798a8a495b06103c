//! Connections that were seen: one record a line, of several exports.

use super::{Side, Wanted};
use crate::{Cidr, End, PortSet, Protocol, Reach, parse_address};
use core::net::IpAddr;
use foldhash::HashMap;
use std::collections::BTreeSet;

/// One record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Flow<'a> {
    /// Who opened it.
    pub from: FlowEnd<'a>,
    /// Who listens.
    pub to: FlowEnd<'a>,
    /// The port of whoever listens.
    pub port: u16,
    /// The protocol.
    pub protocol: Protocol,
}

/// An end of a record.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum FlowEnd<'a> {
    /// A pod or workload by namespace and name.
    Pod(&'a str, &'a str),
    /// An address.
    Address(IpAddr),
}

/// A line that is no record.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FlowError {
    /// An end is neither a pod as `NAMESPACE/NAME` nor an address.
    #[error("an end is neither a pod as NAMESPACE/NAME nor an address")]
    End,
    /// The protocol is none that policies know.
    #[error("the protocol is not TCP, UDP or SCTP")]
    Protocol,
}

impl<'a> FlowEnd<'a> {
    /// The end that a text names.
    pub fn parse(text: &'a str) -> Result<Self, FlowError> {
        if let Some((namespace, name)) = text.split_once('/') {
            let is_name = !namespace.is_empty() && !name.is_empty() && !name.contains('/');
            return is_name.then_some(Self::Pod(namespace, name)).ok_or(FlowError::End);
        }
        parse_address(text).map(Self::Address).ok_or(FlowError::End)
    }
}

/// Who a side is, small enough to be counted by the million.
type Number = u32;

/// Records, added up by workload.
#[derive(Debug, Default)]
pub struct Flows {
    /// By namespace, then by name; [`Number::MAX`] for what the input does not know.
    pods: HashMap<Box<str>, HashMap<Box<str>, Number>>,
    addresses: HashMap<IpAddr, Number>,
    sides: Vec<Side>,
    numbers: HashMap<Side, Number>,
    counts: HashMap<(Number, Number, Protocol, u16), u64>,
    unknown: BTreeSet<String>,
}

impl Flows {
    /// Adds a record. Pods that the input does not hold are counted, and their records left out.
    pub fn add(&mut self, reach: &Reach, flow: Flow<'_>) {
        let (Some(from), Some(to)) = (self.number(reach, flow.from), self.number(reach, flow.to)) else {
            return;
        };
        *self.counts.entry((from, to, flow.protocol, flow.port)).or_default() += 1;
    }

    fn number(&mut self, reach: &Reach, end: FlowEnd<'_>) -> Option<Number> {
        match end {
            FlowEnd::Address(address) => {
                if let Some(number) = self.addresses.get(&address) {
                    return Some(*number);
                }
                let side = match reach.end_of(address) {
                    End::Pod(pod) => Side::Workload(reach.workload_of(pod)?),
                    _ => Side::Block(Cidr::of(address)),
                };
                let number = self.side(side);
                self.addresses.insert(address, number);
                Some(number)
            }
            FlowEnd::Pod(namespace, name) => {
                // The names of pods come again and again: they are looked up without being copied.
                if let Some(number) = self.pods.get(namespace).and_then(|names| names.get(name)) {
                    return (*number != Number::MAX).then_some(*number);
                }
                let text = format!("{namespace}/{name}");
                let found = match reach.find(&text) {
                    Ok(End::Pod(pod)) => reach.workload_of(pod),
                    _ => None,
                };
                let number = found.map(|workload| self.side(Side::Workload(workload)));
                let names = self.pods.entry(namespace.into()).or_default();
                names.insert(name.into(), number.unwrap_or(Number::MAX));
                if number.is_none() {
                    self.unknown.insert(text);
                }
                number
            }
        }
    }

    fn side(&mut self, side: Side) -> Number {
        if let Some(number) = self.numbers.get(&side) {
            return *number;
        }
        let number = self.sides.len() as Number;
        self.sides.push(side.clone());
        self.numbers.insert(side, number);
        number
    }

    /// Names that the input does not know, sorted.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.unknown.iter().map(String::as_str)
    }

    /// What was seen, as connections to allow: of a workload with itself too, for its pods talk to each other.
    pub fn wanted(&self) -> Vec<Wanted> {
        let mut sets: HashMap<(Number, Number), (PortSet, u64)> = HashMap::default();
        for (&(from, to, protocol, port), count) in &self.counts {
            let (ports, sum) = sets.entry((from, to)).or_default();
            ports.insert(protocol, port, port);
            *sum += count;
        }
        let mut all: Vec<Wanted> = sets
            .into_iter()
            .filter_map(|((from, to), (ports, count))| {
                let (from, to) =
                    (self.sides.get(from as usize)?.clone(), self.sides.get(to as usize)?.clone());
                let because = format!("seen {count} times");
                Some(Wanted { from, to, ports, because })
            })
            .collect();
        all.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        all
    }
}
