//! `--queries`: many questions, a JSON line each.

use super::answer::{addresses, deciding};
use super::why::unknown;
use crate::Exit;
use crate::question::{Asked, authorize};
use anyhow::{Context, Result};
use schemars::JsonSchema;
use seawall_network::{Protocol, Reach};
use serde::{Deserialize, Serialize};
use std::io::{BufWriter, Write};
use std::path::Path;

/// A question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Query {
    /// `NAMESPACE/NAME` of a pod or workload, an address, or `internet`.
    from: String,
    /// The same.
    to: String,
    /// Absent: any port.
    port: Option<u16>,
    /// `TCP` (the default), `UDP` or `SCTP`.
    protocol: Option<String>,
}

/// Its answer.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    /// Null where it cannot be known.
    allowed: Option<bool>,
    /// What would have to be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    /// The sender's policies that decide.
    egress: Vec<String>,
    /// The receiver's policies that decide.
    ingress: Vec<String>,
    /// Of `internet`: the addresses outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<Vec<String>>,
    /// Why the line is no question.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) fn run(file: &Path, reach: &Reach, asked: &Asked) -> Result<Exit> {
    let mut input = authorize::open(file)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut certain = asked.holes.is_empty();
    loop {
        let lines = authorize::read_lines(&mut input)
            .with_context(|| format!("failed to read {}", file.display()))?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let line = answer(&line, reach);
            certain &= line.allowed.is_some();
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(if certain { Exit::Clean } else { Exit::Incomplete })
}

fn answer(line: &[u8], reach: &Reach) -> Line {
    let failed = |error: String| Line { error: Some(error), ..Line::default() };
    let query: Query = match serde_json::from_slice(line) {
        Ok(query) => query,
        Err(error) => return failed(error.to_string()),
    };
    let protocol = query.protocol.as_deref().unwrap_or("TCP");
    let Some(protocol) = Protocol::parse(protocol) else {
        return failed("protocol: none of TCP, UDP and SCTP".into());
    };
    if query.port == Some(0) {
        return failed("port: not from 1 to 65535".into());
    }
    let (from, to) = match (reach.find(&query.from), reach.find(&query.to)) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(error), _) | (_, Err(error)) => {
            return Line { unknown: Some(error.to_string()), ..Line::default() };
        }
    };
    let port = query.port.map(|port| (protocol, port));
    let explained = reach.explain(from, to, port);
    Line {
        allowed: explained.allowed,
        unknown: explained.allowed.is_none().then(|| unknown(reach, &explained)),
        egress: deciding(&explained.egress),
        ingress: deciding(&explained.ingress),
        addresses: addresses(reach, from, to, port),
        error: None,
    }
}
