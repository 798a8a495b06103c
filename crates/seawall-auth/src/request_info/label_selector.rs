//! Label selectors as text (`k8s.io/apimachinery/pkg/labels/selector.go`).

use seawall_model::decode::dns1123_subdomain;
use std::collections::BTreeSet;

/// One term of a label selector.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct LabelRequirement {
    /// The label.
    pub key: String,
    /// What is asked of it.
    pub operator: LabelOperator,
    /// The values to compare with, sorted; one for everything but `In`, `NotIn`, `Exists` and `DoesNotExist`.
    pub values: Vec<String>,
}

/// The operators of `pkg/selection`. `=` and `==` are kept apart as upstream does, although they mean the same.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum LabelOperator {
    /// `=`
    Equals,
    /// `==`
    DoubleEquals,
    /// `!=`
    NotEquals,
    /// `in (…)`
    In,
    /// `notin (…)`
    NotIn,
    /// The key alone.
    Exists,
    /// `!key`
    DoesNotExist,
    /// `>`
    GreaterThan,
    /// `<`
    LessThan,
}

/// Reads a label selector, sorted by key.
///
/// # Errors
/// When upstream's `labels.Parse` gives an error; the text says what was found.
pub fn parse_label_selector(selector: &str) -> Result<Vec<LabelRequirement>, String> {
    if selector.is_empty() {
        return Ok(Vec::new());
    }
    let mut parser = Parser { text: selector, at: 0, ahead: None };
    let mut out = parser.requirements()?;
    out.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(out)
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Token<'a> {
    End,
    Symbol(&'a str),
    Word(&'a str),
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    ahead: Option<Token<'a>>,
}

fn is_symbol(byte: u8) -> bool {
    matches!(byte, b'=' | b'!' | b'(' | b')' | b',' | b'>' | b'<')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

impl<'a> Parser<'a> {
    fn peek(&mut self) -> Token<'a> {
        if let Some(token) = self.ahead {
            return token;
        }
        let token = self.scan();
        self.ahead = Some(token);
        token
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        // Nothing comes after the end: upstream's list of tokens stops there.
        if token != Token::End {
            self.ahead = None;
        }
        token
    }

    /// Upstream's lexer swallows the NUL that ended a token.
    fn skip_nul(&mut self) {
        if self.text.as_bytes().get(self.at) == Some(&0) {
            self.at += 1;
        }
    }

    /// A NUL ends the selector, as in upstream's lexer.
    fn scan(&mut self) -> Token<'a> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at).copied().is_some_and(is_space) {
            self.at += 1;
        }
        let start = self.at;
        match bytes.get(start) {
            None | Some(0) => Token::End,
            Some(&first) if is_symbol(first) => {
                let two = self.text.get(start..start + 2).filter(|two| matches!(*two, "==" | "!="));
                let symbol = two.or_else(|| self.text.get(start..=start)).unwrap_or("");
                self.at += symbol.len();
                self.skip_nul();
                Token::Symbol(symbol)
            }
            Some(_) => {
                while bytes.get(self.at).is_some_and(|&byte| byte != 0 && !is_symbol(byte) && !is_space(byte))
                {
                    self.at += 1;
                }
                let word = self.text.get(start..self.at).unwrap_or("");
                self.skip_nul();
                Token::Word(word)
            }
        }
    }

    fn requirements(&mut self) -> Result<Vec<LabelRequirement>, String> {
        let mut out = Vec::new();
        loop {
            match self.peek() {
                Token::Word(_) | Token::Symbol("!") => {
                    let requirement = self.requirement();
                    out.push(requirement.map_err(|error| format!("unable to parse requirement: {error}"))?);
                    match self.next() {
                        Token::End => return Ok(out),
                        Token::Symbol(",") => match self.peek() {
                            Token::Word(_) | Token::Symbol("!") => {}
                            other => return Err(found(other, "identifier after ','")),
                        },
                        other => return Err(found(other, "',' or 'end of string'")),
                    }
                }
                Token::End => return Ok(out),
                other => return Err(found(other, "!, identifier, or 'end of string'")),
            }
        }
    }

    fn requirement(&mut self) -> Result<LabelRequirement, String> {
        let mut token = self.next();
        let absent = token == Token::Symbol("!");
        if absent {
            token = self.next();
        }
        let Token::Word(key) = token else { return Err(found(token, "identifier")) };
        if !is_label_key(key) {
            return Err("invalid label key".into());
        }
        let done = |operator, values| Ok(LabelRequirement { key: key.to_owned(), operator, values });
        if absent {
            return done(LabelOperator::DoesNotExist, Vec::new());
        }
        if matches!(self.peek(), Token::End | Token::Symbol(",")) {
            return done(LabelOperator::Exists, Vec::new());
        }
        let operator = match self.next() {
            Token::Word("in") => LabelOperator::In,
            Token::Word("notin") => LabelOperator::NotIn,
            Token::Symbol("=") => LabelOperator::Equals,
            Token::Symbol("==") => LabelOperator::DoubleEquals,
            Token::Symbol("!=") => LabelOperator::NotEquals,
            Token::Symbol(">") => LabelOperator::GreaterThan,
            Token::Symbol("<") => LabelOperator::LessThan,
            other => return Err(found(other, "in, notin, =, ==, !=, gt, lt")),
        };
        let values = match operator {
            LabelOperator::In | LabelOperator::NotIn => self.values()?,
            _ => BTreeSet::from([self.exact_value()?]),
        };
        let number = matches!(operator, LabelOperator::GreaterThan | LabelOperator::LessThan);
        if number && values.iter().any(|value| value.parse::<i64>().is_err()) {
            return Err("for 'Gt', 'Lt' operators, the value must be an integer".into());
        }
        if !values.iter().all(|value| is_label_value(value)) {
            return Err("invalid label value".into());
        }
        done(operator, values.into_iter().map(str::to_owned).collect())
    }

    fn exact_value(&mut self) -> Result<&'a str, String> {
        match self.peek() {
            Token::End | Token::Symbol(",") => Ok(""),
            Token::Word(word) => {
                self.next();
                Ok(word)
            }
            other => Err(found(other, "identifier")),
        }
    }

    fn values(&mut self) -> Result<BTreeSet<&'a str>, String> {
        match self.next() {
            Token::Symbol("(") => {}
            other => return Err(found(other, "'('")),
        }
        let mut values = BTreeSet::new();
        match self.peek() {
            Token::Symbol(")") => {
                self.next();
                values.insert("");
                return Ok(values);
            }
            Token::Word(_) | Token::Symbol(",") => {}
            other => return Err(found(other, "',', ')' or identifier")),
        }
        loop {
            match self.next() {
                Token::Word(word) => {
                    values.insert(word);
                    match self.peek() {
                        Token::Symbol(",") => {}
                        Token::Symbol(")") => break,
                        other => return Err(found(other, "',' or ')'")),
                    }
                }
                Token::Symbol(",") => {
                    if values.is_empty() {
                        values.insert("");
                    }
                    match self.peek() {
                        Token::Symbol(")") => {
                            values.insert("");
                            break;
                        }
                        Token::Symbol(",") => {
                            values.insert("");
                        }
                        _ => {}
                    }
                }
                other => return Err(found(other, "',', or identifier")),
            }
        }
        self.next();
        Ok(values)
    }
}

fn found(token: Token<'_>, expected: &str) -> String {
    let text = match token {
        Token::End => "",
        Token::Symbol(text) | Token::Word(text) => text,
    };
    format!("found '{}', expected: {expected}", seawall_model::decode::shown(text))
}

/// Upstream's `IsQualifiedName`: an optional DNS subdomain, a slash, a name of at most 63 bytes.
pub(crate) fn is_label_key(key: &str) -> bool {
    let name = match key.split_once('/') {
        Some((prefix, name)) if dns1123_subdomain(prefix) => name,
        Some(_) => return false,
        None => key,
    };
    !name.is_empty() && is_label_value(name)
}

/// Upstream's `IsValidLabelValue`.
pub(crate) fn is_label_value(value: &str) -> bool {
    let edge = |byte: Option<u8>| byte.is_none_or(|byte| byte.is_ascii_alphanumeric());
    value.len() <= 63
        && edge(value.bytes().next())
        && edge(value.bytes().next_back())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}
