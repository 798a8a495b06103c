//! Which bytes of a document may nobody see? Secret values never reach an excerpt, a diff or a suggested text.

mod text;

pub use crate::is_secret_name;
pub use text::{is_plausible, is_reference, mask, secrets};

use seawall_yaml::{Document, Kind, NodeId, NodeRef, Span};

/// What stands in place of a secret.
pub const MASK: &str = "•••";

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The secret bytes of one document: sorted spans in its source that do not touch.
#[derive(Debug, Default)]
pub struct Redaction {
    spans: Vec<Span>,
}

impl Redaction {
    /// Looks through the whole document once: Secret data, values beside or under secret-like names, arguments,
    /// configuration texts, last-applied annotations, keys and tokens, in comments too.
    pub fn of(document: &Document) -> Self {
        let mut spans = Vec::new();
        let source = document.source().text();
        for id in 0..document.len() as u32 {
            let node = document.node(NodeId(id));
            match node.kind() {
                Kind::Mapping => mapping(node, &mut spans),
                Kind::String => scalar(node, source, &mut spans),
                _ => {}
            }
        }
        for &comment in document.comments() {
            within(source, comment, &mut spans);
        }
        spans.sort_unstable();
        spans.dedup_by(|next, kept| {
            let touches = next.start <= kept.end;
            if touches {
                kept.end = kept.end.max(next.end);
            }
            touches
        });
        Self { spans }
    }

    /// All of them, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The secret spans that reach into `window`, cut to it.
    pub fn inside(&self, window: Span) -> impl Iterator<Item = Span> + '_ {
        let first = self.spans.partition_point(|span| span.end <= window.start);
        self.spans
            .iter()
            .skip(first)
            .take_while(move |span| span.start < window.end)
            .map(move |span| Span { start: span.start.max(window.start), end: span.end.min(window.end) })
    }

    /// Whether `span` touches a secret.
    pub fn touches(&self, span: Span) -> bool {
        self.inside(Span { start: span.start, end: span.end.max(span.start + 1) }).next().is_some()
    }
}

fn mapping(node: NodeRef<'_>, out: &mut Vec<Span>) {
    let mut name = None;
    let mut value = None;
    let mut kind = "";
    for (key, entry) in node.entries() {
        match key.text() {
            "kind" => kind = entry.text(),
            "name" => name = Some(entry),
            "value" => value = Some(entry),
            LAST_APPLIED => whole(entry, out),
            "command" | "args" => arguments(entry, out),
            secret if entry.kind() == Kind::String && is_secret_name(secret) => value_of(entry, out),
            _ => {}
        }
    }
    // Environment variables, and everything else that is written as name and value.
    if let (Some(name), Some(value)) = (name, value)
        && is_secret_name(name.text())
    {
        value_of(value, out);
    }
    match kind {
        "Secret" => secret_data(node, out),
        "SecretList" => {
            for item in node.get("items").into_iter().flat_map(NodeRef::items) {
                secret_data(item, out);
            }
        }
        "ConfigMap" => {
            for (key, value) in node.get("data").into_iter().flat_map(NodeRef::entries) {
                if is_secret_name(key.text()) && !matches!(value.kind(), Kind::True | Kind::False) {
                    whole(value, out);
                }
            }
        }
        _ => {}
    }
}

fn secret_data(secret: NodeRef<'_>, out: &mut Vec<Span>) {
    for key in ["data", "stringData"] {
        for (_, value) in secret.get(key).into_iter().flat_map(NodeRef::entries) {
            // Mostly one scalar; whatever else somebody put there is no less secret.
            for id in value.id().0..value.id().0 + value.size() {
                let node = value.document().node(NodeId(id));
                if !node.is_mapping() && !node.is_sequence() {
                    whole(node, out);
                }
            }
        }
    }
}

/// A value that may also be a reference to another variable, which is no secret.
fn value_of(node: NodeRef<'_>, out: &mut Vec<Span>) {
    if !matches!(node.kind(), Kind::True | Kind::False | Kind::Mapping | Kind::Sequence)
        && !text::is_reference(node.text())
    {
        whole(node, out);
    }
}

fn whole(node: NodeRef<'_>, out: &mut Vec<Span>) {
    let span = node.span();
    if span.start < span.end && !node.is_null() {
        out.push(span);
    }
}

/// `--password X` as two arguments; everything else is found in the text of one.
fn arguments(list: NodeRef<'_>, out: &mut Vec<Span>) {
    let mut secret_next = false;
    for item in list.items() {
        let argument = item.text();
        if secret_next && !argument.starts_with('-') {
            value_of(item, out);
        }
        secret_next = argument.starts_with("--")
            && !argument.contains(['=', ' ', '\n'])
            && is_secret_name(argument.trim_start_matches('-'));
    }
}

fn scalar(node: NodeRef<'_>, source: &str, out: &mut Vec<Span>) {
    within(source, node.span(), out);
}

fn within(source: &str, span: Span, out: &mut Vec<Span>) {
    let Some(text) = source.get(span.start as usize..span.end as usize) else { return };
    text::secrets(text, &mut |start, end| {
        out.push(Span { start: span.start + start as u32, end: span.start + end as u32 });
    });
}
