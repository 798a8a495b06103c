//! Names of what is in a table: they say what it is for, and hold nothing from the cluster but a digest.

use super::table::SetKind;
use crate::{Direction, Family, Reach};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

pub(super) fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

pub(super) fn denied_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "denied_ingress",
        Direction::Egress => "denied_egress",
    }
}

pub(super) fn map_name(direction: Direction, family: Family) -> &'static str {
    match (direction, family) {
        (Direction::Ingress, Family::V4) => "ingress4",
        (Direction::Ingress, Family::V6) => "ingress6",
        (Direction::Egress, Family::V4) => "egress4",
        (Direction::Egress, Family::V6) => "egress6",
    }
}

pub(super) fn replies_name(family: Family) -> &'static str {
    match family {
        Family::V4 => "replies4",
        Family::V6 => "replies6",
    }
}

pub(super) fn kind_name(kind: SetKind) -> &'static str {
    match kind {
        SetKind::Ports => "ports",
        SetKind::PortRanges => "ranges",
        SetKind::Open => "open",
        SetKind::Replies => "replies",
    }
}

pub(super) fn version(family: Family) -> u8 {
    match family {
        Family::V4 => 4,
        Family::V6 => 6,
    }
}

/// The name of a class' chain: it says which policies select the pods, so that it stays when their rules change.
pub(super) fn chain_name(reach: &Reach, direction: Direction, class: u32) -> Box<str> {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    let mut policies: Vec<_> = reach.policies_of_class(direction, class).collect();
    policies.sort_unstable();
    for ((kind, namespace, name), is_sure) in policies {
        let parts = [kind, namespace.unwrap_or(""), name, if is_sure { "sure" } else { "possible" }];
        parts.into_iter().for_each(&mut add);
    }
    for (protocol, name, port) in reach.ports_of_class(direction, class) {
        [protocol.as_str(), name, &port.to_string()].into_iter().for_each(&mut add);
    }
    let mut name = format!("{}_", direction_name(direction));
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(name, "{byte:02x}");
    }
    name.into()
}
