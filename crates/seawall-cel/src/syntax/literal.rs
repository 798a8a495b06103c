//! What string, bytes and number literals mean (cel-go's `parser/unescape.go` and `VisitInt` and siblings).

/// The value of a quoted literal as bytes; for strings these are UTF-8. Errors are upstream's words.
pub(crate) fn unescape(text: &str, bytes: bool) -> Result<Vec<u8>, &'static str> {
    const BROKEN: &str = "unable to unescape string";
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (raw, text) = match text.strip_prefix(['r', 'R']) {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let inner = ["'''", "\"\"\"", "'", "\""].iter().find_map(|quote| {
        (text.len() >= 2 * quote.len()).then_some(())?;
        text.strip_prefix(quote)?.strip_suffix(quote)
    });
    let inner = inner.ok_or(BROKEN)?;
    if raw || !inner.contains('\\') {
        return Ok(inner.as_bytes().to_vec());
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(character) = rest.next() {
        if character == '\\' {
            escape(&mut rest, bytes, &mut out)?;
        } else {
            push(&mut out, character);
        }
    }
    Ok(out)
}

fn push(out: &mut Vec<u8>, character: char) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

fn escape(rest: &mut std::str::Chars<'_>, bytes: bool, out: &mut Vec<u8>) -> Result<(), &'static str> {
    const BROKEN: &str = "unable to unescape string";
    let kind = rest.next().ok_or("unable to unescape string, found '\\' as last character")?;
    let simple = match kind {
        'a' => 0x07,
        'b' => 0x08,
        'f' => 0x0c,
        'n' => b'\n',
        'r' => b'\r',
        't' => b'\t',
        'v' => 0x0b,
        '\\' | '\'' | '"' | '`' | '?' => kind as u8,
        'x' | 'X' | 'u' | 'U' | '0'..='3' => return number(kind, rest, bytes, out),
        _ => return Err(BROKEN),
    };
    out.push(simple);
    Ok(())
}

fn number(
    kind: char,
    rest: &mut std::str::Chars<'_>,
    bytes: bool,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    let (digits, radix, broken) = match kind {
        'x' | 'X' => (2, 16, "unable to unescape string"),
        'u' => (4, 16, "unable to unescape string"),
        'U' => (8, 16, "unable to unescape string"),
        _ => (2, 8, "unable to unescape octal sequence in string"),
    };
    if bytes && matches!(kind, 'u' | 'U') {
        return Err(broken);
    }
    let mut code = kind.to_digit(8).filter(|_| radix == 8).unwrap_or(0);
    for _ in 0..digits {
        let digit = rest.next().and_then(|digit| digit.to_digit(radix)).ok_or(broken)?;
        code = code.wrapping_mul(radix).wrapping_add(digit);
    }
    if bytes {
        out.push(u8::try_from(code & 0xff).unwrap_or(0));
    } else {
        push(out, char::from_u32(code).ok_or("invalid unicode code point")?);
    }
    Ok(())
}

/// A whole number with sign, as Go's `strconv.ParseInt`; `None` when it does not fit.
pub(crate) fn int(text: &str, negative: bool) -> Option<i64> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// A whole number without sign; the text ends with `u`.
pub(crate) fn uint(text: &str) -> Option<u64> {
    let text = text.strip_suffix(['u', 'U'])?;
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |digits| (digits, 16));
    u64::from_str_radix(digits, radix).ok()
}

/// A number with a fraction; `None` when it is out of range, as Go's `strconv.ParseFloat`.
pub(crate) fn double(text: &str, negative: bool) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(if negative { -value } else { value })
}
