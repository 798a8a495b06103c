//! `--flows`: records of connections, a line each: our own form, Hubble's export, or lines of conntrack.

use crate::question::authorize;
use anyhow::{Context, Result};
use seawall_network::{Flow, FlowEnd, FlowError, Flows, Protocol, Reach, Wanted};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::path::PathBuf;

/// A line of JSON: ours, or Hubble's (`cilium/cilium` `api/v1/flow/flow.proto`, as `hubble observe -o json` prints it).
#[derive(Deserialize)]
struct Record<'a> {
    from: Option<&'a str>,
    to: Option<&'a str>,
    port: Option<u16>,
    protocol: Option<&'a str>,
    #[serde(borrow)]
    flow: Option<Hubble<'a>>,
    /// Hubble's other messages.
    lost_events: Option<IgnoredAny>,
    node_status: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Hubble<'a> {
    verdict: Option<&'a str>,
    is_reply: Option<bool>,
    #[serde(rename = "IP", borrow)]
    addresses: Option<Addresses<'a>>,
    l4: Option<Layer4>,
    #[serde(borrow)]
    source: Option<Endpoint<'a>>,
    #[serde(borrow)]
    destination: Option<Endpoint<'a>>,
}

#[derive(Deserialize)]
struct Addresses<'a> {
    source: Option<&'a str>,
    destination: Option<&'a str>,
}

#[derive(Deserialize)]
struct Layer4 {
    #[serde(rename = "TCP")]
    tcp: Option<Ports>,
    #[serde(rename = "UDP")]
    udp: Option<Ports>,
    #[serde(rename = "SCTP")]
    sctp: Option<Ports>,
}

#[derive(Deserialize)]
struct Ports {
    destination_port: u16,
}

#[derive(Deserialize)]
struct Endpoint<'a> {
    namespace: Option<&'a str>,
    pod_name: Option<&'a str>,
}

/// What a line is.
enum Line<'a> {
    Flow(Flow<'a>),
    /// A record that asks for nothing: a reply, something that was dropped, another message.
    Other,
}

/// Reads records; what was seen, and what could not be read, in words.
pub(super) fn read(files: &[PathBuf], reach: &Reach) -> Result<(Vec<Wanted>, Vec<String>)> {
    let (mut flows, mut notes) = (Flows::default(), Vec::new());
    for file in files {
        let mut input = authorize::open(file)?;
        let (mut number, mut bad, mut first) = (0_u64, 0_u64, None);
        loop {
            let lines = authorize::read_lines(&mut input)
                .with_context(|| format!("failed to read {}", file.display()))?;
            if lines.is_empty() {
                break;
            }
            for line in &lines {
                number += 1;
                match parse(line) {
                    Ok(Line::Flow(flow)) => flows.add(reach, flow),
                    Ok(Line::Other) => {}
                    Err(error) => {
                        bad += 1;
                        first.get_or_insert((number, error));
                    }
                }
            }
        }
        if let Some((line, error)) = first {
            let file = file.display();
            notes.push(format!("{file}: {bad} lines are no records; the first is line {line}: {error}"));
        }
    }
    let unknown: Vec<&str> = flows.unknown().collect();
    if let Some(first) = unknown.first() {
        let more = if unknown.len() > 1 { format!(" and {} more", unknown.len() - 1) } else { String::new() };
        notes.push(format!("records speak of pods that are not in the input: {first}{more}"));
    }
    Ok((flows.wanted(), notes))
}

fn parse(line: &[u8]) -> Result<Line<'_>, String> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(Line::Other);
    }
    if line.starts_with(b"{") {
        let record: Record<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        return of_json(&record);
    }
    let text = std::str::from_utf8(line).map_err(|_| "it is not text".to_owned())?;
    of_conntrack(text)
}

fn of_json<'a>(record: &Record<'a>) -> Result<Line<'a>, String> {
    if let Some(flow) = &record.flow {
        return of_hubble(flow);
    }
    if record.lost_events.is_some() || record.node_status.is_some() {
        return Ok(Line::Other);
    }
    let (Some(from), Some(to)) = (record.from, record.to) else {
        return Err("no `from` and `to`, and no `flow`".into());
    };
    let port = record.port.filter(|port| *port > 0).ok_or("no `port`")?;
    let protocol = protocol(record.protocol.unwrap_or("TCP"))?;
    let end = |text| FlowEnd::parse(text).map_err(|error| format!("{text}: {error}"));
    Ok(Line::Flow(Flow { from: end(from)?, to: end(to)?, port, protocol }))
}

fn protocol(text: &str) -> Result<Protocol, String> {
    Protocol::parse(&text.to_ascii_uppercase()).ok_or_else(|| FlowError::Protocol.to_string())
}

/// Only what was let through, and only the way there.
fn of_hubble<'a>(flow: &Hubble<'a>) -> Result<Line<'a>, String> {
    if flow.verdict != Some("FORWARDED") || flow.is_reply == Some(true) {
        return Ok(Line::Other);
    }
    let ports = flow.l4.as_ref().and_then(|layer| {
        let all = [(Protocol::Tcp, &layer.tcp), (Protocol::Udp, &layer.udp), (Protocol::Sctp, &layer.sctp)];
        all.into_iter().find_map(|(protocol, ports)| Some((protocol, ports.as_ref()?.destination_port)))
    });
    let Some((protocol, port)) = ports.filter(|(_, port)| *port > 0) else { return Ok(Line::Other) };
    let end = |endpoint: &Option<Endpoint<'a>>, address: Option<&'a str>| {
        let pod = endpoint.as_ref().and_then(|one| one.namespace.zip(one.pod_name));
        match pod.filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty()) {
            Some((namespace, name)) => Ok(FlowEnd::Pod(namespace, name)),
            None => FlowEnd::parse(address.unwrap_or("")).map_err(|error| error.to_string()),
        }
    };
    let addresses = flow.addresses.as_ref();
    let from = end(&flow.source, addresses.and_then(|one| one.source))?;
    let to = end(&flow.destination, addresses.and_then(|one| one.destination))?;
    Ok(Line::Flow(Flow { from, to, port, protocol }))
}

/// `tcp 6 86400 ESTABLISHED src=A dst=SERVICE sport=1 dport=80 src=POD dst=A sport=8080 dport=1 …`: who opened it is the
/// source of the first tuple; who listens, after the Service's address was replaced, that of the second.
fn of_conntrack(text: &str) -> Result<Line<'_>, String> {
    let mut words = text.split_ascii_whitespace();
    let name = words.clone().find(|word| matches!(*word, "tcp" | "udp" | "sctp"));
    let Some(name) = name else {
        let other =
            words.any(|word| matches!(word, "icmp" | "icmpv6" | "unknown" | "gre" | "dccp" | "udplite"));
        return if other { Ok(Line::Other) } else { Err("neither JSON nor a line of conntrack".into()) };
    };
    let all =
        |key: &str| words.clone().filter_map(|word| word.strip_prefix(key)?.strip_prefix('=')).collect();
    let (sources, ports): (Vec<&str>, Vec<&str>) = (all("src"), all("sport"));
    let ([from, to, ..], [_, port, ..]) = (sources.as_slice(), ports.as_slice()) else {
        return Err("no two tuples of src= and sport=".into());
    };
    let port = port.parse::<u16>().ok().filter(|port| *port > 0).ok_or("the port is no port")?;
    let end = |text| FlowEnd::parse(text).map_err(|error| format!("{text}: {error}"));
    Ok(Line::Flow(Flow { from: end(from)?, to: end(to)?, port, protocol: protocol(name)? }))
}

#[cfg(test)]
mod tests {
    use super::{Line, parse};
    use seawall_network::{Flow, FlowEnd, Protocol};

    fn flow(line: &str) -> Option<Flow<'_>> {
        match parse(line.as_bytes()).unwrap() {
            Line::Flow(flow) => Some(flow),
            Line::Other => None,
        }
    }

    #[test]
    fn records_of_every_form() {
        let own = flow(r#"{"from":"a/b","to":"10.0.0.1","port":53,"protocol":"UDP"}"#).unwrap();
        assert_eq!((own.from, own.port, own.protocol), (FlowEnd::Pod("a", "b"), 53, Protocol::Udp));
        let hubble = |verdict: &str, reply: &str| {
            format!(
                r#"{{"flow":{{"time":"x","verdict":"{verdict}","is_reply":{reply},"IP":{{"source":"10.0.0.9","destination":"10.0.0.8"}},"l4":{{"TCP":{{"source_port":40000,"destination_port":8080,"flags":{{"SYN":true}}}}}},"source":{{"namespace":"shop","pod_name":"web-1","labels":["k8s:app=web"]}},"destination":{{"identity":2,"labels":["reserved:world"]}}}}}}"#
            )
        };
        let text = hubble("FORWARDED", "false");
        let seen = flow(&text).unwrap();
        assert_eq!((seen.from, seen.port), (FlowEnd::Pod("shop", "web-1"), 8080));
        assert_eq!(seen.to, FlowEnd::parse("10.0.0.8").unwrap());
        assert!(flow(&hubble("DROPPED", "false")).is_none() && flow(&hubble("FORWARDED", "true")).is_none());
        let tracked = "tcp      6 86399 ESTABLISHED src=10.244.1.5 dst=10.96.0.10 sport=41000 dport=80 \
                       src=10.244.2.7 dst=10.244.1.5 sport=8080 dport=41000 [ASSURED] mark=0 use=1";
        let tracked = flow(tracked).unwrap();
        assert_eq!(tracked.from, FlowEnd::parse("10.244.1.5").unwrap());
        assert_eq!((tracked.to, tracked.port), (FlowEnd::parse("10.244.2.7").unwrap(), 8080));
        for line in ["{}", "hello", "{\"from\":\"a\",\"to\":\"b/c\",\"port\":1}", "tcp src=1.2.3.4"] {
            assert!(parse(line.as_bytes()).is_err(), "{line}");
        }
    }
}
