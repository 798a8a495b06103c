//! A cursor into an object that remembers what it did not find: findings on absent fields need both the nearest
//! existing place and the full path.

use crate::{Change, Object, WellKnown};
use seawall_yaml::{NodeId, NodeRef, Place, Span};
use std::sync::Arc;

const MISSING: usize = 4;

/// A place in an object: an existing node, and below it the keys that do not exist.
#[derive(Clone, Copy)]
pub struct At<'a> {
    object: &'a Arc<Object>,
    node: NodeId,
    /// What is missing below it: paths joined by dots, or single keys where `dotted` is not set.
    missing: [&'a str; MISSING],
    missing_len: u8,
    dotted: u8,
}

impl std::fmt::Debug for At<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "At({})", self.field_ref().field())
    }
}

impl<'a> At<'a> {
    /// The cursor at an existing node.
    pub fn new(object: &'a Arc<Object>, node: NodeId) -> Self {
        Self { object, node, missing: [""; MISSING], missing_len: 0, dotted: 0 }
    }

    /// The object.
    pub fn object(self) -> &'a Arc<Object> {
        self.object
    }

    /// The value below keys joined by dots. Missing keys are remembered, so this never fails.
    pub fn get(self, path: &'a str) -> Self {
        // Paths are a few bytes long: a plain loop is faster than a search.
        let mut at = self;
        let mut rest = path;
        while at.missing_len == 0 {
            let Some(dot) = rest.bytes().position(|byte| byte == b'.') else { return at.key(rest) };
            let (key, tail) = rest.split_at(dot);
            match at.nearest().get(key) {
                Some(value) => at.node = value.id(),
                None => break,
            }
            rest = tail.get(1..).unwrap_or("");
        }
        at.push_missing(rest, true)
    }

    /// The value of one key, which may contain dots.
    #[inline]
    pub fn key(mut self, key: &'a str) -> Self {
        if self.missing_len == 0
            && let Some(value) = self.nearest().get(key)
        {
            self.node = value.id();
            return self;
        }
        self.push_missing(key, false)
    }

    fn push_missing(mut self, keys: &'a str, dotted: bool) -> Self {
        if let Some(slot) = self.missing.get_mut(self.missing_len as usize) {
            *slot = keys;
            self.dotted |= u8::from(dotted) << self.missing_len;
            self.missing_len += 1;
        }
        self
    }

    /// The keys that are missing, as [`Missing`] keeps them.
    fn missing_text(&self) -> impl Iterator<Item = char> {
        self.missing.into_iter().take(self.missing_len as usize).enumerate().flat_map(move |(slot, key)| {
            let dotted = self.dotted & (1 << slot) != 0;
            let keys = key.chars().map(move |c| if dotted && c == '.' { '\0' } else { c });
            (slot > 0).then_some('\0').into_iter().chain(keys)
        })
    }

    /// [`At::field_ref`] that shares what is missing with another place, if it is the same: one control after the
    /// other asks all objects for the same field.
    pub(crate) fn field_ref_like(self, other: Option<&FieldRef>) -> FieldRef {
        let shared = other.map(|other| &other.missing).filter(|other| match &other.0 {
            Some(keys) => self.missing_text().eq(keys.chars()),
            None => self.missing_len == 0,
        });
        let missing = shared.cloned().unwrap_or_else(|| Missing::new(self.missing_text()));
        FieldRef { object: self.object.clone(), node: self.node, missing }
    }

    /// The place of an existing child node (an element, or a value found by other means).
    pub fn child(self, node: NodeRef<'a>) -> Self {
        Self::new(self.object, node.id())
    }

    /// The deepest existing node.
    pub fn nearest(self) -> NodeRef<'a> {
        self.object.document().node(self.node)
    }

    /// The node, if it exists. An explicit `null` counts as unset, as in Kubernetes.
    pub fn node(self) -> Option<NodeRef<'a>> {
        (self.missing_len == 0).then(|| self.nearest()).filter(|node| !node.is_null())
    }

    /// Whether it is there and not null.
    pub fn exists(self) -> bool {
        self.node().is_some()
    }

    /// This place if the value is exactly the boolean `wanted`.
    pub fn when(self, wanted: bool) -> Option<Self> {
        (self.bool() == Some(wanted)).then_some(self)
    }

    /// The boolean there.
    pub fn bool(self) -> Option<bool> {
        self.node()?.as_bool()
    }

    /// Whether it is exactly `true`.
    pub fn is_true(self) -> bool {
        self.bool() == Some(true)
    }

    /// Whether it is exactly `false`.
    pub fn is_false(self) -> bool {
        self.bool() == Some(false)
    }

    /// The string there.
    pub fn str(self) -> Option<&'a str> {
        self.node()?.as_str()
    }

    /// The text of any scalar there.
    pub fn text(self) -> Option<&'a str> {
        self.node().filter(|node| !node.is_mapping() && !node.is_sequence()).map(NodeRef::text)
    }

    /// The integer there. A number such as `80.0` or `8e1` counts: on its way through JSON it becomes `80`.
    pub fn int(self) -> Option<i64> {
        let node = self.node()?;
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64);
        node.as_i64().or_else(|| node.as_f64().and_then(whole))
    }

    /// The elements, if it is a sequence; nothing otherwise.
    pub fn items(self) -> impl Iterator<Item = At<'a>> + Clone {
        self.node().into_iter().flat_map(NodeRef::items).map(move |item| self.child(item))
    }

    /// The entries, if it is a mapping; nothing otherwise.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, At<'a>)> + Clone {
        self.node()
            .into_iter()
            .flat_map(NodeRef::entries)
            .map(move |(key, value)| (key.text(), self.child(value)))
    }

    /// Whether a sequence of strings holds `text`.
    pub fn contains(self, text: &str) -> bool {
        self.items().any(|item| item.str() == Some(text))
    }

    /// An owned form for findings.
    pub fn field_ref(self) -> FieldRef {
        self.field_ref_like(None)
    }

    /// The change that writes `yaml` here, making missing parents.
    pub fn set(self, yaml: impl Into<String>) -> Change {
        Change::Set { at: self.field_ref(), yaml: yaml.into() }
    }

    /// The change that removes this entry or element.
    pub fn remove(self) -> Change {
        Change::Remove { at: self.field_ref() }
    }

    /// The change that appends `yaml` to this sequence, making it if it is missing.
    pub fn append(self, yaml: impl Into<String>) -> Change {
        Change::Append { at: self.field_ref(), yaml: yaml.into() }
    }
}

/// An owned place: where a finding points.
#[derive(Clone, Debug)]
pub struct FieldRef {
    /// The object.
    pub object: Arc<Object>,
    /// The deepest existing node.
    pub node: NodeId,
    /// The keys below it that do not exist.
    pub missing: Missing,
}

/// Keys that do not exist, outermost first. One text with NULs between the keys, shared by findings in a
/// row, and one word where nothing is missing: every finding has one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Missing(Option<Arc<Box<str>>>);

impl Missing {
    fn new(text: impl Iterator<Item = char>) -> Self {
        let text: String = text.collect();
        Self((!text.is_empty()).then(|| Arc::new(text.into())))
    }

    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The keys, outermost first.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|keys| keys.split('\0'))
    }
}

/// A place in a file for people and machines. Lines and columns count from 1, columns in code points; the end is
/// exclusive. Bytes are offsets in the whole file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Location {
    /// First character.
    pub start: Place,
    /// One past the last character.
    pub end: Place,
    /// First byte.
    pub start_byte: u64,
    /// One past the last byte.
    pub end_byte: u64,
}

impl FieldRef {
    /// The node the place points at.
    pub fn nearest(&self) -> NodeRef<'_> {
        self.object.document().node(self.node)
    }

    /// The same place in another object of equal content; `None` if it is not there.
    pub fn in_copy(&self, copy: &Arc<Object>) -> Option<Self> {
        let mut node = Some(copy.root());
        self.object.root().path_to(self.node, &mut |key, index| {
            node = node.and_then(|node| match key {
                Some(key) => node.get(key),
                None => node.items().nth(index),
            });
        });
        Some(Self { object: copy.clone(), node: node?.id(), missing: self.missing.clone() })
    }

    /// The full path, such as `spec.containers[0].securityContext.privileged`; inside a List it starts with
    /// `items[0].`; keys that are not plain words are written `labels["a.b/c"]`.
    pub fn field(&self) -> String {
        let mut out = String::new();
        let start = match self.object.path() {
            Some(path) if self.is_inside() => {
                out.push_str(path);
                self.object.root()
            }
            _ => self.object.document().root(),
        };
        start.path_to(self.node, &mut |key, index| push_step(&mut out, key, index));
        for key in self.missing.keys() {
            push_step(&mut out, Some(key), 0);
        }
        out
    }

    /// Whether the place is in a pod template of an object whose kind is not known: that it is one was told from its
    /// shape alone.
    pub fn is_by_shape(&self) -> bool {
        self.object.well_known() == WellKnown::Other
            && self.object.pods().any(|pod| {
                let template = pod.at().nearest();
                template.id() <= self.node && self.node.0 < template.id().0 + template.size()
            })
    }

    /// Whether the node belongs to the object; findings may also point at its surroundings.
    fn is_inside(&self) -> bool {
        let root = self.object.root();
        root.id() <= self.node && self.node.0 < root.id().0 + root.size()
    }

    /// The bytes to underline, as offsets in the document's source: key and value of a scalar, the key of a
    /// collection, the first line of an element.
    pub fn span(&self) -> Span {
        let document = self.object.document();
        let node = self.nearest();
        let key = self.key_span();
        let text = document.source().text();
        let one_line = |span: Span| {
            let bytes = text.as_bytes().get(span.start as usize..span.end as usize).unwrap_or(b"");
            let end = bytes
                .iter()
                .position(|&b| b == b'\n' || b == b'\r')
                .map_or(span.end, |at| span.start + at as u32);
            Span { start: span.start, end }
        };
        let value = node.span();
        match key {
            Some(key) if node.is_mapping() || node.is_sequence() => {
                let same_line = one_line(Span { start: key.start, end: value.end.max(key.end) });
                if same_line.end == value.end { same_line } else { key }
            }
            // The value of an alias stands elsewhere: point at the key alone.
            Some(key) if value.start < key.end => key,
            Some(key) => one_line(Span { start: key.start, end: value.end.max(key.end) }),
            None if value.start == value.end => document.span(),
            None => one_line(value),
        }
    }

    /// The span of the key whose value this node is, if it is a value of a mapping.
    pub fn key_span(&self) -> Option<Span> {
        self.nearest().key().map(NodeRef::span)
    }

    /// Lines and columns of [`FieldRef::span`].
    pub fn location(&self) -> Location {
        let source = self.object.document().source();
        let span = self.span();
        Location {
            start: source.place(span.start),
            end: source.place(span.end),
            start_byte: source.base_byte() + u64::from(span.start),
            end_byte: source.base_byte() + u64::from(span.end),
        }
    }
}

pub(crate) fn push_step(out: &mut String, key: Option<&str>, index: usize) {
    use std::fmt::Write;
    match key {
        None => {
            let _ = write!(out, "[{index}]");
        }
        Some(key)
            if !key.is_empty()
                && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') =>
        {
            if !out.is_empty() {
                out.push('.');
            }
            out.push_str(key);
        }
        Some(key) => {
            let _ = write!(out, "[{key:?}]");
        }
    }
}
