//! EncryptionConfiguration: accepted or refused, what each resource is written with, and what can be read.

use super::generate::Random;
use super::structured::{Ours, Suite, maybe, object, one, some};
use seawall_keys::encryption::{EncryptionConfiguration, Options, Provider, Reading, load};
use seawall_model::{Object, Version};
use serde_json::Value;
use std::sync::Arc;

const KEYS: [&str; 7] = [
    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=",
    "MDEyMzQ1Njc4OWFiY2RlZg==",
    "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
    "YWJj",
    "MDEyMzQ1Njc4OWFiY2RlZg",
    "not base64!",
];

const RESOURCES: [&str; 22] = [
    "secrets",
    "configmaps",
    "events",
    "pods",
    "deployments.apps",
    "statefulsets.apps",
    "jobs.batch",
    "pandas.awesome.bears.example",
    "*.apps",
    "*.batch",
    "*.",
    "*.*",
    "*",
    "pods.*",
    "Secrets",
    "deployments.extensions",
    "events.events.k8s.io",
    "*.events.k8s.io",
    "apiserveripinfo",
    "serviceipallocations",
    "",
    "secrets.",
];

/// The files and what seawall makes of them.
pub(crate) const SUITE: Suite = Suite {
    mode: "encryption",
    make,
    strings: &[
        "secrets",
        "*.*",
        "*.",
        "*.apps",
        "resources",
        "providers",
        "aescbc",
        "aesgcm",
        "secretbox",
        "kms",
        "identity",
        "keys",
        "secret",
        "name",
        "timeout",
        "cachesize",
        "v1",
        "v2",
        "unix:///run/kms.sock",
        "http://x",
        "3s",
        "0s",
        "-1s",
        "a:b",
        "MDEyMzQ1Njc4OWFiY2RlZg==",
        "YWJj",
        "apiserver.config.k8s.io/v1",
        "apiserver.config.k8s.io/v1beta1",
        "EncryptionConfig",
        "unix:x",
        "unix://%zz",
    ],
    lenient: false,
    ours,
};

fn make(random: &mut Random) -> Value {
    let count = random.below(4);
    let entries = (0..=count).map(|number| entry(random, number == count)).collect();
    object(vec![
        ("apiVersion", "apiserver.config.k8s.io/v1".into()),
        ("kind", "EncryptionConfiguration".into()),
        ("resources", Value::Array(entries)),
    ])
}

fn entry(random: &mut Random, last: bool) -> Value {
    // Mostly valid names, wildcards last: with every name equally likely, hardly a file would be accepted.
    let names = match random.below(if last { 5 } else { 12 }) {
        0 => &RESOURCES[..],
        1 => &RESOURCES[8..12],
        _ => &RESOURCES[..8],
    };
    let providers = (0..=random.below(3)).map(|_| provider(random)).collect();
    object(vec![("resources", some(random, names, 3)), ("providers", Value::Array(providers))])
}

fn provider(random: &mut Random) -> Value {
    let sort = ["aescbc", "aesgcm", "secretbox", "identity", "kms"][random.below(5)];
    let inner = match sort {
        "identity" => object(Vec::new()),
        "kms" => object(vec![
            ("apiVersion", if random.below(15) == 0 { one(random, &["v1", "v3", ""]) } else { "v2".into() }),
            ("name", Value::from(format!("kms{}", random.below(60)))),
            ("endpoint", one(random, &["unix:///run/kms.sock", "unix:///run/kms.sock", "unix:///@abstract"])),
            ("timeout", maybe(random, 3, "5s".into())),
            ("cachesize", maybe(random, 30, 100.into())),
        ]),
        _ => {
            let good = if sort == "secretbox" { 2 } else { 4 };
            let keys = (0..=random.below(2)).map(|_| {
                let all = if random.below(30) == 0 { &KEYS[..] } else { &KEYS[..good] };
                object(vec![("name", one(random, &["key1", "key2", "key3"])), ("secret", one(random, all))])
            });
            let keys: Vec<Value> = keys.collect();
            object(vec![("keys", Value::Array(keys))])
        }
    };
    object(vec![(sort, inner)])
}

const ASKED: [(&str, &str); 9] = [
    ("", "secrets"),
    ("", "configmaps"),
    ("", "events"),
    ("", "pods"),
    ("apps", "deployments"),
    ("apps", "statefulsets"),
    ("batch", "jobs"),
    ("awesome.bears.example", "pandas"),
    ("other.example", "things"),
];

fn ours(object: &Arc<Object>) -> Ours {
    let options = Options { version: Version::NEWEST, kms_v1: Some(false), reload: false };
    let configuration = match load(object.at(), options) {
        Ok(configuration) => configuration,
        Err(refusals) => return Ours::refused(&refusals),
    };
    let mut meaning: Vec<String> =
        ASKED.iter().map(|(group, resource)| prefix(&configuration.prefix(group, resource))).collect();
    let mut writers: Vec<Option<&Provider<'_>>> = ASKED
        .iter()
        .map(|(group, resource)| configuration.rule(group, resource).and_then(|rule| rule.writer()))
        .collect();
    writers.push(None);
    for (group, resource) in ASKED {
        meaning.push(writers.iter().map(|writer| reads(&configuration, group, resource, *writer)).collect());
    }
    Ours::Accepted { meaning, open: false }
}

/// A writer of `None` stores plain values.
fn reads(
    configuration: &EncryptionConfiguration<'_>,
    group: &str,
    resource: &str,
    writer: Option<&Provider<'_>>,
) -> char {
    let plain = writer.is_none_or(Provider::is_identity);
    let Some(rule) = configuration.rule(group, resource) else { return if plain { '1' } else { '0' } };
    let reading = if plain {
        match rule.providers.iter().position(|provider| provider.is_identity()) {
            Some(0) => Reading::Yes,
            Some(_) => Reading::Stale,
            None => Reading::No,
        }
    } else {
        writer.map_or(Reading::No, |writer| rule.reads(writer))
    };
    match reading {
        Reading::No => '0',
        Reading::Yes => '1',
        Reading::Stale => 's',
        Reading::Chance => '?',
    }
}

/// The prefix as the judge prints it: up to the fifth colon, so a name with a colon is cut.
fn prefix(text: &str) -> String {
    let end = text.match_indices(':').nth(4).map_or(text.len(), |(at, _)| at + 1);
    base64(&text.as_bytes()[..end])
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
