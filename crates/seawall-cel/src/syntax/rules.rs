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

/// The function of an operator between two operands, and its level: comparisons, sums, products.
pub(super) fn binary(kind: TokenKind) -> Option<(&'static str, u8)> {
    let TokenKind::Symbol(symbol) = kind else { return None };
    Some(match symbol {
        "<" => ("_<_", 0),
        "<=" => ("_<=_", 0),
        ">" => ("_>_", 0),
        ">=" => ("_>=_", 0),
        "==" => ("_==_", 0),
        "!=" => ("_!=_", 0),
        "in" => ("@in", 0),
        "+" => ("_+_", 1),
        "-" => ("_-_", 1),
        "*" => ("_*_", 2),
        "/" => ("_/_", 2),
        "%" => ("_%_", 2),
        _ => return None,
    })
}
