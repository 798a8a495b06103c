//! One setting of a component: its value in effect, where it stands, and how to change it.

use super::flag::{self, Form, Given};
use super::{Base, ComponentAt, ComponentKind, facts, fields, files, kubeadm};
use crate::{At, Change};
use seawall_yaml::{NodeId, Style};
use std::borrow::Cow;

/// How a setting came to its value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// Somebody set it.
    Set,
    /// Nobody set it: the value is the program's, its configuration file's or kubeadm's default in this version.
    Default,
    /// A flag that this version of the program no longer has: it refuses to start.
    Removed,
    /// It cannot be known; the text says what would decide it.
    Unknown(String),
    /// Only flags set it, and the input describes the component by its configuration file alone.
    Undescribed,
}

/// A flag as somebody gave it.
#[derive(Clone, Copy, Debug)]
pub struct GivenFlag<'a> {
    /// Its name, without dashes.
    pub name: &'a str,
    /// Its value, if known.
    pub value: Option<&'a str>,
    /// Where it stands.
    pub at: At<'a>,
    /// What becomes of it.
    pub fate: Fate,
}

/// What a component makes of a flag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// It counts.
    Used,
    /// The component's configuration file takes its place.
    Ignored,
    /// This version does not know it and refuses to start.
    Unknown,
}

/// A setting of a component in effect.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    name: &'a str,
    at: At<'a>,
    state: State,
    values: Vec<Cow<'a, str>>,
    writing: Writing<'a>,
}

/// How a value would be written.
#[derive(Clone, Copy, Debug)]
enum Writing<'a> {
    Given(&'a Given),
    Field(At<'a>),
    /// Append `--name=value`.
    Words(At<'a>),
    /// kubeadm's v1beta3 map, v1beta4 list.
    Map(At<'a>),
    Pairs(At<'a>),
    Nowhere,
}

impl<'a> ComponentAt<'a> {
    /// The setting that the flag `name` makes (without dashes), or, for settings without a flag, the path of the
    /// field in the component's configuration file.
    pub fn setting(self, name: &'a str) -> Setting<'a> {
        let component = self.component;
        let field = fields::find(component.kind, name);
        let configured = component.config.is_some() || self.config_missing().is_some();
        let ignored = configured && fields::ignored_beside_config(component.kind, name);
        let given: Vec<&Given> =
            component.given.iter().filter(|given| *given.name == *name && !ignored).collect();
        if let Some(last) = given.last() {
            return self.given(name, &given, last);
        }
        let written = field.zip(self.config()).map(|(field, config)| config.get(field.path));
        if let Some(at) = written.filter(|at| at.exists())
            && !self.kubeadm_overrides(name)
        {
            let values = match at.text() {
                Some(text) => vec![text.into()],
                None => at.items().filter_map(At::text).map(Into::into).collect(),
            };
            return Setting { name, at, state: State::Set, values, writing: Writing::Field(at) };
        }
        let writing = self.writing(name, written);
        let at = match writing {
            Writing::Field(at) | Writing::Words(at) | Writing::Map(at) | Writing::Pairs(at) => at,
            _ => self.at(),
        };
        let unset = |state, value: Option<&'static str>| Setting {
            name,
            at,
            state,
            values: value.filter(|value| !value.is_empty()).map(Cow::from).into_iter().collect(),
            writing,
        };
        if let Some(hidden) = &component.hidden {
            return unset(State::Unknown(hidden.to_string()), None);
        }
        if (field.is_some() || self.kind() == ComponentKind::Etcd)
            && let Some(missing) = self.config_missing()
        {
            return unset(State::Unknown(missing), None);
        }
        if component.base == Base::File && field.is_none() {
            return unset(State::Undescribed, None);
        }
        match self.default(name) {
            Some(value) => unset(State::Default, Some(value)),
            None => unset(State::Removed, None),
        }
    }

    fn given(self, name: &'a str, given: &[&'a Given], last: &'a Given) -> Setting<'a> {
        let at = At::new(&last.object, last.node);
        let values = given.iter().filter_map(|given| given.value.as_deref()).map(Cow::Borrowed).collect();
        let state = if self.lacks(name) {
            State::Removed
        } else if given.iter().any(|given| given.value.is_none()) {
            State::Unknown(format!("the value of `{name}` is a variable that this input does not define"))
        } else {
            State::Set
        };
        Setting { name, at, state, values, writing: Writing::Given(last) }
    }

    /// Whether the program of this version surely does not know the flag.
    fn lacks(self, name: &str) -> bool {
        !self.component.is_older && facts::exists(self.kind(), self.version, name) == Some(false)
    }

    /// The value when nobody sets it; `None` for flags that this version does not have.
    fn default(self, name: &str) -> Option<&'static str> {
        let component = self.component;
        // etcd's file takes the place of kubeadm's flags, too, and has the flags' defaults.
        let is_etcd = component.kind == ComponentKind::Etcd;
        if is_etcd && component.config.is_some() {
            return facts::default(component.kind, self.version, name);
        }
        if component.base == Base::Kubeadm
            && let Some(value) = kubeadm::default(self, name)
        {
            return Some(value);
        }
        if let Some(field) = fields::find(component.kind, name).filter(|_| !is_etcd) {
            // A kubelet that kubeadm starts always has a file.
            let without_file = component.kind == ComponentKind::Kubelet && component.base == Base::Program;
            let legacy =
                if without_file && component.config.is_none() { fields::legacy_default(name) } else { None };
            return legacy.or(Some(field.default));
        }
        facts::default(component.kind, self.version, name)
    }

    /// kubeadm writes `rotateCertificates: true` whatever the file says (componentconfigs/kubelet.go).
    fn kubeadm_overrides(self, name: &str) -> bool {
        self.component.base == Base::Kubeadm
            && self.kind() == ComponentKind::Kubelet
            && name == "rotate-certificates"
    }

    /// Where an unset setting would be written.
    fn writing(self, name: &'a str, field: Option<At<'a>>) -> Writing<'a> {
        if let Some(at) = field {
            return Writing::Field(at);
        }
        if let Some(list) = self.component.words {
            return Writing::Words(At::new(&self.component.object, list));
        }
        match kubeadm::arguments(self) {
            Some((at, true)) => Writing::Pairs(at),
            Some((at, false)) => Writing::Map(at.key(name)),
            None => Writing::Nowhere,
        }
    }

    /// Every flag or option that somebody gave, repeated ones each, with its place and what becomes of it.
    pub fn given_flags(self) -> impl Iterator<Item = GivenFlag<'a>> {
        let configured = self.component.config.is_some() || self.config_missing().is_some();
        self.component.given.iter().map(move |given| GivenFlag {
            name: &given.name,
            value: given.value.as_deref(),
            at: At::new(&given.object, given.node),
            fate: if self.lacks(&given.name) {
                Fate::Unknown
            } else if configured && fields::ignored_beside_config(self.kind(), &given.name) {
                Fate::Ignored
            } else {
                Fate::Used
            },
        })
    }

    /// Why the component's own configuration file is not at hand though a flag names it.
    pub(super) fn config_missing(self) -> Option<String> {
        let flag = fields::config_flag(self.kind());
        let named = self.component.given.iter().any(|given| &*given.name == flag);
        if !named || self.component.config.is_some() {
            return None;
        }
        Some(files::missing(self.component, flag))
    }
}

impl<'a> Setting<'a> {
    /// The flag's name, or the field's path.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// How people would write it where it stands, or would stand: `--flag` or the field of a file.
    pub fn label(&self) -> String {
        match self.writing {
            Writing::Field(at) => at.field_ref().field(),
            _ => format!("--{}", self.name),
        }
    }

    /// How often it is given; a default counts once.
    pub fn occurrences(&self) -> usize {
        self.values.len()
    }

    /// Where it is set, or where it would be.
    pub fn at(&self) -> At<'a> {
        self.at
    }

    /// How it came to its value.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether somebody set it.
    pub fn is_set(&self) -> bool {
        self.state == State::Set
    }

    /// Whether a value is in effect: set or by default.
    pub fn is_known(&self) -> bool {
        matches!(self.state, State::Set | State::Default)
    }

    /// The value in effect, `""` if it is unset without a default; of a repeated flag the last one.
    pub fn text(&self) -> Option<&str> {
        self.is_known().then(|| self.values.last().map_or("", |value| value))
    }

    /// The elements of a comma-separated value in effect; a repeated flag adds elements.
    pub fn list(&self) -> Option<Vec<&str>> {
        let elements = self.values.iter().flat_map(|value| value.split(',')).map(str::trim);
        self.is_known().then(|| elements.filter(|element| !element.is_empty()).collect())
    }

    /// The boolean in effect.
    pub fn bool(&self) -> Option<bool> {
        match self.writing {
            Writing::Field(at) if self.is_set() => at.bool(),
            _ => flag::boolean(self.text()?),
        }
    }

    /// The number in effect.
    pub fn int(&self) -> Option<i64> {
        match self.writing {
            Writing::Field(at) if self.is_set() => at.int(),
            _ => self.text()?.parse().ok(),
        }
    }

    /// What would decide the value, when it cannot be known.
    pub fn unknown(&self) -> Option<&str> {
        match &self.state {
            State::Unknown(decides) => Some(decides),
            _ => None,
        }
    }

    /// The change that sets it, where it stands or where the component's flags or file stand. `None` when it stands
    /// in a shell script or nowhere. `value` is the text of a flag; in configuration files it is written as YAML.
    pub fn change(&self, value: &str) -> Option<Change> {
        let name = self.name;
        match self.writing {
            Writing::Field(at) => Some(at.set(value)),
            Writing::Words(at) => Some(at.append(word(at, &format!("--{name}={value}")))),
            Writing::Map(at) => Some(at.set(quoted(value))),
            Writing::Pairs(at) => Some(at.append(format!("name: {name}\nvalue: {}", quoted(value)))),
            Writing::Given(given) => {
                let (at, value_at) = (self.at, |node: NodeId| At::new(&given.object, node));
                match given.form {
                    Form::Word => Some(at.set(word(at, &format!("--{name}={value}")))),
                    Form::NextWord(node) | Form::Pair(node) | Form::Variable(node) => {
                        Some(value_at(node).set(quoted(value)))
                    }
                    Form::Entry => Some(at.set(quoted(value))),
                    Form::Script => None,
                }
            }
            Writing::Nowhere => None,
        }
    }

    /// The changes that take it away; empty when it is unset or stands in a shell script.
    pub fn removal(&self) -> Vec<Change> {
        match self.writing {
            Writing::Field(at) if at.exists() => vec![at.remove()],
            Writing::Given(given) => match given.form {
                Form::NextWord(node) => vec![self.at.remove(), At::new(&given.object, node).remove()],
                Form::Script => Vec::new(),
                _ => vec![self.at.remove()],
            },
            _ => Vec::new(),
        }
    }
}

/// A word of a command line as YAML: plain where that is safe.
fn word(at: At<'_>, text: &str) -> String {
    let flow = at.nearest().style() == Style::Flow || at.nearest().style() == Style::DoubleQuoted;
    let safe = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'=' | b'/' | b'.' | b'_' | b',' | b':' | b'*')
    };
    let plain = text.bytes().all(safe) && !text.ends_with(':') && !flow;
    if plain { text.to_owned() } else { quoted(text) }
}

/// A string that YAML reads as a string whatever it says.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04x}", letter as u32)),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
