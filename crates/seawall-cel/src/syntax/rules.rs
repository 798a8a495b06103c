//! Operators by token, and what upstream's grammar says it expected.

use super::lexer::TokenKind;

/// The rules of the grammar whose nesting upstream limits each.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Expression,
    ConditionalOr,
    ConditionalAnd,
    Relation,
    Calculation,
    Unary,
    Member,
    Primary,
}

/// How many rules there are.
pub(super) const COUNT: usize = Rule::Primary as usize + 1;

/// Where an operand must stand.
pub(super) const OPERAND: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
/// In an object literal.
pub(super) const FIELD: &str = "{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}";

/// `<`, `==`, `in` and so on.
pub(super) fn relation(kind: TokenKind) -> Option<&'static str> {
    let TokenKind::Symbol(symbol) = kind else { return None };
    Some(match symbol {
        "<" => "_<_",
        "<=" => "_<=_",
        ">" => "_>_",
        ">=" => "_>=_",
        "==" => "_==_",
        "!=" => "_!=_",
        "in" => "@in",
        _ => return None,
    })
}

/// `*`, `/`, `%`.
pub(super) fn product(kind: TokenKind) -> Option<&'static str> {
    let TokenKind::Symbol(symbol) = kind else { return None };
    Some(match symbol {
        "*" => "_*_",
        "/" => "_/_",
        "%" => "_%_",
        _ => return None,
    })
}

/// `+`, `-`.
pub(super) fn sum(kind: TokenKind) -> Option<&'static str> {
    let TokenKind::Symbol(symbol) = kind else { return None };
    Some(match symbol {
        "+" => "_+_",
        "-" => "_-_",
        _ => return None,
    })
}
