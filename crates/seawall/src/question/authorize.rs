//! `seawall authorize`: many questions at once, a SubjectAccessReviewSpec a line in, its status a line out.

use super::Asked;
use crate::Exit;
use crate::cli::{Authorize, Common};
use anyhow::{Context, Result};
use seawall_auth::authorizer::review::{SubjectAccessReviewSpec, evaluation_error};
use seawall_auth::authorizer::{Chain, Decision};
use seawall_model::Version;
use seawall_model::tables::gates;
use serde::Serialize;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Lines that are answered together.
const BATCH: usize = 8192;
/// The longest line.
const LONGEST: u64 = 4 << 20;

/// A SubjectAccessReviewStatus, with what the API has no word for.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    /// Null where it cannot be known.
    allowed: Option<bool>,
    denied: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    evaluation_error: String,
    /// What would have to be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    /// Why the API server would refuse the review, or why the line is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Runs the command.
pub(crate) fn run(question: &Authorize, common: &Common) -> Result<Exit> {
    let asked = Asked::load(&question.paths, &question.what_if, common)?;
    asked.say_holes();
    let chain = asked.chain();
    let version = asked.world.version();
    let mut input = open(&question.requests)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let mut certain = asked.holes.is_empty();
    loop {
        let lines = read_lines(&mut input)
            .with_context(|| format!("failed to read {}", question.requests.display()))?;
        if lines.is_empty() {
            break;
        }
        for (text, sure) in in_parallel(&lines, |line| answer(line, &chain, version)) {
            certain &= sure;
            out.write_all(text.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(if certain { Exit::Clean } else { Exit::Incomplete })
}

pub(super) fn open(path: &Path) -> Result<BufReader<Box<dyn Read>>> {
    let input: Box<dyn Read> = if super::asked::is_standard_input(path) {
        Box::new(std::io::stdin())
    } else {
        let name = path.display();
        Box::new(std::fs::File::open(path).with_context(|| format!("failed to read {name}"))?)
    };
    Ok(BufReader::with_capacity(1 << 16, input))
}

/// The next lines, empty ones left out; none at the end.
pub(super) fn read_lines(input: &mut impl BufRead) -> std::io::Result<Vec<Vec<u8>>> {
    let mut lines = Vec::new();
    while lines.len() < BATCH {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 > LONGEST {
            return Err(std::io::Error::other("a line is longer than 4 MiB"));
        }
        if !line.trim_ascii().is_empty() {
            lines.push(line);
        }
    }
    Ok(lines)
}

/// The answers in the order of the lines.
pub(super) fn in_parallel(
    lines: &[Vec<u8>],
    answer: impl Fn(&[u8]) -> (String, bool) + Sync,
) -> Vec<(String, bool)> {
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let some = |lines: &[Vec<u8>]| -> Vec<(String, bool)> { lines.iter().map(|line| answer(line)).collect() };
    if threads <= 1 || lines.len() < 256 {
        return some(lines);
    }
    std::thread::scope(|scope| {
        let chunks = lines.chunks(lines.len().div_ceil(threads));
        let handles: Vec<_> = chunks.map(|chunk| scope.spawn(|| some(chunk))).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, _>| match handle.join() {
            Ok(answers) => answers,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        handles.into_iter().flat_map(join).collect()
    })
}

/// The answer to one line, and whether it is certain.
fn answer(line: &[u8], chain: &Chain<'_>, version: Version) -> (String, bool) {
    let status = match serde_json::from_slice::<SubjectAccessReviewSpec>(line) {
        Err(error) => refused(format!("this is no SubjectAccessReviewSpec: {error}")),
        Ok(spec) => review(&spec, chain, version),
    };
    let sure = status.allowed.is_some();
    (serde_json::to_string(&status).unwrap_or_default(), sure)
}

fn refused(error: String) -> Status {
    Status { error: Some(error), ..Status::default() }
}

fn review(spec: &SubjectAccessReviewSpec, chain: &Chain<'_>, version: Version) -> Status {
    let gate = gates::lookup(version, "AuthorizeWithSelectors").is_some_and(|gate| gate.default);
    let problems = spec.problems(true, gate);
    if !problems.is_empty() {
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return refused(texts.join("; "));
    }
    let selectors = spec.selectors(gate);
    let Some(attributes) = spec.attributes(selectors.as_ref()) else {
        return refused("nothing is asked".into());
    };
    let answer = chain.authorize(&spec.user(), &attributes).answer;
    let allowed = match answer.decision {
        Decision::Allow => Some(true),
        Decision::Deny | Decision::NoOpinion => Some(false),
        _ => None,
    };
    Status {
        allowed,
        denied: answer.decision == Decision::Deny,
        evaluation_error: evaluation_error(answer.error.as_deref(), selectors.as_ref()),
        reason: answer.reason,
        unknown: answer.unknown,
        error: None,
    }
}
