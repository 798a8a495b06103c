//! `--wanted`: a small file that says who may talk to whom. The output of `seawall connections -o json` is one.

use anyhow::{Context, Result, anyhow, bail};
use seawall_network::{Cidr, End, PortSet, Protocol, Reach, Side, Wanted, parse_address};
use seawall_yaml::{Kind, NodeRef, Source, parse_one};
use std::path::Path;

/// Bytes of a file at most.
const MOST: u64 = 64 << 20;

/// Reads the connections of a file.
pub(super) fn read(file: &Path, reach: &Reach) -> Result<Vec<Wanted>> {
    let name = file.display().to_string();
    let length = std::fs::metadata(file).with_context(|| format!("failed to read {name}"))?.len();
    if length > MOST {
        bail!("{name} is larger than 64 MiB");
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("failed to read {name}"))?;
    let document =
        parse_one(&Source::new(name.as_str(), text)).map_err(|error| anyhow!("{name}: {error}"))?;
    let root = document.root();
    let list = root.get("connections").filter(|list| list.kind() == Kind::Sequence);
    let list = list.with_context(|| format!("{name}: no list `connections` of {{from, to, ports}}"))?;
    list.items()
        .map(|item| one(item, reach).with_context(|| format!("{name}:{}", item.place().line)))
        .collect()
}

fn one(item: NodeRef<'_>, reach: &Reach) -> Result<Wanted> {
    for (key, _) in item.entries() {
        if !matches!(key.text(), "from" | "to" | "ports" | "because") {
            bail!("`{}` is none of from, to, ports and because", key.text());
        }
    }
    let text = |key: &str| item.get(key).map(NodeRef::text).filter(|text| !text.is_empty());
    let side = |key: &str| {
        let text = text(key).with_context(|| format!("no `{key}`"))?;
        parse_side(text, reach).with_context(|| format!("{key}: {text}"))
    };
    let ports = text("ports").context("no `ports`")?;
    let because = text("because").unwrap_or("asked for").to_owned();
    let ports = parse_ports(ports).with_context(|| format!("ports: {ports}"))?;
    Ok(Wanted { from: side("from")?, to: side("to")?, ports, because })
}

/// `shop/web`, `shop/web[Deployment]`, `10.0.0.0/8`, an address, `internet` or `anyone`.
fn parse_side(text: &str, reach: &Reach) -> Result<Side> {
    if matches!(text, "anyone" | "internet" | "0.0.0.0-255.255.255.255") {
        return Ok(Side::Anyone);
    }
    if let Ok(block) = Cidr::parse(text) {
        return Ok(if block.is_everything() { Side::Anyone } else { Side::Block(block) });
    }
    if let Some(address) = parse_address(text) {
        return Ok(Side::Block(Cidr::of(address)));
    }
    let (name, kind) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((name, kind)) => (name, Some(kind)),
        None => (text, None),
    };
    let (namespace, short) =
        name.split_once('/').context("write a workload as NAMESPACE/NAME, a CIDR, an address, or anyone")?;
    let found = reach.workloads().iter().position(|one| {
        one.is_in(namespace) && *one.name == *short && kind.is_none_or(|kind| kind == &*one.kind)
    });
    let of_pod = || match reach.find(name) {
        Ok(End::Pod(pod)) => reach.workload_of(pod),
        _ => None,
    };
    found.or_else(of_pod).map(Side::Workload).context("not in the input")
}

/// `TCP 80,443; UDP 53`, `TCP 1000-2000`, `TCP` (all its ports), `all`.
fn parse_ports(text: &str) -> Result<PortSet> {
    if text == "all" {
        return Ok(PortSet::all());
    }
    let mut set = PortSet::default();
    for part in text.split(';').map(str::trim) {
        let (protocol, ports) = part.split_once(' ').unwrap_or((part, ""));
        let protocol = Protocol::parse(&protocol.to_ascii_uppercase())
            .with_context(|| format!("`{protocol}` is none of TCP, UDP and SCTP"))?;
        if ports.trim().is_empty() {
            set.insert(protocol, 0, u16::MAX);
        }
        for range in ports.split(',').map(str::trim).filter(|range| !range.is_empty()) {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let number = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
            let (first, last) = number(first)
                .zip(number(last))
                .filter(|(first, last)| first <= last)
                .with_context(|| format!("`{range}` is neither a port nor a range of ports"))?;
            set.insert(protocol, first, last);
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::parse_ports;

    #[test]
    fn ports_are_read_as_they_are_written() {
        for text in ["TCP 80,443; UDP 53", "TCP 1000-2000", "TCP", "all"] {
            assert_eq!(parse_ports(text).unwrap().to_string(), text);
        }
        for text in ["", "80", "TCP 0", "TCP 2-1", "TCP x", "ICMP"] {
            assert!(parse_ports(text).is_err(), "{text}");
        }
    }
}
