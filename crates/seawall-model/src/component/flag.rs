//! Flags as a component reads them: pflag for Kubernetes' programs, Go's flag package for etcd.

use super::ComponentKind;
use super::facts;
use super::words::Word;
use crate::Object;
use seawall_yaml::NodeId;
use std::sync::Arc;

/// A value somebody gave to a flag or option.
#[derive(Clone, Debug)]
pub(super) struct Given {
    /// The flag's name without dashes, `_` written as `-`.
    pub name: Box<str>,
    /// The value; `None` when it cannot be known from this input.
    pub value: Option<Box<str>>,
    /// The object it stands in.
    pub object: Arc<Object>,
    /// Where it stands: a list element, a value of a map.
    pub node: NodeId,
    /// How it is written, which decides how it is changed.
    pub form: Form,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// `--name=value`, or a bare boolean `--name`.
    Word,
    /// `--name`, and the value in the list element after it, whose node this is.
    NextWord(NodeId),
    /// Somewhere in a shell script.
    Script,
    /// `name: value` in kubeadm's v1beta3 maps.
    Entry,
    /// `{name, value}` in kubeadm's v1beta4 lists; the node is the element, this the value's.
    Pair(NodeId),
    /// An `ETCD_…` variable; this is its value.
    Variable(NodeId),
}

/// The flags among `words`, and the first word that may hide more flags.
pub(super) fn parse(
    kind: ComponentKind,
    words: &[Word],
    object: &Arc<Object>,
    script: bool,
) -> (Vec<Given>, Option<Box<str>>) {
    let mut out = Vec::new();
    let mut hidden = None;
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        if &*word.text == "--" {
            break;
        }
        let Some(body) = body(kind, &word.text) else {
            // A positional argument, or a shorthand such as `-v`; a variable may hold any number of flags.
            if !word.known && hidden.is_none() {
                hidden = Some(word.text.clone());
            }
            continue;
        };
        let mut form = if script { Form::Script } else { Form::Word };
        let mut known = word.known;
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        let name = normal(kind, name);
        let value = match value {
            Some(value) => value,
            // Neither parser lets a boolean take the next word.
            None if facts::is_boolean(kind, &name, words.peek().map(|next| &*next.text)) => "true",
            None => match words.next() {
                Some(next) => {
                    known = next.known;
                    if !script {
                        form = Form::NextWord(next.node);
                    }
                    &next.text
                }
                None => "",
            },
        };
        let value = known.then(|| value.into());
        out.push(Given { name, value, object: object.clone(), node: word.node, form });
    }
    (out, hidden)
}

/// The word without its dashes if it is a long flag.
fn body(kind: ComponentKind, word: &str) -> Option<&str> {
    let body = match word.strip_prefix("--") {
        Some(body) => body,
        None if kind.is_kubernetes() => return None,
        None => word.strip_prefix('-')?,
    };
    body.starts_with(|first: char| first.is_ascii_alphabetic()).then_some(body)
}

/// component-base's WordSepNormalizeFunc.
pub(super) fn normal(kind: ComponentKind, name: &str) -> Box<str> {
    if kind.is_kubernetes() && name.contains('_') { name.replace('_', "-").into() } else { name.into() }
}

/// Go's strconv.ParseBool.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
