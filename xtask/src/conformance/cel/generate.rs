//! Random expressions: mostly of one type, with wrong ones and tokens thrown in.

use super::super::generate::Random;
use super::templates::{BOOL, DYN, INT, INTS, TEXT, TEXTS};

/// The types expressions are made for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Uint,
    Double,
    Text,
    Bytes,
    Duration,
    Timestamp,
    Ints,
    Texts,
    TextMap,
    Dyn,
    OptionalInt,
    OptionalText,
    Ip,
    Cidr,
    Url,
    Quantity,
    Semver,
}

const KINDS: &[Kind] = &[
    Kind::Bool,
    Kind::Bool,
    Kind::Int,
    Kind::Uint,
    Kind::Double,
    Kind::Text,
    Kind::Text,
    Kind::Bytes,
    Kind::Duration,
    Kind::Timestamp,
    Kind::Ints,
    Kind::Texts,
    Kind::TextMap,
    Kind::Dyn,
    Kind::OptionalInt,
    Kind::OptionalText,
    Kind::Ip,
    Kind::Cidr,
    Kind::Url,
    Kind::Quantity,
    Kind::Semver,
];

/// Makes one expression.
pub(super) struct Generator<'r> {
    random: &'r mut Random,
    purpose: &'static str,
    /// Variables of the macros around, with their types.
    variables: Vec<(String, Kind)>,
}

const TOKENS: &[&str] = &[
    "1", "'a'", "+", "-", "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "&&", "||", "!", "==", "in", "x",
    "claims", "true", "null", "has(", ".map(x,", "\"", "'", "1u", "1.5", "%", "/", "*", "<", ">=", ".?",
    "[?", "b'", "é",
];

impl<'r> Generator<'r> {
    pub(super) fn new(random: &'r mut Random, purpose: &'static str) -> Self {
        Self { random, purpose, variables: Vec::new() }
    }

    fn chance(&mut self, of: usize) -> bool {
        self.random.below(of) == 0
    }

    fn one(&mut self, of: &[&str]) -> String {
        self.random.pick(of).to_owned()
    }

    pub(super) fn expression(mut self) -> String {
        if self.chance(40) {
            let count = 1 + self.random.below(7);
            return (0..count).map(|_| self.one(TOKENS)).collect::<Vec<_>>().join(" ");
        }
        let kind = self.kind();
        let depth = 1 + self.random.below(5);
        let text = self.make(kind, depth);
        if self.chance(60) {
            return self.broken(&text);
        }
        text
    }

    /// The text with one piece taken out, doubled or replaced.
    fn broken(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.random.below(characters.len());
        match self.random.below(3) {
            0 => {
                characters.remove(at);
            }
            1 => characters.insert(at, characters[at]),
            _ => {
                let token = self.one(TOKENS);
                characters.splice(at..at, token.chars());
            }
        }
        characters.into_iter().collect()
    }

    fn kind(&mut self) -> Kind {
        KINDS[self.random.below(KINDS.len())]
    }

    /// An expression of a kind, seldom of another.
    fn make(&mut self, kind: Kind, depth: usize) -> String {
        let kind = if self.chance(60) { self.kind() } else { kind };
        if !self.variables.is_empty() && self.chance(3) {
            let fitting: Vec<String> = self
                .variables
                .iter()
                .filter(|(_, of)| *of == kind || kind == Kind::Dyn)
                .map(|(name, _)| name.clone())
                .collect();
            if !fitting.is_empty() {
                return fitting[self.random.below(fitting.len())].clone();
            }
        }
        if depth == 0 {
            return self.leaf(kind);
        }
        match self.random.below(14) {
            0 => self.leaf(kind),
            1 => {
                let (a, b, c) = (self.bool(depth), self.make(kind, depth - 1), self.make(kind, depth - 1));
                format!("({a} ? {b} : {c})")
            }
            2 if self.chance(2) => format!("dyn({})", self.make(kind, depth - 1)),
            _ => self.by_kind(kind, depth - 1),
        }
    }

    fn bool(&mut self, depth: usize) -> String {
        self.make(Kind::Bool, depth.saturating_sub(1))
    }

    fn leaf(&mut self, kind: Kind) -> String {
        if self.chance(3)
            && let Some(text) = self.variable(kind)
        {
            return text;
        }
        let choices: &[&str] = match kind {
            Kind::Bool => &["true", "false"],
            Kind::Int => {
                &["0", "1", "2", "-1", "7", "100", "9223372036854775807", "-9223372036854775808", "0x10"]
            }
            Kind::Uint => &["0u", "1u", "5u", "18446744073709551615u"],
            Kind::Double => &["0.0", "1.0", "1.5", "-2.5", "1e3", "1e300", "0.1", "123456789.125"],
            Kind::Text => &[
                "'a'",
                "''",
                "'abc'",
                "'é😀'",
                "'a,b,c'",
                "'1'",
                "'true'",
                "'10.0.0.1'",
                "'1Gi'",
                "'a\\nb'",
                "'A-b.c'",
                "'https://example.com/a?b=c'",
                "'2020-01-02T03:04:05Z'",
                "'1h2m'",
                "'1.2.3'",
                "'[a-c]+'",
                "' x '",
            ],
            Kind::Bytes => &["b'a'", "b''", "b'\\xff'", "b'abc'"],
            Kind::Duration => {
                &["duration('1s')", "duration('-1h30m')", "duration('1ms')", "duration('100000h')"]
            }
            Kind::Timestamp => &[
                "timestamp(0)",
                "timestamp('2020-02-29T23:59:59.5Z')",
                "timestamp('1969-12-31T23:00:00-05:00')",
                "timestamp('9999-12-31T00:00:00Z')",
            ],
            Kind::Ints => &["[]", "[1]", "[1, 2, 3]", "[3, 1, 2, 1]", "[0]"],
            Kind::Texts => &["[]", "['a']", "['b', 'a']", "['a', 'b', 'a']", "['é']"],
            Kind::TextMap => &["{}", "{'a': 'b'}", "{'k': ''}", "{'é': 'x'}"],
            Kind::Dyn => &[
                "dyn(1)",
                "dyn('a')",
                "dyn([1])",
                "dyn({'a': 1})",
                "dyn(null)",
                "dyn(1.0)",
                "dyn(true)",
                "null",
            ],
            Kind::OptionalInt => &["optional.of(1)", "optional.none()", "[1][?0]", "[1][?5]"],
            Kind::OptionalText => {
                &["optional.of('a')", "optional.none()", "{'a': 'b'}.?a", "{'a': 'b'}[?'x']"]
            }
            Kind::Ip => &["ip('10.0.0.1')", "ip('::1')", "ip('fe80::1')", "ip('x')"],
            Kind::Cidr => &["cidr('10.0.0.0/8')", "cidr('::/0')", "cidr('10.1.2.3/31')"],
            Kind::Url => &["url('https://example.com:80/a%20b?x=1')", "url('/a')", "url('http://[::1]/')"],
            Kind::Quantity => &["quantity('1')", "quantity('1Gi')", "quantity('100m')", "quantity('-1.5')"],
            Kind::Semver => &["semver('1.2.3')", "semver('1.2.3-rc.1')", "semver('v1.2', true)"],
        };
        self.one(choices)
    }

    /// A path into the variable of the purpose.
    fn variable(&mut self, kind: Kind) -> Option<String> {
        let choices: &[&str] = match (self.purpose, kind) {
            ("request", Kind::Text) => &[
                "request.user",
                "request.uid",
                "request.resourceAttributes.verb",
                "request.resourceAttributes.namespace",
                "request.nonResourceAttributes.path",
                "request.groups[0]",
                "request.resourceAttributes.fieldSelector.rawSelector",
            ],
            ("request", Kind::Texts) => &[
                "request.groups",
                "request.extra.k",
                "request.resourceAttributes.labelSelector.requirements[0].values",
            ],
            ("request", Kind::Bool) => &[
                "has(request.resourceAttributes)",
                "has(request.nonResourceAttributes.path)",
                "has(request.extra.k)",
                "has(request.resourceAttributes.labelSelector)",
            ],
            ("request", Kind::OptionalText) => {
                &["request.?user", "request.?resourceAttributes.verb", "request.groups[?1]"]
            }
            ("claims", Kind::Dyn | Kind::Text) => &[
                "claims.sub",
                "claims.email",
                "claims.groups[0]",
                "claims['foo.bar']",
                "claims.nested.list[0].x",
                "claims.exp",
                "claims.n",
                "claims.nothing",
                "claims.nope",
            ],
            ("claims", Kind::Texts) => &["claims.groups", "claims.aud", "claims.none"],
            ("claims", Kind::Bool) => {
                &["claims.email_verified", "has(claims.sub)", "has(claims.nested.list)"]
            }
            ("claims", Kind::Double) => &["claims.exp", "claims.n"],
            ("claims", Kind::OptionalText) => &["claims.?sub", "claims.?nope", "claims[?'email']"],
            ("user", Kind::Text) => {
                &["user.username", "user.uid", "user.groups[0]", "user.extra['example.com/role'][0]"]
            }
            ("user", Kind::Texts) => &["user.groups", "user.extra['example.com/role']"],
            ("user", Kind::Bool) => &["has(user.uid)", "has(user.extra.x)", "'x' in user.extra"],
            _ => return None,
        };
        Some(self.one(choices))
    }

    /// `template` with `{b}` bool, `{i}` int, `{u}` uint, `{d}` double, `{s}` text, `{y}` bytes, `{t}` duration,
    /// `{T}` timestamp, `{L}` ints, `{S}` texts, `{M}` map, `{D}` dyn, `{o}` and `{O}` optionals, `{p}` ip, `{c}` cidr,
    /// `{l}` url, `{q}` quantity, `{v}` semver; `$i` and `$s` open a scope with a variable of that type until the end.
    fn fill(&mut self, template: &str, depth: usize) -> String {
        let mut out = String::new();
        let scope = self.variables.len();
        let mut characters = template.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '{' if characters.peek().is_some_and(char::is_ascii_alphabetic) => {
                    let letter = characters.next().unwrap_or('b');
                    characters.next();
                    let kind = Self::letter(letter);
                    out.push_str(&self.make(kind, depth));
                }
                '$' => {
                    let kind = if characters.next() == Some('s') { Kind::Text } else { Kind::Int };
                    let name = format!("v{}", self.variables.len());
                    self.variables.push((name.clone(), kind));
                    out.push_str(&name);
                }
                other => out.push(other),
            }
        }
        self.variables.truncate(scope);
        out
    }

    fn letter(letter: char) -> Kind {
        match letter {
            'i' => Kind::Int,
            'u' => Kind::Uint,
            'd' => Kind::Double,
            's' => Kind::Text,
            'y' => Kind::Bytes,
            't' => Kind::Duration,
            'T' => Kind::Timestamp,
            'L' => Kind::Ints,
            'S' => Kind::Texts,
            'M' => Kind::TextMap,
            'D' => Kind::Dyn,
            'o' => Kind::OptionalInt,
            'O' => Kind::OptionalText,
            'p' => Kind::Ip,
            'c' => Kind::Cidr,
            'l' => Kind::Url,
            'q' => Kind::Quantity,
            'v' => Kind::Semver,
            _ => Kind::Bool,
        }
    }

    fn by_kind(&mut self, kind: Kind, depth: usize) -> String {
        let templates: &[&str] = match kind {
            Kind::Bool => BOOL,
            Kind::Int => INT,
            Kind::Uint => &[
                "({u} + {u})",
                "({u} - {u})",
                "({u} * {u})",
                "({u} / {u})",
                "({u} % {u})",
                "uint({i})",
                "uint({s})",
                "uint({d})",
            ],
            Kind::Double => &[
                "({d} + {d})",
                "({d} - {d})",
                "({d} * {d})",
                "({d} / {d})",
                "-{d}",
                "double({i})",
                "double({s})",
                "double({u})",
                "{q}.asApproximateFloat()",
                "[{d}, {d}].sum()",
                "[{d}, {d}].max()",
            ],
            Kind::Text => TEXT,
            Kind::Bytes => &["bytes({s})", "({y} + {y})", "[{y}, {y}].min()"],
            Kind::Duration => &[
                "({t} + {t})",
                "({t} - {t})",
                "({T} - {T})",
                "duration({s})",
                "[{t}, {t}].sum()",
                "[{t}, {t}].max()",
            ],
            Kind::Timestamp => {
                &["({T} + {t})", "({T} - {t})", "({t} + {T})", "timestamp({i})", "timestamp({s})"]
            }
            Kind::Ints => INTS,
            Kind::Texts => TEXTS,
            Kind::TextMap => &[
                "{M}.transformMap($s, $s, {s})",
                "{'x': {s}}",
                "{{s}: {s}}",
                "{?'a': {O}}",
                "{S}.transformMap($i, $s, {s})['a']",
                "{M}.transformMapEntry($s, $s, {{s}: {s}})",
                "{O}.optMap($s, {{s}: 'x'}).orValue({M})",
            ],
            Kind::Dyn => DYN,
            Kind::OptionalInt => &[
                "optional.of({i})",
                "{L}[?{i}]",
                "{o}.or({o})",
                "{o}.optMap($i, {i})",
                "{o}.optFlatMap($i, {o})",
                "{L}.first()",
                "{L}.last()",
                "optional.ofNonZeroValue({i})",
                "{L}.filter($i, {b})[?0]",
            ],
            Kind::OptionalText => &[
                "optional.of({s})",
                "{S}[?{i}]",
                "{M}[?{s}]",
                "{M}.?a",
                "{O}.or({O})",
                "{O}.optMap($s, {s})",
                "{S}.first()",
                "{O}.optFlatMap($s, {O})",
                "optional.ofNonZeroValue({s})",
            ],
            Kind::Ip => &["ip({s})", "{c}.ip()", "[{p}, {p}][{i}]"],
            Kind::Cidr => &["cidr({s})", "{c}.masked()", "cidr('10.0.0.0/' + {s})"],
            Kind::Url => {
                &["url({s})", "url('http://' + {s})", "url('http://h/' + {s})", "url('http://h/?' + {s})"]
            }
            Kind::Quantity => {
                &["quantity({s})", "{q}.add({q})", "{q}.sub({q})", "{q}.add({i})", "{q}.sub({i})"]
            }
            Kind::Semver => &["semver({s})", "semver({s}, {b})", "semver({s} + '.0.0')"],
        };
        let template = self.one(templates);
        self.fill(&template, depth)
    }
}
