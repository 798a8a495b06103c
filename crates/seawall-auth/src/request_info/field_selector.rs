//! Field selectors as text (`k8s.io/apimachinery/pkg/fields/selector.go`).

/// One term of a field selector: the field has, or has not, exactly this value.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct FieldRequirement {
    /// Path of the field, such as `metadata.name`. Any text is taken.
    pub field: String,
    /// `=` and `==`, or else `!=`.
    pub equal: bool,
    /// The value, without escapes.
    pub value: String,
}

/// Reads a field selector: terms joined by commas, sorted as upstream sorts them (by their text).
///
/// # Errors
/// When a term has no operator, or an escape or an unescaped `=` stands where it must not; then the text
/// says what.
pub fn parse_field_selector(selector: &str) -> Result<Vec<FieldRequirement>, String> {
    if selector.is_empty() {
        return Ok(Vec::new());
    }
    let mut terms = split_terms(selector);
    terms.sort_unstable();
    let mut out = Vec::with_capacity(terms.len());
    for term in terms.into_iter().filter(|term| !term.is_empty()) {
        let Some((field, equal, value)) = split_term(term) else {
            return Err("invalid selector: a term has no operator".into());
        };
        let requirement = FieldRequirement { field: field.to_owned(), equal, value: unescape(value)? };
        // Upstream's identity transformation turns a term without field and value into "everything".
        if !requirement.field.is_empty() || !requirement.value.is_empty() {
            out.push(requirement);
        }
    }
    Ok(out)
}

/// Splits at commas that no backslash stands before.
fn split_terms(selector: &str) -> Vec<&str> {
    let (mut terms, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, byte) in selector.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b',' => {
                terms.push(selector.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(selector.get(start..).unwrap_or(""));
    terms
}

/// Field, whether the operator is one of equality, and value; split at the first operator.
fn split_term(term: &str) -> Option<(&str, bool, &str)> {
    let bytes = term.as_bytes();
    let at = (0..bytes.len()).find(|&at| {
        matches!((bytes.get(at), bytes.get(at + 1)), (Some(b'='), _) | (Some(b'!'), Some(b'=')))
    })?;
    let (equal, length) = match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'!'), _) => (false, 2),
        (_, Some(b'=')) => (true, 2),
        _ => (true, 1),
    };
    Some((term.get(..at)?, equal, term.get(at + length..)?))
}

fn unescape(value: &str) -> Result<String, String> {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c @ ('\\' | ',' | '=')) => out.push(c),
                Some(_) | None => return Err("invalid field selector: invalid escape sequence".into()),
            },
            ',' | '=' => {
                return Err(format!("invalid field selector: unescaped character in value: {}", c as u32));
            }
            c => out.push(c),
        }
    }
    Ok(out)
}
