//! Texts for the comparison: token soup, documents from a grammar, and mutations of real texts.

use super::corpus::Text;

/// A generator of pseudo-random numbers (SplitMix64): the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// One of several.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const SOUP: &[&str] = &[
    "a",
    "b",
    "key",
    "x y",
    "1",
    "-",
    "- ",
    ":",
    ": ",
    "?",
    "? ",
    ",",
    ", ",
    "[",
    "]",
    "{",
    "}",
    "[]",
    "{}",
    "#",
    " #c",
    "&a ",
    "*a",
    "&b",
    "*b ",
    "!",
    "!! ",
    "!!str ",
    "!!int ",
    "!!binary ",
    "!!null ",
    "!x ",
    "!<tag:yaml.org,2002:str> ",
    "|",
    ">",
    "|-\n",
    "|+\n",
    ">2\n",
    "|1-\n",
    "'",
    "''",
    "\"",
    "\\",
    "\\n",
    "\\x41",
    "\\u00e9",
    "%",
    "%YAML 1.1\n",
    "%TAG ! !x\n",
    "@",
    "`",
    "\n",
    "\n",
    "\n",
    "\n ",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    " ",
    "  ",
    "\t",
    "\r\n",
    "\r",
    "\u{85}",
    "\u{2028}",
    "\u{FEFF}",
    "\u{A0}",
    "\u{7}",
    "---",
    "---\n",
    "\n---\n",
    "\n--- ",
    "...",
    "\n...\n",
    "<<: *a\n",
    "<<: ",
    "null",
    "~",
    "yes",
    "0x1F",
    "0644",
    "1_0",
    ".5",
    ".inf",
    "1e3",
    "é",
    "\u{1F600}",
    "\"a\"",
    "'b'",
    "\"a\": ",
    "a: b\n",
    "a:\n",
    "a: 1\n  b: 2\n",
];

const SCALARS: &[&str] = &[
    "a",
    "web",
    "nginx:1.25",
    "true",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "n",
    "null",
    "~",
    "Null",
    "",
    "0",
    "-0",
    "7",
    "-12",
    "+5",
    "007",
    "08",
    "0644",
    "0o17",
    "0x1F",
    "0X1f",
    "-0x1",
    "0b101",
    "0b-1",
    "0b+1",
    "-0b1",
    "1_000",
    "_1",
    "1__0",
    "0_7",
    "0x_1",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "-9223372036854775809",
    "1.5",
    "1.",
    ".5",
    "-.5",
    "+.5",
    ".",
    "..",
    "1.5.2",
    "1e3",
    "1e+3",
    "1E-3",
    "1e400",
    "-1e400",
    "1e-400",
    ".1_0",
    "._1",
    ".1e1_0",
    "1_0.5",
    "1.0",
    "100000000000000000000",
    "1e21",
    "1e20",
    "123456789.125",
    "1e-7",
    "0.000001",
    ".inf",
    "-.Inf",
    "+.INF",
    ".nan",
    ".NaN",
    "inf",
    "nan",
    "2001-01-01",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43.10",
    "12:30:45",
    "1:2",
    "<<",
    "=",
    "a b",
    "a#b",
    "a:b",
    "::",
    "-a",
    "--",
    "?a",
    ":a",
    "a?",
    "100m",
    "1Gi",
    "é",
    "\u{1F600}",
    "a\u{A0}b",
    "0b",
    "0x",
    "0o",
    "+",
    "1e",
    "e1",
    "0e0",
    "00",
    "0.",
    "-",
    "1 000",
    "*/5 * * * *",
];

const QUOTED: &[&str] = &[
    "'a'",
    "'it''s'",
    "\"a\\nb\"",
    "\"\\x41\\u00e9\\U0001F600\"",
    "\"\"",
    "''",
    "\"a\n  b\"",
    "'a\n\n  b'",
    "\"a\\\n  b\"",
    "\"\\/\"",
    "\"<&>\"",
    "\"\\u2028\\0\\e\"",
    "\"\\ud83d\\ude00\"",
    "\"a \\t b\"",
    "\"\\N\\_\\L\\P\"",
    "'\\n'",
];

const TAGS: &[&str] = &[
    "!!str ",
    "!!int ",
    "!!float ",
    "!!bool ",
    "!!null ",
    "!!binary ",
    "!!timestamp ",
    "!!merge ",
    "! ",
    "!foo ",
    "!!map ",
    "!!seq ",
    "!e!x ",
];

const BLOCKS: &[&str] =
    &["|\n", "|-\n", "|+\n", ">\n", ">-\n", ">+\n", "|2\n", ">1-\n", "|  # c\n", "|9\n", "|0\n", "|+3\n"];

/// A text made from nothing.
pub(crate) fn made(random: &mut Random) -> String {
    let mut text = String::new();
    match random.below(4) {
        0 => {
            for _ in 0..1 + random.below(14) {
                text.push_str(random.pick(SOUP));
            }
        }
        1 => json(random, 0, &mut text),
        _ => {
            for number in 0..1 + random.below(3) {
                if number > 0 || random.below(4) == 0 {
                    text.push_str(random.pick(&[
                        "---\n",
                        "---\n",
                        "--- # x\n",
                        "---  \n",
                        "...\n",
                        "--- \n---\n",
                    ]));
                }
                block(random, 0, 0, &mut text);
            }
        }
    }
    text
}

/// A scalar as it stands behind a colon or dash.
fn scalar(random: &mut Random, indent: usize, text: &mut String) {
    match random.below(12) {
        0 => text.push_str(random.pick(TAGS)),
        1 => text.push_str("&a "),
        _ => {}
    }
    match random.below(14) {
        0 | 1 => text.push_str(random.pick(QUOTED)),
        2 => text.push_str("*a"),
        3 => flow(random, 0, text),
        4 => {
            text.push_str(random.pick(BLOCKS));
            for _ in 0..random.below(4) {
                let blanks =
                    (indent + 2 + random.below(3)).saturating_sub(usize::from(random.below(9) == 0) * 2);
                text.push_str(&" ".repeat(blanks));
                text.push_str(random.pick(&[
                    "line",
                    "",
                    "# no comment",
                    "  deeper",
                    "a: b",
                    "tab\there",
                    "---",
                ]));
                text.push('\n');
            }
            return;
        }
        5 => {
            text.push_str(random.pick(SCALARS));
            text.push('\n');
            text.push_str(&" ".repeat(indent + random.below(4)));
            text.push_str(random.pick(SCALARS));
        }
        _ => text.push_str(random.pick(SCALARS)),
    }
    text.push_str(random.pick(&[
        "\n",
        "\n",
        "\n",
        "\n",
        "\n",
        " # c\n",
        "  \n",
        "\r\n",
        "\n\n",
        " #\n# d\n",
        "\t\n",
    ]));
}

fn key(random: &mut Random, text: &mut String) {
    text.push_str(match random.below(9) {
        0 => random.pick(QUOTED),
        1 | 2 => random.pick(SCALARS),
        3 => "<<",
        _ => random.pick(&["a", "b", "name", "spec", "c-d", "x/y.z"]),
    });
    text.push_str(random.pick(&[":", ":", ":", ":", ":", " :"]));
}

fn block(random: &mut Random, indent: usize, depth: usize, text: &mut String) {
    let is_sequence = random.below(3) == 0;
    for number in 0..1 + random.below(4) {
        if number > 0 || depth == 0 || random.below(8) == 0 {
            text.push_str(&" ".repeat(if random.below(40) == 0 { indent + 1 } else { indent }));
        }
        if is_sequence {
            text.push('-');
        } else if random.below(25) == 0 {
            text.push_str("? ");
            scalar(random, indent + 2, text);
            text.push_str(&" ".repeat(indent));
            text.push(':');
        } else {
            key(random, text);
        }
        let step = random.pick(&["", " ", "  ", "    "]).len();
        match random.below(5) {
            0 if depth < 4 && is_sequence => {
                text.push(' ');
                block(random, indent + 2, depth + 1, text);
            }
            0 | 1 if depth < 4 => {
                text.push_str(random.pick(&["\n", "\n", "\n", " # c\n", " &a\n", " !!map\n", " &b !x\n"]));
                text.push_str(&" ".repeat(indent + step));
                block(random, indent + step, depth + 1, text);
            }
            _ => {
                text.push_str(random.pick(&[" ", " ", " ", " ", "  ", "\t", ""]));
                scalar(random, indent, text);
            }
        }
    }
}

fn flow(random: &mut Random, depth: usize, text: &mut String) {
    if depth > 3 || random.below(3) == 0 {
        text.push_str(if random.below(4) == 0 { random.pick(QUOTED) } else { random.pick(SCALARS) });
        return;
    }
    let is_mapping = random.below(2) == 0;
    text.push(if is_mapping { '{' } else { '[' });
    for number in 0..random.below(4) {
        if number > 0 {
            text.push_str(random.pick(&[", ", ", ", ",", ",\n  ", " ,", "\n"]));
        }
        if is_mapping || random.below(6) == 0 {
            text.push_str(random.pick(&["", "", "", "", "? ", "?", "&a ", "*a "]));
            key(random, text);
            text.push_str(random.pick(&[" ", " ", " ", "", "\n "]));
        }
        flow(random, depth + 1, text);
    }
    text.push_str(random.pick(&["", "", "", "", ",", " ", " # c\n"]));
    text.push(if is_mapping { '}' } else { ']' });
}

fn json(random: &mut Random, depth: usize, text: &mut String) {
    if depth == 0 {
        for _ in 0..1 + random.below(3) {
            text.push_str("{\"a\": ");
            json(random, 1, text);
            text.push('}');
            text.push_str(
                random.pick(&["", "\n", " ", "\n---\n", "\t", "\r\n", "\u{A0}\n", "x", "\n1", "null"]),
            );
        }
        return;
    }
    match random.below(8) {
        0 if depth < 5 => {
            text.push('[');
            json(random, depth + 1, text);
            text.push(',');
            json(random, depth + 1, text);
            text.push(']');
        }
        1 if depth < 5 => {
            text.push_str("{\"b\":");
            json(random, depth + 1, text);
            text.push_str(",\"b\" : ");
            json(random, depth + 1, text);
            text.push('}');
        }
        2 => text.push_str(random.pick(QUOTED)),
        3 => text.push_str(random.pick(SCALARS)),
        _ => text.push_str(random.pick(&[
            "1",
            "-0",
            "-0.0",
            "1.0",
            "1e5",
            "1E400",
            "12345678901234567890",
            "123456789012345678901",
            "true",
            "null",
            "\"\\/\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\udc00x\"",
            "\"<\u{2028}\u{7f}\"",
            "01",
            "1.",
            "\"a\tb\"",
            "[]",
            "{}",
            "\"\\u0000\"",
        ])),
    }
}

/// A window of a real text with a few changes.
pub(crate) fn mutated(random: &mut Random, texts: &[Text]) -> String {
    let whole = &texts[random.below(texts.len())].text;
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let length = 1 + random.below(40);
    let mut start = random.below(lines.len().saturating_sub(length) + 1);
    // Mostly from a line without indentation on, so that the window is a document.
    if random.below(4) > 0 {
        for _ in 0..100 {
            if start == 0 || !lines[start].starts_with([' ', '-']) {
                break;
            }
            start -= 1;
        }
    }
    let window: String = lines.iter().skip(start).take(length).copied().collect();
    let mut chars: Vec<char> = window.chars().take(2000).collect();
    for _ in 0..random.below(4) {
        mutate(random, &mut chars);
    }
    chars.into_iter().collect()
}

fn mutate(random: &mut Random, chars: &mut Vec<char>) {
    let at = random.below(chars.len() + 1);
    match random.below(7) {
        0 if at < chars.len() => {
            chars.remove(at);
        }
        1 => {
            let end = (at + 1 + random.below(12)).min(chars.len());
            chars.drain(at.min(end)..end);
        }
        2 => {
            let end = (at + 1 + random.below(20)).min(chars.len());
            let part: Vec<char> = chars[at.min(end)..end].to_vec();
            let to = random.below(chars.len() + 1);
            chars.splice(to..to, part);
        }
        3 => {
            let scalar = random.pick(SCALARS);
            chars.splice(at..at, scalar.chars());
        }
        _ => {
            let token = random.pick(SOUP);
            chars.splice(at..at, token.chars());
        }
    }
}
