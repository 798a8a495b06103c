//! Literal (`|`) and folded (`>`) scalars.

use super::Fault;
use super::reader::Mark;
use super::scanner::Scanner;
use super::token::{Token, TokenKind};
use crate::Style;
use std::borrow::Cow;

/// What the header says about the line breaks at the end.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl Scanner<'_> {
    /// A block scalar, from its `|` or `>`. The token ends before its last line break.
    pub(super) fn block_scalar(&mut self, literal: bool) -> Result<(), Fault> {
        self.drop_candidate()?;
        self.key_allowed = true;
        let start = self.reader.mark;
        self.reader.skip();
        let (chomping, increment) = self.header(start)?;
        let mut end = self.reader.mark.at;
        self.end_of_line(start, "did not find expected end of a block scalar's header")?;
        // 0 stands for "as deep as the first line".
        let mut indent = if increment > 0 { self.indent.max(0) + increment } else { 0 };
        let mut text = String::new();
        let mut leading: &'static str = "";
        let mut trailing = String::new();
        self.breaks(&mut indent, &mut trailing, start)?;
        self.reader.need(1)?;
        let mut was_blank = false;
        while self.reader.mark.column as isize == indent && !self.reader.is_end() {
            let is_blank = self.reader.is_blank(0);
            if !literal && !was_blank && !is_blank && leading == "\n" {
                if trailing.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(leading);
            }
            text.push_str(&trailing);
            trailing.clear();
            was_blank = is_blank;
            let line = self.reader.mark.at;
            while !self.reader.is_break_or_end(0) {
                self.reader.skip();
                self.reader.need(1)?;
            }
            end = self.reader.mark.at;
            text.push_str(self.reader.text.get(line..end).unwrap_or(""));
            self.reader.need(2)?;
            leading = self.reader.skip_break();
            let after = self.reader.mark.at;
            self.breaks(&mut indent, &mut trailing, start)?;
            if chomping == Chomping::Keep && !trailing.is_empty() {
                end = self.before_last_break(after, trailing.len());
            }
        }
        if chomping != Chomping::Strip {
            text.push_str(leading);
        }
        if chomping == Chomping::Keep {
            text.push_str(&trailing);
        }
        let style = if literal { Style::Literal } else { Style::Folded };
        let kind = TokenKind::Scalar { text: Cow::Owned(text), style };
        self.push_token(Token { kind, start: start.at, end });
        Ok(())
    }

    /// `+`, `-` and an indentation digit, in either order.
    fn header(&mut self, start: Mark) -> Result<(Chomping, isize), Fault> {
        let (mut chomping, mut increment) = (Chomping::Clip, 0);
        for _ in 0..2 {
            self.reader.need(1)?;
            match self.reader.peek(0) {
                b'+' | b'-' if chomping == Chomping::Clip => {
                    chomping = if self.reader.peek(0) == b'+' { Chomping::Keep } else { Chomping::Strip };
                }
                b'0' if increment == 0 => {
                    return self.fault(start, "found an indentation indicator equal to 0");
                }
                digit @ b'1'..=b'9' if increment == 0 => increment = isize::from(digit - b'0'),
                _ => break,
            }
            self.reader.skip();
        }
        Ok((chomping, increment))
    }

    /// Indentation and empty lines; finds out the indentation when it is still 0.
    fn breaks(&mut self, indent: &mut isize, breaks: &mut String, start: Mark) -> Result<(), Fault> {
        let mut deepest = 0;
        loop {
            self.reader.need(1)?;
            while (*indent == 0 || (self.reader.mark.column as isize) < *indent)
                && self.reader.peek(0) == b' '
            {
                self.reader.skip();
                self.reader.need(1)?;
            }
            let column = self.reader.mark.column as isize;
            deepest = deepest.max(column);
            if (*indent == 0 || column < *indent) && self.reader.peek(0) == b'\t' {
                return self.fault(start, "found a tab where indentation of a block scalar is expected");
            }
            if !self.reader.is_break(0) {
                break;
            }
            self.reader.need(2)?;
            breaks.push_str(self.reader.skip_break());
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }

    /// The end of `count` line breaks after `from`, the last one left out.
    fn before_last_break(&self, from: usize, count: usize) -> usize {
        let rest = self.reader.text.get(from..).unwrap_or("");
        rest.match_indices('\n').nth(count.saturating_sub(1)).map_or(from, |(at, _)| from + at)
    }
}
