//! Standard base64 as Go's `encoding/base64` reads it: padded, with line breaks anywhere.

/// The bytes, or `None` where Go refuses.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        })
    };
    let mut bytes = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n'));
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    loop {
        let Some(first) = bytes.next() else { return Some(out) };
        let (a, b) = (digit(first)?, digit(bytes.next()?)?);
        out.push(a << 2 | b >> 4);
        let (third, fourth) = (bytes.next()?, bytes.next()?);
        if third == b'=' {
            return (fourth == b'=' && bytes.next().is_none()).then_some(out);
        }
        let c = digit(third)?;
        out.push(b << 4 | c >> 2);
        if fourth == b'=' {
            return bytes.next().is_none().then_some(out);
        }
        out.push(c << 6 | digit(fourth)?);
    }
}

/// Bytes as text: what is no UTF-8 becomes U+FFFD byte by byte, as in Go.
pub(super) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
