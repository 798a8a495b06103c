//! Regular expressions as Go reads them (`regexp/syntax` with Perl flags), run by the `regex` crate.
//!
//! Both are linear in the text and prefer the leftmost match, so that only the syntax differs: we read Go's, refuse
//! what it refuses in its words, and write the other's with every character and class spelled out.

use super::pattern_class as class;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(regex::Regex);

/// The largest compiled expression in bytes.
const SIZE_LIMIT: usize = 64 << 20;
/// How many expressions made while evaluating each thread remembers.
const REMEMBERED: usize = 64;
/// Go's `maxHeight`.
const DEPTH_LIMIT: usize = 1000;
/// Go's largest count of a repetition.
const REPEAT_LIMIT: u32 = 1000;

thread_local! {
    static COMPILED: RefCell<HashMap<String, Result<Pattern, String>>> = RefCell::new(HashMap::new());
}

impl Pattern {
    /// Whether it matches anywhere in the text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The first match.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.0.find(text).map(|found| found.as_str())
    }

    /// All matches that do not overlap, at most `limit`.
    pub(crate) fn find_all<'t>(&self, text: &'t str, limit: usize) -> Vec<&'t str> {
        // Go refuses an empty match right after another match; so does the crate.
        self.0.find_iter(text).take(limit).map(|found| found.as_str()).collect()
    }
}

/// Compiles, or says what is wrong in Go's words: ``error parsing regexp: missing closing ): `(` ``.
pub(crate) fn compile(text: &str) -> Result<Pattern, String> {
    if let Some(known) = COMPILED.with_borrow(|compiled| compiled.get(text).cloned()) {
        return known;
    }
    let made = make(text);
    COMPILED.with_borrow_mut(|compiled| {
        if compiled.len() >= REMEMBERED {
            compiled.clear();
        }
        compiled.insert(text.to_owned(), made.clone());
    });
    made
}

fn make(text: &str) -> Result<Pattern, String> {
    let translated = Translator::new(text).run().map_err(|error| format!("error parsing regexp: {error}"))?;
    let built = regex::RegexBuilder::new(&translated)
        .size_limit(SIZE_LIMIT)
        .dfa_size_limit(8 << 20)
        .nest_limit(4 * DEPTH_LIMIT as u32)
        .build();
    built.map(Pattern).map_err(|_| "error parsing regexp: expression too large".to_owned())
}

/// What stands before a repetition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Something,
}

struct Translator<'t> {
    text: &'t str,
    rest: &'t str,
    out: String,
    before: Vec<Before>,
    /// How often what stands before may be repeated by all the counts around it.
    last_start: usize,
    starts: Vec<usize>,
}

type Translated<T> = Result<T, String>;

/// Go's form of an error.
pub(super) fn error<T>(code: &str, part: &str) -> Translated<T> {
    Err(format!("{code}: `{part}`"))
}

impl<'t> Translator<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            rest: text,
            out: String::with_capacity(text.len() * 2),
            before: vec![Before::Nothing],
            last_start: 0,
            starts: Vec::new(),
        }
    }

    fn run(mut self) -> Translated<String> {
        while let Some(character) = self.rest.chars().next() {
            self.step(character)?;
        }
        if self.before.len() > 1 {
            return error("missing closing )", self.text);
        }
        Ok(self.out)
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn set(&mut self, before: Before) {
        if let Some(top) = self.before.last_mut() {
            *top = before;
        }
    }

    fn atom(&mut self, text: &str) {
        self.last_start = self.out.len();
        self.out.push_str(text);
        self.set(Before::Something);
    }

    fn literal(&mut self, character: char) {
        self.last_start = self.out.len();
        let _ = write!(self.out, "\\x{{{:X}}}", u32::from(character));
        self.set(Before::Something);
    }

    fn step(&mut self, character: char) -> Translated<()> {
        match character {
            '(' => self.open(),
            ')' => self.close(),
            '|' => {
                self.advance(1);
                self.out.push('|');
                self.set(Before::Nothing);
                Ok(())
            }
            '^' | '$' | '.' => {
                self.advance(1);
                self.atom(&character.to_string());
                Ok(())
            }
            '[' => {
                let (translated, length) = class::bracket(self.rest)?;
                self.advance(length);
                self.atom(&translated);
                Ok(())
            }
            '*' | '+' | '?' => {
                let operator = self.rest;
                self.advance(1);
                self.repeat(operator, &character.to_string())
            }
            '{' => match counts(self.rest) {
                None => {
                    self.advance(1);
                    self.literal('{');
                    Ok(())
                }
                Some((least, most, length)) => {
                    let operator = self.rest;
                    let written = operator.get(..length).unwrap_or_default();
                    let too_many = |count: u32| count > REPEAT_LIMIT;
                    if too_many(least) || most.is_some_and(|most| too_many(most) || most < least) {
                        return error("invalid repeat count", written);
                    }
                    self.advance(length);
                    let canonical = match most {
                        None => format!("{{{least},}}"),
                        Some(most) => format!("{{{least},{most}}}"),
                    };
                    self.repeat(operator, &canonical)
                }
            },
            '\\' => self.escape(),
            other => {
                self.advance(other.len_utf8());
                self.literal(other);
                Ok(())
            }
        }
    }

    /// A repetition that starts at `operator`; the rest already stands behind it.
    fn repeat(&mut self, operator: &'t str, written: &str) -> Translated<()> {
        let lazy = self.rest.starts_with('?');
        if lazy {
            self.advance(1);
        }
        let part = |rest: &str| {
            let length = operator.len() - rest.len();
            operator.get(..length).unwrap_or_default().to_owned()
        };
        if self.before.last() == Some(&Before::Nothing) {
            return error("missing argument to repetition operator", &part(self.rest));
        }
        let nested = match self.rest.chars().next() {
            Some('*' | '+' | '?') => Some(1),
            Some('{') => counts(self.rest).map(|(_, _, length)| length),
            _ => None,
        };
        if let Some(length) = nested {
            let mut after = self.rest.get(length..).unwrap_or_default();
            after = after.strip_prefix('?').unwrap_or(after);
            return error("invalid nested repetition operator", &part(after));
        }
        // An empty group around keeps what was repeated apart from what follows.
        self.out.insert_str(self.last_start, "(?:");
        self.out.push_str(written);
        if lazy {
            self.out.push('?');
        }
        self.out.push(')');
        Ok(())
    }

    fn open(&mut self) -> Translated<()> {
        if self.before.len() > DEPTH_LIMIT {
            return Err("expression nests too deeply".into());
        }
        if !self.rest.starts_with("(?") {
            self.advance(1);
            self.enter("(?:");
            return Ok(());
        }
        let name_start = if self.rest.starts_with("(?P<") {
            Some(4)
        } else if self.rest.starts_with("(?<") {
            Some(3)
        } else {
            None
        };
        if let Some(start) = name_start {
            let Some(end) = self.rest.find('>') else { return error("invalid named capture", self.rest) };
            let name = self.rest.get(start..end).unwrap_or_default();
            let whole = self.rest.get(..=end).unwrap_or_default();
            if name.is_empty() || !name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric()) {
                return error("invalid named capture", whole);
            }
            self.advance(end + 1);
            self.enter("(?:");
            return Ok(());
        }
        self.flags()
    }

    fn enter(&mut self, text: &str) {
        self.starts.push(self.out.len());
        self.out.push_str(text);
        self.before.push(Before::Nothing);
    }

    /// `(?i)`, `(?i:`, `(?-s:`, `(?:`.
    fn flags(&mut self) -> Translated<()> {
        let start = self.rest;
        let mut text = String::new();
        let (mut negative, mut any) = (false, false);
        for (offset, character) in start.char_indices().skip(2) {
            let whole = start.get(..offset + character.len_utf8()).unwrap_or_default();
            match character {
                'i' | 'm' | 's' | 'U' => {
                    any = true;
                    text.push(character);
                }
                '-' if !negative => {
                    negative = true;
                    any = false;
                    text.push('-');
                }
                ':' | ')' if !negative || any => {
                    self.advance(offset + 1);
                    if character == ':' {
                        self.enter(&format!("(?{text}:"));
                    } else if !text.is_empty() {
                        let _ = write!(self.out, "(?{text})");
                    }
                    return Ok(());
                }
                _ => return error("invalid or unsupported Perl syntax", whole),
            }
        }
        error("missing closing )", self.text)
    }

    fn close(&mut self) -> Translated<()> {
        if self.before.len() <= 1 {
            return error("unexpected )", self.text);
        }
        self.before.pop();
        self.advance(1);
        self.out.push(')');
        self.last_start = self.starts.pop().unwrap_or(0);
        self.set(Before::Something);
        Ok(())
    }

    fn escape(&mut self) -> Translated<()> {
        let next = self.rest.chars().nth(1);
        let simple = match next {
            None => return error("trailing backslash at end of expression", ""),
            Some('A') => Some("\\A"),
            Some('z') => Some("\\z"),
            Some('b') => Some("(?-u:\\b)"),
            Some('B') => Some("(?-u:\\B)"),
            Some('Q') => {
                self.advance(2);
                return self.quoted();
            }
            Some('C') => return error("invalid escape sequence", "\\C"),
            _ => None,
        };
        if let Some(simple) = simple {
            self.advance(2);
            self.atom(simple);
            return Ok(());
        }
        if let Some((translated, length)) = class::named(self.rest)? {
            self.advance(length);
            self.atom(&format!("[{translated}]"));
            return Ok(());
        }
        let (character, length) = class::escaped(self.rest)?;
        self.advance(length);
        self.literal(character);
        Ok(())
    }

    /// `\Q…\E`.
    fn quoted(&mut self) -> Translated<()> {
        let (inner, after) = self.rest.split_once("\\E").unwrap_or((self.rest, ""));
        for character in inner.chars() {
            self.literal(character);
        }
        self.rest = after;
        Ok(())
    }
}

/// `{2}`, `{2,}`, `{2,3}`: the counts and the length; `None` if it is none of these.
fn counts(text: &str) -> Option<(u32, Option<u32>, usize)> {
    let end = text.find('}')?;
    let inner = text.get(1..end)?;
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // Go reads no number with a leading zero, and gives up on huge ones as too large.
        let plain = plain && (text.len() == 1 || !text.starts_with('0'));
        plain.then(|| text.parse().unwrap_or(u32::MAX))
    };
    let (least, most) = match inner.split_once(',') {
        None => {
            let count = number(inner)?;
            (count, Some(count))
        }
        Some((least, "")) => (number(least)?, None),
        Some((least, most)) => (number(least)?, Some(number(most)?)),
    };
    Some((least, most, end + 1))
}
