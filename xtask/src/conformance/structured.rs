//! Structured configuration files, made and spoilt, judged by both sides.

use super::generate::Random;
use super::judge::Judge;
use anyhow::bail;
use seawall_model::decode::Refusal;
use seawall_model::{Object, Origin, objects_of};
use seawall_yaml::{Source, parse_one};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

/// Differences printed at most.
const SHOWN: usize = 6;
/// Texts per question.
const BATCH: usize = 500;
/// Marks a string that is written without quotes in YAML.
const RAW: char = '\u{e000}';
/// Marks a key that is written a second time.
const AGAIN: char = '\u{e001}';

/// One kind of file.
pub(crate) struct Suite {
    /// The judge's mode.
    pub(crate) mode: &'static str,
    /// A file that is mostly valid.
    pub(crate) make: fn(&mut Random) -> Value,
    /// Strings that matter in it.
    pub(crate) strings: &'static [&'static str],
    /// Whether unknown fields are skipped. Such a loader also assumes a missing `kind`, by which seawall would have to
    /// know the file, so that field is left alone.
    pub(crate) lenient: bool,
    /// What seawall makes of it.
    pub(crate) ours: fn(&Arc<Object>) -> Ours,
}

/// What seawall makes of a file.
pub(crate) enum Ours {
    /// It is refused.
    Refused(String),
    /// It is accepted; a line for each part of its meaning. `?` in a line stands for any character. `open`: if
    /// undecided things (CEL, files) turn out well.
    Accepted { meaning: Vec<String>, open: bool },
}

impl Ours {
    /// A refusal, with its places.
    pub(crate) fn refused(refusals: &[Refusal<'_>]) -> Self {
        let mut out = String::new();
        for refusal in refusals {
            let _ = write!(out, "{}: {}; ", refusal.at.field_ref().field(), refusal.message);
        }
        Self::Refused(out)
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    error: String,
    #[serde(default)]
    open: Vec<String>,
    #[serde(default)]
    meaning: Vec<String>,
}

#[derive(Default)]
struct Counts {
    refused: usize,
    accepted: usize,
    open: usize,
    differences: usize,
}

/// Asks both sides about `questions` files.
pub(crate) fn run(suite: &Suite, program: &Path, questions: u64, seed: u64) -> anyhow::Result<()> {
    let mut judge = Judge::start(program, suite.mode)?;
    let mut random = Random::new(seed);
    let mut counts = Counts::default();
    let texts: Vec<String> = (0..questions).map(|_| text(suite, &mut random)).collect();
    for batch in texts.chunks(BATCH) {
        for (text, answer) in batch.iter().zip(judge.ask(batch)?) {
            let theirs: Answer = serde_json::from_str(&answer)?;
            let ours = judge_here(suite, text);
            let Some(difference) = compare(&ours, &theirs, &mut counts) else { continue };
            counts.differences += 1;
            if counts.differences <= SHOWN {
                println!("difference: {difference}\n  upstream: {}{:?}", theirs.error, theirs.open);
                if let Ours::Refused(why) = &ours {
                    println!("  seawall: {why}");
                }
                println!("{text}\n----");
            }
        }
    }
    println!(
        "conformance config {}: {questions} files, {} accepted, {} refused, {} left open (CEL that does not compile, \
         files of another machine), {} differences",
        suite.mode, counts.accepted, counts.refused, counts.open, counts.differences
    );
    if counts.differences > 0 {
        bail!("{} differences", counts.differences);
    }
    Ok(())
}

fn judge_here(suite: &Suite, text: &str) -> Ours {
    let document = match parse_one(&Source::new("file", text)) {
        Ok(document) => Arc::new(document),
        Err(error) => return Ours::Refused(error.to_string()),
    };
    match objects_of(&document, &Origin::File).and_then(|objects| objects.into_iter().next()) {
        Some(object) => (suite.ours)(&Arc::new(object)),
        None => Ours::Refused("no object".into()),
    }
}

fn compare(ours: &Ours, theirs: &Answer, counts: &mut Counts) -> Option<String> {
    match ours {
        Ours::Refused(_) if theirs.error.is_empty() => Some("refused here, accepted upstream".into()),
        Ours::Refused(_) => {
            counts.refused += 1;
            None
        }
        Ours::Accepted { .. } if !theirs.error.is_empty() => Some("accepted here, refused upstream".into()),
        Ours::Accepted { open: false, .. } if !theirs.open.is_empty() => {
            Some("decided here, open upstream".into())
        }
        Ours::Accepted { .. } if !theirs.open.is_empty() => {
            counts.open += 1;
            None
        }
        Ours::Accepted { meaning, .. } => {
            counts.accepted += 1;
            if meaning.len() != theirs.meaning.len() {
                return Some(format!("meaning: {meaning:?} here, {:?} upstream", theirs.meaning));
            }
            let same = |ours: &str, theirs: &str| {
                ours.chars().count() == theirs.chars().count()
                    && ours.chars().zip(theirs.chars()).all(|(a, b)| a == b || a == '?')
            };
            let pair = meaning.iter().zip(&theirs.meaning).enumerate().find(|(_, (a, b))| !same(a, b));
            pair.map(|(line, (a, b))| format!("meaning, line {line}: {a:?} here, {b:?} upstream"))
        }
    }
}

/// A file, spoilt in up to three places, as YAML or JSON.
fn text(suite: &Suite, random: &mut Random) -> String {
    let mut value = (suite.make)(random);
    for _ in 0..[0, 0, 1, 1, 1, 2, 3][random.below(7)] {
        spoil(&mut value, suite, random);
    }
    if random.below(8) == 0 {
        // Lenient JSON decoding merges the values of a repeated key field by field; seawall takes the last one, as
        // YAML does, and reports the repetition. Strict decoders refuse it on both sides.
        if suite.lenient {
            forget_repeated(&mut value);
        }
        return serde_json::to_string_pretty(&value).unwrap_or_default().replace([RAW, AGAIN], "");
    }
    let mut out = String::new();
    block(&value, 0, random, &mut out);
    out
}

fn scalar(suite: &Suite, random: &mut Random) -> Value {
    const RAWS: [&str; 12] = [
        "yes",
        "0x10",
        "1e3",
        "1000.0",
        "1_000",
        "~",
        "0",
        "-1",
        "2147483648",
        ".5",
        "2001-01-01",
        "9223372036854775808",
    ];
    const WORDS: [&str; 9] = ["", " ", "x", "A", "-", "*", "é", "a b", "system:"];
    match random.below(10) {
        0 => Value::Null,
        1 => Value::Bool(random.below(2) == 0),
        2 => Value::from(random.below(3)),
        3 => Value::Array(Vec::new()),
        4 => Value::Object(Map::new()),
        5 => Value::String(format!("{RAW}{}", RAWS[random.below(RAWS.len())])),
        6 => Value::from(WORDS[random.below(WORDS.len())]),
        _ => Value::from(suite.strings[random.below(suite.strings.len())]),
    }
}

/// Changes one place at random.
fn spoil(value: &mut Value, suite: &Suite, random: &mut Random) {
    let mut paths = Vec::new();
    collect(value, &mut Vec::new(), &mut paths);
    let path = paths[random.below(paths.len())].clone();
    if path.is_empty()
        || (suite.lenient && matches!(path.as_slice(), [only] if only == "kind" || only == "apiVersion"))
    {
        return;
    }
    let other = paths[random.below(paths.len())].clone();
    let copied = at(value, &other).cloned().unwrap_or(Value::Null);
    let replacement = scalar(suite, random);
    let Some((last, parents)) = path.split_last() else { return };
    let Some(parent) = at(value, parents) else { return };
    match (parent, random.below(7)) {
        (Value::Object(map), 0) => {
            map.remove(last);
        }
        (Value::Object(map), 1) => {
            if let Some(inner) = map.remove(last) {
                let name = match random.below(3) {
                    0 => format!("{last}s"),
                    1 => last.to_uppercase(),
                    _ => suite.strings[random.below(suite.strings.len())].to_owned(),
                };
                map.insert(name, inner);
            }
        }
        (Value::Object(map), 2) => {
            map.insert(format!("{AGAIN}{last}"), replacement);
        }
        (Value::Object(map), 3) => {
            map.insert(last.clone(), copied);
        }
        (Value::Array(list), 0) => {
            let index = last.parse().unwrap_or(0);
            let twin = list.get(index).cloned();
            list.extend(twin);
        }
        (Value::Array(list), 1) => list.push(replacement),
        (Value::Array(list), 2) => list.reverse(),
        (parent, _) => {
            let place = match parent {
                Value::Object(map) => map.get_mut(last),
                Value::Array(list) => last.parse::<usize>().ok().and_then(|index| list.get_mut(index)),
                _ => None,
            };
            if let Some(place) = place {
                *place = replacement;
            }
        }
    }
}

fn forget_repeated(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.starts_with(AGAIN));
            map.values_mut().for_each(forget_repeated);
        }
        Value::Array(list) => list.iter_mut().for_each(forget_repeated),
        _ => {}
    }
}

fn collect(value: &Value, here: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    out.push(here.clone());
    let mut step = |name: String, inner: &Value| {
        here.push(name);
        collect(inner, here, out);
        here.pop();
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| step(key.clone(), inner)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, inner)| step(index.to_string(), inner))
        }
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, path: &[String]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Object(map) => map.get_mut(step),
        Value::Array(list) => step.parse::<usize>().ok().and_then(|index| list.get_mut(index)),
        _ => None,
    })
}

/// Writes YAML in block style, small collections now and then in flow style.
fn block(value: &Value, indent: usize, random: &mut Random, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, inner) in map {
                let _ = write!(out, "{:indent$}{}:", "", word(key.trim_start_matches(AGAIN), random));
                nested(inner, indent + 2, random, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for inner in list {
                let _ = write!(out, "{:indent$}-", "");
                nested(inner, indent + 2, random, out);
            }
        }
        other => {
            let _ = writeln!(out, "{:indent$}{}", "", flow(other, random));
        }
    }
}

fn nested(value: &Value, indent: usize, random: &mut Random, out: &mut String) {
    let empty = match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => true,
    };
    if empty || random.below(6) == 0 {
        let _ = writeln!(out, " {}", flow(value, random));
    } else {
        out.push('\n');
        block(value, indent, random, out);
    }
}

fn flow(value: &Value, random: &mut Random) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<String> = map
                .iter()
                .map(|(key, inner)| {
                    format!("{}: {}", word(key.trim_start_matches(AGAIN), random), flow(inner, random))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(|inner| flow(inner, random)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => word(text, random),
        other => other.to_string(),
    }
}

/// A string: plain where that is safe, else in double quotes as in JSON.
fn word(text: &str, random: &mut Random) -> String {
    if let Some(raw) = text.strip_prefix(RAW) {
        return raw.to_owned();
    }
    let plain = text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-./".contains(&byte))
        && !["yes", "no", "on", "off", "true", "false", "null"].contains(&text);
    if plain && random.below(3) > 0 { text.to_owned() } else { Value::from(text).to_string() }
}

/// One of these values.
pub(crate) fn one(random: &mut Random, from: &[&str]) -> Value {
    Value::from(from[random.below(from.len())])
}

/// Up to `most` of these values, no two alike.
pub(crate) fn some(random: &mut Random, from: &[&str], most: usize) -> Value {
    let mut out: Vec<Value> = Vec::new();
    for _ in 0..=random.below(most) {
        let value = one(random, from);
        if !out.contains(&value) {
            out.push(value);
        }
    }
    Value::Array(out)
}

/// A mapping of the fields that are not null.
pub(crate) fn object(fields: Vec<(&str, Value)>) -> Value {
    Value::Object(fields.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k.to_owned(), v)).collect())
}

/// The value, once in `chance` times; else null, which [`object`] leaves out.
pub(crate) fn maybe(random: &mut Random, chance: usize, value: Value) -> Value {
    if random.below(chance) == 0 { value } else { Value::Null }
}
