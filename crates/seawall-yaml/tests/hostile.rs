//! Whatever the text: no panic, places inside of it, and answers within a bounded time.

#![allow(clippy::unwrap_used, clippy::panic)]

use seawall_yaml::{NodeId, Source, parse_documents, parse_one};
use std::time::{Duration, Instant};

const SEEDS: &[&str] = &[
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web # x\n  labels: {app: \"w\\u00e9b\", 'tier': front}\nspec:\n  containers:\n  - name: a\n    args: [-x, \"--y=1\"]\n    command:\n    - sh\n    - |\n      echo hi\n      sleep 1\n  - &b\n    name: b\n  hostPID: yes\n",
    "---\nbase: &x {a: 1, <<: {b: 2}}\nuse: *x\nlist:\n- <<: [*x, {c: !!str 3}]\n  d: >-\n    folded\n    text\n\n    more\n...\n",
    "{\"a\": [1, -2.5e3, true, null, \"\\ud83d\\ude00\\/\"], \"b\": {\"c\": {}}}\n{\"d\": 1}\n",
    "a: one\r\n  two\r\n\r\n  three\r\nb: 'x\r\n  y'\r\n? - k\r\n: v\r\n",
    "%YAML 1.1\n%TAG !e! tag:example.com,2000:\n--- !e!x\n- !!binary aGVsbG8=\n- !<tag:yaml.org,2002:int> 0x1F\n",
];
const PIECES: &[&str] = &[
    "\t",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{FEFF}",
    "\0",
    "\u{7f}",
    "é",
    "\u{1F600}",
    "&a ",
    "*a",
    "<<: *x\n",
    "!!int ",
    "? ",
    "- ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "|",
    ">+9\n",
    "'",
    "\"",
    "\\",
    "#",
    "---\n",
    "...\n",
    "%",
    "\n",
    "\n  ",
    "  ",
];

/// SplitMix64.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 27)) as usize
}

fn check(text: &str) {
    let source = Source::new("hostile", text);
    for document in parse_documents(&source).into_iter().chain([parse_one(&source)]) {
        let document = match document {
            Ok(document) => document,
            Err(error) => {
                assert!(
                    error.offset as usize <= text.len() && error.place.line >= 1 && error.place.column >= 1
                );
                continue;
            }
        };
        for id in 0..document.len() as u32 {
            let node = document.node(NodeId(id));
            let span = node.span();
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
            assert!(id + node.size() <= document.len() as u32);
            let _ = (node.text(), node.count(), node.as_i64(), node.as_f64());
        }
        for span in document.comments() {
            assert!(text[span.start as usize..span.end as usize].starts_with('#'), "{span:?} in {text:?}");
        }
        let mut json = String::new();
        document.root().write_json(&mut json);
        // JSON decodes to itself.
        let wrapped = format!("{{\"x\":{json}}}");
        let again = parse_documents(&Source::new("json", wrapped.as_str()));
        let mut second = String::new();
        again[0]
            .as_ref()
            .unwrap_or_else(|error| panic!("{error} in {wrapped}"))
            .root()
            .write_json(&mut second);
        // The escape for bytes that are no text becomes the character itself.
        assert_eq!(second, wrapped.replace("\\ufffd", "\u{FFFD}"));
    }
}

#[test]
fn mutations_of_real_texts() {
    let mut state = 7;
    for round in 0..6000 {
        let mut text = SEEDS[round % SEEDS.len()].to_owned();
        for _ in 0..1 + next(&mut state) % 5 {
            let mut at = next(&mut state) % (text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            match next(&mut state) % 3 {
                0 => text.insert_str(at, PIECES[next(&mut state) % PIECES.len()]),
                1 if at < text.len() => drop(text.remove(at)),
                _ => text.truncate(at),
            }
        }
        check(&text);
    }
}

#[test]
fn every_prefix_and_suffix() {
    for seed in SEEDS {
        for at in (0..=seed.len()).filter(|&at| seed.is_char_boundary(at)) {
            check(&seed[..at]);
            check(&seed[at..]);
        }
    }
}

/// The message of the first refusal.
fn refusal(text: String) -> String {
    let start = Instant::now();
    let source = Source::new("hostile", text);
    let answer = parse_documents(&source).into_iter().find_map(Result::err);
    assert!(start.elapsed() < Duration::from_secs(60), "took {:?}", start.elapsed());
    answer.map_or_else(String::new, |error| error.message)
}

#[test]
fn limits() {
    assert!(refusal("[".repeat(10_001)).contains("depth"));
    assert!(refusal(format!("a: {}{}", "[".repeat(10_001), "]".repeat(10_001))).contains("depth"));
    assert_eq!(refusal(format!("a: {}{}", "[".repeat(9_999), "]".repeat(9_999))), "");
    assert!(refusal("- ".repeat(10_001)).contains("depth"));
    let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (from, to) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb.push_str(&format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(",")));
    }
    assert!(refusal(bomb).contains("aliasing"));
    let text_bomb = format!("a: &a |\n  {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 400].join(","));
    assert!(refusal(text_bomb).contains("256 MiB"));
    assert!(refusal("a: *x\n".into()).contains("anchor"));
    assert!(refusal("a: &x [*x]\n".into()).contains("itself"));
    assert!(refusal("a: \u{0}\n".into()).contains("control"));
}

#[test]
fn long_inputs_take_linear_time() {
    let many = 60_000;
    for text in [
        "a: 1\n".repeat(many),
        (0..many).map(|number| format!("k{number}: v\n")).collect(),
        (0..many).map(|number| format!("- &a{number} x\n- *a{number}\n")).collect(),
        "- # c\n".repeat(many),
        format!("a: '{}", "x\n ".repeat(many)),
        format!("a: x\n{}", "  y\n".repeat(many)),
        format!("a: [{}]", "{b: c}, ".repeat(many)),
        format!("a: |\n{}", "\n".repeat(many)),
        "---\n".repeat(many),
        "{}".repeat(many),
        format!("<<: [{}]\n", vec!["{a: 1}"; many].join(",")),
        format!("a: &a {{b: 1}}\nc:\n{}", "  <<: *a\n".repeat(many / 10)),
        "?\n".repeat(many),
        " ".repeat(many) + "a: 1\n",
        "\"".repeat(many),
        "!".repeat(many),
    ] {
        refusal(text);
    }
}
