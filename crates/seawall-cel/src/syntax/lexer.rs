//! Tokens of an expression: the lexer rules of cel-go's `parser/gen/CEL.g4`.

use std::borrow::Cow;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An operator, bracket or one of `in`, `true`, `false`, `null`; its text tells which.
    Symbol(&'static str),
    Int,
    Uint,
    Float,
    String,
    Bytes,
    Identifier,
    EscapedIdentifier,
    End,
}

/// A token and where it stands, in code points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A place where no token can start, with upstream's words for it.
pub(crate) struct LexicalError {
    pub(crate) offset: u32,
    pub(crate) message: String,
}

const SYMBOLS: &[&str] = &[
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!", "?", ":",
    "+", "*", "/", "%",
];

/// All tokens and all places that are none.
pub(crate) fn tokens(characters: &[char]) -> (Vec<Token>, Vec<LexicalError>) {
    let mut lexer = Lexer { characters, tokens: Vec::new(), errors: Vec::new() };
    let mut at = 0;
    while at < characters.len() {
        at = lexer.step(at);
    }
    let end = characters.len();
    lexer.push(TokenKind::End, end, end);
    (lexer.tokens, lexer.errors)
}

struct Lexer<'t> {
    characters: &'t [char],
    tokens: Vec<Token>,
    errors: Vec<LexicalError>,
}

fn is_identifier_start(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_'
}

fn is_identifier_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

impl Lexer<'_> {
    fn at(&self, index: usize) -> char {
        // NUL stands for the end: no rule accepts it outside of strings, which ask `get` instead.
        self.characters.get(index).copied().unwrap_or('\0')
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        let offset = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, start: offset(start), end: offset(end) });
    }

    fn while_true(&self, mut index: usize, test: impl Fn(char) -> bool) -> usize {
        while index < self.characters.len() && test(self.at(index)) {
            index += 1;
        }
        index
    }

    fn step(&mut self, at: usize) -> usize {
        let character = self.at(at);
        if matches!(character, '\t' | ' ' | '\r' | '\n' | '\u{c}') {
            return at + 1;
        }
        if character == '/' && self.at(at + 1) == '/' {
            return self.while_true(at, |character| character != '\n');
        }
        if let Some(end) = self.quoted(at) {
            return end;
        }
        if let Some((kind, end)) = self.number(at) {
            self.push(kind, at, end);
            return end;
        }
        if is_identifier_start(character) {
            let end = self.while_true(at, is_identifier_part);
            let text: String = self.characters.get(at..end).unwrap_or_default().iter().collect();
            let kind = match text.as_str() {
                "in" => TokenKind::Symbol("in"),
                "true" => TokenKind::Symbol("true"),
                "false" => TokenKind::Symbol("false"),
                "null" => TokenKind::Symbol("null"),
                _ => TokenKind::Identifier,
            };
            self.push(kind, at, end);
            return end;
        }
        if character == '`' {
            let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ' ');
            let end = self.while_true(at + 1, part);
            if end > at + 1 && self.at(end) == '`' {
                self.push(TokenKind::EscapedIdentifier, at, end + 1);
                return end + 1;
            }
            return self.fail(at, end);
        }
        for symbol in SYMBOLS {
            if symbol.chars().enumerate().all(|(index, wanted)| self.at(at + index) == wanted) {
                self.push(TokenKind::Symbol(symbol), at, at + symbol.len());
                return at + symbol.len();
            }
        }
        self.fail(at, at)
    }

    /// What ANTLR reports: the text up to and with the character that fits no rule.
    fn fail(&mut self, start: usize, stop: usize) -> usize {
        let stop = stop.min(self.characters.len().saturating_sub(1));
        let mut text = String::new();
        for character in self.characters.get(start..=stop).unwrap_or_default() {
            match character {
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                other => text.push(*other),
            }
        }
        self.errors.push(LexicalError {
            offset: u32::try_from(start).unwrap_or(u32::MAX),
            message: format!("token recognition error at: '{text}'"),
        });
        stop.max(start) + 1
    }

    fn number(&self, at: usize) -> Option<(TokenKind, usize)> {
        let digit = |c: char| c.is_ascii_digit();
        let first = self.at(at);
        if !digit(first) && !(first == '.' && digit(self.at(at + 1))) {
            return None;
        }
        if first == '0' && self.at(at + 1) == 'x' {
            let end = self.while_true(at + 2, |c| c.is_ascii_hexdigit());
            if end > at + 2 {
                return Some(self.unsigned(TokenKind::Int, end));
            }
        }
        let whole = self.while_true(at, digit);
        let mut end = whole;
        let mut float = false;
        if self.at(end) == '.' && digit(self.at(end + 1)) {
            end = self.while_true(end + 1, digit);
            float = true;
        }
        if matches!(self.at(end), 'e' | 'E') {
            let sign = usize::from(matches!(self.at(end + 1), '+' | '-'));
            if digit(self.at(end + 1 + sign)) {
                end = self.while_true(end + 1 + sign, digit);
                float = true;
            }
        }
        if float { Some((TokenKind::Float, end)) } else { Some(self.unsigned(TokenKind::Int, whole)) }
    }

    fn unsigned(&self, kind: TokenKind, end: usize) -> (TokenKind, usize) {
        if matches!(self.at(end), 'u' | 'U') { (TokenKind::Uint, end + 1) } else { (kind, end) }
    }

    /// A string or bytes literal; `None` where none starts. The longest rule wins, as in ANTLR, so that
    /// `'''` without an end is an empty string and a quote.
    fn quoted(&mut self, at: usize) -> Option<usize> {
        let mut index = at;
        let bytes = matches!(self.at(index), 'b' | 'B');
        index += usize::from(bytes);
        let raw = matches!(self.at(index), 'r' | 'R');
        index += usize::from(raw);
        let quote = self.at(index);
        if quote != '"' && quote != '\'' {
            return None;
        }
        let kind = if bytes { TokenKind::Bytes } else { TokenKind::String };
        let triple = self.at(index + 1) == quote && self.at(index + 2) == quote;
        let long = if triple { self.long_string(index + 3, quote, raw) } else { Err(index + 3) };
        let short = self.short_string(index + 1, quote, raw);
        match (long, short) {
            (Ok(end), _) | (Err(_), Ok(end)) => {
                self.push(kind, at, end);
                Some(end)
            }
            // A prefix alone is an identifier: `b` or `r` before a broken string.
            (_, Err(_)) if index > at => None,
            (long, Err(stop)) => {
                let stop = if triple { long.err().unwrap_or(stop).max(stop) } else { stop };
                Some(self.fail(at, stop))
            }
        }
    }

    /// The end of a string in single quotes, or where it broke.
    fn short_string(&self, mut index: usize, quote: char, raw: bool) -> Result<usize, usize> {
        loop {
            match self.characters.get(index) {
                None => return Err(index),
                Some('\n' | '\r') => return Err(index),
                Some(character) if *character == quote => return Ok(index + 1),
                Some('\\') if !raw => index = self.escape(index)?,
                Some(_) => index += 1,
            }
        }
    }

    fn long_string(&self, mut index: usize, quote: char, raw: bool) -> Result<usize, usize> {
        loop {
            match self.characters.get(index) {
                None => return Err(index),
                Some(character)
                    if *character == quote && self.at(index + 1) == quote && self.at(index + 2) == quote =>
                {
                    return Ok(index + 3);
                }
                Some('\\') if !raw => index = self.escape(index)?,
                Some(_) => index += 1,
            }
        }
    }

    /// The end of an escape sequence that starts with a backslash at `index`, or where it broke.
    fn escape(&self, index: usize) -> Result<usize, usize> {
        let run = |count: usize, test: fn(char) -> bool| {
            for step in 0..count {
                if !test(self.at(index + 2 + step)) {
                    return Err(index + 2 + step);
                }
            }
            Ok(index + 2 + count)
        };
        match self.at(index + 1) {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '"' | '\'' | '\\' | '?' | '`' => Ok(index + 2),
            '0'..='3' => run(2, |c| matches!(c, '0'..='7')),
            'x' | 'X' => run(2, |c| c.is_ascii_hexdigit()),
            'u' => run(4, |c| c.is_ascii_hexdigit()),
            'U' => run(8, |c| c.is_ascii_hexdigit()),
            _ => Err(index + 1),
        }
    }
}

/// The text of a token.
pub(crate) fn text(characters: &[char], token: Token) -> Cow<'static, str> {
    match token.kind {
        TokenKind::Symbol(symbol) => Cow::Borrowed(symbol),
        TokenKind::End => Cow::Borrowed("<EOF>"),
        _ => Cow::Owned(
            characters.get(token.start as usize..token.end as usize).unwrap_or_default().iter().collect(),
        ),
    }
}
