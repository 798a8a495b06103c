//! From the raw tree to the document: aliases, merge keys, tags and keys as go-yaml's decoder and
//! `sigs.k8s.io/yaml` treat them.

use super::Fault;
use super::raw::{Raw, RawKind, RawTree};
use crate::parse::base64;
use crate::parse::chunk::Chunk;
use crate::parse::key::{self, KeyText};
use crate::parse::resolve::{Scalar, Tag, tagged};
use crate::parse::tape::Tape;
use crate::parse::{DEPTH, EXPANSION};
use crate::{Kind, Span, Style};
use std::borrow::Cow;
use std::collections::HashMap;

/// A collection that is being walked.
struct Frame {
    walk: Walk,
    /// Next raw node and the end of the children.
    next: usize,
    end: usize,
    /// The node to close at the end; merged mappings have none.
    node: Option<usize>,
    /// The alias that led here.
    alias: Option<usize>,
    copied: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Walk {
    Items,
    Keys,
    /// Backwards over the mappings that `<<: [a, b]` names, so that the first one wins.
    Merges,
}

struct Decoder<'a> {
    tree: &'a RawTree<'a>,
    chunk: &'a Chunk<'a>,
    tape: Tape,
    frames: Vec<Frame>,
    /// What is left to merge of each open `<<: [a, b]`.
    merges: Vec<Vec<usize>>,
    /// Aliases on the way to the current node.
    active: Vec<bool>,
    active_count: usize,
    decoded: u64,
    through_aliases: u64,
    /// Open collections of the result.
    depth: usize,
    /// Nodes that JSON has no form for, and why: refused unless a later entry takes their place.
    formless: Vec<(usize, &'static str)>,
    /// Bytes of scalar text, repeated ones counted again.
    text_bytes: usize,
    /// Texts already kept, by number of the raw text, and false for what a key became.
    kept: HashMap<(usize, bool), usize>,
}

/// Decodes a raw tree into a tape.
pub(super) fn decode<'a>(tree: &'a RawTree<'a>, chunk: &'a Chunk<'a>) -> Result<Tape, Fault> {
    let mut decoder = Decoder {
        tree,
        chunk,
        tape: Tape::default(),
        frames: Vec::new(),
        merges: Vec::new(),
        active: vec![false; tree.nodes.len()],
        active_count: 0,
        // Upstream counts the document itself.
        decoded: 1,
        through_aliases: 0,
        depth: 0,
        formless: Vec::new(),
        text_bytes: 0,
        kept: HashMap::new(),
    };
    decoder.value(0, false)?;
    while decoder.step()? {}
    if !decoder.formless.is_empty()
        && let Some(node) = key::first_live(&decoder.tape, chunk.source(), &decoder.formless)
    {
        let at = decoder.tape.nodes.get(node).map_or(0, |node| chunk.position(node.start));
        let message =
            decoder.formless.iter().find(|(other, _)| *other == node).map_or("", |(_, message)| message);
        return Err(Fault { at, message });
    }
    Ok(decoder.tape)
}

impl Decoder<'_> {
    fn raw(&self, index: usize) -> Result<Raw, Fault> {
        self.tree.nodes.get(index).copied().ok_or(Fault { at: 0, message: "document without content" })
    }

    fn fault<T>(&self, raw: &Raw, message: &'static str) -> Result<T, Fault> {
        Err(Fault { at: raw.start, message })
    }

    fn text(&self, raw: &Raw) -> &str {
        self.tree.texts.get(raw.reference).map_or("", |text| text.as_ref())
    }

    /// Upstream's bound on what aliases may multiply.
    fn count(&mut self, raw: &Raw) -> Result<(), Fault> {
        self.decoded += 1;
        if self.active_count > 0 {
            self.through_aliases += 1;
        }
        let (decoded, aliased) = (self.decoded as f64, self.through_aliases as f64);
        let allowed = match self.decoded {
            0..=400_000 => 0.99,
            4_000_000.. => 0.10,
            _ => 0.99 - 0.89 * ((decoded - 400_000.0) / 3_600_000.0),
        };
        if self.through_aliases > 100 && self.decoded > 1000 && aliased / decoded > allowed {
            return self.fault(raw, "document contains excessive aliasing");
        }
        Ok(())
    }

    fn enter_alias(&mut self, index: usize, raw: &Raw) -> Result<(), Fault> {
        match self.active.get_mut(index) {
            Some(active) if !*active => *active = true,
            _ => return self.fault(raw, "anchor value contains itself"),
        }
        self.active_count += 1;
        Ok(())
    }

    fn leave_alias(&mut self, alias: Option<usize>) {
        if let Some(active) = alias.and_then(|index| self.active.get_mut(index)) {
            *active = false;
            self.active_count -= 1;
        }
    }

    /// Decodes the value at `index`; collections go on in `step`.
    fn value(&mut self, index: usize, copied: bool) -> Result<(), Fault> {
        let raw = self.raw(index)?;
        self.count(&raw)?;
        if raw.kind != RawKind::Alias {
            return self.node(index, raw, copied, None);
        }
        self.enter_alias(index, &raw)?;
        let target = self.raw(raw.reference)?;
        self.count(&target)?;
        self.node(raw.reference, target, true, Some(index))
    }

    fn node(&mut self, index: usize, raw: Raw, copied: bool, alias: Option<usize>) -> Result<(), Fault> {
        let (kind, walk) = match raw.kind {
            RawKind::Mapping => (Kind::Mapping, Walk::Keys),
            RawKind::Sequence => (Kind::Sequence, Walk::Items),
            RawKind::Scalar | RawKind::Alias => {
                self.scalar(&raw, copied)?;
                self.leave_alias(alias);
                return Ok(());
            }
        };
        self.depth += 1;
        if self.depth > DEPTH {
            return self.fault(&raw, "exceeded the maximum depth of 10000");
        }
        let span = self.chunk.span(raw.start, raw.end);
        let node = Some(self.tape.push(span, kind, raw.style, copied));
        self.frames.push(Frame { walk, next: index + 1, end: index + raw.size, node, alias, copied });
        Ok(())
    }

    /// One child of the innermost collection. False when all is done.
    fn step(&mut self) -> Result<bool, Fault> {
        let Some(frame) = self.frames.last() else { return Ok(false) };
        let (walk, next, copied) = (frame.walk, frame.next, frame.copied);
        if next >= frame.end {
            if let Some(frame) = self.frames.pop() {
                if let Some(node) = frame.node {
                    self.tape.close(node);
                    self.depth -= 1;
                    if frame.walk == Walk::Keys && !frame.copied {
                        key::find_duplicates(&mut self.tape, node, self.chunk.source());
                    }
                }
                if frame.walk == Walk::Merges {
                    self.merges.pop();
                }
                self.leave_alias(frame.alias);
            }
            return Ok(true);
        }
        if walk == Walk::Merges {
            self.merge_last()?;
            return Ok(true);
        }
        let child = self.raw(next)?;
        let after = next + child.size;
        match walk {
            Walk::Items => {
                self.advance(after);
                self.value(next, copied)?;
            }
            Walk::Keys => {
                let value = self.raw(after)?;
                self.advance(after + value.size);
                if self.is_merge(&child) {
                    self.merge(after, value)?;
                } else {
                    self.key(next, child, copied)?;
                    self.value(after, copied)?;
                }
            }
            Walk::Merges => {}
        }
        Ok(true)
    }

    fn advance(&mut self, next: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.next = next;
        }
    }

    fn is_merge(&self, raw: &Raw) -> bool {
        let implicit = raw.tag == Tag::NonSpecific || (raw.tag == Tag::None && raw.style == Style::Plain);
        raw.kind == RawKind::Scalar && (implicit || raw.tag == Tag::Merge) && self.text(raw) == "<<"
    }

    /// `<<: value`.
    fn merge(&mut self, index: usize, raw: Raw) -> Result<(), Fault> {
        if raw.kind != RawKind::Sequence {
            return self.merge_mapping(index, raw);
        }
        let mut list = Vec::new();
        let mut at = index + 1;
        while at < index + raw.size {
            list.push(at);
            at += self.raw(at)?.size;
        }
        let end = list.len();
        self.merges.push(list);
        self.frames.push(Frame { walk: Walk::Merges, next: 0, end, node: None, alias: None, copied: true });
        Ok(())
    }

    /// The last mapping of `<<: [a, b]` that is not merged yet.
    fn merge_last(&mut self) -> Result<(), Fault> {
        let Some(last) = self.merges.last_mut().and_then(Vec::pop) else { return Ok(()) };
        if let Some(frame) = self.frames.last_mut() {
            frame.next += 1;
        }
        let raw = self.raw(last)?;
        self.merge_mapping(last, raw)
    }

    fn merge_mapping(&mut self, index: usize, raw: Raw) -> Result<(), Fault> {
        const WANTED: &str = "map merge requires map or sequence of maps as the value";
        let (mut body, mut target, mut alias) = (index, raw, None);
        if raw.kind == RawKind::Alias {
            (body, target, alias) = (raw.reference, self.raw(raw.reference)?, Some(index));
        }
        if target.kind != RawKind::Mapping {
            return self.fault(&raw, WANTED);
        }
        self.count(&raw)?;
        if alias.is_some() {
            self.enter_alias(index, &raw)?;
            self.count(&target)?;
        }
        let (walk, next, end) = (Walk::Keys, body + 1, body + target.size);
        self.frames.push(Frame { walk, next, end, node: None, alias, copied: true });
        Ok(())
    }

    /// Decodes a key and writes it as the string it becomes in JSON.
    fn key(&mut self, index: usize, raw: Raw, copied: bool) -> Result<(), Fault> {
        self.count(&raw)?;
        let (mut target, mut copied, mut alias) = (raw, copied, None);
        if raw.kind == RawKind::Alias {
            self.enter_alias(index, &raw)?;
            target = self.raw(raw.reference)?;
            self.count(&target)?;
            (copied, alias) = (true, Some(index));
        }
        if target.kind != RawKind::Scalar {
            return self.fault(&raw, "a mapping or sequence cannot be a key");
        }
        let (scalar, text) = self.resolve(&target)?;
        let text = text.into_owned();
        let span = self.span_of(&target);
        match key::text(scalar, &text) {
            KeyText::AsWritten => {
                self.tape.push(span, Kind::String, target.style, copied);
                self.write_text(&target, &text, true)?;
            }
            KeyText::Made(made) => {
                self.tape.push(span, Kind::String, target.style, copied);
                self.write_text(&target, &made, false)?;
            }
            KeyText::Refused(message) => {
                self.formless.push((self.tape.nodes.len(), message));
                self.tape.push(span, Kind::String, target.style, copied);
                self.write_text(&target, &text, true)?;
            }
        }
        self.leave_alias(alias);
        Ok(())
    }

    fn span_of(&self, raw: &Raw) -> Span {
        self.chunk.span(raw.start, raw.end)
    }

    fn scalar(&mut self, raw: &Raw, copied: bool) -> Result<(), Fault> {
        let (scalar, text) = self.resolve(raw)?;
        let text = text.into_owned();
        let kind = match scalar {
            Scalar::Null => Kind::Null,
            Scalar::Bool(true) => Kind::True,
            Scalar::Bool(false) => Kind::False,
            Scalar::Int(_) | Scalar::Uint(_) => Kind::Int,
            Scalar::Float(value) => {
                if !value.is_finite() {
                    self.formless.push((self.tape.nodes.len(), "infinity and not-a-number cannot be values"));
                }
                Kind::Float
            }
            Scalar::String => Kind::String,
        };
        let span = self.span_of(raw);
        self.tape.push(span, kind, raw.style, copied);
        self.write_text(raw, &text, true)
    }

    /// What a scalar means, and its text.
    fn resolve(&self, raw: &Raw) -> Result<(Scalar, Cow<'_, str>), Fault> {
        let text = self.text(raw);
        if raw.tag == Tag::None && raw.style != Style::Plain {
            return Ok((Scalar::String, text.into()));
        }
        if raw.tag == Tag::Binary {
            return match base64::decode(text.as_bytes()) {
                Some(bytes) => Ok((Scalar::String, base64::text(&bytes).into())),
                None => self.fault(raw, "!!binary value contains invalid base64 data"),
            };
        }
        match tagged(raw.tag, text) {
            Some(scalar) => Ok((scalar, text.into())),
            None => self.fault(raw, "value does not fit its tag"),
        }
    }

    /// Keeps the text of the node pushed last, unless it is what stands in the source.
    fn write_text(&mut self, raw: &Raw, text: &str, decoded: bool) -> Result<(), Fault> {
        self.text_bytes += text.len();
        if self.text_bytes > EXPANSION {
            return self.fault(raw, "aliases expand to more than 256 MiB of text");
        }
        let source = self.chunk.source();
        let Span { start, end } = self.span_of(raw);
        let inner = match raw.style {
            Style::Plain => source.get(start as usize..end as usize),
            Style::SingleQuoted | Style::DoubleQuoted => {
                source.get(start as usize + 1..(end as usize).saturating_sub(1))
            }
            _ => None,
        };
        if inner == Some(text) && raw.tag != Tag::Binary {
            return Ok(());
        }
        let texts = &mut self.tape.texts;
        let number = *self.kept.entry((raw.reference, decoded)).or_insert_with(|| {
            let number = texts.keep(text);
            if raw.tag == Tag::Binary {
                texts.binary.push(number as u32);
            }
            number
        });
        self.tape.own(number);
        Ok(())
    }
}
