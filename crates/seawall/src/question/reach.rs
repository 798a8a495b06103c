//! `seawall reach`: can one end open a connection to another, and which policies decide.

mod answer;
mod batch;
mod text;
mod why;

pub(crate) use answer::ReachAnswer;
pub(crate) use batch::{Line, Query};
pub(super) use why::{network_notes, policy_name};

use super::Asked;
use crate::Exit;
use crate::cli::{AnswerFormat, Common, NetworkOptions, ReachQuestion, WhatIf};
use anyhow::{Context, Result, bail};
use seawall_network::{Dialect, End, Protocol, Reach, ReachError};
use std::io::{BufWriter, Write};
use std::ops::Deref;
use std::path::PathBuf;

/// Runs the command.
pub(crate) fn run(question: &ReachQuestion, common: &Common) -> Result<Exit> {
    let (ends, paths) = match (&question.queries, question.words.as_slice()) {
        (Some(_), paths) => (None, paths),
        (None, [from, to, paths @ ..]) => (Some((from.as_str(), to.as_str())), paths),
        (None, _) => bail!("name both ends: seawall reach FROM TO[:PORT[/PROTOCOL]] [PATH]..."),
    };
    // A malformed question is told before anything is read.
    let ends = ends.map(|(from, to)| Ok::<_, anyhow::Error>((from, split(to)?))).transpose()?;
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let asked = load(&paths, &question.what_if, &question.network, common)?;
    let reach = &*engine(&asked, &question.network);
    asked.say_holes();
    let Some((from, (to, port))) = ends else {
        let file = question.queries.as_deref().context("no file with questions")?;
        return batch::run(file, reach, &asked);
    };
    let (source, target) = (find(reach, from)?, find(reach, to)?);
    let (explained, unknown) = match (source, target) {
        (Ok(source), Ok(target)) => {
            let explained = reach.explain(source, target, port);
            let unknown = explained.allowed.is_none().then(|| why::unknown(reach, &explained));
            (Some((source, target, explained)), unknown)
        }
        (Err(error), _) | (_, Err(error)) => (None, Some(error.to_string())),
    };
    let answer = ReachAnswer::new(reach, (from, to, port), explained.as_ref(), unknown, &asked);
    let allowed = answer.allowed();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match question.output {
        AnswerFormat::Json => {
            let answer = if question.explain { answer } else { answer.without_rules() };
            serde_json::to_writer_pretty(&mut out, &answer)?;
            writeln!(out)?;
        }
        AnswerFormat::Table => text::write(&answer, question.explain, common, &mut out)?,
    }
    out.flush()?;
    Ok(match allowed {
        Some(false) => Exit::Findings,
        Some(true) if asked.holes.is_empty() => Exit::Clean,
        _ => Exit::Incomplete,
    })
}

/// The engine that a question is asked of.
pub(super) enum Engine<'w> {
    /// That of the world.
    Shared(&'w Reach),
    /// One in another dialect.
    Own(Box<Reach>),
}

impl Deref for Engine<'_> {
    type Target = Reach;
    fn deref(&self) -> &Reach {
        match self {
            Self::Shared(reach) => reach,
            Self::Own(reach) => reach,
        }
    }
}

/// The engine in the dialect that was asked for.
pub(super) fn engine<'w>(asked: &'w Asked, options: &NetworkOptions) -> Engine<'w> {
    match options.dialect.dialect() {
        Dialect::UPSTREAM => Engine::Shared(asked.world.reach()),
        dialect => Engine::Own(Box::new(asked.world.reach_in(dialect))),
    }
}

/// Reads the input. Objects that name no namespace share the unnamed one, unless the question says where they are.
pub(super) fn load(
    paths: &[PathBuf],
    what_if: &WhatIf,
    network: &NetworkOptions,
    common: &Common,
) -> Result<Asked> {
    Asked::load_in(paths, what_if, network.namespace.as_deref(), common)
}

/// An end; a name that leads nowhere is no failure of the command but an open question.
fn find(reach: &Reach, text: &str) -> Result<Result<End, ReachError>> {
    match reach.find(text) {
        Err(error @ ReachError::Invalid(_)) => Err(error.into()),
        other => Ok(other),
    }
}

/// `shop/db:5432/TCP`, `[fd00::1]:443`, `10.0.0.1`, `fd00::1`: the end, and the port if there is one.
fn split(text: &str) -> Result<(&str, Option<(Protocol, u16)>)> {
    let (end, port) = match text.rsplit_once(':') {
        // More than one colon outside brackets is an IPv6 address alone.
        Some((end, port)) if end.ends_with(']') || !end.contains(':') => (end, port),
        _ => return Ok((text, None)),
    };
    let (number, protocol) = port.split_once('/').unwrap_or((port, "TCP"));
    let number: u16 = number
        .parse()
        .ok()
        .filter(|&number| number != 0)
        .with_context(|| format!("{text}: `{number}` is no port from 1 to 65535"))?;
    let upper = protocol.to_ascii_uppercase();
    let protocol = Protocol::parse(&upper)
        .with_context(|| format!("{text}: `{protocol}` is none of TCP, UDP and SCTP"))?;
    Ok((end, Some((protocol, number))))
}

#[cfg(test)]
mod tests {
    use super::split;
    use seawall_network::Protocol::{Tcp, Udp};

    #[test]
    fn ends_and_ports() {
        let read = |text| split(text).ok();
        assert_eq!(read("shop/db"), Some(("shop/db", None)));
        assert_eq!(read("shop/db:80"), Some(("shop/db", Some((Tcp, 80)))));
        assert_eq!(read("shop/db:53/udp"), Some(("shop/db", Some((Udp, 53)))));
        assert_eq!(read("10.0.0.1:80/TCP"), Some(("10.0.0.1", Some((Tcp, 80)))));
        assert_eq!(read("[fd00::1]:443/TCP"), Some(("[fd00::1]", Some((Tcp, 443)))));
        assert_eq!(read("fd00::1"), Some(("fd00::1", None)));
        assert_eq!(read("internet:443"), Some(("internet", Some((Tcp, 443)))));
        for bad in ["a/b:0", "a/b:65536", "a/b:x", "a/b:80/ICMP", "a/b:"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
