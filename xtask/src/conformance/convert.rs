//! Text to JSON, compared document by document.

use super::corpus::{self, Text};
use super::generate::{self, Random};
use super::judge::Judge;
use anyhow::bail;
use serde::Deserialize;
use std::path::Path;

/// Differences printed at most.
const SHOWN: usize = 12;
/// Texts per question.
const BATCH: usize = 2000;

/// One document of upstream's answer.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    json: String,
    #[serde(default)]
    error: String,
}

/// How often what was seen.
#[derive(Default)]
struct Counts {
    texts: usize,
    documents: usize,
    refused: usize,
    undefined: usize,
    differences: usize,
}

/// Compares real texts, the test suite and `questions` generated texts.
pub(crate) fn run(program: &Path, questions: u64, seed: u64) -> anyhow::Result<()> {
    let mut judge = Judge::start(program, "convert")?;
    let mut texts = Vec::new();
    let mut differences = 0;
    match corpus::data() {
        Some(folder) => {
            texts = corpus::files(&folder)?;
            differences += compare(&mut judge, "files", &texts)?;
            let suite = corpus::test_suite(&folder)?;
            differences += compare(&mut judge, "yaml-test-suite", &suite)?;
            texts.extend(suite);
        }
        None => println!("conformance config convert: real files NOT RUN, the data folder is not there"),
    }
    let mut random = Random::new(seed);
    let generated: Vec<Text> = (0..questions)
        .map(|number| {
            let mutate = !texts.is_empty() && random.below(2) == 0;
            let text =
                if mutate { generate::mutated(&mut random, &texts) } else { generate::made(&mut random) };
            Text { name: format!("generated {number} of seed {seed}"), text }
        })
        .collect();
    differences += compare(&mut judge, "generated", &generated)?;
    if differences > 0 {
        bail!("{differences} differences");
    }
    Ok(())
}

fn compare(judge: &mut Judge, name: &str, texts: &[Text]) -> anyhow::Result<usize> {
    let mut counts = Counts::default();
    for batch in texts.chunks(BATCH) {
        let questions: Vec<String> = batch.iter().map(|text| text.text.clone()).collect();
        for (text, answer) in batch.iter().zip(judge.ask(&questions)?) {
            let answers: Vec<Answer> = serde_json::from_str(&answer)?;
            counts.texts += 1;
            counts.documents += answers.len();
            counts.refused += answers.iter().filter(|answer| !answer.error.is_empty()).count();
            let Some(difference) = differs(&text.text, &answers) else { continue };
            if is_undefined(&text.text) {
                counts.undefined += 1;
                continue;
            }
            counts.differences += 1;
            if counts.differences <= SHOWN {
                let small = shrink(judge, &text.text)?;
                println!("difference in {}: {difference}\n  shrunk to {small:?}", text.name);
                let answer = judge.ask(std::slice::from_ref(&small))?.concat();
                println!("  upstream {}\n  seawall  {:?}", answer.trim(), ours(&small));
            }
        }
    }
    println!(
        "conformance config convert, {name}: {} texts, {} documents, {} refused, {} left out (equal keys of several \
         types, where upstream's answer is random), {} differences",
        counts.texts, counts.documents, counts.refused, counts.undefined, counts.differences
    );
    Ok(counts.differences)
}

/// Our answer: JSON, or the place and reason of a refusal.
fn ours(text: &str) -> Vec<Result<String, String>> {
    let source = seawall_yaml::Source::new("text", text);
    let answer = |document: Result<seawall_yaml::Document, seawall_yaml::Error>| match document {
        Ok(document) => {
            let mut json = String::new();
            document.root().write_json(&mut json);
            Ok(json)
        }
        Err(error) => Err(format!("{}:{}: {error}", error.place.line, error.place.column)),
    };
    seawall_yaml::parse_documents(&source).into_iter().map(answer).collect()
}

fn differs(text: &str, answers: &[Answer]) -> Option<&'static str> {
    let ours = ours(text);
    if ours.len() != answers.len() {
        return Some("number of documents");
    }
    for (ours, theirs) in ours.iter().zip(answers) {
        match ours {
            Ok(_) if !theirs.error.is_empty() => return Some("accepted here, refused upstream"),
            Err(_) if theirs.error.is_empty() => return Some("refused here, accepted upstream"),
            Ok(json) if *json != theirs.json => return Some("values"),
            _ => {}
        }
    }
    None
}

/// Whether a mapping has keys that are equal only as strings, like `1` and `"1"`. Upstream walks a Go map then, in
/// random order.
fn is_undefined(text: &str) -> bool {
    let source = seawall_yaml::Source::new("text", text);
    let documents = seawall_yaml::parse_documents(&source);
    documents.iter().flatten().any(|document| {
        (0..document.len() as u32).any(|id| {
            let node = document.node(seawall_yaml::NodeId(id));
            let mut written = std::collections::HashMap::new();
            node.entries().any(|(key, _)| {
                let span = key.span();
                let bytes = source.text().get(span.start as usize..span.end as usize);
                let name = key.text();
                let typed = matches!(name, "true" | "false") || name.starts_with(['+', '-', '.']) || {
                    name.starts_with(|c: char| c.is_ascii_digit())
                };
                typed && written.insert(name, bytes).is_some_and(|before| before != bytes)
            })
        })
    })
}

/// A smaller text that still differs.
fn shrink(judge: &mut Judge, text: &str) -> anyhow::Result<String> {
    let mut best: Vec<char> = text.chars().collect();
    let mut part = best.len().div_ceil(2);
    let mut budget = 1500;
    while part > 0 && budget > 0 {
        let mut at = 0;
        let mut smaller = false;
        while at < best.len() && budget > 0 {
            budget -= 1;
            let mut candidate = best.clone();
            candidate.drain(at..(at + part).min(best.len()));
            let candidate_text: String = candidate.iter().collect();
            let answer = judge.ask(std::slice::from_ref(&candidate_text))?.concat();
            let answers: Vec<Answer> = serde_json::from_str(&answer)?;
            if differs(&candidate_text, &answers).is_some() && !is_undefined(&candidate_text) {
                best = candidate;
                smaller = true;
            } else {
                at += part;
            }
        }
        if part == 1 && !smaller {
            break;
        }
        part = if part == 1 { 1 } else { part / 2 };
    }
    Ok(best.into_iter().collect())
}
