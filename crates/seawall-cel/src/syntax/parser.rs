//! From tokens to a tree: the grammar of cel-go's `parser/gen/CEL.g4` and the visitor of `parser/parser.go`.
//!
//! Own work rather than the `cel` crate's parser: that one has no macros with two variables, no escaped
//! identifiers, keeps no upstream limits (depth 250, 100,000 code points) and its nodes carry no places in the
//! form which upstream's messages need; its evaluator counts no costs. With the checker, the planner and the
//! evaluator being ours for exactness, nothing of it would be left but the tokens.

use super::lexer::{self, Token, TokenKind};
use super::macros::{self, Macros};
use super::{Entry, Field, Kind, Literal, NodeId, Tree, literal, rules};
use crate::source::{Issue, Location, NOWHERE, Source};
use rules::Rule;
use std::sync::Arc;

/// Upstream's `maxRecursionDepth`: nesting of one grammar rule, and of operators in the tree.
const DEPTH_LIMIT: u32 = 250;
/// Upstream's `expressionSizeCodePointLimit`.
const SIZE_LIMIT: usize = 100_000;

const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "null",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// The tree and its root, or what is wrong with the text.
pub(crate) fn parse(source: &Source, macros: Macros) -> Result<(Tree, NodeId), Vec<Issue>> {
    let size = source.characters.len();
    if size > SIZE_LIMIT {
        let message = format!("expression code point size exceeds limit: size: {size}, limit {SIZE_LIMIT}");
        return Err(vec![Issue { location: NOWHERE, message }]);
    }
    let (tokens, errors) = lexer::tokens(&source.characters);
    let mut issues: Vec<Issue> = errors
        .into_iter()
        .map(|error| Issue {
            location: source.location(error.offset),
            message: format!("Syntax error: {}", error.message),
        })
        .collect();
    let mut parser = Parser {
        source,
        tokens,
        position: 0,
        depths: [0; rules::COUNT],
        tree: Tree::default(),
        issues: Vec::new(),
        macros,
    };
    let parsed = parser.start();
    issues.append(&mut parser.issues);
    match parsed {
        Ok(root) if issues.is_empty() => Ok((parser.tree, root)),
        Ok(_) => Err(issues),
        Err(stop) => {
            issues.extend(stop.0);
            Err(issues)
        }
    }
}

/// Parsing cannot go on; the issue says why.
pub(super) struct Stop(Option<Issue>);

type Parsed<T> = Result<T, Stop>;

/// A node and how deep the operators in it nest, which upstream limits.
#[derive(Clone, Copy)]
struct Part {
    node: NodeId,
    height: u32,
}

pub(super) struct Parser<'t> {
    source: &'t Source,
    tokens: Vec<Token>,
    position: usize,
    depths: [u32; rules::COUNT],
    pub(super) tree: Tree,
    pub(super) issues: Vec<Issue>,
    pub(super) macros: Macros,
}

impl Parser<'_> {
    fn token(&self, ahead: usize) -> Token {
        let last = self.tokens.len().saturating_sub(1);
        self.tokens.get((self.position + ahead).min(last)).copied().unwrap_or(Token {
            kind: TokenKind::End,
            start: 0,
            end: 0,
        })
    }

    fn is(&self, symbol: &str) -> bool {
        self.is_ahead(0, symbol)
    }

    fn is_ahead(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.token(ahead).kind, TokenKind::Symbol(text) if text == symbol)
    }

    fn next(&mut self) -> Token {
        let token = self.token(0);
        self.position += 1;
        token
    }

    fn take(&mut self, symbol: &str) -> Option<Token> {
        self.is(symbol).then(|| self.next())
    }

    fn expect(&mut self, symbol: &str, expected: &str) -> Parsed<Token> {
        match self.take(symbol) {
            Some(token) => Ok(token),
            None => Err(self.unexpected(expected)),
        }
    }

    fn text(&self, token: Token) -> String {
        lexer::text(&self.source.characters, token).into_owned()
    }

    pub(super) fn location(&self, offset: u32) -> Location {
        self.source.location(offset)
    }

    pub(super) fn report(&mut self, offset: u32, message: impl Into<String>) {
        let location = self.location(offset);
        self.issues.push(Issue { location, message: message.into() });
    }

    fn unspecified(&mut self, offset: u32, message: impl Into<String>) -> NodeId {
        self.report(offset, message);
        self.tree.add(Kind::Unspecified, offset)
    }

    fn syntax(&self, message: &str) -> Stop {
        let location = self.location(self.token(0).start);
        Stop(Some(Issue { location, message: format!("Syntax error: {message}") }))
    }

    fn unexpected(&self, expected: &str) -> Stop {
        let found = self.text(self.token(0)).replace('\n', "\\n");
        self.syntax(&format!("mismatched input '{found}' expecting {expected}"))
    }

    fn enter(&mut self, rule: Rule) -> Parsed<()> {
        let Some(depth) = self.depths.get_mut(rule as usize) else { return Ok(()) };
        *depth += 1;
        if *depth > DEPTH_LIMIT {
            return Err(Stop(Some(Issue {
                location: NOWHERE,
                message: format!("expression recursion limit exceeded: {DEPTH_LIMIT}"),
            })));
        }
        Ok(())
    }

    fn leave(&mut self, rule: Rule) {
        if let Some(depth) = self.depths.get_mut(rule as usize) {
            *depth = depth.saturating_sub(1);
        }
    }

    fn start(&mut self) -> Parsed<NodeId> {
        let root = self.expression()?;
        if self.token(0).kind != TokenKind::End {
            return Err(self.unexpected("<EOF>"));
        }
        if root.height > DEPTH_LIMIT {
            return Err(Stop(Some(Issue {
                location: NOWHERE,
                message: "max recursion depth exceeded".into(),
            })));
        }
        Ok(root.node)
    }

    fn expression(&mut self) -> Parsed<Part> {
        self.enter(Rule::Expression)?;
        let condition = self.logical()?;
        let part = match self.take("?") {
            None => condition,
            Some(operator) => {
                let yes = self.logical()?;
                self.expect(":", "':'")?;
                let no = self.expression()?;
                let height = 1 + condition.height.max(yes.height).max(no.height);
                let arguments = vec![condition.node, yes.node, no.node];
                let node = self.call("_?_:_", None, arguments, operator.start);
                Part { node, height }
            }
        };
        self.leave(Rule::Expression);
        Ok(part)
    }

    /// `||` and, below it, `&&`. Upstream balances the tree of a chain (`logicManager.balancedTree`).
    fn logical(&mut self) -> Parsed<Part> {
        self.enter(Rule::ConditionalOr)?;
        let (mut terms, mut operators, mut height) = (Vec::new(), Vec::new(), 0);
        loop {
            self.enter(Rule::ConditionalAnd)?;
            let (mut inner, mut inner_operators) = (Vec::new(), Vec::new());
            loop {
                let term = self.operators(0)?;
                height = height.max(term.height);
                inner.push(term.node);
                let Some(operator) = self.take("&&") else { break };
                inner_operators.push(operator.start);
            }
            self.leave(Rule::ConditionalAnd);
            terms.push(self.balanced("_&&_", &inner, &inner_operators));
            let Some(operator) = self.take("||") else { break };
            operators.push(operator.start);
        }
        self.leave(Rule::ConditionalOr);
        let node = self.balanced("_||_", &terms, &operators);
        Ok(Part { node, height })
    }

    fn balanced(&mut self, function: &str, terms: &[NodeId], operators: &[u32]) -> NodeId {
        // The split of upstream: the operator at (low + high + 1) / 2 becomes the root.
        let middle = operators.len() / 2;
        let (Some(operator), Some(left), Some(right)) =
            (operators.get(middle).copied(), terms.get(..=middle), terms.get(middle + 1..))
        else {
            return terms.first().copied().unwrap_or(NodeId(0));
        };
        let left = self.balanced(function, left, operators.get(..middle).unwrap_or_default());
        let right = self.balanced(function, right, operators.get(middle + 1..).unwrap_or_default());
        self.call(function, None, vec![left, right], operator)
    }

    /// Comparisons (level 0), sums (1) and products (2) of at least a level. One function for all, so that a level of
    /// brackets takes few frames of the stack.
    fn operators(&mut self, least: u8) -> Parsed<Part> {
        if least == 0 {
            self.enter(Rule::Relation)?;
        }
        self.enter(Rule::Calculation)?;
        let mut left = self.unary()?;
        while let Some((function, level)) = rules::binary(self.token(0).kind) {
            if level < least {
                break;
            }
            let operator = self.next();
            if level == 0 {
                self.enter(Rule::Relation)?;
            }
            let right = self.operators(level + 1)?;
            if level == 0 {
                self.leave(Rule::Relation);
            }
            left = self.binary(function, left, right, operator);
        }
        self.leave(Rule::Calculation);
        if least == 0 {
            self.leave(Rule::Relation);
        }
        Ok(left)
    }

    fn binary(&mut self, function: &str, left: Part, right: Part, operator: Token) -> Part {
        let node = self.call(function, None, vec![left.node, right.node], operator.start);
        Part { node, height: 1 + left.height.max(right.height) }
    }

    fn unary(&mut self) -> Parsed<Part> {
        self.enter(Rule::Unary)?;
        let first = self.token(0);
        let number = |kind| matches!(kind, TokenKind::Int | TokenKind::Float);
        let symbol = match first.kind {
            TokenKind::Symbol("!") => "!",
            // A single minus before a number belongs to the number.
            TokenKind::Symbol("-") if !number(self.token(1).kind) => "-",
            _ => "",
        };
        let mut count = 0;
        while !symbol.is_empty() && self.take(symbol).is_some() {
            count += 1;
        }
        let member = self.member()?;
        self.leave(Rule::Unary);
        if count % 2 == 0 {
            return Ok(member);
        }
        let function = if symbol == "!" { "!_" } else { "-_" };
        let node = self.call(function, None, vec![member.node], first.start);
        Ok(Part { node, height: member.height })
    }

    fn member(&mut self) -> Parsed<Part> {
        self.enter(Rule::Member)?;
        let mut part = self.primary()?;
        loop {
            if self.is(".") {
                part = self.select(part)?;
            } else if let Some(operator) = self.take("[") {
                let optional = self.take("?").is_some();
                let index = self.expression()?;
                self.expect("]", "']'")?;
                let function = if optional { "_[?_]" } else { "_[_]" };
                let node = self.call(function, None, vec![part.node, index.node], operator.start);
                part = Part { node, height: 1 + part.height.max(index.height) };
            } else {
                break;
            }
        }
        self.leave(Rule::Member);
        Ok(part)
    }

    fn select(&mut self, operand: Part) -> Parsed<Part> {
        let operator = self.next();
        let optional = self.take("?").is_some();
        let name = self.token(0);
        let field: Arc<str> = match name.kind {
            TokenKind::Identifier => self.text(name).into(),
            TokenKind::EscapedIdentifier => {
                self.report(name.start, "unsupported syntax: '`'");
                "".into()
            }
            _ => return Err(self.bad_field(operator, name)),
        };
        self.next();
        let height = 1 + operand.height;
        if optional {
            let literal = self.tree.add(Kind::Literal(Literal::String(field)), name.start);
            let node = self.tree.add(
                Kind::Call { function: "_?._".into(), target: None, arguments: vec![operand.node, literal] },
                operator.start,
            );
            return Ok(Part { node, height });
        }
        if name.kind == TokenKind::Identifier
            && let Some(open) = self.take("(")
        {
            let (arguments, inner) = self.arguments()?;
            let node = self.call(&field, Some(operand.node), arguments, open.start);
            return Ok(Part { node, height: 1 + operand.height.max(inner) });
        }
        let node = self.tree.add(Kind::Select { operand: operand.node, field, test: false }, operator.start);
        Ok(Part { node, height })
    }

    /// Upstream's words for a field name that is a keyword.
    fn bad_field(&self, operator: Token, name: Token) -> Stop {
        let found = self.text(name);
        if matches!(found.as_str(), "true" | "false" | "null") {
            return self.syntax(&format!("mismatched input '{found}' expecting IDENTIFIER"));
        }
        let glue: String = self
            .source
            .characters
            .get(operator.start as usize..name.start as usize)
            .unwrap_or_default()
            .iter()
            .filter(|character| !character.is_whitespace())
            .collect();
        self.syntax(&format!("no viable alternative at input '{glue}{found}'"))
    }

    /// Arguments up to and with the closing bracket.
    fn arguments(&mut self) -> Parsed<(Vec<NodeId>, u32)> {
        let mut arguments = Vec::new();
        let mut height = 0;
        if self.take(")").is_some() {
            return Ok((arguments, height));
        }
        loop {
            let argument = self.expression()?;
            height = height.max(argument.height);
            arguments.push(argument.node);
            if self.take(",").is_none() {
                self.expect(")", "{')', ','}")?;
                return Ok((arguments, height));
            }
        }
    }

    fn primary(&mut self) -> Parsed<Part> {
        self.enter(Rule::Primary)?;
        let token = self.token(0);
        let part = match token.kind {
            TokenKind::Symbol("(") => {
                self.next();
                let inner = self.expression()?;
                self.expect(")", "')'")?;
                inner
            }
            TokenKind::Symbol("[") => self.list()?,
            TokenKind::Symbol("{") => self.map()?,
            TokenKind::Symbol(".") if self.token(1).kind == TokenKind::Identifier => self.name()?,
            TokenKind::Identifier => self.name()?,
            _ => Part { node: self.literal()?, height: 0 },
        };
        self.leave(Rule::Primary);
        Ok(part)
    }

    fn name(&mut self) -> Parsed<Part> {
        let start = self.token(0).start;
        let leading = self.take(".").is_some();
        if let Some(end) = self.message_end() {
            return self.message(leading, end);
        }
        let token = self.next();
        let identifier = self.text(token);
        let full = if leading { format!(".{identifier}") } else { identifier.clone() };
        let reserved = RESERVED.contains(&identifier.as_str());
        if let Some(open) = self.take("(") {
            let (arguments, height) = self.arguments()?;
            let node = if reserved {
                self.unspecified(start, format!("reserved identifier: {identifier}"))
            } else {
                self.call(&full, None, arguments, open.start)
            };
            return Ok(Part { node, height });
        }
        let node = if reserved {
            self.unspecified(start, format!("reserved identifier: {identifier}"))
        } else {
            self.tree.add(Kind::Identifier(full.into()), token.start)
        };
        Ok(Part { node, height: 0 })
    }

    /// Where the brace of `a.b.C{` stands, counted from the current token.
    fn message_end(&self) -> Option<usize> {
        let mut ahead = 0;
        loop {
            if self.token(ahead).kind != TokenKind::Identifier {
                return None;
            }
            if self.is_ahead(ahead + 1, "{") {
                return Some(ahead + 1);
            }
            if !self.is_ahead(ahead + 1, ".") {
                return None;
            }
            ahead += 2;
        }
    }

    fn message(&mut self, leading: bool, end: usize) -> Parsed<Part> {
        let mut name = if leading { ".".to_owned() } else { String::new() };
        for _ in 0..end {
            let token = self.next();
            name.push_str(&self.text(token));
        }
        let open = self.next();
        let mut fields = Vec::new();
        let mut height = 0;
        while !self.is("}") && !(self.is(",") && self.is_ahead(1, "}")) {
            let optional = self.take("?").is_some();
            let token = self.token(0);
            if !matches!(token.kind, TokenKind::Identifier | TokenKind::EscapedIdentifier) {
                return Err(self.unexpected(rules::FIELD));
            }
            if token.kind == TokenKind::EscapedIdentifier {
                self.report(token.start, "unsupported syntax: '`'");
            }
            let field: Arc<str> = self.text(token).into();
            self.next();
            let colon = self.expect(":", "':'")?;
            let value = self.expression()?;
            height = height.max(value.height);
            fields.push(Field { offset: colon.start, name: field, value: value.node, optional });
            if self.is("}") || self.is_ahead(1, "}") {
                break;
            }
            self.expect(",", "{'}', ','}")?;
        }
        self.take(",");
        self.expect("}", "'}'")?;
        let node = self.tree.add(Kind::Struct { name: name.into(), fields }, open.start);
        Ok(Part { node, height })
    }

    fn list(&mut self) -> Parsed<Part> {
        let open = self.next();
        let (mut elements, mut optional, mut height) = (Vec::new(), Vec::new(), 0);
        while !self.is("]") && !(self.is(",") && self.is_ahead(1, "]")) {
            optional.push(self.take("?").is_some());
            let element = self.expression()?;
            height = height.max(element.height);
            elements.push(element.node);
            if self.is("]") || self.is_ahead(1, "]") {
                break;
            }
            self.expect(",", "{']', ','}")?;
        }
        self.take(",");
        self.expect("]", "{']', ','}")?;
        let node = self.tree.add(Kind::List { elements, optional }, open.start);
        Ok(Part { node, height })
    }

    fn map(&mut self) -> Parsed<Part> {
        let open = self.next();
        let (mut entries, mut height) = (Vec::new(), 0);
        while !self.is("}") && !(self.is(",") && self.is_ahead(1, "}")) {
            let optional = self.take("?").is_some();
            let key = self.expression()?;
            self.expect(":", "':'")?;
            let value = self.expression()?;
            height = height.max(key.height).max(value.height);
            entries.push(Entry { key: key.node, value: value.node, optional });
            if self.is("}") || self.is_ahead(1, "}") {
                break;
            }
            self.expect(",", "{'}', ','}")?;
        }
        self.take(",");
        self.expect("}", "{'}', ','}")?;
        let node = self.tree.add(Kind::Map(entries), open.start);
        Ok(Part { node, height })
    }

    fn literal(&mut self) -> Parsed<NodeId> {
        let start = self.token(0).start;
        let negative = self.is("-")
            && matches!(self.token(1).kind, TokenKind::Int | TokenKind::Float)
            && self.take("-").is_some();
        let token = self.token(0);
        let text = self.text(token);
        let value = match token.kind {
            TokenKind::Symbol("true") => Ok(Literal::Bool(true)),
            TokenKind::Symbol("false") => Ok(Literal::Bool(false)),
            TokenKind::Symbol("null") => Ok(Literal::Null),
            TokenKind::Int => literal::int(&text, negative).map(Literal::Int).ok_or("invalid int literal"),
            TokenKind::Uint => literal::uint(&text).map(Literal::Uint).ok_or("invalid uint literal"),
            TokenKind::Float => {
                literal::double(&text, negative).map(Literal::Double).ok_or("invalid double literal")
            }
            TokenKind::String => literal::unescape(&text, false)
                .map(|bytes| Literal::String(String::from_utf8_lossy(&bytes).into())),
            TokenKind::Bytes => {
                let text = text.get(1..).unwrap_or_default();
                literal::unescape(text, true).map(|bytes| Literal::Bytes(bytes.into()))
            }
            _ => return Err(self.unexpected(rules::OPERAND)),
        };
        self.next();
        Ok(match value {
            Ok(value) => self.tree.add(Kind::Literal(value), start),
            Err(message) => self.unspecified(start, message),
        })
    }

    /// A call, or what the macro of that name makes of it.
    fn call(&mut self, function: &str, target: Option<NodeId>, arguments: Vec<NodeId>, at: u32) -> NodeId {
        if let Some(node) = macros::expand(self, function, target, &arguments, at) {
            return node;
        }
        self.tree.add(Kind::Call { function: function.into(), target, arguments }, at)
    }
}
