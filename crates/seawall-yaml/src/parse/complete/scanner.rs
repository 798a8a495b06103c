//! Characters to tokens, with libyaml's rules for indentation and for keys that are only known once `:` follows.

use super::Fault;
use super::reader::{Mark, Reader};
use super::token::{Token, TokenKind};
use std::collections::{HashMap, VecDeque};

/// Upstream's bound on brackets and on indentation levels.
const DEPTH: usize = 10_000;
/// A key without `?` ends within so many characters of its start.
const KEY_LENGTH: usize = 1024;

/// A place where a key may have begun.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    possible: bool,
    /// Nothing but a key can stand there.
    required: bool,
    token: usize,
    mark: Mark,
}

pub(super) struct Scanner<'t> {
    pub(super) reader: Reader<'t>,
    pub(super) comments: Vec<(usize, usize)>,
    queue: VecDeque<Token<'t>>,
    /// Tokens handed out so far.
    taken: usize,
    /// One candidate per bracket level, block context first.
    candidates: Vec<Candidate>,
    /// Token number → bracket level of the candidate that begins there. Upstream forgets some entries and keeps
    /// others too long; what it accepts depends on it.
    pending: HashMap<usize, usize>,
    pub(super) key_allowed: bool,
    pub(super) indent: isize,
    indents: Vec<isize>,
    pub(super) brackets: usize,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            reader: Reader::new(text),
            comments: Vec::new(),
            queue: VecDeque::new(),
            // Upstream counts its stream-start token.
            taken: 1,
            candidates: vec![Candidate::default()],
            pending: HashMap::new(),
            key_allowed: true,
            indent: -1,
            indents: Vec::new(),
            brackets: 0,
        }
    }

    /// The next token, left in the queue.
    pub(super) fn peek(&mut self) -> Result<&Token<'t>, Fault> {
        while self.queue.is_empty() || self.head_may_be_key()? {
            self.fetch()?;
        }
        self.queue.front().ok_or(Fault { at: self.reader.mark.at, message: "unexpected end" })
    }

    /// Takes the token that was peeked.
    pub(super) fn take(&mut self) -> Option<Token<'t>> {
        self.taken += 1;
        self.queue.pop_front()
    }

    pub(super) fn fault<T>(&self, at: Mark, message: &'static str) -> Result<T, Fault> {
        Err(Fault { at: at.at, message })
    }

    fn head_may_be_key(&mut self) -> Result<bool, Fault> {
        match self.pending.get(&self.taken).copied() {
            Some(level) => self.is_valid(level),
            None => Ok(false),
        }
    }

    /// Whether the candidate of a level can still become a key at the current position.
    fn is_valid(&mut self, level: usize) -> Result<bool, Fault> {
        let here = self.reader.mark;
        let Some(candidate) = self.candidates.get_mut(level) else {
            // Upstream's own program breaks off here.
            return self.fault(here, "key left open in brackets that are closed");
        };
        if !candidate.possible {
            return Ok(false);
        }
        if candidate.mark.line < here.line || candidate.mark.index + KEY_LENGTH < here.index {
            if candidate.required {
                let mark = candidate.mark;
                return self.fault(mark, "could not find expected ':'");
            }
            candidate.possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    /// Notes that a key may begin here.
    pub(super) fn save_candidate(&mut self) -> Result<(), Fault> {
        if !self.key_allowed {
            return Ok(());
        }
        let mark = self.reader.mark;
        let required = self.brackets == 0 && self.indent == mark.column as isize;
        let token = self.taken + self.queue.len();
        self.drop_candidate()?;
        let level = self.candidates.len() - 1;
        if let Some(slot) = self.candidates.last_mut() {
            *slot = Candidate { possible: true, required, token, mark };
        }
        self.pending.insert(token, level);
        Ok(())
    }

    /// Gives up the candidate of this level.
    pub(super) fn drop_candidate(&mut self) -> Result<(), Fault> {
        let Some(candidate) = self.candidates.last_mut() else { return Ok(()) };
        if candidate.possible {
            if candidate.required {
                let mark = candidate.mark;
                return self.fault(mark, "could not find expected ':'");
            }
            candidate.possible = false;
            let token = candidate.token;
            self.pending.remove(&token);
        }
        Ok(())
    }

    fn push(&mut self, kind: TokenKind<'t>, start: usize) {
        let end = self.reader.mark.at;
        self.queue.push_back(Token { kind, start, end });
    }

    pub(super) fn push_token(&mut self, token: Token<'t>) {
        self.queue.push_back(token);
    }

    /// Puts an empty token before token `number`, or last when upstream has already handed that one out.
    fn insert(&mut self, number: usize, kind: TokenKind<'t>, at: usize) {
        let token = Token { kind, start: at, end: at };
        match number.checked_sub(self.taken).filter(|&index| index <= self.queue.len()) {
            Some(index) => self.queue.insert(index, token),
            None => self.queue.push_back(token),
        }
    }

    /// Opens an indentation level at `column`, if it is deeper than the current one.
    fn roll(&mut self, mark: Mark, number: Option<usize>, kind: TokenKind<'t>) -> Result<(), Fault> {
        let column = mark.column as isize;
        if self.brackets > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > DEPTH {
            return self.fault(mark, "exceeded the maximum depth of 10000");
        }
        let number = number.unwrap_or(self.taken + self.queue.len());
        self.insert(number, kind, mark.at);
        Ok(())
    }

    /// Closes the levels deeper than `column`.
    fn unroll(&mut self, column: isize) {
        while self.brackets == 0 && self.indent > column {
            let at = self.reader.mark.at;
            self.push(TokenKind::BlockEnd, at);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Scans one more token.
    fn fetch(&mut self) -> Result<(), Fault> {
        self.reader.need(1)?;
        self.skip_to_token()?;
        self.unroll(self.reader.mark.column as isize);
        self.reader.need(4)?;
        let start = self.reader.mark.at;
        let first = self.reader.peek(0);
        if first == 0 {
            return self.end_of_stream();
        }
        if self.reader.mark.column == 0 && first == b'%' {
            self.leave_document()?;
            return self.directive();
        }
        if self.reader.at_document_indicator() {
            self.leave_document()?;
            self.reader.skip_many(3);
            self.push(if first == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd }, start);
            return Ok(());
        }
        let ends = self.reader.is_blank_break_or_end(1);
        match first {
            b'[' => self.open(TokenKind::FlowSequenceStart),
            b'{' => self.open(TokenKind::FlowMappingStart),
            b']' => self.close(TokenKind::FlowSequenceEnd),
            b'}' => self.close(TokenKind::FlowMappingEnd),
            b',' => {
                self.drop_candidate()?;
                self.key_allowed = true;
                self.reader.skip();
                self.push(TokenKind::FlowEntry, start);
                Ok(())
            }
            b'-' if ends => self.block_entry(),
            b'?' if ends || self.brackets > 0 => self.explicit_key(),
            b':' if ends || self.brackets > 0 => self.value(),
            b'*' | b'&' => self.anchor(),
            b'!' => self.tag(),
            b'|' | b'>' if self.brackets == 0 => self.block_scalar(first == b'|'),
            b'\'' | b'"' => self.quoted(first),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => {
                self.fault(self.reader.mark, "found a character that cannot start any token")
            }
            // The other indicators reach this line only where upstream takes them as text.
            b'?' | b':' if self.brackets > 0 => {
                self.fault(self.reader.mark, "found a character that cannot start any token")
            }
            _ if self.reader.is_blank_break_or_end(0) => {
                self.fault(self.reader.mark, "found a tab where indentation is expected")
            }
            _ => self.plain(),
        }
    }

    /// Skips blanks, comments and line breaks.
    fn skip_to_token(&mut self) -> Result<(), Fault> {
        loop {
            self.reader.need(1)?;
            if self.reader.at_byte_order_mark() {
                self.reader.skip();
            }
            self.reader.need(1)?;
            // Tabs are no indentation: not where a key may stand in block context.
            while self.reader.peek(0) == b' '
                || (self.reader.peek(0) == b'\t' && (self.brackets > 0 || !self.key_allowed))
            {
                self.reader.skip();
                self.reader.need(1)?;
            }
            self.comment()?;
            if !self.reader.is_break(0) {
                return Ok(());
            }
            self.reader.need(2)?;
            self.reader.skip_break();
            if self.brackets == 0 {
                self.key_allowed = true;
            }
        }
    }

    /// Skips a comment, if one starts here.
    pub(super) fn comment(&mut self) -> Result<(), Fault> {
        if self.reader.peek(0) != b'#' {
            return Ok(());
        }
        let start = self.reader.mark.at;
        while !self.reader.is_break_or_end(0) {
            self.reader.skip();
            self.reader.need(1)?;
        }
        self.comments.push((start, self.reader.mark.at));
        Ok(())
    }

    fn leave_document(&mut self) -> Result<(), Fault> {
        self.unroll(-1);
        self.drop_candidate()?;
        self.key_allowed = false;
        Ok(())
    }

    fn end_of_stream(&mut self) -> Result<(), Fault> {
        if self.reader.mark.column != 0 {
            self.reader.mark.column = 0;
            self.reader.mark.line += 1;
        }
        self.leave_document()?;
        let at = self.reader.mark.at;
        self.push(TokenKind::StreamEnd, at);
        Ok(())
    }

    fn open(&mut self, kind: TokenKind<'t>) -> Result<(), Fault> {
        self.save_candidate()?;
        let mark = self.reader.mark;
        // Carries the number of the bracket itself, so that an empty pair of brackets makes upstream forget that
        // the bracket may begin a key.
        let token = self.taken + self.queue.len();
        self.candidates.push(Candidate { token, mark, ..Candidate::default() });
        self.brackets += 1;
        if self.brackets > DEPTH {
            return self.fault(mark, "exceeded the maximum depth of 10000");
        }
        self.key_allowed = true;
        self.reader.skip();
        self.push(kind, mark.at);
        Ok(())
    }

    fn close(&mut self, kind: TokenKind<'t>) -> Result<(), Fault> {
        self.drop_candidate()?;
        if self.brackets > 0 {
            self.brackets -= 1;
            if let Some(closed) = self.candidates.pop() {
                self.pending.remove(&closed.token);
            }
        }
        self.key_allowed = false;
        let start = self.reader.mark.at;
        self.reader.skip();
        self.push(kind, start);
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), Fault> {
        let mark = self.reader.mark;
        if self.brackets == 0 {
            if !self.key_allowed {
                return self.fault(mark, "block sequence entries are not allowed in this context");
            }
            self.roll(mark, None, TokenKind::BlockSequenceStart)?;
        }
        self.drop_candidate()?;
        self.key_allowed = true;
        self.reader.skip();
        self.push(TokenKind::BlockEntry, mark.at);
        Ok(())
    }

    fn explicit_key(&mut self) -> Result<(), Fault> {
        let mark = self.reader.mark;
        if self.brackets == 0 {
            if !self.key_allowed {
                return self.fault(mark, "mapping keys are not allowed in this context");
            }
            self.roll(mark, None, TokenKind::BlockMappingStart)?;
        }
        self.drop_candidate()?;
        self.key_allowed = self.brackets == 0;
        self.reader.skip();
        self.push(TokenKind::Key, mark.at);
        Ok(())
    }

    fn value(&mut self) -> Result<(), Fault> {
        let mark = self.reader.mark;
        let level = self.candidates.len().saturating_sub(1);
        if self.is_valid(level)? {
            let candidate = self.candidates.get(level).copied().unwrap_or_default();
            self.insert(candidate.token, TokenKind::Key, candidate.mark.at);
            self.roll(candidate.mark, Some(candidate.token), TokenKind::BlockMappingStart)?;
            if let Some(candidate) = self.candidates.get_mut(level) {
                candidate.possible = false;
            }
            self.pending.remove(&candidate.token);
            self.key_allowed = false;
        } else {
            if self.brackets == 0 {
                if !self.key_allowed {
                    return self.fault(mark, "mapping values are not allowed in this context");
                }
                self.roll(mark, None, TokenKind::BlockMappingStart)?;
            }
            self.key_allowed = self.brackets == 0;
        }
        self.reader.skip();
        self.push(TokenKind::Value, mark.at);
        Ok(())
    }
}
