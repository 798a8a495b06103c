//! Random expressions: mostly of one type, with wrong ones and tokens thrown in.

use super::super::generate::Random;

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

const BOOL: &[&str] = &[
    "({b} && {b})",
    "({b} || {b})",
    "!{b}",
    "({b} && {b} && {b})",
    "({b} || {b} || {b} || {b})",
    "({i} == {i})",
    "({i} != {i})",
    "({i} < {i})",
    "({i} >= {i})",
    "({d} < {d})",
    "({d} == {d})",
    "({i} < {d})",
    "({u} < {i})",
    "({u} > {d})",
    "({s} == {s})",
    "({s} != {s})",
    "({s} < {s})",
    "({s} >= {s})",
    "({y} == {y})",
    "({y} < {y})",
    "({t} < {t})",
    "({T} < {T})",
    "({T} == {T})",
    "({L} == {L})",
    "({S} == {S})",
    "({M} == {M})",
    "({D} == {D})",
    "({D} < {D})",
    "({D} && {b})",
    "({b} || {D})",
    "({i} in {L})",
    "({s} in {S})",
    "({s} in {M})",
    "({s} in ['a', 'b', {s}])",
    "({i} in [1, 2, 3])",
    "({D} in [1, 2])",
    "({D} in {L})",
    "{L}.all($i, {b})",
    "{L}.exists($i, {b})",
    "{L}.exists_one($i, {b})",
    "{S}.all($s, {b})",
    "{S}.exists($s, {b})",
    "{M}.all($s, {b})",
    "{M}.exists($s, {b})",
    "{S}.all($i, $s, {b})",
    "{M}.exists($s, $s, {b})",
    "{L}.existsOne($i, $i, {b})",
    "{s}.contains({s})",
    "{s}.startsWith({s})",
    "{s}.endsWith({s})",
    "{s}.matches({s})",
    "{s}.matches('^[a-z]+$')",
    "matches({s}, 'a|b')",
    "bool({s})",
    "{o}.hasValue()",
    "({o} == {o})",
    "({p} == {p})",
    "({c} == {c})",
    "({q} == {q})",
    "({v} == {v})",
    "({l} == {l})",
    "isIP({s})",
    "isCIDR({s})",
    "isURL({s})",
    "isQuantity({s})",
    "isSemver({s})",
    "{c}.containsIP({p})",
    "{c}.containsIP({s})",
    "{c}.containsCIDR({c})",
    "{c}.containsCIDR({s})",
    "{p}.isLoopback()",
    "{p}.isGlobalUnicast()",
    "ip.isCanonical({s})",
    "{q}.isGreaterThan({q})",
    "{q}.isLessThan({q})",
    "{q}.isInteger()",
    "{v}.isGreaterThan({v})",
    "{v}.isLessThan({v})",
    "{L}.isSorted()",
    "{S}.isSorted()",
    "sets.contains({L}, {L})",
    "sets.equivalent({S}, {S})",
    "sets.intersects({L}, {L})",
    "has({M}.a)",
    "has({D}.a)",
    "format.dns1123Label().validate({s}).hasValue()",
    "(type({D}) == int)",
    "(type({D}) == type({D}))",
    "({D} == null)",
    "(dyn({i}) == dyn({d}))",
];

const INT: &[&str] = &[
    "({i} + {i})",
    "({i} - {i})",
    "({i} * {i})",
    "({i} / {i})",
    "({i} % {i})",
    "-{i}",
    "size({s})",
    "size({L})",
    "{S}.size()",
    "{M}.size()",
    "{y}.size()",
    "int({s})",
    "int({d})",
    "int({u})",
    "int({t})",
    "int({T})",
    "{L}[{i}]",
    "{L}.sum()",
    "{L}.min()",
    "{L}.max()",
    "{L}.indexOf({i})",
    "{S}.lastIndexOf({s})",
    "{s}.indexOf({s})",
    "{s}.indexOf({s}, {i})",
    "{s}.lastIndexOf({s})",
    "{s}.lastIndexOf({s}, {i})",
    "{t}.getHours()",
    "{t}.getMilliseconds()",
    "{T}.getFullYear()",
    "{T}.getDayOfYear()",
    "{T}.getHours('America/New_York')",
    "{T}.getMinutes({s})",
    "{T}.getDayOfWeek()",
    "{o}.value()",
    "{o}.orValue({i})",
    "{p}.family()",
    "{c}.prefixLength()",
    "{q}.asInteger()",
    "{q}.compareTo({q})",
    "sign({q})",
    "{v}.major()",
    "{v}.compareTo({v})",
    "{L}.map($i, {i})[0]",
    "{L}.filter($i, {b}).size()",
    "size({D})",
    "int({D})",
    "{O}.optMap($s, {i}).orValue({i})",
];

const TEXT: &[&str] = &[
    "({s} + {s})",
    "string({i})",
    "string({d})",
    "string({b})",
    "string({y})",
    "string({t})",
    "string({T})",
    "string({u})",
    "string({p})",
    "string({c})",
    "string({D})",
    "{S}[{i}]",
    "{M}[{s}]",
    "{M}.a",
    "{s}.charAt({i})",
    "{s}.substring({i})",
    "{s}.substring({i}, {i})",
    "{s}.lowerAscii()",
    "{s}.upperAscii()",
    "{s}.trim()",
    "{s}.replace({s}, {s})",
    "{s}.replace({s}, {s}, {i})",
    "{S}.join()",
    "{S}.join({s})",
    "{s}.find({s})",
    "{s}.find('[a-c]')",
    "{O}.value()",
    "{O}.orValue({s})",
    "{l}.getHost()",
    "{l}.getScheme()",
    "{l}.getPort()",
    "{l}.getHostname()",
    "{l}.getEscapedPath()",
    "strings.quote({s})",
    "'%s'.format([{s}])",
    "'%d %s'.format([{i}, {i}])",
    "'%s'.format([{D}])",
    "'%s'.format([{S}])",
    "'%.2f'.format([{d}])",
    "'%e'.format([{d}])",
    "'%x'.format([{i}])",
    "{S}.min()",
    "{S}.map($s, {s})[0]",
];

const INTS: &[&str] = &[
    "[{i}]",
    "[{i}, {i}]",
    "({L} + {L})",
    "{L}.map($i, {i})",
    "{L}.map($i, {b}, {i})",
    "{L}.filter($i, {b})",
    "{S}.map($s, {i})",
    "{L}.transformList($i, $i, {i})",
    "{L}.transformList($i, $i, {b}, {i})",
    "{M}.map($s, {i})",
    "[?{o}, {i}]",
    "{L}.reverse()",
    "{L}.sort()",
    "{L}.distinct()",
    "{L}.slice({i}, {i})",
    "{L}.sortBy($i, {i})",
    "[{L}, {L}].flatten()",
    "lists.range({i} % 20)",
    "[{o}, {o}].unwrapOpt()",
    "optional.unwrap([{o}])",
];

const TEXTS: &[&str] = &[
    "[{s}]",
    "[{s}, {s}]",
    "({S} + {S})",
    "{S}.map($s, {s})",
    "{S}.filter($s, {b})",
    "{L}.map($i, {s})",
    "{s}.split({s})",
    "{s}.split({s}, {i})",
    "{s}.findAll({s})",
    "{s}.findAll('[a-z]', {i})",
    "{M}.map($s, {s})",
    "{S}.transformList($i, $s, {s})",
    "{M}.transformList($s, $s, {s})",
    "[?{O}]",
    "{S}.sort()",
    "{S}.distinct()",
    "{S}.reverse()",
    "{S}.sortBy($s, {i})",
    "{l}.getQuery()['x']",
];

const DYN: &[&str] = &[
    "dyn({i})",
    "dyn({s})",
    "dyn({L})",
    "dyn({M})",
    "dyn({d})",
    "dyn({u})",
    "dyn({b})",
    "dyn({t})",
    "dyn({T})",
    "dyn({y})",
    "dyn({o})",
    "dyn({p})",
    "dyn({q})",
    "{D}.a",
    "{D}['a']",
    "{D}[{i}]",
    "{D}[{D}]",
    "({D} + {D})",
    "({D} - {D})",
    "({D} * {D})",
    "-{D}",
    "!{D}",
    "{D}.?a",
    "{D}[?{i}]",
    "{D}.orValue({D})",
    "{D}.size()",
    "{D}.map($i, {D})",
    "{D}.filter($i, {b})",
    "[{D}, {D}]",
    "{'a': {D}}",
    "({b} ? {D} : {D})",
    "({D} ? 1 : 2)",
    "{D}.contains({s})",
    "{D}.charAt({i})",
    "{D}.indexOf({D})",
    "{D}.matches({s})",
    "{D}.value()",
    "{D}.isGreaterThan({D})",
    "{D}.getHours()",
    "{D}.join()",
    "{D}.sum()",
    "{D}.max()",
    "string({D})",
    "type({D})",
    "{D}.first()",
    "{D}.reverse()",
    "{D}.slice(0, 1)",
    "{D}.split(',')",
    "duration({D})",
    "timestamp({D})",
    "bytes({D})",
    "{D}.transformList($i, $i, {D})",
    "{D}.sort()",
    "{D}.flatten()",
];
