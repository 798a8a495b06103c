//! Tokens to a raw tree, with libyaml's grammar and its habits.

use super::Fault;
use super::raw::{MOST_RAW, Raw, RawKind, RawTree};
use super::scanner::Scanner;
use super::token::{Token, TokenKind};
use crate::Style;
use crate::parse::resolve::Tag;
use std::borrow::Cow;
use std::collections::HashMap;

/// An open collection and what it expects next. `usize`: its raw node.
#[derive(Clone, Copy, Debug)]
enum Open {
    BlockSequence(usize),
    /// A sequence at the indentation of the mapping it belongs to.
    Indentless(usize),
    BlockKey(usize),
    BlockValue(usize),
    FlowFirst(usize),
    FlowItem(usize),
    /// `[a: b]`: a mapping of one entry inside of a sequence.
    PairKey(usize),
    PairValue(usize),
    PairEnd(usize),
    FlowFirstKey(usize),
    FlowKey(usize),
    FlowValue(usize),
    /// A key of a flow mapping that no `:` follows.
    FlowNoValue(usize),
}

/// What ends an empty place, so that no node is there.
fn is_block_end(kind: &TokenKind<'_>) -> bool {
    matches!(kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd)
}

pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    tree: RawTree<'t>,
    open: Vec<Open>,
    anchors: HashMap<&'t str, usize>,
    handles: Vec<(&'t str, Vec<u8>)>,
    /// Where the latest node ends.
    ended: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            scanner: Scanner::new(text),
            tree: RawTree::default(),
            open: Vec::new(),
            anchors: HashMap::new(),
            handles: Vec::new(),
            ended: 0,
        }
    }

    /// Reads the first document; `None` if there is none.
    pub(super) fn document(mut self) -> Result<Option<RawTree<'t>>, Fault> {
        match self.scanner.peek()?.kind {
            TokenKind::StreamEnd => return Ok(None),
            TokenKind::Version { .. } | TokenKind::TagDirective { .. } | TokenKind::DocumentStart => {
                self.directives()?;
                let token = self.scanner.peek()?;
                if !matches!(token.kind, TokenKind::DocumentStart) {
                    return Err(Fault { at: token.start, message: "did not find expected '---'" });
                }
                let end = token.end;
                self.scanner.take();
                match self.scanner.peek()?.kind {
                    TokenKind::Version { .. }
                    | TokenKind::TagDirective { .. }
                    | TokenKind::DocumentStart
                    | TokenKind::DocumentEnd
                    | TokenKind::StreamEnd => self.empty(end),
                    _ => self.node(true, false)?,
                }
            }
            _ => {
                self.default_handles();
                self.node(true, false)?;
            }
        }
        while let Some(open) = self.open.pop() {
            self.step(open)?;
        }
        // Upstream looks at one token behind the document, and at nothing further.
        self.scanner.peek()?;
        self.tree.comments = std::mem::take(&mut self.scanner.comments);
        Ok(Some(self.tree))
    }

    fn directives(&mut self) -> Result<(), Fault> {
        let mut versions = 0;
        loop {
            let at = self.scanner.peek()?.start;
            match self.scanner.peek()?.kind.clone() {
                TokenKind::Version { major, minor } => {
                    versions += 1;
                    if versions > 1 {
                        return Err(Fault { at, message: "found a second %YAML directive" });
                    }
                    if (major, minor) != (1, 1) {
                        return Err(Fault {
                            at,
                            message: "found a %YAML directive of another version than 1.1",
                        });
                    }
                }
                TokenKind::TagDirective { handle, prefix } => {
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return Err(Fault {
                            at,
                            message: "found a second %TAG directive of the same handle",
                        });
                    }
                    self.handles.push((handle, prefix));
                }
                _ => break,
            }
            self.scanner.take();
        }
        self.default_handles();
        Ok(())
    }

    fn default_handles(&mut self) {
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self.handles.iter().any(|(known, _)| *known == handle) {
                self.handles.push((handle, prefix.into()));
            }
        }
    }

    fn push(&mut self, raw: Raw) -> usize {
        self.ended = self.ended.max(raw.end);
        if self.tree.nodes.len() >= MOST_RAW {
            self.tree.full = true;
            return MOST_RAW - 1;
        }
        self.tree.nodes.push(raw);
        self.tree.nodes.len() - 1
    }

    fn text(&mut self, text: Cow<'t, str>) -> usize {
        // Each belongs to a node.
        if self.tree.texts.len() <= MOST_RAW {
            self.tree.texts.push(text);
        }
        self.tree.texts.len() - 1
    }

    /// A scalar of no characters.
    fn empty(&mut self, at: usize) {
        let reference = self.text(Cow::Borrowed(""));
        let (kind, style, tag) = (RawKind::Scalar, Style::Plain, Tag::None);
        self.push(Raw { kind, style, tag, start: at, end: at, size: 1, reference });
    }

    fn close(&mut self, node: usize, end: usize) {
        self.ended = self.ended.max(end);
        let size = self.tree.nodes.len() - node;
        if let Some(raw) = self.tree.nodes.get_mut(node) {
            raw.size = size;
            raw.end = end;
        }
    }

    /// Closes a block collection where its last node ends.
    fn close_block(&mut self, node: usize) {
        self.close(node, self.ended);
    }

    /// One node with its properties.
    fn node(&mut self, block: bool, indentless: bool) -> Result<(), Fault> {
        let first = self.scanner.peek()?;
        let start = first.start;
        if let TokenKind::Alias(name) = first.kind {
            let end = first.end;
            self.scanner.take();
            let Some(&target) = self.anchors.get(name) else {
                return Err(Fault { at: start, message: "unknown anchor referenced" });
            };
            let (kind, style, tag) = (RawKind::Alias, Style::Plain, Tag::None);
            self.push(Raw { kind, style, tag, start, end, size: 1, reference: target });
            return Ok(());
        }
        let (tag, properties_end) = self.properties()?;
        let token = self.scanner.peek()?;
        let (start, end) = (token.start, token.end);
        let (kind, style, open): (RawKind, Style, fn(usize) -> Open) = match &token.kind {
            TokenKind::BlockEntry if indentless => (RawKind::Sequence, Style::Block, Open::Indentless),
            TokenKind::Scalar { .. } => {
                if let Some(Token { kind: TokenKind::Scalar { text, style }, .. }) = self.scanner.take() {
                    let reference = self.text(text);
                    self.push(Raw { kind: RawKind::Scalar, style, tag, start, end, size: 1, reference });
                }
                return Ok(());
            }
            TokenKind::FlowSequenceStart => (RawKind::Sequence, Style::Flow, Open::FlowFirst),
            TokenKind::FlowMappingStart => (RawKind::Mapping, Style::Flow, Open::FlowFirstKey),
            TokenKind::BlockSequenceStart if block => (RawKind::Sequence, Style::Block, Open::BlockSequence),
            TokenKind::BlockMappingStart if block => (RawKind::Mapping, Style::Block, Open::BlockKey),
            _ => {
                let Some(at) = properties_end else {
                    return Err(Fault { at: start, message: "did not find expected node content" });
                };
                let reference = self.text(Cow::Borrowed(""));
                let (kind, style) = (RawKind::Scalar, Style::Plain);
                self.push(Raw { kind, style, tag, start: at, end: at, size: 1, reference });
                return Ok(());
            }
        };
        if !matches!(token.kind, TokenKind::BlockEntry) {
            self.scanner.take();
        }
        let node = self.push(Raw { kind, style, tag, start, end, size: 1, reference: 0 });
        self.open.push(open(node));
        Ok(())
    }

    /// Anchor and tag before a node, and where they end. The anchor is bound to the node that is pushed next.
    fn properties(&mut self) -> Result<(Tag, Option<usize>), Fault> {
        let (mut anchored, mut tagged, mut end) = (false, None, None);
        for _ in 0..2 {
            let token = self.scanner.peek()?;
            match token.kind {
                TokenKind::Anchor(name) if !anchored => {
                    anchored = true;
                    self.anchors.insert(name, self.tree.nodes.len());
                }
                TokenKind::Tag { .. } if tagged.is_none() => {
                    let token = token.clone();
                    if let TokenKind::Tag { handle, suffix } = token.kind {
                        tagged = Some(self.resolve_tag(handle, &suffix, token.start)?);
                    }
                }
                _ => break,
            }
            end = self.scanner.take().map(|token| token.end);
        }
        Ok((tagged.unwrap_or(Tag::None), end))
    }

    fn resolve_tag(&self, handle: &str, suffix: &[u8], at: usize) -> Result<Tag, Fault> {
        let mut tag = if handle.is_empty() {
            Vec::new()
        } else {
            match self.handles.iter().find(|(known, _)| *known == handle) {
                Some((_, prefix)) => prefix.clone(),
                None => return Err(Fault { at, message: "found undefined tag handle" }),
            }
        };
        tag.extend_from_slice(suffix);
        Ok(match tag.as_slice() {
            b"!" => Tag::NonSpecific,
            b"" => Tag::None,
            _ => match tag.strip_prefix(b"tag:yaml.org,2002:".as_slice()) {
                Some(b"str") => Tag::Str,
                Some(b"bool") => Tag::Bool,
                Some(b"int") => Tag::Int,
                Some(b"float") => Tag::Float,
                Some(b"null") => Tag::Null,
                Some(b"timestamp") => Tag::Timestamp,
                Some(b"binary") => Tag::Binary,
                Some(b"merge") => Tag::Merge,
                _ => Tag::Other,
            },
        })
    }

    /// Goes on with the innermost open collection, which was taken from the stack.
    fn step(&mut self, open: Open) -> Result<(), Fault> {
        match open {
            Open::BlockSequence(node) => self.block_item(node),
            Open::Indentless(node) => self.indentless_item(node),
            Open::BlockKey(node) => self.block_key(node),
            Open::BlockValue(node) => self.block_value(node),
            Open::FlowFirst(node) => self.flow_item(node, true),
            Open::FlowItem(node) => self.flow_item(node, false),
            Open::PairKey(node) => self.pair_key(node),
            Open::PairValue(node) => self.pair_value(node),
            Open::PairEnd(node) => {
                self.scanner.peek()?;
                self.close_block(node);
                Ok(())
            }
            Open::FlowFirstKey(node) => self.flow_key(node, true),
            Open::FlowKey(node) => self.flow_key(node, false),
            Open::FlowValue(node) => self.flow_value(node),
            Open::FlowNoValue(node) => {
                let at = self.ended;
                self.open.push(Open::FlowKey(node));
                self.scanner.peek()?;
                self.empty(at);
                Ok(())
            }
        }
    }

    fn block_item(&mut self, node: usize) -> Result<(), Fault> {
        let token = self.scanner.peek()?;
        let (start, end) = (token.start, token.end);
        match token.kind {
            TokenKind::BlockEntry => {
                self.scanner.take();
                self.open.push(Open::BlockSequence(node));
                match self.scanner.peek()?.kind {
                    TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(end),
                    _ => self.node(true, false)?,
                }
                Ok(())
            }
            TokenKind::BlockEnd => {
                self.scanner.take();
                self.close_block(node);
                Ok(())
            }
            _ => Err(Fault { at: start, message: "did not find expected '-' indicator" }),
        }
    }

    fn indentless_item(&mut self, node: usize) -> Result<(), Fault> {
        let token = self.scanner.peek()?;
        let end = token.end;
        if !matches!(token.kind, TokenKind::BlockEntry) {
            self.close_block(node);
            return Ok(());
        }
        self.scanner.take();
        self.open.push(Open::Indentless(node));
        let next = &self.scanner.peek()?.kind;
        if matches!(next, TokenKind::BlockEntry) || is_block_end(next) {
            self.empty(end);
            return Ok(());
        }
        self.node(true, false)
    }

    fn block_key(&mut self, node: usize) -> Result<(), Fault> {
        let token = self.scanner.peek()?;
        let (start, end) = (token.start, token.end);
        match token.kind {
            TokenKind::Key => {
                self.scanner.take();
                self.open.push(Open::BlockValue(node));
                if is_block_end(&self.scanner.peek()?.kind) {
                    self.empty(end);
                    return Ok(());
                }
                self.node(true, true)
            }
            TokenKind::BlockEnd => {
                self.scanner.take();
                self.close_block(node);
                Ok(())
            }
            _ => Err(Fault { at: start, message: "did not find expected key" }),
        }
    }

    fn block_value(&mut self, node: usize) -> Result<(), Fault> {
        self.open.push(Open::BlockKey(node));
        let token = self.scanner.peek()?;
        let end = token.end;
        if !matches!(token.kind, TokenKind::Value) {
            let at = self.ended;
            self.empty(at);
            return Ok(());
        }
        self.scanner.take();
        if is_block_end(&self.scanner.peek()?.kind) {
            self.empty(end);
            return Ok(());
        }
        self.node(true, true)
    }

    fn flow_item(&mut self, node: usize, first: bool) -> Result<(), Fault> {
        if !matches!(self.scanner.peek()?.kind, TokenKind::FlowSequenceEnd) {
            if !first {
                self.separator("did not find expected ',' or ']'")?;
            }
            let token = self.scanner.peek()?;
            let start = token.start;
            match token.kind {
                TokenKind::Key => {
                    self.scanner.take();
                    self.open.push(Open::FlowItem(node));
                    let (kind, style, tag) = (RawKind::Mapping, Style::Flow, Tag::None);
                    let pair = self.push(Raw { kind, style, tag, start, end: start, size: 1, reference: 0 });
                    self.open.push(Open::PairKey(pair));
                    return Ok(());
                }
                TokenKind::FlowSequenceEnd => {}
                _ => {
                    self.open.push(Open::FlowItem(node));
                    return self.node(false, false);
                }
            }
        }
        let end = self.scanner.take().map_or(0, |token| token.end);
        self.close(node, end);
        Ok(())
    }

    fn separator(&mut self, message: &'static str) -> Result<(), Fault> {
        let token = self.scanner.peek()?;
        if !matches!(token.kind, TokenKind::FlowEntry) {
            return Err(Fault { at: token.start, message });
        }
        self.scanner.take();
        Ok(())
    }

    fn pair_key(&mut self, pair: usize) -> Result<(), Fault> {
        self.open.push(Open::PairValue(pair));
        let token = self.scanner.peek()?;
        let end = token.end;
        if matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
            // Upstream loses this token, too.
            self.scanner.take();
            self.empty(end);
            return Ok(());
        }
        self.node(false, false)
    }

    fn pair_value(&mut self, pair: usize) -> Result<(), Fault> {
        self.open.push(Open::PairEnd(pair));
        let mut at = self.ended;
        let token = self.scanner.peek()?;
        if matches!(token.kind, TokenKind::Value) {
            at = token.end;
            self.scanner.take();
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node(false, false);
            }
        }
        self.empty(at);
        Ok(())
    }

    fn flow_key(&mut self, node: usize, first: bool) -> Result<(), Fault> {
        if !matches!(self.scanner.peek()?.kind, TokenKind::FlowMappingEnd) {
            if !first {
                self.separator("did not find expected ',' or '}'")?;
            }
            let token = self.scanner.peek()?;
            let end = token.end;
            match token.kind {
                TokenKind::Key => {
                    self.scanner.take();
                    self.open.push(Open::FlowValue(node));
                    return match self.scanner.peek()?.kind {
                        TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                            self.empty(end);
                            Ok(())
                        }
                        _ => self.node(false, false),
                    };
                }
                TokenKind::FlowMappingEnd => {}
                _ => {
                    self.open.push(Open::FlowNoValue(node));
                    return self.node(false, false);
                }
            }
        }
        let end = self.scanner.take().map_or(0, |token| token.end);
        self.close(node, end);
        Ok(())
    }

    fn flow_value(&mut self, node: usize) -> Result<(), Fault> {
        self.open.push(Open::FlowKey(node));
        let mut at = self.ended;
        let token = self.scanner.peek()?;
        if matches!(token.kind, TokenKind::Value) {
            at = token.end;
            self.scanner.take();
            if !matches!(self.scanner.peek()?.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node(false, false);
            }
        }
        self.empty(at);
        Ok(())
    }
}
